"""What is still to do, and whose it is: the list of tasks and the overview say the same."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from assessments.models import Answer, AnswerEvidence, Assessment, Handling
from assessments.overview import build_overview
from assessments.task_pages import build_own_part, build_tasks
from teams.team import load_team
from tests.assessments.teamwork import CODE, ELSEWHERE, OTHER, give, questions, today
from tests.factories_assessments import attach, fill, make_assessment, make_returned, person

pytestmark = pytest.mark.django_db


class TestAfterAReturn:
    """CODE is not to be repaired, OTHER and ELSEWHERE are; the lead has pokja 1."""

    CHECKED_OUT = "A.I.1.ii.b"

    @pytest.fixture
    def assessment(self):
        lower = {code: {"value": "C"} for code in (OTHER, self.CHECKED_OUT, ELSEWHERE)}
        return make_returned(lower=lower)

    def sections(self, assessment, user):
        """Titles and codes of /tugas/, and how many are done."""
        found = build_tasks(assessment, load_team(assessment.satker), user, timezone.now())
        lines = [
            (section.title, [line.question.code for line in section.lines])
            for section in found.sections
        ]
        return lines, found.done

    def own_part(self, assessment, user, days=0):
        now = timezone.now() + timedelta(days=days)
        return build_own_part(assessment, user, build_overview(assessment).open_now, now)

    def give_before(self, assessment, user, *codes, due=None):
        """Given while the sheet was a draft."""
        for question in questions(assessment, *codes):
            Handling.objects.create(
                assessment=assessment,
                question_id=question.pk,
                assignee=user,
                due=due,
                given_by=user,
                given_at=timezone.now(),
            )

    def test_what_a_return_does_not_open_is_nobodys_task(self, assessment, team, member):
        self.give_before(assessment, member, CODE, due=today(assessment))
        AnswerEvidence.objects.filter(question__code=CODE).delete()

        expected = [("2 diminta diperbaiki", [OTHER, self.CHECKED_OUT])]
        assert self.sections(assessment, member) == (expected, 0)
        part = self.own_part(assessment, member, days=3)
        assert (part.tasks, part.late) == (2, 0)

    def test_what_was_repaired_is_done(self, assessment, team, lead, member):
        give(assessment, lead, OTHER, assignee=member.pk, due=today(assessment))
        assert self.own_part(assessment, member, days=3).late == 1
        fill(assessment, {OTHER: "B"})

        assert self.sections(assessment, member) == (
            [("1 diminta diperbaiki", [self.CHECKED_OUT])],
            1,
        )
        part = self.own_part(assessment, member, days=3)
        assert (part.tasks, part.late) == (1, 0)
        fill(assessment, {OTHER: "B", self.CHECKED_OUT: "B"})
        assert self.sections(assessment, member) == ([], 2)
        # what was repaired, and nothing else, waits for its check
        assert self.sections(assessment, lead)[0] == [
            ("2 menunggu Anda periksa", [OTHER, self.CHECKED_OUT])
        ]

    def test_a_repair_with_an_answer_cleared_is_open_again(self, assessment, team, member):
        fill(assessment, {OTHER: "B"})
        Answer.objects.filter(question__code=OTHER).update(entered={})

        ((_, codes),), _ = self.sections(assessment, member)
        assert codes == [OTHER, self.CHECKED_OUT]

    def test_a_repair_of_who_left_goes_back_to_the_pokja(self, assessment, team, lead, member):
        give(assessment, lead, OTHER, assignee=member.pk)
        assert self.sections(assessment, lead)[0] == [("1 diminta diperbaiki", [self.CHECKED_OUT])]

        User.objects.filter(pk=member.pk).update(is_active=False)

        assert self.sections(assessment, lead)[0] == [
            ("2 diminta diperbaiki", [OTHER, self.CHECKED_OUT])
        ]
        assert self.own_part(assessment, lead).tasks == 2

    @pytest.mark.parametrize("role", [Role.OPERATOR, Role.PIMPINAN])
    def test_a_repair_of_a_pokja_without_people_is_whose_lead_it_is(self, assessment, team, role):
        user = person(role, assessment.satker)  # the secretary, and the head

        assert self.sections(assessment, user)[0] == [("1 diminta diperbaiki", [ELSEWHERE])]
        assert self.own_part(assessment, user).tasks == 1

    def test_only_what_is_to_be_repaired_is_offered(self, client, assessment, team, lead, member):
        client.force_login(lead)
        url = reverse("assessments:share_out", args=[assessment.pk])

        text = client.get(f"{url}?area=1").content.decode()
        sent = {"area": "1", "soal": [CODE], "kepada": member.pk}
        answer = client.post(url, sent)

        assert re.findall(r'name="soal" value="([^"]*)"', text) == [OTHER, self.CHECKED_OUT]
        assert "pertanyaan lain di area ini tidak diminta diperbaiki" in text
        assert answer.status_code == 422
        assert "Pilih pertanyaan dari daftar area ini." in answer.content.decode()
        assert not Handling.objects.exists()

    def test_an_area_with_nothing_to_repair(self, client, assessment, team):
        client.force_login(person(Role.PIMPINAN, assessment.satker))
        url = reverse("assessments:share_out", args=[assessment.pk])

        text = client.get(f"{url}?area=3").content.decode()

        assert "Pertanyaan area ini tidak diminta diperbaiki" in text
        assert "Berikan yang dipilih" not in text

    @pytest.mark.parametrize("count", [1, 2])
    def test_queries(self, assessment, team, lead, member, count, django_assert_num_queries):
        give(assessment, lead, *[OTHER, self.CHECKED_OUT][:count], assignee=member.pk)
        with django_assert_num_queries(7):
            build_tasks(assessment, team, member, timezone.now())


class TestDraft:
    @pytest.fixture
    def assessment(self):
        made = make_assessment(answers={CODE: "Ya", OTHER: "A"})
        return Assessment.objects.with_place().get(pk=made.pk)

    def test_open_tasks_and_which_are_late(self, client, assessment, team, lead, member):
        day = today(assessment)
        give(assessment, lead, CODE, OTHER, "A.I.1.ii.a", assignee=member.pk, due=day)
        give(assessment, lead, "A.I.1.ii.b", assignee=member.pk, due=day + timedelta(days=9))
        attach(assessment, CODE)
        Handling.objects.filter(due=day).update(due=day - timedelta(days=1))
        client.force_login(member)

        home = client.get(reverse("assessments:detail", args=[assessment.pk])).content.decode()
        tasks = client.get("/tugas/").content.decode()

        assert "<b>3 tugas</b>" in home
        assert "2 lewat tenggat" in home
        assert "3 tugas Anda" in tasks
