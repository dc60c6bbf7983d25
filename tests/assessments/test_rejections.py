"""Reasons for rejection: given with a verdict, read by the satker, counted without names."""

import io
import tracemalloc

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Role
from assessments.enums import RejectionReason, Verdict
from assessments.models import RejectionCount, Verification, VerificationChange
from assessments.rejections import ADVICE, _frequent
from assessments.services.lifecycle import approve, return_to_operator, submit
from assessments.services.rejection_counts import count_rejections
from tests.factories_assessments import (
    fill,
    judge,
    make_assessment,
    make_period,
    make_satker,
    make_submitted,
    person,
)

pytestmark = pytest.mark.django_db

CODE = "A.I.1.i.b"
DRAFT = RejectionReason.DRAFT_FILE
LOWER = {"value": "B", "verdict": "kurang_sesuai", "note": "Masih rancangan.", "version": "0"}


@pytest.fixture(autouse=True)
def forget_counts():
    _frequent.cache_clear()
    yield
    _frequent.cache_clear()


@pytest.fixture
def sheet():
    return make_submitted()


@pytest.fixture
def give(client, sheet):
    """``give(**fields)``: a verdict below "sesuai" as the desk sends it."""
    client.force_login(person(Role.KETUA, sheet.satker.verifier))

    def post(**fields):
        address = reverse("assessments:verify_answer", args=[sheet.pk, CODE])
        return client.post(address, LOWER | fields)

    return post


def row():
    return Verification.objects.get(question__code=CODE)


def give_back(sheet, mark=""):
    Verification.objects.filter(assessment=sheet, question__code=mark).update(marked=True)
    by = person(Role.KETUA, sheet.satker.verifier)
    return_to_operator(assessment=sheet, by=by, note="Perbaiki.")


def copy_of(row, **changed):
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.fields}
    return type(row)(**fields | {"id": None} | changed)


def make_rejected(number, reason=DRAFT, *, given_back=True, period=None):
    """So many satker with the same fault."""
    for _ in range(number):
        sheet = make_submitted(make_satker(), period=period)
        judge(sheet, {CODE: {"value": "B"}}, codes=[CODE])
        for model in (Verification, VerificationChange):
            rows = model.objects.filter(verdict=Verdict.KURANG_SESUAI)
            rows.filter(reason="").update(reason=reason)
        if given_back:
            give_back(sheet)


class TestGiving:
    def test_is_stored_with_its_history(self, give):
        assert give(reason=DRAFT).status_code == 200

        assert row().reason == DRAFT
        assert [change.reason for change in row().changes.all()] == [DRAFT]

    def test_without_the_field(self, give):
        """The contract's plain verdict; a stored reason stays."""
        assert give().status_code == 200
        assert row().reason == ""
        give(reason=DRAFT, version="1")
        give(note="Masih rancangan, belum bernomor.", version="2")

        assert (row().reason, row().version) == (DRAFT, 3)

    def test_emptied(self, give):
        give(reason=DRAFT)

        give(reason="", version="1")

        assert row().reason == ""

    def test_goes_with_the_verdict(self, give):
        give(reason=DRAFT)

        give(verdict="sesuai", reason=DRAFT, version="1")

        assert (row().verdict, row().reason) == (Verdict.SESUAI, "")

    @pytest.mark.parametrize("reason", ["lain", "a" * 5000, "a\x00b"])
    def test_an_unknown_one(self, give, reason):
        answer = give(reason=reason)

        assert answer.status_code == 422
        assert 'data-field="reason"' in answer.content.decode()
        assert not Verification.objects.exists()

    def test_the_form_keeps_it(self, give, client, sheet):
        give(reason=DRAFT)

        text = client.get(
            reverse("assessments:desk", args=[sheet.pk]), {"soal": CODE}
        ).content.decode()

        assert f'<option value="{DRAFT.value}" selected>Masih konsep</option>' in text

    def test_a_conflict_carries_theirs(self, give):
        give(reason=DRAFT)

        text = give(reason="", note="Lain.").content.decode()

        assert f'data-theirs="reason" value="{DRAFT.value}"' in text

    def test_the_database_refuses_one_without_a_lower_verdict(self, give):
        give(reason=DRAFT)

        with pytest.raises(IntegrityError), transaction.atomic():
            Verification.objects.update(verdict=Verdict.SESUAI)

    def test_every_reason_has_its_advice(self):
        assert ADVICE.keys() == set(RejectionReason)


class TestReading:
    def area(self, client, sheet):
        client.force_login(person(Role.OPERATOR, sheet.satker))
        return client.get(reverse("assessments:area", args=[sheet.pk, "1"])).content.decode()

    def test_the_satker_reads_it_once_it_is_given_back(self, give, client, sheet):
        give(reason=DRAFT)
        words = f"<b>Alasan:</b> Masih konsep. {ADVICE[DRAFT]}"

        assert words not in self.area(client, sheet)
        give_back(sheet)
        assert words in self.area(client, sheet)

    def test_frequent_ones_stand_in_the_guidance(self, client, django_assert_num_queries):
        period = make_period(2026)
        RejectionCount.objects.bulk_create(
            RejectionCount(
                instrument_code="lke-2021",
                question_code=CODE,
                reason=reason,
                satker=satker,
                first_year=2025,
                last_year=2026,
            )
            for reason, satker in [
                ("unsigned", 6),
                ("draft_file", 40),
                ("scope_short", 5),
                ("no_impact", 7),
            ]
        )
        sheet = make_assessment(make_satker(), period=period)

        text = self.area(client, sheet)

        assert (
            "<b>Alasan penolakan tersering, 2025\N{EN DASH}2026</b></p><ul>"
            "<li>Masih konsep (40 satker)</li><li>Perubahan belum terlihat (7 satker)</li>"
            "<li>Belum sah (6 satker)</li></ul>"
        ) in text
        assert text.count("Alasan penolakan tersering") == 1
        with django_assert_num_queries(9):
            client.get(reverse("assessments:area", args=[sheet.pk, "1"]))


class TestCounting:
    def counts(self):
        count_rejections()
        return list(
            RejectionCount.objects.values_list("question_code", "reason", "satker", "last_year")
        )

    def test_from_five_satker_on(self):
        make_rejected(4)
        assert self.counts() == []

        make_rejected(1)
        assert self.counts() == [(CODE, DRAFT, 5, 2026)]

    def test_nothing_that_is_still_under_work(self):
        make_rejected(5, given_back=False)

        assert self.counts() == []

    def test_a_satker_counts_once_in_two_years(self):
        satker = [make_satker() for _ in range(4)]
        for year in (2025, 2026):
            period = make_period(year)
            for each in satker:
                sheet = make_submitted(each, period=period)
                judge(sheet, {CODE: {"value": "B"}})
                VerificationChange.objects.exclude(verdict=Verdict.SESUAI).update(reason=DRAFT)
                approve(assessment=sheet, by=person(Role.KETUA, each.verifier))

        assert self.counts() == []

    def test_years_long_past_do_not_count(self):
        make_rejected(5, period=make_period(2023))
        make_period(2026)

        assert self.counts() == []

    def test_the_last_word_of_a_round(self, give, sheet):
        make_rejected(4)
        give(reason=RejectionReason.UNSIGNED)
        give(reason=DRAFT, version="1")
        give_back(sheet)

        assert self.counts() == [(CODE, DRAFT, 5, 2026)]

    def test_the_last_word_of_each_round(self, give, sheet):
        """What was repaired and is in order now was rejected all the same."""
        make_rejected(4)
        give(reason=DRAFT)
        give_back(sheet)
        fill(sheet, {CODE: "B"})
        submit(assessment=sheet, by=person(Role.PIMPINAN, sheet.satker))
        judge(sheet)
        approve(assessment=sheet, by=person(Role.KETUA, sheet.satker.verifier))

        assert self.counts() == [(CODE, DRAFT, 5, 2026)]

    def test_rows_are_read_in_parts(self, sheet):
        """Four times the verdicts take no more memory."""
        judge(sheet)
        give_back(sheet, mark=CODE)
        first = list(VerificationChange.objects.all())

        def peak(versions):
            VerificationChange.objects.filter(version__gt=1).delete()
            VerificationChange.objects.bulk_create(
                copy_of(row, version=version) for row in first for version in versions
            )
            tracemalloc.start()
            count_rejections()
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return most

        assert peak(range(2, 162)) < 1.3 * peak(range(2, 42))

    def test_can_be_run_again(self):
        make_rejected(5)
        out = io.StringIO()
        for _ in range(2):
            call_command("count_rejections", stdout=out)

        assert out.getvalue() == "Alasan penolakan dihitung: 1 baris.\n" * 2
        assert RejectionCount.objects.count() == 1

    def test_an_empty_ministry(self):
        assert count_rejections() == 0

    def test_the_database_refuses_fewer(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            RejectionCount.objects.create(
                instrument_code="lke-2021",
                question_code=CODE,
                reason=DRAFT,
                satker=4,
                first_year=2026,
                last_year=2026,
            )
