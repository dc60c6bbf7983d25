"""Last year's answers and evidence in this year's sheet."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from assessments.enums import Status, Tier
from assessments.errors import AssessmentLocked, CarryRefused, InvalidEntry, TransitionRefused
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
from assessments.services.carry_over import build_plan, carry_over
from assessments.services.checks import Missing, submission_findings
from assessments.services.lifecycle import submit
from assessments.services.version_maps import correct_map
from assessments.worksheet import load_worksheet
from audit.models import Event
from audit.services import verify
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
    make_kanwil,
    make_period,
    make_returned,
    make_satker,
    make_submitted,
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
    """A sheet of 2025 that was sent, with a note and a file beside every question."""
    period = make_period(2025)
    sheet = make_assessment(satker, period=period)
    worksheet = load_worksheet(sheet.instrument_id)
    fill(sheet, best_answers(worksheet) | {SAME: "B"}, notes={SAME: "Rapat tiap bulan."})
    attach(sheet, *worksheet.by_code, name="SK_2025.pdf")
    submit(assessment=sheet, by=person(Role.PIMPINAN, satker))
    return Assessment.objects.get(pk=sheet.pk)


def open_2026(satker, instrument=None):
    return make_assessment(satker, period=make_period(2026, instrument=instrument))


def run(assessment):
    with transaction.atomic():
        locked = Assessment.objects.locked().select_related("satker", "period")
        return carry_over(
            assessment=locked.get(pk=assessment.pk),
            by=person(Role.OPERATOR, assessment.satker),
        )


def stored(assessment, code):
    return Answer.objects.get(assessment=assessment, question__code=code)


def rows(assessment):
    return list(
        Answer.objects.filter(assessment=assessment)
        .order_by("question_id")
        .values_list("question_id", "entered", "note", "version", "carried_year")
    )


def url(assessment, name="carry_over"):
    return reverse(f"assessments:{name}", args=[assessment.pk])


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

    def test_no_more_files_than_a_question_may_have(self, satker, last_year):
        assessment = open_2026(satker)
        for number in range(FILES_PER_QUESTION):
            attach(assessment, SAME, name=f"baru-{number}.pdf")

        assert build_plan(Assessment.objects.with_place().get(pk=assessment.pk)).left_out == 1
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


class TestConfirming:
    @pytest.fixture
    def assessment(self, satker, last_year):
        assessment = open_2026(satker)
        run(assessment)
        return assessment

    @pytest.fixture
    def save(self, client, assessment):
        client.force_login(person(Role.OPERATOR, assessment.satker))

        def post(code, version=1, **fields):
            address = reverse("assessments:save_answer", args=[assessment.pk, code])
            return client.post(address, {"version": version} | fields)

        return post

    def test_an_unchanged_save_confirms(self, save, assessment):
        response = save(SAME, value="B", note="Rapat tiap bulan.")

        answer = stored(assessment, SAME)
        assert response.status_code == 200
        assert 'data-version="2"' in response.content.decode()
        assert "Terjawab" in response.content.decode()
        assert (answer.version, answer.carried_year) == (2, None)
        assert list(
            AnswerChange.objects.filter(answer=answer).values_list("version", "carried_year")
        ) == [(1, 2025), (2, None)]
        event = Event.objects.filter(action="jawaban", subject=SAME).latest("pk")
        assert json.loads(event.before) == json.loads(event.after) | {"dibawa": 2025}

    def test_so_does_an_empty_post_and_a_change(self, save, assessment):
        save(SAME)
        save(WORDED, note="Lain.")

        assert stored(assessment, SAME).carried_year is None
        assert stored(assessment, WORDED).carried_year is None
        assert len(submission_findings(assessment)) == 111

    def test_a_second_confirmation_changes_nothing(self, save, assessment):
        save(SAME)

        again = save(SAME)

        assert 'data-version="2"' in again.content.decode()
        assert AnswerChange.objects.filter(answer=stored(assessment, SAME)).count() == 2

    def test_not_over_a_newer_answer(self, save, assessment):
        assert save(SAME, 0, value="B").status_code == 409
        assert stored(assessment, SAME).carried_year == 2025

    def test_the_plain_button(self, save, assessment):
        response = save(SAME, value="B", halaman="1")

        assert (response.status_code, stored(assessment, SAME).carried_year) == (302, None)

    def test_takes_as_many_queries_as_any_save(self, save, assessment):
        save(WORDED, value="Tidak")
        with CaptureQueriesContext(connection) as confirming:
            save(SAME, value="B")
        with CaptureQueriesContext(connection) as changing:
            save(SAME, 2, value="C")

        assert len(confirming) == len(changing)

    def test_submission_waits_for_the_last(self, save, assessment, satker):
        head = person(Role.PIMPINAN, satker)
        worksheet = load_worksheet(assessment.instrument_id)
        codes = list(worksheet.by_code)
        for code in codes[:-1]:
            save(code)

        with pytest.raises(TransitionRefused) as caught:
            submit(assessment=assessment, by=head)

        found = [(each.missing, each.question.code) for each in caught.value.findings]
        assert found == [(Missing.CONFIRMATION, codes[-1])]
        save(codes[-1])
        submit(assessment=assessment, by=head)
        assert Assessment.objects.get(pk=assessment.pk).status == Status.SUBMITTED

    def test_an_import_of_the_same_answer_does_not_confirm(self, assessment):
        fill(assessment, {SAME: "B"})

        assert stored(assessment, SAME).carried_year == 2025

    def test_the_page_before_sending_names_them(self, client, assessment):
        client.force_login(person(Role.PIMPINAN, assessment.satker))

        text = client.get(url(assessment, "submit")).content.decode()

        assert "113 jawaban tahun lalu belum dikonfirmasi" in text
        assert reverse("assessments:area", args=[assessment.pk, "1"]) + "#A-I-1-i-b" in text

    def test_area_page_marks_each_and_counts(self, client, assessment, save):
        save(SAME)
        client.force_login(person(Role.OPERATOR, assessment.satker))

        text = client.get(reverse("assessments:area", args=[assessment.pk, "1"])).content.decode()

        questions = len(load_worksheet(assessment.instrument_id).area("1").questions)
        assert text.count("Dibawa dari 2025, perlu dikonfirmasi.") == questions - 1
        assert text.count("</svg> Konfirmasi</button>") == questions - 1
        assert f"{questions - 1} jawaban di halaman ini dibawa dari tahun lalu" in text

    def test_fragment_brings_the_count_along(self, save, assessment):
        questions = load_worksheet(assessment.instrument_id).area("1").questions
        answers = [save(question.code).content.decode() for question in questions]

        counted = [re.search(r"(\d+) jawaban di halaman ini", text) for text in answers]
        assert [int(found[1]) for found in counted[:-1]] == list(range(len(questions) - 1, 0, -1))
        assert counted[-1] is None
        assert all('<div data-for="carried"></div>' in text for text in answers)

    def test_who_only_reads_sees_the_mark_without_the_button(self, client, assessment):
        client.force_login(person(Role.PIMPINAN, assessment.satker))

        text = client.get(reverse("assessments:area", args=[assessment.pk, "1"])).content.decode()

        assert "Dibawa dari 2025, perlu dikonfirmasi." in text
        assert "Konfirmasi</button>" not in text

    def test_history_says_where_it_came_from(self, client, assessment, save):
        save(SAME)

        page = client.get(reverse("assessments:history", args=[assessment.pk, SAME]))

        assert page.content.decode().count("dibawa dari 2025") == 1

    def test_area_page_takes_few_queries(self, client, assessment, django_assert_max_num_queries):
        client.force_login(person(Role.OPERATOR, assessment.satker))
        address = reverse("assessments:area", args=[assessment.pk, "1"])
        client.get(address)

        with django_assert_max_num_queries(10) as found:
            client.get(address)
        assert len(found) == 5


class TestPage:
    def test_preview_changes_nothing(self, client, satker, last_year):
        assessment = open_2026(satker)
        client.force_login(person(Role.OPERATOR, satker))

        page = client.get(url(assessment))

        assert page.status_code == 200
        assert "Bawa 113 jawaban" in page.content.decode()
        assert rows(assessment) == []

    def test_post_carries_and_leads_to_the_overview(self, client, satker, last_year):
        assessment = open_2026(satker)
        client.force_login(person(Role.OPERATOR, satker))

        page = client.post(url(assessment), {"tahun": "2019", "version": "x\x00"}, follow=True)

        text = page.content.decode()
        assert page.redirect_chain == [(url(assessment, "detail"), 302)]
        assert "113 jawaban dan 113 lampiran dibawa dari 2025" in text
        assert "113 jawaban tahun lalu belum dikonfirmasi" in text

    def test_again_says_so(self, client, satker, last_year):
        assessment = open_2026(satker)
        client.force_login(person(Role.OPERATOR, satker))
        client.post(url(assessment))

        text = client.post(url(assessment), follow=True).content.decode()

        assert "Tidak ada jawaban yang dibawa" in text
        assert "Tidak ada yang perlu dibawa" in client.get(url(assessment)).content.decode()

    @pytest.mark.parametrize("method", ["get", "post"])
    @pytest.mark.parametrize(
        ("role", "where", "status"),
        [
            (Role.PIMPINAN, "own", 403),
            (Role.OPERATOR, "other", 404),
            (Role.PIMPINAN, "other", 404),
            (Role.VERIFIKATOR, "kanwil", 403),
            (Role.KETUA, "kanwil", 403),
            (Role.KETUA, "other kanwil", 404),
            (Role.TPI, "centre", 404),
            (Role.ADMIN_PUSAT, "centre", 403),
            (Role.PEMANTAU, "centre", 403),
        ],
    )
    def test_only_the_operator(self, client, satker, last_year, method, role, where, status):
        assessment = open_2026(satker)
        places = {
            "own": satker,
            "other": make_satker(),
            "kanwil": satker.verifier,
            "other kanwil": make_kanwil("82", "Kanwil Maluku Utara"),
            "centre": make_centre(),
        }
        client.force_login(make_user(role, places[where]))

        assert getattr(client, method)(url(assessment)).status_code == status
        assert rows(assessment) == []

    def test_nothing_to_carry(self, client, satker):
        assessment = open_2026(satker)
        client.force_login(person(Role.OPERATOR, satker))

        shown, posted = client.get(url(assessment)), client.post(url(assessment))

        assert (shown.status_code, posted.status_code) == (200, 422)
        for page in (shown, posted):
            assert "belum pernah mengirim penilaian" in page.content.decode()

    def test_locked(self, client, last_year):
        client.force_login(person(Role.OPERATOR, last_year.satker))

        shown, posted = client.get(url(last_year)), client.post(url(last_year))

        assert (shown.status_code, posted.status_code) == (200, 403)
        for page in (shown, posted):
            assert "Jawaban tidak dapat diubah" in page.content.decode()

    def test_queries(self, client, satker, last_year):
        assessment = open_2026(satker)
        client.force_login(person(Role.OPERATOR, satker))
        client.get(url(assessment))
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as found:
                client.get(url(assessment))
            counts.append(len(found))
            fill(assessment, {SAME: "C"})

        assert counts == [7, 7]


class TestOverview:
    def panel(self, client, assessment, role=Role.OPERATOR):
        client.force_login(person(role, assessment.satker))
        return url(assessment) in client.get(url(assessment, "detail")).content.decode()

    def test_offered_while_something_is_open(self, client, satker, last_year):
        assessment = open_2026(satker)

        assert self.panel(client, assessment)
        assert not self.panel(client, assessment, Role.PIMPINAN)
        run(assessment)
        assert not self.panel(client, assessment)

    def test_not_when_only_new_questions_are_open(self, client, satker, last_year):
        assessment = open_2026(satker, make_version(2, change_some))
        assert self.panel(client, assessment)

        run(assessment)

        assert Answer.objects.filter(assessment=assessment).count() == 111
        assert not self.panel(client, assessment)

    def test_not_from_another_instrument(self, client, satker, last_year):
        assert not self.panel(client, open_2026(satker, shipped_instrument("lke-2014")))

    def test_not_without_an_earlier_year(self, client, satker):
        assert not self.panel(client, open_2026(satker))

    def test_not_once_it_was_sent(self, client, satker, last_year):
        assert not self.panel(client, make_submitted(satker, period=make_period(2026)))
