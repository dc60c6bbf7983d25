"""Last year's answers and evidence in this year's sheet."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from assessments.enums import Tier
from assessments.errors import AssessmentLocked, CarryRefused, InvalidEntry
from assessments.models import (
    Answer,
    AnswerChange,
    AnswerEvidence,
    Assessment,
    InstrumentMap,
    Period,
    QuestionMap,
    Score,
)
from assessments.services.attachments import FILES_PER_QUESTION
from assessments.services.carry_over import build_plan
from assessments.services.lifecycle import submit
from assessments.services.version_maps import correct_map
from assessments.worksheet import load_worksheet
from audit.models import Event
from audit.services import verify
from common.dates import local
from evidence.models import EvidenceFile
from tests.assessments.carried import open_2026, renew, rows, run, sent_last_year, stored, url
from tests.assessments.versions import (
    ADDED,
    ADDED_TOO,
    GONE,
    RESCALED,
    SAME,
    WORDED,
    change_some,
    make_version,
)
from tests.factories_assessments import (
    attach,
    best_answers,
    fill,
    make_approved,
    make_assessment,
    make_centre,
    make_period,
    make_returned,
    make_satker,
    make_user,
    person,
    shipped_instrument,
)

pytestmark = pytest.mark.django_db

COUNTS = "A.II.1.i.a"
Kind = QuestionMap.Kind


@pytest.fixture
def satker():
    return make_satker(name="Kankemenag Kabupaten Contoh")


@pytest.fixture
def last_year(satker):
    return sent_last_year(satker)


class TestSameVersion:
    def test_every_answer_note_and_file(self, satker, last_year):
        assessment = open_2026(satker)

        carried = run(assessment)

        assert (carried.year, carried.answers, carried.files) == (2025, 113, 113)
        answer = stored(assessment, SAME)
        assert (answer.entered, answer.note, answer.version, answer.carried_year) == (
            {"value": "B"},
            "Rapat tiap bulan.",
            1,
            2025,
        )
        links = AnswerEvidence.objects.filter(assessment=assessment)
        assert set(links.values_list("file")) == set(
            AnswerEvidence.objects.filter(assessment=last_year).values_list("file")
        )
        assert links.count() == 113

    def test_counts_in_the_interim_score(self, satker, last_year):
        assessment = open_2026(satker)

        run(assessment)

        scores = Score.objects.filter(tier=Tier.MANDIRI)
        assert (
            scores.get(assessment=assessment).total == scores.get(assessment=last_year).total > 99
        )

    def test_each_is_in_history_and_audit(self, satker, last_year):
        assessment = open_2026(satker)

        run(assessment)

        changes = AnswerChange.objects.filter(answer__assessment=assessment)
        assert set(changes.values_list("version", "carried_year")) == {(1, 2025)}
        assert changes.count() == 113
        chain = Assessment.objects.with_chain().get(pk=assessment.pk).audit_chain
        events = Event.objects.filter(chain=chain)
        assert events.filter(action="jawaban").count() == 113
        assert events.filter(action="bukti_dilampirkan").count() == 113
        told = json.loads(events.get(action="jawaban", subject=SAME).after)
        assert told == {"entered": {"value": "B"}, "note": "Rapat tiap bulan.", "dibawa": 2025}
        assert verify().fault is None

    def test_a_second_run_changes_nothing(self, satker, last_year):
        assessment = open_2026(satker)
        run(assessment)
        before, events = rows(assessment), Event.objects.count()

        again = run(assessment)

        assert (again.answers, again.files) == (0, 0)
        assert (rows(assessment), Event.objects.count()) == (before, events)

    @pytest.mark.parametrize(
        ("answers", "notes"),
        [({SAME: "A"}, {}), ({}, {SAME: "Masih dikerjakan."}), ({COUNTS + ".n1": 4}, {})],
    )
    def test_what_was_given_this_year_stays(self, satker, last_year, answers, notes):
        assessment = open_2026(satker)
        fill(assessment, answers, notes=notes)
        code = COUNTS if f"{COUNTS}.n1" in answers else SAME
        before = stored(assessment, code)

        carried = run(assessment)

        after = stored(assessment, code)
        assert carried.answers == 112
        assert (after.entered, after.note, after.version, after.carried_year) == (
            before.entered,
            before.note,
            1,
            None,
        )
        assert not AnswerEvidence.objects.filter(
            assessment=assessment, question__code=code
        ).exists()

    def test_an_answer_that_was_cleared_may_be_carried(self, satker, last_year):
        assessment = open_2026(satker)
        fill(assessment, {SAME: "A"})
        Answer.objects.filter(assessment=assessment).update(entered={}, version=2)

        run(assessment)

        answer = stored(assessment, SAME)
        assert (answer.entered, answer.version, answer.carried_year) == ({"value": "B"}, 3, 2025)

    def test_as_it_was_sent_and_not_as_it_stands(self, satker, last_year):
        Answer.objects.filter(assessment=last_year, question__code=SAME).update(
            entered={"value": "C"}, note="Belum dikirim."
        )
        AnswerEvidence.objects.filter(assessment=last_year, question__code=SAME).delete()
        assessment = open_2026(satker)

        run(assessment)

        assert stored(assessment, SAME).entered == {"value": "B"}
        assert AnswerEvidence.objects.filter(assessment=assessment).count() == 113

    def test_its_own_answers_and_not_the_reviewers(self, satker):
        approved = make_approved(satker, lower={SAME: {"value": "C"}}, period=make_period(2025))
        assessment = open_2026(satker)

        run(assessment)

        assert stored(approved, SAME).entered == stored(assessment, SAME).entered == {"value": "A"}

    def test_the_latest_earlier_year_that_was_sent(self, satker, last_year):
        make_assessment(satker, {SAME: "C"}, period=make_period(2026))  # never sent
        assessment = make_assessment(satker, period=make_period(2027))

        assert run(assessment).year == 2025
        assert stored(assessment, SAME).entered == {"value": "B"}

    def test_a_file_of_another_satker_is_not_attached(self, satker, last_year):
        assessment = open_2026(satker)
        link = AnswerEvidence.objects.filter(assessment=last_year).first()
        type(link.file).objects.filter(pk=link.file_id).update(satker=make_satker())

        carried = run(assessment)

        assert (carried.answers, carried.files) == (113, 0)

    def test_a_file_that_is_there_is_not_attached_twice(self, satker, last_year):
        assessment = open_2026(satker)
        file = AnswerEvidence.objects.filter(assessment=last_year).first().file
        question = load_worksheet(assessment.instrument_id).by_code[SAME]
        AnswerEvidence.objects.create(
            assessment=assessment,
            question_id=question.pk,
            file=file,
            attached_by=person(Role.OPERATOR, satker),
            attached_at=timezone.now(),
        )

        assert run(assessment).files == 112

    @pytest.mark.parametrize(("days", "carried"), [(-1, False), (0, True), (1, True)])
    def test_only_files_that_are_still_valid(self, satker, last_year, days, carried):
        file = AnswerEvidence.objects.filter(assessment=last_year).first().file
        file.valid_until = local(timezone.now(), satker.zone).date() + timedelta(days=days)
        file.save()
        assessment = open_2026(satker)

        plan = build_plan(Assessment.objects.with_place().get(pk=assessment.pk))
        run(assessment)

        links = AnswerEvidence.objects.filter(assessment=assessment, file=file)
        assert links.exists() is carried
        expired = [(each.pk, len(questions)) for each, questions in plan.expired]
        assert expired == ([] if carried else [(file.pk, 113)])
        assert plan.left_out == 0

    def test_no_more_files_than_a_question_may_have(self, satker, last_year):
        assessment = open_2026(satker)
        for number in range(FILES_PER_QUESTION):
            attach(assessment, SAME, name=f"baru-{number}.pdf")

        assert build_plan(Assessment.objects.with_place().get(pk=assessment.pk)).left_out == 1
        assert run(assessment).files == 112


class TestReplacedFiles:
    """Evidence comes along as its newest version."""

    @pytest.fixture
    def assessment(self, satker, last_year):
        return open_2026(satker)

    def plan(self, assessment):
        return build_plan(Assessment.objects.with_place().get(pk=assessment.pk))

    def attached(self, assessment):
        links = AnswerEvidence.objects.filter(assessment=assessment)
        return dict(Counter(links.values_list("file__name", flat=True)))

    def test_the_newest_of_the_line(self, satker, last_year, assessment):
        renew(satker, "SK_2025.pdf", "SK_2026.pdf", "SK_2026_perubahan.pdf")

        plan = self.plan(assessment)
        run(assessment)

        assert self.attached(assessment) == {"SK_2026_perubahan.pdf": 113}
        told = [(new.name, old.name, count) for new, old, count in plan.replaced]
        assert told == [("SK_2026_perubahan.pdf", "SK_2025.pdf", 113)]

    def test_is_judged_by_its_own_validity(self, satker, last_year, assessment):
        new = renew(satker, "SK_2025.pdf", "SK_2026.pdf")
        yesterday = local(timezone.now(), satker.zone).date() - timedelta(days=1)
        EvidenceFile.objects.filter(name="SK_2025.pdf").update(valid_until=yesterday)
        before = self.plan(assessment)
        EvidenceFile.objects.filter(pk=new.pk).update(valid_until=yesterday)
        after = self.plan(assessment)

        assert (before.files, before.expired, len(before.replaced)) == (113, (), 1)
        assert [(file.name, len(questions)) for file, questions in after.expired] == [
            ("SK_2026.pdf", 113)
        ]
        assert (after.files, after.replaced) == (0, ())

    def test_both_versions_beside_a_question_become_one_with_the_tick(self, satker):
        last_year = make_assessment(satker, period=make_period(2025))
        worksheet = load_worksheet(last_year.instrument_id)
        fill(last_year, best_answers(worksheet))
        old = attach(last_year, *worksheet.by_code, name="SK_2025.pdf")
        new = attach(last_year, SAME, COUNTS, name="SK_2026.pdf")
        EvidenceFile.objects.filter(pk=new.pk).update(replaces=old)
        listed = {code: worksheet.by_code[code].documents for code in (SAME, COUNTS)}
        links = AnswerEvidence.objects.filter(assessment=last_year)
        for code, documents in listed.items():
            links.filter(file=old, question__code=code).update(document=documents[0])
        links.filter(file=new, question__code=COUNTS).update(document=listed[COUNTS][1])
        submit(assessment=last_year, by=person(Role.PIMPINAN, satker))
        assessment = open_2026(satker)

        carried = run(assessment)

        links = AnswerEvidence.objects.filter(assessment=assessment, file=new)
        ticked = links.filter(question__code__in=listed).order_by("question__code")
        assert list(ticked.values_list("question__code", "document")) == [
            (SAME, listed[SAME][0]),
            (COUNTS, listed[COUNTS][1]),  # what the new version was said to be itself
        ]
        assert carried.files == 113
        assert self.attached(assessment) == {"SK_2026.pdf": 113}

    def test_is_not_attached_twice(self, satker, last_year, assessment):
        new = renew(satker, "SK_2025.pdf", "SK_2026.pdf")
        question = load_worksheet(assessment.instrument_id).by_code[SAME]
        AnswerEvidence.objects.create(
            assessment=assessment,
            question_id=question.pk,
            file=new,
            attached_by=person(Role.OPERATOR, satker),
            attached_at=timezone.now(),
        )

        assert run(assessment).files == 112


class TestOtherVersion:
    @pytest.fixture
    def assessment(self, satker, last_year):
        later = make_version(2, change_some)
        correct_map(
            version_map=InstrumentMap.objects.get(),
            sources={ADDED: GONE, ADDED_TOO: GONE},
            by=make_user(Role.ADMIN_PUSAT, make_centre()),
        )
        return open_2026(satker, later)

    def test_through_the_map(self, assessment, last_year):
        carried = run(assessment)

        found = {row.question.code for row in Answer.objects.filter(assessment=assessment)}
        old = stored(last_year, GONE).entered
        assert carried.answers == 113
        assert stored(assessment, ADDED).entered == stored(assessment, ADDED_TOO).entered == old
        assert stored(assessment, SAME).entered == {"value": "B"}
        assert stored(assessment, WORDED).entered == stored(last_year, WORDED).entered
        assert (RESCALED in found, GONE in found) == (False, False)

    def test_plan(self, assessment):
        fill(assessment, {"A.I.1.iii.a": "A"})

        plan = build_plan(Assessment.objects.with_place().get(pk=assessment.pk))

        kinds = {kind: [line.question.code for line in plan.of(kind)] for kind in Kind}
        assert (len(kinds[Kind.SAME]), kinds[Kind.REWORDED]) == (109, [WORDED])
        assert set(kinds[Kind.SPLIT]) == {ADDED, ADDED_TOO}
        assert [row.code for row in plan.answered] == ["A.I.1.iii.a"]
        assert [row.code for row in plan.new] == [RESCALED]
        assert [(row.code, reason) for row, reason in plan.gone] == [
            (RESCALED, "Pilihan jawaban atau nilainya berubah.")
        ]

    def test_the_page_names_each_kind(self, client, assessment, satker):
        client.force_login(person(Role.OPERATOR, satker))

        text = client.get(url(assessment)).content.decode()

        for title in ("Sama", "Kata-katanya berubah", "Dipecah"):
            assert f"<dt>{title}</dt>" in text
        assert "Pilihan jawaban atau nilainya berubah." in text
        assert "Sudahkah tim kerja dibentuk?" in text
        assert f"2025: {GONE}" in text


class TestRefusals:
    def test_nothing_was_ever_sent(self, satker):
        make_assessment(satker, {SAME: "A"}, period=make_period(2025))

        with pytest.raises(CarryRefused, match="belum pernah mengirim penilaian"):
            run(open_2026(satker))

    def test_another_instrument(self, satker, last_year):
        assessment = open_2026(satker, shipped_instrument("lke-2014"))

        with pytest.raises(CarryRefused, match="memakai instrumen lain"):
            run(assessment)
        assert rows(assessment) == []

    def test_another_satker_does_not_count(self, last_year):
        with pytest.raises(CarryRefused, match="belum pernah mengirim"):
            run(open_2026(make_satker()))

    def test_a_later_year_does_not_count(self, satker, last_year):
        assessment = make_assessment(satker, period=make_period(2024))

        with pytest.raises(CarryRefused, match="belum pernah mengirim"):
            run(assessment)

    def test_after_the_deadline(self, satker, last_year):
        assessment = open_2026(satker)
        ended = timezone.now() - timedelta(days=1)
        Period.objects.filter(year=2026).update(
            opens_at=ended - timedelta(days=9), fill_until=ended
        )

        with pytest.raises(AssessmentLocked, match="Pengisian ditutup"):
            run(assessment)
        assert rows(assessment) == []

    def test_once_it_was_sent(self, last_year):
        with pytest.raises(AssessmentLocked, match="sudah dikirim"):
            run(last_year)

    def test_once_it_was_returned(self, satker):
        returned = make_returned(satker)

        with pytest.raises(CarryRefused, match="sebelum penilaian dikirim untuk pertama kali"):
            run(returned)

    def test_all_or_nothing(self, client, satker, last_year):
        """The last answer is none on the scale: the other 112 are not stored either."""
        assessment = open_2026(satker)
        snapshot = last_year.snapshots.get()
        content = json.loads(snapshot.content)
        content["answers"]["B.II.a"]["entered"] = {"value": "99"}
        last_year.snapshots.update(content=json.dumps(content))
        before = Event.objects.filter(action="jawaban").count()

        with pytest.raises(InvalidEntry):
            run(assessment)

        client.force_login(person(Role.OPERATOR, satker))
        assert client.post(url(assessment)).status_code == 422
        assert rows(assessment) == []
        assert not AnswerEvidence.objects.filter(assessment=assessment).exists()
        assert Event.objects.filter(action="jawaban").count() == before
