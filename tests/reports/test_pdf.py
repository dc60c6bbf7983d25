"""The PDF: what its pages say, and that nothing typed into it makes the server fetch anything."""

import importlib.abc
import socket
import subprocess
import sys
import threading

import pytest

from reports.document import build_report
from reports.pdf import PdfUnavailable, pdf_of, render_pdf
from scoring import print_points
from tests import factories_assessments as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(pdf_text, tmp_path):
    """``pages(report)``: the text of each page."""

    def read(report):
        path = tmp_path / "lke.pdf"
        path.write_bytes(render_pdf(report))
        return pdf_text(path).split("\f")[:-1]

    return read


@pytest.fixture
def listener():
    """An address of this machine and the connections that were made to it."""
    caught = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        stop = threading.Event()

        def wait():
            while not stop.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                caught.append(connection)
                connection.close()

        thread = threading.Thread(target=wait)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", caught
        stop.set()
        thread.join()


class TestPages:
    def test_page_1_is_the_whole_answer(self, pages):
        assessment = make.make_approved(
            answers={"B.I.a": "3.62", "B.II.a": "3.31"}, lower={"A.I.1.i.b": {"value": "B"}}
        )
        report = build_report(assessment)

        first = pages(report)[0]

        assert "Lembar Kerja Evaluasi Zona Integritas Tahun 2026" in first
        assert assessment.satker.name in first
        assert "Memenuhi ke-12 syarat nilai WBK." in first
        assert "1 dari 12 syarat nilai WBBM belum terpenuhi." in first
        assert "95,19" in first
        assert "Mandiri 95,32, selisih \N{MINUS SIGN}0,13" in first
        assert "Kurang 1,27" in first
        assert [line.name for line in report.floors if line.name not in first] == []

    def test_answers_evidence_and_verdicts(self, pages):
        assessment = make.make_submitted()
        make.judge(assessment, {"A.I.1.i.b": {"value": "B"}}, note="Lampirkan notulen.")

        text = " ".join(" ".join(pages(build_report(assessment))).split())

        assert "A.I.1.i.b" in text
        assert "B (0,50)" in text
        assert "turun 0,50" in text
        assert "Bukti: SK_Tim.pdf" in text
        assert "Kurang sesuai." in text
        assert "Lampirkan notulen." in text

    def test_every_page_says_which_it_is(self, pages):
        report = build_report(make.make_approved())

        found = pages(report)

        digest = report.standing.sha256
        mark = f"sidik rekaman saat disetujui {digest[:4]}…{digest[-4:]}"
        assert len(found) > 5
        for number, page in enumerate(found, start=1):
            assert f"Halaman {number} dari {len(found)}" in page
            assert mark in page
        last = next(page for page in found if "Riwayat penilaian" in page)
        assert digest in last
        assert "Ketua tim verifikasi" in last

    def test_annex_has_the_arithmetic_of_every_figure(self, pages):
        assessment = make.make_approved(
            answers={"B.I.a": "3.62"}, lower={"A.I.1.i.b": {"value": "B"}}
        )
        report = build_report(assessment)

        found = pages(report)

        start = next(at for at, page in enumerate(found) if page.startswith("Lampiran"))
        annex = " ".join(" ".join(found[start:]).split())
        assert "3,62 / 4 = 0,905; 0,905 × 17,5 = 15,8375" in annex
        assert "Verifikasi: (1 + 0,5) / 2 × 0,5 = 0,375" in annex
        questions = [each for line in report.sums for each in line.questions]
        assert len(questions) == 113
        for each in questions:
            points = f"{print_points(each.points, each.floors)} dari {print_points(each.weight)}"
            assert f"{each.code}: {each.sentence} ({points})" in annex
        assert [line.code for line in report.sums if line.code not in annex] == []
        assert "A.I.1.i.b: A = 1 (0,25 dari 0,25), verifikasi B = 0,5 (0,13)" in annex

    def test_a_draft_says_so(self, pages):
        found = pages(build_report(make.make_assessment()))

        assert "Nilai mandiri sementara" in found[0]
        assert "draf" in found[0].splitlines()[-1]
        assert any("belum ditandatangani" in page for page in found)

    def test_a_note_longer_than_a_page(self, pages):
        assessment = make.make_assessment()
        make.fill(assessment, {}, notes={"A.I.1.i.a": "kata " * 900 + "AKHIR" + "x" * 400})

        text = "".join(pages(build_report(assessment)))

        assert "AKHIR" in text

    def test_tagged_titled_and_with_its_fonts_inside(self, pages, tmp_path):
        report = build_report(make.make_assessment())
        pages(report)
        path = tmp_path / "lke.pdf"

        facts, metadata, fonts = (
            subprocess.run([*command, path], capture_output=True, text=True, check=True).stdout
            for command in (["pdfinfo"], ["pdfinfo", "-meta"], ["pdffonts"])
        )

        assert [line for line in facts.splitlines() if line.startswith("Tagged")] == [
            "Tagged:          yes"
        ]
        assert f"Title:           {report.short_title}" in facts
        names = [line.split() for line in fonts.splitlines()[2:]]
        families = {name[0].partition("+")[2].partition("-Bold")[0] for name in names}
        assert families <= {"Open-Sans", "Open-Sans-Semi", "DejaVu-Sans-Mono"}
        assert {name[-5] for name in names} == {"yes"}
        assert 'pdfuaid:part="1"' in metadata


class TestFetchesNothing:
    def test_what_a_note_refers_to(self, listener, pages):
        address, caught = listener
        note = (
            f'<img src="http://{address}/a.png"> <link rel=stylesheet href="http://{address}/a.css">'
            f" <style>@import url(http://{address}/b.css)</style> file:///etc/passwd"
        )
        assessment = make.make_submitted()
        make.judge(assessment, {"A.I.1.i.b": {"value": "B"}}, note=note)
        make.fill(draft := make.make_assessment(), {}, notes={"A.I.1.i.a": note})

        texts = ["".join(pages(build_report(each))) for each in (assessment, draft)]

        assert caught == []
        assert all("<img" in text for text in texts)

    def test_not_even_from_markup(self, listener, pdf_text, tmp_path):
        """A second lock: if markup ever reached the engine, it would open no address either."""
        address, caught = listener
        secret = tmp_path / "rahasia.txt"
        secret.write_text("RAHASIA-SERVER")
        html = (
            f'<html lang="id"><title>x</title><body><p>isi</p><img src="http://{address}/a.png">'
            f'<img src="file://{secret}"><object data="file://{secret}"></object>'
            f'<link rel="stylesheet" href="http://{address}/a.css">'
            f'<style>@import url("http://{address}/b.css"); '
            f'p {{ background: url("http://{address}/c.png") }} '
            f'@font-face {{ font-family: x; src: url("http://{address}/d.woff") }}</style>'
            f'<a rel="attachment" href="file://{secret}">x</a></body></html>'
        )

        pdf = pdf_of(html)

        path = tmp_path / "x.pdf"
        path.write_bytes(pdf)
        assert caught == []
        assert "isi" in pdf_text(path)
        assert b"RAHASIA" not in pdf
        assert b"EmbeddedFile" not in pdf


class _NoPango(importlib.abc.MetaPathFinder):
    """Lets WeasyPrint fail as it does where its system libraries are missing."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")


class TestWithoutSystemLibraries:
    @pytest.fixture(autouse=True)
    def no_pango(self, monkeypatch):
        for name in list(sys.modules):
            if name.partition(".")[0] == "weasyprint" or name == "reports.pdf_engine":
                monkeypatch.delitem(sys.modules, name)
        monkeypatch.setattr(sys, "meta_path", [_NoPango(), *sys.meta_path])

    def test_says_what_is_missing(self):
        with pytest.raises(PdfUnavailable, match="pustaka sistem Pango belum terpasang"):
            render_pdf(build_report(make.make_assessment()))

    def test_the_page_offers_the_workbook(self, client):
        assessment = make.make_assessment()
        client.force_login(make.person("operator", assessment.satker))

        response = client.get(f"/laporan/penilaian/{assessment.pk}/lke.pdf")

        assert response.status_code == 503
        assert "pustaka sistem Pango belum terpasang" in response.content.decode()
        assert f"/laporan/penilaian/{assessment.pk}/lke.xlsx" in response.content.decode()
