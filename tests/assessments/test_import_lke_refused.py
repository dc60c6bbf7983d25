"""What ``import_lke`` refuses: nothing is stored, and the message says what to put right."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Role
from assessments.enums import Status
from assessments.models import NOTE_LENGTH, Assessment, Period
from satker.models import Satker
from tests.assessments.imports import Run, satker_in_a_period, stored
from tests.assessments.workbooks import bare_workbook
from tests.factories_assessments import (
    make_assessment,
    make_centre,
    make_kanwil,
    make_returned,
    make_satker,
    make_submitted,
    make_user,
    person,
    shipped_instrument,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def satker() -> Satker:
    return satker_in_a_period()


@pytest.fixture
def run(satker, tmp_path):
    return Run(satker, tmp_path / "lke.xlsx")


def refused(run, book, **options) -> str:
    with pytest.raises(CommandError) as caught:
        run(book, **options)
    assert caught.value.returncode == 1
    return str(caught.value)


class TestCellsRefused:
    def test_every_one_is_named_and_nothing_is_stored(self, run):
        answers = {
            "A.I.1.i.a": "Ya",
            "A.I.1.i.b": "D",
            "A.II.1.i.a.n1": "=1+1",
            "A.II.1.i.b.n1": 2.5,
            "A.II.6.i.b.n1": 0,
            "A.II.6.i.b.n2": 4,
            "B.I.a": 4.01,
        }

        message = refused(run, bare_workbook(answers))

        lines = message.splitlines()
        assert [line.split(": ")[0] for line in lines[:-1]] == [
            "Lembar LKE ZI, baris 9, sel K9 (A.I.1.i.b)",
            "Lembar LKE ZI, baris 129, sel K129 (A.II.1.i.a.n1)",
            "Lembar LKE ZI, baris 132, sel K132 (A.II.1.i.b.n1)",
            "Lembar LKE ZI, baris 194, sel K194 (A.II.6.i.b.n1)",
            "Lembar LKE ZI, baris 195, sel K195 (A.II.6.i.b.n2)",
            "Lembar LKE ZI, baris 202, sel K202 (B.I.a)",
        ]
        assert lines[0].endswith(": Pilih salah satu: A, B, atau C.")
        assert "berisi rumus, bukan jawaban" in lines[1]
        assert "bilangan bulat" in lines[2]
        assert lines[-1] == "Tidak ada yang disimpan."
        assert (Assessment.objects.count(), stored()) == (0, {})

    def test_a_count_that_contradicts_a_stored_one(self, run, satker):
        make_assessment(satker, {"A.II.6.i.b.n1": 0})

        message = refused(run, bare_workbook({"A.II.6.i.b.n2": 4}))

        assert "sel K194 (A.II.6.i.b.n1)" in message
        assert "sel K195 (A.II.6.i.b.n2)" in message
        assert stored() == {"A.II.6.i.b": ({"n1": "0"}, "", 1)}

    def test_a_note_that_is_too_long(self, run):
        message = refused(
            run, bare_workbook(edit=lambda sheet: sheet.__setitem__("O9", "x" * (NOTE_LENGTH + 1)))
        )

        assert message.startswith(
            "Lembar LKE ZI, baris 9, sel O9 (A.I.1.i.b): catatan bersama dokumen dan tautannya "
            f"{NOTE_LENGTH + 1} karakter"
        )

    @pytest.mark.parametrize("content", [b"", b"x" * 100, b"PK\x03\x04" + b"\0" * 50])
    def test_no_workbook(self, run, content):
        assert "bukan buku kerja Excel" in refused(run, content)

    def test_no_file(self, satker, tmp_path):
        for name in (str(tmp_path), str(tmp_path / "tidak-ada.xlsx"), "a\0b", ""):
            with pytest.raises(CommandError, match="Berkas"):
                call_command("import_lke", name, satker=satker.code, year=2026)


class TestLife:
    def test_what_was_sent_stays(self, run, satker):
        make_submitted(satker)

        message = refused(run, bare_workbook({"A.I.1.i.a": "Tidak"}))

        assert "sudah dikirim" in message
        assert stored()["A.I.1.i.a"][0] == {"value": "Ya"}

    def test_after_a_return_the_marked_questions_alone(self, run, satker):
        make_returned(satker, {"A.I.1.i.b": {"value": "B"}})

        lines = run(bare_workbook({"A.I.1.i.a": "Ya", "A.I.1.i.b": "B"}))

        assert lines[2:4] == ["A.I.1.i.b: A -> B", "1 perubahan."]
        assert stored()["A.I.1.i.b"] == ({"value": "B"}, "", 2)
        assert Assessment.objects.get().status == Status.RETURNED

    def test_after_a_return_another_question_stops_it(self, run, satker):
        make_returned(satker, {"A.I.1.i.b": {"value": "B"}})

        message = refused(run, bare_workbook({"A.I.1.i.a": "Tidak", "A.I.1.i.b": "B"}))

        assert message.splitlines() == [
            "Lembar LKE ZI, baris 8, sel K8 (A.I.1.i.a): pertanyaan ini tidak diminta untuk "
            "diperbaiki, jadi isinya tidak dapat diubah (tersimpan Ya, di buku kerja Tidak).",
            "Tidak ada yang disimpan.",
        ]
        assert stored()["A.I.1.i.b"] == ({"value": "A"}, "", 1)

    def test_after_a_return_notes_of_other_questions_stay_too(self, run, satker):
        make_returned(satker, {"A.I.1.i.b": {"value": "B"}})

        message = refused(run, bare_workbook(edit=lambda sheet: sheet.__setitem__("O8", "Baru")))

        assert "sel K8 (A.I.1.i.a)" in message
        assert "(catatannya berbeda dari yang tersimpan)" in message

    def test_after_the_deadline(self, run, satker):
        make_assessment(satker)
        past = timezone.now() - timedelta(hours=1)
        Period.objects.update(fill_until=past)

        assert "Pengisian ditutup" in refused(run, bare_workbook({"A.I.1.i.a": "Ya"}))

    def test_a_period_that_is_over_opens_nothing(self, run):
        Period.objects.update(fill_until=timezone.now() - timedelta(hours=1))

        assert "ditutup" in refused(run, bare_workbook({"A.I.1.i.a": "Ya"}))
        assert Assessment.objects.count() == 0

    def test_a_period_of_another_instrument(self, run):
        Period.objects.update(instrument=shipped_instrument("lke-2014"))

        message = refused(run, bare_workbook({"A.I.1.i.a": "Ya"}))

        assert message.startswith("Buku kerja ini (LKE PermenPANRB 90/2021, lembar LKE ZI) tidak ")
        assert Assessment.objects.count() == 0


class TestWho:
    def test_satker_that_is_not_there(self, run):
        for code in ("99", "\udcff", "33\0"):
            assert refused(run, bare_workbook(), satker=code).startswith("Satker dengan kode ")

    def test_code_in_any_case(self, run):
        satker = make_satker(code="33-Abc")
        person(Role.OPERATOR, satker)

        run(bare_workbook({"A.I.1.i.a": "Ya"}), satker="33-aBC")

        assert Assessment.objects.get().satker == satker

    @pytest.mark.parametrize("year", [2031, -1, 10**30])
    def test_year_without_a_period(self, run, year):
        message = refused(run, bare_workbook(), year=year)

        assert message == f"Periode tahun {year} tidak ada. Periode yang ada: 2026."

    def test_satker_without_an_active_operator(self, run):
        other = make_satker()
        operator = person(Role.OPERATOR, other)
        operator.is_active = False
        operator.save()

        assert refused(run, bare_workbook(), satker=other.code) == (
            f"{other.name} tidak memiliki operator aktif. Sebutkan penggunanya dengan --user."
        )

    @pytest.mark.parametrize("name", ["siapa", "\udcff", ""])
    def test_unknown_user(self, run, name):
        assert (
            refused(run, bare_workbook(), user=name)
            == f"Tidak ada pengguna aktif bernama {name!a}."
        )

    @pytest.mark.parametrize(
        ("role", "place"),
        [
            (Role.OPERATOR, make_kanwil),
            (Role.PIMPINAN, None),
            (Role.VERIFIKATOR, make_kanwil),
            (Role.KETUA, make_kanwil),
            (Role.TPI, make_centre),
            (Role.PEMANTAU, make_centre),
        ],
    )
    def test_nobody_else_may(self, run, satker, role, place):
        user = make_user(role, place() if place else satker)

        message = refused(run, bare_workbook({"A.I.1.i.a": "Ya"}), user=user.username)

        assert message.startswith(f"{user.username} bukan operator {satker.name}")
        assert Assessment.objects.count() == 0
