"""POST /verifikasi/<uuid>/jawaban/<kode>/: what is stored, what is refused, what comes back."""

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.enums import Action, Status, Tier
from assessments.models import (
    Answer,
    Assessment,
    Score,
    Transition,
    Verification,
    VerificationChange,
)
from audit.models import Event
from tests.factories_assessments import (
    judge,
    make_approved,
    make_assessment,
    make_centre,
    make_kanwil,
    make_returned,
    make_satker,
    make_submitted,
    make_user,
    person,
)

CHOICE = "A.I.1.i.b"
COUNTS = "A.II.1.i.b"
INDEX = "B.I.a"
LOWER = {"verdict": "kurang_sesuai", "value": "B", "note": "Notulen belum dilampirkan."}


def stored(assessment: Assessment, code: str) -> Verification | None:
    return Verification.objects.filter(assessment=assessment, question__code=code).first()


def content(row: Verification) -> tuple[object, ...]:
    return row.verdict, row.entered, row.note, row.marked, row.version


def version_of(response) -> int:
    return int(re.search(r'data-version="(\d+)"', response.content.decode()).group(1))


def score(assessment: Assessment) -> Score:
    return Score.objects.get(assessment=assessment, tier=Tier.PENDAHULUAN)


class TestSaving:
    def test_first_verdict(self, verify, sheet):
        response = verify(CHOICE, **LOWER)

        assert (response.status_code, version_of(response)) == (200, 1)
        assert content(stored(sheet, CHOICE)) == (
            "kurang_sesuai",
            {"value": "B"},
            "Notulen belum dilampirkan.",
            True,
            1,
        )

    def test_the_first_one_begins_the_review(self, verify, sheet):
        verify(CHOICE, verdict="sesuai")
        verify(COUNTS, verdict="sesuai")

        sheet.refresh_from_db()
        steps = Transition.objects.filter(assessment=sheet, action=Action.BEGIN_REVIEW)
        assert sheet.status == Status.IN_REVIEW
        assert [(s.from_status, s.to_status, s.by.role) for s in steps] == [
            (Status.SUBMITTED, Status.IN_REVIEW, Role.VERIFIKATOR)
        ]

    def test_history_and_audit_come_with_it(self, verify, sheet):
        verify(CHOICE, **LOWER)
        verify(CHOICE, 1, note="Lampirkan notulen.")

        changes = VerificationChange.objects.filter(verification=stored(sheet, CHOICE))
        event = Event.objects.filter(chain=sheet.audit_chain, action="verifikasi").last()
        assert [(c.version, c.note, c.round) for c in changes] == [
            (1, "Notulen belum dilampirkan.", 1),
            (2, "Lampirkan notulen.", 1),
        ]
        assert (event.subject, json.loads(event.before)["note"]) == (CHOICE, LOWER["note"])
        assert json.loads(event.after) == {
            "verdict": "kurang_sesuai",
            "entered": {"value": "B"},
            "note": "Lampirkan notulen.",
            "marked": True,
            "reason": "",
        }

    def test_the_satkers_answers_never_change(self, verify, sheet):
        answers = Answer.objects.filter(assessment=sheet).order_by("pk")
        own = Score.objects.filter(assessment=sheet, tier=Tier.MANDIRI)
        before = list(answers.values()), list(own.values())

        verify(CHOICE, **LOWER)
        verify(COUNTS, verdict="tidak_sesuai", n1="6", n2="0", note="Tidak ada bukti.")
        verify(INDEX, verdict="sesuai", value="0")

        assert (list(answers.values()), list(own.values())) == before

    @pytest.mark.parametrize(
        ("code", "fields", "entered"),
        [
            (CHOICE, {"value": "c"}, {"value": "C"}),
            (INDEX, {"value": "3,75"}, {"value": "3.75"}),
            (COUNTS, {"n1": "6", "n2": "04"}, {"n1": "6", "n2": "4"}),
        ],
    )
    def test_entered_in_canonical_form(self, verify, sheet, code, fields, entered):
        verify(code, verdict="tidak_sesuai", note="Tidak sesuai bukti.", **fields)

        assert stored(sheet, code).entered == entered

    def test_sesuai_ignores_a_value_and_a_mark(self, verify, sheet):
        verify(CHOICE, verdict="sesuai", value="Z", mark="1")

        assert content(stored(sheet, CHOICE)) == ("sesuai", {}, "", False, 1)

    def test_sesuai_takes_a_lower_verdict_back(self, verify, sheet):
        verify(CHOICE, **LOWER)
        verify(CHOICE, 1, verdict="sesuai", note="")

        assert content(stored(sheet, CHOICE)) == ("sesuai", {}, "", False, 2)

    @pytest.mark.parametrize(
        ("sent", "marked"), [({}, True), ({"mark": "1"}, True), ({"mark": "0"}, False)]
    )
    def test_a_lower_verdict_asks_for_a_repair_unless_told(self, verify, sheet, sent, marked):
        verify(CHOICE, **LOWER, **sent)

        assert stored(sheet, CHOICE).marked is marked

    @pytest.mark.parametrize("left_out", ["verdict", "value", "note"])
    def test_a_field_left_out_keeps_what_is_stored(self, verify, sheet, left_out):
        verify(CHOICE, **LOWER, mark="0")
        others = {"verdict": "tidak_sesuai", "value": "C", "note": "Lain.", "mark": "0"}
        kept = {"verdict": "kurang_sesuai", "value": "B", "note": LOWER["note"]}[left_out]
        del others[left_out]

        verify(CHOICE, 1, **others)

        row = stored(sheet, CHOICE)
        now = {"verdict": row.verdict, "value": row.entered["value"], "note": row.note}
        assert now == {"verdict": "tidak_sesuai", "value": "C", "note": "Lain."} | {left_out: kept}

    def test_an_unchanged_save_keeps_the_version(self, verify, sheet):
        verify(CHOICE, **LOWER)

        response = verify(CHOICE, 0, **LOWER)

        assert (response.status_code, version_of(response)) == (200, 1)
        assert VerificationChange.objects.count() == 1

    def test_fragment_has_state_figures_and_where_to_go_on(self, verify, sheet):
        text = verify(CHOICE, **LOWER).content.decode()

        assert "Tersimpan" in text
        assert ">1 <span>/ 113</span>" in text
        assert "99,88" in text
        assert "\N{MINUS SIGN}0,13" in text
        status = text.split('data-page="desk-status">')[1].split("</div>")[0]
        assert "Diverifikasi" in status
        assert 'data-next="' + reverse("assessments:desk", args=[sheet.pk]) in text
        assert "soal=A.I.1.ii.a" in text


class TestScore:
    def test_what_is_not_judged_counts_as_the_satkers(self, verify, sheet):
        verify(CHOICE, verdict="sesuai")

        assert (score(sheet).total, score(sheet).verified) == (Decimal(100), 1)

    def test_a_lower_value_replaces_the_satkers(self, verify, sheet):
        """A.I.1.i weighs 0,5 and has two questions: half of one of them is 0,125."""
        verify(CHOICE, **LOWER)

        assert score(sheet).total == Decimal("99.875")

    def test_counts_and_indices_too(self, verify, sheet):
        """IPAK 3,6 of 4 for 17,5 points; 4 of 6 changes in a section of 2 questions."""
        verify(INDEX, verdict="kurang_sesuai", value="3,6", note="Menurut surat resmi 3,6.")

        assert score(sheet).total == Decimal("98.25")

    def test_a_higher_value_of_the_reviewer_counts_as_well(self, client, db):
        low = make_submitted(answers={CHOICE: "C"})
        client.force_login(person(Role.VERIFIKATOR, low.satker.verifier))
        url = reverse("assessments:verify_answer", args=[low.pk, CHOICE])

        client.post(url, {"version": 0} | LOWER, headers={"X-Requested-With": "fetch"})

        assert Score.objects.get(assessment=low, tier=Tier.MANDIRI).total == Decimal("99.75")
        assert score(low).total == Decimal("99.875")

    def test_taking_it_back_gives_the_points_back(self, verify, sheet):
        verify(CHOICE, **LOWER)
        verify(CHOICE, 1, verdict="sesuai")

        assert (score(sheet).total, score(sheet).verified) == (Decimal(100), 1)


class TestRefusals:
    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({}, "verdict"),
            ({"note": "Tanpa putusan."}, "verdict"),
            ({"verdict": ""}, "verdict"),
            ({"verdict": "mungkin"}, "verdict"),
            ({"verdict": "kurang_sesuai", "note": "Kurang."}, "value"),
            ({"verdict": "kurang_sesuai", "value": "", "note": "Kurang."}, "value"),
            ({"verdict": "kurang_sesuai", "value": "B"}, "note"),
            ({"verdict": "tidak_sesuai", "value": "C", "note": "   \n"}, "note"),
            ({"verdict": "tidak_sesuai", "value": "C", "note": "x" * 5001}, "note"),
            ({"verdict": "tidak_sesuai", "value": "C", "note": "a\0b"}, "note"),
            ({"verdict": "sesuai", "value": "x" * 101}, "value"),
            ({"verdict": "sesuai", "mark": "ya"}, "mark"),
        ],
    )
    def test_what_is_missing_or_too_much(self, verify, sheet, fields, field):
        response = verify(CHOICE, **fields)

        assert (response.status_code, stored(sheet, CHOICE)) == (422, None)
        assert f'data-field="{field}"' in response.content.decode()
        sheet.refresh_from_db()
        assert sheet.status == Status.SUBMITTED

    @pytest.mark.parametrize(
        ("code", "fields"),
        [
            (CHOICE, {"value": "Z"}),
            (CHOICE, {"value": "0.5"}),
            (INDEX, {"value": "4,01"}),
            (INDEX, {"value": "NaN"}),
            (INDEX, {"value": "-1"}),
            (COUNTS, {"n1": "6", "n2": "dua"}),
            (COUNTS, {"n1": "6", "n2": "1.5"}),
            (COUNTS, {"n1": "6"}),
            (COUNTS, {"n1": "0", "n2": "4"}),
        ],
    )
    def test_what_is_not_on_the_scale(self, verify, sheet, code, fields):
        response = verify(code, verdict="kurang_sesuai", note="Kurang.", **fields)

        assert (response.status_code, stored(sheet, code)) == (422, None)

    def test_the_counts_at_fault_are_named(self, verify):
        response = verify(COUNTS, verdict="kurang_sesuai", note="Kurang.", n1="6", n2="dua")

        assert 'data-inputs="n2"' in response.content.decode()

    @pytest.mark.parametrize("version", ["", "x", "-1", "99999999999"])
    def test_a_version_that_is_none(self, verify, version):
        assert verify(CHOICE, version, verdict="sesuai").status_code == 422

    def test_a_refused_save_changes_nothing(self, verify, sheet):
        verify(CHOICE, **LOWER)
        before = content(stored(sheet, CHOICE)), score(sheet).total

        verify(CHOICE, 1, verdict="tidak_sesuai", value="C", note="")

        assert (content(stored(sheet, CHOICE)), score(sheet).total) == before

    def test_an_older_version_shows_both(self, verify, sheet):
        verify(CHOICE, **LOWER)

        response = verify(CHOICE, 0, verdict="tidak_sesuai", value="C", note="Notulen tidak sah.")

        text = response.content.decode()
        assert (response.status_code, version_of(response)) == (409, 1)
        assert "Tidak sesuai: C" in text
        assert "Kurang sesuai: B" in text
        assert 'data-theirs="note" value="Notulen belum dilampirkan."' in text
        assert content(stored(sheet, CHOICE))[0] == "kurang_sesuai"

    def test_unknown_question(self, verify):
        assert verify("A.I.9.i.a", verdict="sesuai").status_code == 404

    def test_only_post(self, reviewer, sheet):
        url = reverse("assessments:verify_answer", args=[sheet.pk, CHOICE])

        assert reviewer.get(url).status_code == 405

    def test_signed_out(self, client, sheet):
        url = reverse("assessments:verify_answer", args=[sheet.pk, CHOICE])

        response = client.post(url, {"version": 0, "verdict": "sesuai"})

        assert response.status_code == 401


class TestReviewDeadline:
    @pytest.mark.parametrize(("late", "expected"), [(0, 200), (1, 403)])
    def test_to_the_microsecond(self, verify, reviewer, sheet, time_machine, late, expected):
        until = sheet.period.review_until
        time_machine.move_to(until + timedelta(microseconds=late), tick=False)
        reviewer.force_login(person(Role.VERIFIKATOR, sheet.satker.verifier))

        response = verify(CHOICE, verdict="sesuai")

        assert response.status_code == expected
        assert ("Masa verifikasi berakhir" in response.content.decode()) is (expected == 403)


MAKE = {
    Status.DRAFT: make_assessment,
    Status.SUBMITTED: make_submitted,
    Status.RETURNED: make_returned,
    Status.APPROVED: make_approved,
}


@pytest.mark.parametrize(
    ("status", "reviewer", "others"),
    [
        (Status.DRAFT, 403, {"tpi": 404, "admin": 403, "pemantau": 403}),
        (Status.SUBMITTED, 200, {"tpi": 404, "admin": 403, "pemantau": 403}),
        (Status.RETURNED, 403, {"tpi": 404, "admin": 403, "pemantau": 403}),
        (Status.APPROVED, 403, {"tpi": 403, "admin": 403, "pemantau": 403}),
    ],
)
def test_who_may_judge(client, db, status, reviewer, others):
    assessment = MAKE[status]()
    elsewhere = make_kanwil("82", "Kanwil Provinsi Maluku Utara")
    people = {
        "verifikator": person(Role.VERIFIKATOR, assessment.satker.verifier),
        "ketua": person(Role.KETUA, assessment.satker.verifier),
        "operator": person(Role.OPERATOR, assessment.satker),
        "pimpinan": person(Role.PIMPINAN, assessment.satker),
        "operator lain": make_user(Role.OPERATOR, make_satker()),
        "verifikator lain": make_user(Role.VERIFIKATOR, elsewhere),
        "verifikator pusat": make_user(Role.VERIFIKATOR, make_centre()),
        "tpi": make_user(Role.TPI),
        "admin": make_user(Role.ADMIN_PUSAT),
        "pemantau": make_user(Role.PEMANTAU),
    }
    url = reverse("assessments:verify_answer", args=[assessment.pk, CHOICE])
    versions = stored(assessment, CHOICE)

    answers = {}
    for who, user in people.items():
        client.force_login(user)
        sent = {"version": versions.version if versions else 0, "verdict": "sesuai"}
        answers[who] = client.post(url, sent, headers={"X-Requested-With": "fetch"}).status_code

    assert answers == {
        "verifikator": reviewer,
        "ketua": reviewer if reviewer == 403 else 200,
        "operator": 403,
        "pimpinan": 403,
        "operator lain": 404,
        "verifikator lain": 404,
        "verifikator pusat": 404,
        **others,
    }


class TestPlainForm:
    def test_stays_at_the_question(self, verify, sheet):
        response = verify(CHOICE, verdict="sesuai", halaman="1")

        desk = reverse("assessments:desk", args=[sheet.pk])
        assert (response.status_code, response.url) == (303, f"{desk}?soal={CHOICE}")

    def test_goes_on_to_the_next_open_one(self, verify, sheet):
        verify("A.I.1.ii.a", verdict="sesuai")

        response = verify(CHOICE, verdict="sesuai", halaman="lanjut", saring="terbuka")

        desk = reverse("assessments:desk", args=[sheet.pk])
        assert response.url == f"{desk}?soal=A.I.1.ii.b&saring=terbuka"

    def test_goes_round_and_then_to_the_decision(self, verify, sheet):
        judge(sheet)

        response = verify(CHOICE, 1, verdict="sesuai", halaman="lanjut")

        assert response.url == reverse("assessments:decide", args=[sheet.pk])

    def test_a_refusal_keeps_what_was_typed(self, verify, sheet):
        response = verify(
            CHOICE, verdict="kurang_sesuai", note="Notulen kurang.", mark="0", halaman="1"
        )

        text = response.content.decode()
        assert response.status_code == 422
        assert "Pilih nilai menurut Anda" in text
        assert "Notulen kurang.</textarea>" in text
        assert 'value="kurang_sesuai" checked' in text
        assert 'name="mark" value="1">' in text

    def test_two_verdicts(self, verify, sheet):
        verify(CHOICE, **LOWER)

        response = verify(
            CHOICE, 0, verdict="tidak_sesuai", value="C", note="Notulen tidak sah.", halaman="1"
        )

        text = response.content.decode()
        assert response.status_code == 409
        assert "Notulen tidak sah.</textarea>" in text
        assert "Kurang sesuai: B" in text
        assert 'name="version" value="1"' in text

    def test_locked(self, verify, sheet):
        Assessment.objects.filter(pk=sheet.pk).update(status=Status.RETURNED)

        assert verify(CHOICE, verdict="sesuai", halaman="1").status_code == 403


class TestQueries:
    def test_a_save_takes_few(self, verify, django_assert_max_num_queries):
        verify("A.I.1.i.a", verdict="sesuai")
        verify(CHOICE, **LOWER)

        with django_assert_max_num_queries(13) as captured:
            response = verify(CHOICE, 1, verdict="tidak_sesuai", value="C", note="Baru")

        assert response.status_code == 200
        assert len(captured.captured_queries) <= 13
