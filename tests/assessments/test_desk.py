"""GET /verifikasi/<uuid>/: who sees it, what it shows of a question, and after a repair."""

import re

import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.answer_words import short_answer
from assessments.desk import build_desk
from assessments.enums import Status
from assessments.models import AnswerEvidence, Assessment
from assessments.services.lifecycle import submit
from assessments.worksheet import load_worksheet
from tests.factories_assessments import (
    attach,
    fill,
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

FIRST = "A.I.1.i.a"
CHOICE = "A.I.1.i.b"
OTHER = "A.I.1.ii.b"
COUNTS = "A.II.1.i.b"


def desk_of(assessment: Assessment, **query: str) -> str:
    url = reverse("assessments:desk", args=[assessment.pk])
    return f"{url}?{'&'.join(f'{k}={v}' for k, v in query.items())}" if query else url


def text_of(response) -> str:
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def resubmitted() -> Assessment:
    """Two questions were asked for again; one was repaired, with a new file for the old one."""
    assessment = make_returned(lower={CHOICE: {"value": "B"}, OTHER: {"value": "B"}})
    AnswerEvidence.objects.filter(assessment=assessment, question__code=CHOICE).delete()
    attach(assessment, CHOICE, name="Notulen.pdf")
    fill(assessment, {CHOICE: "B"}, notes={CHOICE: "Notulen sudah dilampirkan."})
    submit(assessment=assessment, by=person(Role.PIMPINAN, assessment.satker))
    return Assessment.objects.with_place().get(pk=assessment.pk)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (make_assessment, {"reviewer": 403, "tpi": 404, "admin": 403}),
        (make_submitted, {"reviewer": 200, "tpi": 404, "admin": 200}),
        (make_returned, {"reviewer": 200, "tpi": 404, "admin": 200}),
        (make_approved, {"reviewer": 200, "tpi": 200, "admin": 200}),
    ],
)
def test_who_sees_it(client, db, make, expected):
    assessment = make()
    people = {
        "reviewer": person(Role.VERIFIKATOR, assessment.satker.verifier),
        "operator": person(Role.OPERATOR, assessment.satker),
        "pimpinan": person(Role.PIMPINAN, assessment.satker),
        "elsewhere": make_user(Role.KETUA, make_kanwil("82", "Kanwil Provinsi Maluku Utara")),
        "centre": make_user(Role.VERIFIKATOR, make_centre()),
        "stranger": make_user(Role.OPERATOR, make_satker()),
        "pemantau": make_user(Role.PEMANTAU),
        "tpi": make_user(Role.TPI),
        "admin": make_user(Role.ADMIN_PUSAT),
    }

    seen = {}
    for who, user in people.items():
        client.force_login(user)
        seen[who] = client.get(desk_of(assessment)).status_code

    assert seen == expected | {
        "operator": 403,
        "pimpinan": 403,
        "elsewhere": 404,
        "centre": 404,
        "stranger": 404,
        "pemantau": 403,
    }


class TestQuestion:
    def test_opens_the_first_without_a_verdict(self, reviewer, sheet):
        judge(sheet, codes=[FIRST])

        assert f"· {CHOICE}<" in text_of(reviewer.get(desk_of(sheet)))

    def test_opens_the_one_asked_for(self, reviewer, sheet):
        assert f"· {COUNTS}<" in text_of(reviewer.get(desk_of(sheet, soal=COUNTS)))

    def test_unknown_question(self, reviewer, sheet):
        assert reviewer.get(desk_of(sheet, soal="A.I.9.x")).status_code == 404

    def test_answer_note_and_evidence(self, client, db):
        assessment = make_assessment()
        fill(assessment, {CHOICE: "B"}, notes={CHOICE: "Rapat <5 Maret>."})
        attach(assessment, CHOICE, name="SK & Tim.pdf")
        Assessment.objects.filter(pk=assessment.pk).update(
            status=Status.SUBMITTED,
            submitted_at=assessment.opened_at,
            submitted_by=assessment.opened_by,
        )
        client.force_login(person(Role.KETUA, assessment.satker.verifier))

        text = text_of(client.get(desk_of(assessment, soal=CHOICE)))

        question = load_worksheet(assessment.instrument_id).by_code[CHOICE]
        assert question.text in text
        assert f"<b>B</b> <span>{question.options[1].text}</span>" in text
        assert "Rapat &lt;5 Maret&gt;." in text
        assert "SK &amp; Tim.pdf" in text
        assert "1,2 MB" in text
        assert all(document in text for document in question.documents)

    def test_the_satkers_choice_is_marked_among_the_criteria(self, reviewer, sheet):
        text = text_of(reviewer.get(desk_of(sheet, soal=CHOICE)))

        rows = re.findall(r'<label class="option.*?</label>', text)
        chosen = [row for row in rows if "Jawaban satker" in row]
        assert [re.search(r'value="(\w)"', row).group(1) for row in chosen] == ["A"]

    def test_counts_show_what_the_satker_entered(self, reviewer, sheet):
        text = text_of(reviewer.get(desk_of(sheet, soal=COUNTS)))

        assert "<b>100,00%</b> <span>1 ÷ 1</span>" in text
        assert text.count("Jawaban satker: 1<") == 2

    def test_stored_verdict_is_in_the_form(self, reviewer, sheet):
        judge(sheet, {CHOICE: {"value": "C"}}, codes=[CHOICE], note="Tulis cara memilih.")

        text = text_of(reviewer.get(desk_of(sheet, soal=CHOICE)))

        assert 'value="kurang_sesuai" checked' in text
        assert 'name="value" value="C" checked' in text
        assert "Tulis cara memilih.</textarea>" in text
        assert 'name="version" value="1"' in text

    def test_figures_of_both_tiers(self, reviewer, sheet):
        judge(sheet, {CHOICE: {"value": "C"}}, codes=[FIRST, CHOICE])

        text = text_of(reviewer.get(desk_of(sheet)))

        assert "<b>2 <span>/ 113</span></b>" in text
        assert "<b>100,00</b>" in text
        assert "<b>99,75</b>" in text
        assert "<b>\N{MINUS SIGN}0,25</b>" in text

    def test_before_any_verdict_there_is_no_verified_score(self, reviewer, sheet):
        assert text_of(reviewer.get(desk_of(sheet))).count("<b>belum ada</b>") == 2


class TestStrip:
    def steps(self, response) -> list[tuple[str, str]]:
        text = text_of(response)
        strip = text[text.index('class="desk-groups"') : text.index('class="desk-question')]
        return re.findall(r'<a class="(is-\w+)" href="[^"]*soal=([\w.]+)', strip)

    def test_the_questions_of_the_area_with_their_verdicts(self, reviewer, sheet):
        judge(sheet, {CHOICE: {"value": "C"}}, codes=[FIRST, CHOICE])

        steps = self.steps(reviewer.get(desk_of(sheet, soal=FIRST)))

        assert steps[:3] == [("is-done", FIRST), ("is-low", CHOICE), ("is-open", "A.I.1.ii.a")]
        assert len(steps) == 16

    def test_only_what_is_open_and_the_one_on_the_desk(self, reviewer, sheet):
        judge(sheet, codes=[FIRST, CHOICE])

        response = reviewer.get(desk_of(sheet, soal=FIRST, saring="terbuka"))

        steps = self.steps(response)
        assert steps[:2] == [("is-done", FIRST), ("is-open", "A.I.1.ii.a")]
        assert len(steps) == 15
        assert (
            f'data-following="{desk_of(sheet, soal="A.I.1.ii.a")}&amp;saring=terbuka"'
            in text_of(response)
        )

    def test_areas_with_their_progress(self, reviewer, sheet):
        judge(sheet, codes=[FIRST, CHOICE])

        text = text_of(reviewer.get(desk_of(sheet)))

        assert '<span class="muted" data-slot="area-1">2/16</span>' in text
        assert '<span class="muted" data-slot="area-hasil">0/3</span>' in text

    def test_ends_of_the_sheet(self, reviewer, sheet):
        first = text_of(reviewer.get(desk_of(sheet, soal=FIRST)))
        last = text_of(reviewer.get(desk_of(sheet, soal="B.II.a")))

        assert ("data-previous=" in first, "data-following=" in first) == (False, True)
        assert ("data-previous=" in last, "data-following=" in last) == (True, False)


class TestLocked:
    @pytest.mark.parametrize(
        ("make", "lock"),
        [
            (make_returned, "Dikembalikan ke satker untuk diperbaiki"),
            (make_approved, "putusan tidak dapat diubah lagi"),
        ],
    )
    def test_reads_what_was_decided(self, client, db, make, lock):
        assessment = make()
        client.force_login(person(Role.KETUA, assessment.satker.verifier))

        text = text_of(client.get(desk_of(assessment, soal=CHOICE)))

        assert lock in text
        assert "data-desk " not in text
        assert "desk.js" not in text

    def test_after_the_deadline_of_reviews(self, client, sheet, time_machine):
        time_machine.move_to(sheet.period.review_until.replace(microsecond=0), tick=False)
        sheet.period.review_until = sheet.period.review_until.replace(microsecond=0)
        sheet.period.save()
        client.force_login(person(Role.KETUA, sheet.satker.verifier))
        on_time = text_of(client.get(desk_of(sheet)))
        time_machine.shift(1)

        late = text_of(client.get(desk_of(sheet)))

        assert ("data-desk " in on_time, "data-desk " in late) == (True, False)
        assert "Masa verifikasi berakhir" in late

    def test_who_only_reads(self, client, sheet):
        client.force_login(make_user(Role.ADMIN_PUSAT))

        assert "Halaman ini hanya dapat Anda baca." in text_of(client.get(desk_of(sheet)))


class TestSecondRound:
    def test_what_was_repaired_is_open_again_the_rest_is_not(self, db):
        assessment = resubmitted()
        worksheet = load_worksheet(assessment.instrument_id)

        review = build_desk(assessment, None).review

        assert (assessment.round, assessment.status) == (2, Status.SUBMITTED)
        assert review.verdict_of(worksheet.by_code[CHOICE]) == ""
        assert review.verdict_of(worksheet.by_code[OTHER]) == "kurang_sesuai"

    def test_shows_what_changed(self, client, db):
        assessment = resubmitted()
        client.force_login(person(Role.KETUA, assessment.satker.verifier))

        text = text_of(client.get(desk_of(assessment, soal=CHOICE)))

        assert "Berubah sejak putaran lalu" in text
        assert "<del>A, nilai 1,00</del> menjadi <b>B, nilai 0,50</b>" in text
        assert re.search("Bukti baru</dt><dd><span[^>]*>Notulen.pdf", text)
        assert re.search("Bukti dilepas</dt><dd><span[^>]*>SK_Tim.pdf", text)
        assert "<ins>Notulen sudah dilampirkan.</ins>" in text
        assert "baru di putaran ini" in text

    def test_shows_what_had_been_asked_and_starts_an_empty_note(self, client, db):
        assessment = resubmitted()
        client.force_login(person(Role.KETUA, assessment.satker.verifier))

        text = text_of(client.get(desk_of(assessment, soal=CHOICE)))

        asked = "Bukti belum menunjukkan pelaksanaannya."
        assert asked in text[text.index("Bukti dan riwayat") : text.index("desk-verdict")]
        assert f"{asked}</textarea>" not in text
        assert "Riwayat putusan (2)" in text

    def test_says_nothing_of_what_stayed(self, client, db):
        assessment = resubmitted()
        client.force_login(person(Role.KETUA, assessment.satker.verifier))

        text = text_of(client.get(desk_of(assessment, soal=OTHER)))

        assert "Berubah sejak putaran lalu</span>" not in text
        assert "baru di putaran ini" not in text


class TestSatkerReads:
    """Nothing of a review under way; all of it once it is given back."""

    def pages(self, client, assessment: Assessment) -> str:
        client.force_login(person(Role.OPERATOR, assessment.satker))
        addresses = [
            reverse("assessments:detail", args=[assessment.pk]),
            reverse("assessments:area", args=[assessment.pk, "1"]),
            reverse("assessments:history", args=[assessment.pk, CHOICE]),
            reverse("assessments:list"),
        ]
        return "".join(text_of(client.get(address)) for address in addresses)

    def test_not_while_it_runs(self, client, sheet):
        judge(sheet, {CHOICE: {"value": "C"}}, codes=[CHOICE], note="Rahasia verifikator.")

        text = self.pages(client, sheet)

        assert "Rahasia verifikator." not in text
        assert "99,75" not in text
        assert "Kurang sesuai" not in text

    def test_once_returned(self, client, db):
        text = self.pages(client, make_returned())

        assert "Bukti belum menunjukkan pelaksanaannya." in text
        assert "Kurang sesuai" in text


class TestShortAnswer:
    @pytest.mark.parametrize(
        ("code", "entered", "words"),
        [
            (CHOICE, {}, "belum dijawab"),
            (CHOICE, {"value": "B"}, "B, nilai 0,50"),
            (COUNTS, {"n1": "6", "n2": "4"}, "4 ÷ 6 = 66,67%"),
            (COUNTS, {"n1": "6"}, "belum lengkap"),
            ("B.I.a", {"value": "3.6"}, "3,6"),
        ],
    )
    def test_words(self, sheet, code, entered, words):
        worksheet = load_worksheet(sheet.instrument_id)

        assert short_answer(worksheet, worksheet.by_code[code], entered) == words


class TestQueries:
    @pytest.mark.parametrize("files", [1, 3])
    @pytest.mark.parametrize("judged", [1, 3])
    def test_first_round(self, reviewer, sheet, django_assert_num_queries, files, judged):
        for number in range(1, files):
            attach(sheet, CHOICE, name=f"Lampiran {number}.pdf")
        judge(sheet, codes=[CHOICE, FIRST, OTHER][:judged])
        reviewer.get(desk_of(sheet))

        with django_assert_num_queries(13):
            reviewer.get(desk_of(sheet, soal=CHOICE))

    def test_second_round(self, client, db, django_assert_num_queries):
        assessment = resubmitted()
        client.force_login(person(Role.KETUA, assessment.satker.verifier))
        client.get(desk_of(assessment))

        with django_assert_num_queries(13):
            client.get(desk_of(assessment, soal=CHOICE))
