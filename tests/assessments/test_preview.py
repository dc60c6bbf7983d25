"""A file looked at in the page: by whom, what is shown, and what is written down."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from assessments.enums import Status
from assessments.models import AnswerEvidence, Assessment
from assessments.services.previews import picture_key
from assessments.worksheet import load_worksheet
from audit.models import Event
from evidence import preview_store, previews, vault
from evidence.preview_turns import turn
from evidence.services import store
from tests.evidence import preview_samples as made
from tests.evidence.samples import encrypted_pdf, upload, zipped
from tests.factories_assessments import (
    make_assessment,
    make_centre,
    make_kanwil,
    make_satker,
    make_user,
    person,
)

pytestmark = pytest.mark.django_db

CODE = "A.I.1.i.b"


@pytest.fixture(autouse=True)
def _empty_folders():
    shutil.rmtree(vault.path_of(""), ignore_errors=True)
    shutil.rmtree(Path(preview_store.store().path("")), ignore_errors=True)


def stored(satker, name="Laporan.pdf", content=None):
    by = person(Role.OPERATOR, satker)
    content = content or made.pages(3)
    return store(satker=satker, upload=upload(name, content), by=by)


def link(assessment, file, code=CODE):
    question = load_worksheet(assessment.instrument_id).by_code[code]
    AnswerEvidence.objects.create(
        assessment=assessment,
        question_id=question.pk,
        file=file,
        attached_by=file.uploaded_by,
        attached_at=file.uploaded_at,
    )


@pytest.fixture
def file(assessment):
    """A PDF of three pages beside an answer, prepared."""
    file = stored(assessment.satker)
    link(assessment, file)
    previews.prepare(file)
    return file


def page_url(file, number=None):
    url = reverse("assessments:library_preview", args=[file.pk])
    return f"{url}?halaman={number}" if number else url


def picture_url(file, number=1, key=""):
    url = reverse("assessments:preview_picture", args=[file.pk, number])
    return f"{url}?kunci={key}" if key else url


def thumbnail_url(file):
    return reverse("assessments:thumbnail", args=[file.pk])


def looked_at(file):
    """The pages that the trail says were opened, by whom."""
    events = Event.objects.filter(
        chain__key=file.satker.audit_key, action="bukti_dilihat", subject=str(file.pk)
    )
    return [(json.loads(event.after)["page"], event.by.role) for event in events]


class TestWho:
    # As downloads (decision 14).
    @pytest.mark.parametrize(
        ("role", "where", "draft", "sent", "approved"),
        [
            (Role.OPERATOR, "own", 200, 200, 200),
            (Role.PIMPINAN, "own", 200, 200, 200),
            (Role.OPERATOR, "neighbour", 404, 404, 404),
            (Role.PIMPINAN, "neighbour", 404, 404, 404),
            (Role.VERIFIKATOR, "kanwil", 404, 200, 200),
            (Role.KETUA, "kanwil", 404, 200, 200),
            (Role.KETUA, "other kanwil", 404, 404, 404),
            (Role.VERIFIKATOR, "centre", 404, 404, 404),
            (Role.TPI, "centre", 404, 404, 200),
            (Role.ADMIN_PUSAT, "centre", 200, 200, 200),
            (Role.PEMANTAU, "centre", 404, 404, 404),
            (Role.PEMANTAU, "kanwil", 404, 404, 404),
        ],
    )
    def test_by_role_and_state(self, client, role, where, draft, sent, approved):
        assessment = make_assessment()
        file = stored(assessment.satker)
        link(assessment, file)
        previews.prepare(file)
        places = {
            "own": assessment.satker,
            "neighbour": make_satker(),
            "kanwil": assessment.satker.verifier,
            "other kanwil": make_kanwil("82", "Kanwil Provinsi Maluku Utara"),
            "centre": make_centre(),
        }
        client.force_login(make_user(role, places[where]))
        by = person(Role.OPERATOR, assessment.satker)

        def statuses():
            urls = (page_url(file), page_url(file, 2), picture_url(file), thumbnail_url(file))
            return {client.get(url).status_code for url in urls}

        found = [statuses()]
        sent_at = {"submitted_by": by, "submitted_at": assessment.opened_at}
        for status in (Status.SUBMITTED, Status.RETURNED):
            Assessment.objects.update(status=status, **sent_at)
            found.append(statuses())
        Assessment.objects.update(
            status=Status.APPROVED, approved_by=by, approved_at=assessment.opened_at
        )
        found.append(statuses())

        assert found == [{draft}, {sent}, {sent}, {approved}]
        assert (200 in {draft, sent, approved}) == bool(looked_at(file))

    def test_a_key_opens_nothing_by_itself(self, client, file):
        operator = person(Role.OPERATOR, file.satker)
        key = picture_key(operator, file.pk, 1, timezone.now())
        client.force_login(make_user(Role.OPERATOR, make_satker()))

        assert client.get(picture_url(file, 1, key)).status_code == 404

    def test_a_loose_file_is_its_satkers_alone(self, client, assessment):
        file = stored(assessment.satker)
        client.force_login(make_user(Role.PIMPINAN, assessment.satker))
        assert client.get(page_url(file)).status_code == 200
        client.force_login(make_user(Role.KETUA, assessment.satker.verifier))
        assert client.get(page_url(file)).status_code == 404


class TestPage:
    def test_a_page_of_a_pdf(self, operator, file):
        answer = operator.get(page_url(file, 2))

        sheet = answer.context["sheet"]
        text = answer.content.decode()
        assert (sheet.text, sheet.pages) == ("Halaman 2", 3)
        assert f'width="{sheet.width}" height="{sheet.height}"' in text
        assert 'alt="Halaman 2 dari 3, Laporan.pdf"' in text
        assert 'href="?halaman=1" rel="prev"' in text
        assert 'href="?halaman=3" rel="next"' in text
        assert answer["Cache-Control"] == "private, no-store"

    @pytest.mark.parametrize(
        ("asked", "shown"),
        [("0", 3), ("-4", 3), ("99", 3), ("9" * 40, 3), ("9" * 6000, 1), ("x", 1), ("", 1)],
    )
    def test_a_page_that_is_not_there(self, operator, file, asked, shown):
        answer = operator.get(page_url(file), {"halaman": asked})

        assert (answer.status_code, answer.context["page"].number) == (200, shown)

    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("a.docx", lambda: made.document(made.paragraphs("Isi &lt;b&gt;")), "Isi &lt;b&gt;"),
            ("a.pptx", lambda: made.slides("Paparan"), "Salindia 1"),
            ("a.xlsx", lambda: made.workbook({"Rekap": [["Nilai", "=1+1"]]}), "Lembar Rekap"),
            ("a.zip", lambda: zipped({"b/<script>.txt": "x"}), "b/&lt;script&gt;.txt"),
            ("a.jpg", lambda: made.photo(turned=True), 'width="300" height="400"'),
        ],
    )
    def test_other_kinds(self, operator, assessment, name, content, words):
        file = stored(assessment.satker, name, content())

        text = operator.get(page_url(file)).content.decode()

        assert words in text
        assert "Sebagian isi tidak ditampilkan" not in text

    def test_what_was_cut_says_so(self, operator, assessment):
        content = made.document(made.paragraphs(*["kata"] * 2000))
        file = stored(assessment.satker, "a.docx", content)

        assert "Sebagian isi tidak ditampilkan" in operator.get(page_url(file)).content.decode()

    def test_nothing_to_see(self, operator, assessment):
        file = stored(assessment.satker, "Rumit.pdf", made.endless_drawing())

        answer = operator.get(page_url(file))

        text = answer.content.decode()
        assert answer.status_code == 200
        assert "Pratinjau tidak tersedia" in text
        assert "terlalu rumit" in text
        assert reverse("assessments:download_evidence", args=[file.pk]) in text
        assert looked_at(file) == []
        assert operator.get(picture_url(file)).status_code == 404
        assert operator.get(thumbnail_url(file)).status_code == 404

    def test_locked_since_before_such_files_were_refused(self, operator, assessment):
        file = stored(assessment.satker)
        content = encrypted_pdf(b"rahasia")
        vault.remove(file.file.name)
        file.sha256, file.size = vault.write(file.file.name, [content]), len(content)
        file.save(update_fields=["sha256", "size"])

        assert "terkunci kata sandi" in operator.get(page_url(file)).content.decode()

    def test_too_many_at_once(self, operator, assessment):
        file = stored(assessment.satker)
        with turn(None, 0), turn(None, 0):
            answer = operator.get(page_url(file, 2))
            picture = operator.get(picture_url(file))

        assert (answer.status_code, picture.status_code) == (503, 503)
        assert (answer["Retry-After"], picture["Retry-After"]) == ("5", "5")
        text = answer.content.decode()
        assert "Pratinjau sedang dibuat" in text
        assert f'href="{page_url(file, 2)}">Coba lagi</a>' in text
        assert looked_at(file) == []
        assert operator.get(page_url(file)).status_code == 200

    def test_one_at_a_time_for_each_person(self, client, assessment, monkeypatch):
        monkeypatch.setattr(previews, "PATIENCE", 0)
        file = stored(assessment.satker)
        first, second = person(Role.OPERATOR, file.satker), make_user(Role.PIMPINAN, file.satker)
        statuses = []
        with turn(first.pk, 0):
            for viewer in (first, second):
                client.force_login(viewer)
                statuses.append(client.get(page_url(file)).status_code)

        assert statuses == [503, 200]

    def test_lost_from_the_vault(self, operator, assessment):
        file = stored(assessment.satker)
        vault.remove(file.file.name)

        assert operator.get(page_url(file)).status_code == 404
        assert looked_at(file) == []

    @pytest.mark.parametrize("pages", [1, 3])
    @pytest.mark.parametrize("links", [1, 3])
    def test_queries(self, operator, assessment, pages, links, django_assert_num_queries):
        file = stored(assessment.satker, content=made.pages(pages))
        for code in (CODE, "A.I.1.i.a", "A.I.1.ii.a")[:links]:
            link(assessment, file, code)
        picture = picture_url(file, 1, key_of(operator, file))
        operator.get(page_url(file, pages))

        with django_assert_num_queries(QUERIES):
            operator.get(page_url(file, pages))
        with django_assert_num_queries(PICTURE_QUERIES):
            operator.get(picture)
        with django_assert_num_queries(PICTURE_QUERIES):
            operator.get(thumbnail_url(file))


QUERIES, PICTURE_QUERIES = 11, 4


def key_of(client, file, number=1):
    """As the page gives it."""
    address = client.get(page_url(file, number)).context["picture"]
    return address.partition("?kunci=")[2]


class TestPicture:
    @pytest.mark.parametrize("url", [picture_url, thumbnail_url])
    def test_what_goes_out(self, operator, file, url):
        answer = operator.get(url(file))

        assert answer["Content-Type"] == "image/webp"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Disposition"] == "inline"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.content[8:12] == b"WEBP"

    def test_the_browser_asks_each_time_and_loads_once(self, client, file):
        viewer = person(Role.OPERATOR, file.satker)
        client.force_login(viewer)
        url = picture_url(file, 1, key_of(client, file))
        first = client.get(url)
        again = client.get(url, headers={"If-None-Match": first["ETag"]})

        assert first["Cache-Control"] == "private, no-cache"
        assert (again.status_code, again.content) == (304, b"")

        AnswerEvidence.objects.all().delete()
        client.force_login(make_user(Role.KETUA, file.satker.verifier))
        gone = client.get(url, headers={"If-None-Match": first["ETag"]})
        assert gone.status_code == 404

    def test_its_tag_says_what_it_was_read_as(self, operator, assessment):
        content = made.pages(1)
        first = stored(assessment.satker, "a.pdf", content)
        tag = operator.get(picture_url(first))["ETag"]

        assert tag == f'"{first.sha256}-pdf-1"'

    def test_a_thumbnail_is_kept_for_an_hour_by_the_browser_alone(self, operator, file):
        assert operator.get(thumbnail_url(file))["Cache-Control"] == "private, max-age=3600"

    @pytest.mark.parametrize("number", [0, 4, 10**20, 10**250])
    def test_no_such_page(self, operator, file, number):
        assert operator.get(picture_url(file, number)).status_code == 404

    def test_none_of_text(self, operator, assessment):
        file = stored(assessment.satker, "a.docx", made.document(made.paragraphs("x")))

        assert operator.get(picture_url(file)).status_code == 404
        assert operator.get(thumbnail_url(file)).status_code == 404


class TestTrail:
    def test_each_page_once(self, operator, file):
        for number in (1, 2, 2):
            key = key_of(operator, file, number)
            operator.get(picture_url(file, number, key))
            operator.get(thumbnail_url(file))

        assert looked_at(file) == [(number, Role.OPERATOR) for number in (1, 2, 2)]
        event = Event.objects.filter(action="bukti_dilihat").first()
        assert json.loads(event.after) == {
            "name": "Laporan.pdf",
            "sha256": file.sha256,
            "page": 1,
            "assessment": str(AnswerEvidence.objects.get(file=file).assessment_id),
        }
        assert not Event.objects.filter(action="bukti_diunduh").exists()

    def test_a_picture_without_its_page_leaves_a_trace_too(self, operator, file):
        wrong_page = key_of(operator, file, 2)
        before = looked_at(file)

        operator.get(picture_url(file, 1))
        operator.get(picture_url(file, 1, wrong_page))
        operator.get(picture_url(file, 1, "palsu-é"))

        assert looked_at(file) == before + [(1, Role.OPERATOR)] * 3

    def test_anothers_key_and_an_old_one(self, client, file):
        first, second = person(Role.OPERATOR, file.satker), make_user(Role.PIMPINAN, file.satker)
        client.force_login(second)
        now = timezone.now()

        client.get(picture_url(file, 1, picture_key(first, file.pk, 1, now)))
        client.get(picture_url(file, 1, picture_key(second, file.pk, 1, now - timedelta(hours=2))))
        client.get(picture_url(file, 1, picture_key(second, file.pk, 1, now - timedelta(hours=1))))

        assert looked_at(file) == [(1, Role.PIMPINAN)] * 2

    def test_a_look_at_the_head_is_none(self, operator, file):
        assert operator.head(page_url(file)).status_code == 200
        assert operator.head(picture_url(file)).status_code == 200
        assert looked_at(file) == []


class TestShown:
    def test_in_the_library(self, operator, file, assessment):
        stored(assessment.satker, "Notulen.docx", made.document(made.paragraphs("x")))
        stored(assessment.satker, "Belum.pdf", made.pages(1))

        text = operator.get("/bukti/").content.decode()

        assert text.count('loading="lazy"') == 1
        assert f'src="{thumbnail_url(file)}" alt="" width="48" height="64"' in text
        assert text.count('<span class="thumb" aria-hidden="true">') == 2

    def test_on_the_files_own_page(self, operator, file, assessment):
        text = operator.get(f"/bukti/{file.pk}/rincian/").content.decode()
        assert f'src="{thumbnail_url(file)}"' in text
        assert f'href="{page_url(file)}"' in text

        bare = stored(assessment.satker, "Notulen.docx", made.document(made.paragraphs("x")))
        text = operator.get(f"/bukti/{bare.pk}/rincian/").content.decode()
        assert thumbnail_url(bare) not in text
        assert f'href="{page_url(bare)}"' in text

    def test_beside_an_answer_a_link_alone(self, operator, file, assessment):
        text = operator.get(f"/penilaian/{assessment.pk}/area/1/").content.decode()

        assert f'<a class="link-button" href="{page_url(file)}">Lihat' in text
        assert "gambar-kecil" not in text

    def test_on_the_desk(self, client, file, assessment):
        by = person(Role.OPERATOR, assessment.satker)
        Assessment.objects.update(
            status=Status.SUBMITTED, submitted_by=by, submitted_at=assessment.opened_at
        )
        client.force_login(make_user(Role.VERIFIKATOR, assessment.satker.verifier))
        desk = f"/verifikasi/{assessment.pk}/?soal={CODE}"

        text = client.get(desk).content.decode()
        assert f'<img class="file-type" src="{thumbnail_url(file)}" alt="" width="48"' in text
        assert f'href="{page_url(file)}">Lihat' in text

        preview = client.get(page_url(file)).content.decode()
        assert f'<a href="{desk}">{CODE}</a>' in preview
        assert f'<a href="/penilaian/{assessment.pk}/">{assessment.satker.name}</a>' in preview
