"""Tasks and checks of the satker's team."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from assessments.enums import Status
from assessments.errors import AssessmentLocked, HandlingRefused
from assessments.models import Answer, AnswerEvidence, Assessment, Handling
from assessments.services import handling
from assessments.services.handling import NewTask
from assessments.task_state import load_cares, load_facts, unchecked_questions
from assessments.worksheet import load_worksheet
from audit.models import Event
from audit.services import verify
from common.dates import local
from notices.models import Notice
from teams.services import NewPokja, NewTeam, set_team
from teams.team import load_team
from tests.factories_assessments import (
    attach,
    best_answers,
    fill,
    make_assessment,
    make_returned,
    make_submitted,
    make_user,
    person,
)

pytestmark = pytest.mark.django_db

CODE = "A.I.1.i.a"
OTHER = "A.I.1.i.b"
ELSEWHERE = "A.I.2.i.a"


@pytest.fixture
def assessment():
    made = make_assessment(answers={CODE: "Ya", OTHER: "A", ELSEWHERE: "A"})
    return Assessment.objects.with_place().get(pk=made.pk)


@pytest.fixture
def lead(assessment):
    """The coordinator of pokja 1; the operator is the secretary."""
    return make_user(Role.OPERATOR, assessment.satker, name="Koordinator")


@pytest.fixture
def member(assessment):
    return make_user(Role.OPERATOR, assessment.satker, name="Anggota")


@pytest.fixture
def team(assessment, lead, member):
    secretary = person(Role.OPERATOR, assessment.satker)
    head = person(Role.PIMPINAN, assessment.satker)
    pokja = {"1": NewPokja(lead.pk, frozenset({member.pk}))}
    new = NewTeam(None, secretary.pk, pokja)
    set_team(satker=assessment.satker, new=new, seen=load_team(assessment.satker).digest, by=head)
    return load_team(assessment.satker)


def questions(assessment, *codes):
    return [load_worksheet(assessment.instrument_id).by_code[code] for code in codes]


def give(assessment, by, *codes, **task):
    return handling.give(
        assessment=assessment,
        questions=questions(assessment, *codes),
        task=NewTask(**task),
        by=by,
    )


def check(assessment, by, code, seen=None):
    (question,) = questions(assessment, code)
    facts = load_facts(assessment).get(question.pk, "0:") if seen is None else seen
    handling.check(assessment=assessment, question=question, seen=facts, by=by)


def care(assessment, code):
    (question,) = questions(assessment, code)
    return load_cares(assessment)[question.pk]


def today(assessment):
    return local(timezone.now(), assessment.satker.zone).date()


class TestGive:
    def test_stores_records_and_tells(self, assessment, team, lead, member):
        due = today(assessment) + timedelta(days=5)

        changed = give(
            assessment, lead, CODE, OTHER, assignee=member.pk, due=due, message="Mohon lengkapi"
        )

        found = care(assessment, OTHER)
        assert changed == 2
        assert (found.assignee, found.due, found.message) == (member, due, "Mohon lengkapi")
        event = Event.objects.get(action="tugas")
        assert CODE in event.after
        assert OTHER in event.after
        notice = Notice.objects.get(recipient=member)
        assert "2 pertanyaan" in notice.text
        assert notice.url == "/tugas/"
        assert verify().fault is None

    def test_again_the_same_is_nothing(self, assessment, team, lead, member):
        give(assessment, lead, CODE, assignee=member.pk)

        assert give(assessment, lead, CODE, assignee=member.pk) == 0
        assert give(assessment, lead, CODE, OTHER, assignee=member.pk) == 1
        assert Notice.objects.filter(recipient=member).count() == 2

    def test_one_person_a_question_and_taken_back(self, assessment, team, lead, member):
        give(assessment, lead, CODE, assignee=member.pk, message="x")
        give(assessment, lead, CODE, assignee=lead.pk)
        assert care(assessment, CODE).assignee == lead
        assert Handling.objects.count() == 1

        give(assessment, lead, CODE, assignee=None)
        found = care(assessment, CODE)
        assert (found.assignee, found.due, found.message) == (None, None, "")

    def test_a_check_stays_where_a_task_moves(self, assessment, team, lead, member):
        check(assessment, lead, CODE)
        give(assessment, lead, CODE, assignee=member.pk)
        assert care(assessment, CODE).checked

    def test_not_in_another_pokja(self, assessment, team, lead, member):
        with pytest.raises(HandlingRefused, match=ELSEWHERE):
            give(assessment, lead, CODE, ELSEWHERE, assignee=member.pk)
        with pytest.raises(HandlingRefused):
            give(assessment, member, CODE, assignee=member.pk)
        assert not Handling.objects.exists()

    def test_only_to_people_of_the_satker(self, assessment, team, lead, member):
        User.objects.filter(pk=member.pk).update(is_active=False)
        stranger = make_assessment().satker
        for key in (member.pk, person(Role.OPERATOR, stranger).pk, 10**18):
            with pytest.raises(HandlingRefused) as refused:
                give(assessment, lead, CODE, assignee=key)
            assert refused.value.field == "kepada"

    @pytest.mark.parametrize(("days", "fits"), [(-1, False), (0, True), (30, True), (32, False)])
    def test_the_day_is_neither_past_nor_after_the_deadline(
        self, assessment, team, lead, member, days, fits
    ):
        due = today(assessment) + timedelta(days=days)
        if fits:
            assert give(assessment, lead, CODE, assignee=member.pk, due=due) == 1
            return
        with pytest.raises(HandlingRefused) as refused:
            give(assessment, lead, CODE, assignee=member.pk, due=due)
        assert refused.value.field == "tenggat"

    def test_not_once_it_was_sent(self, member):
        sent = make_submitted()
        head = person(Role.PIMPINAN, sent.satker)
        with pytest.raises(AssessmentLocked):
            give(sent, head, CODE, assignee=head.pk)
        with pytest.raises(AssessmentLocked):
            check(sent, head, CODE)

    @pytest.mark.parametrize("count", [1, 16])
    def test_queries(self, assessment, team, lead, member, count, django_assert_num_queries):
        area = load_worksheet(assessment.instrument_id).area("1")
        codes = [question.code for question in area.questions][:count]
        with django_assert_num_queries(14):
            give(assessment, lead, *codes, assignee=member.pk)


class TestCheck:
    def test_mark_and_take_back(self, assessment, team, lead):
        check(assessment, lead, CODE)
        check(assessment, lead, CODE)

        found = care(assessment, CODE)
        assert (found.checked, found.checked_by) == (True, lead)
        assert Event.objects.filter(action="diperiksa").count() == 1
        handling.uncheck(assessment=assessment, question=questions(assessment, CODE)[0], by=lead)
        assert not care(assessment, CODE).checked
        assert verify().fault is None

    def test_lapses_with_the_answer(self, assessment, team, lead):
        check(assessment, lead, CODE)
        fill(assessment, {CODE: "Tidak"})

        found = care(assessment, CODE)
        assert (found.checked, found.lapsed) == (False, True)
        check(assessment, lead, CODE)
        assert care(assessment, CODE).checked

    def test_lapses_with_the_evidence(self, assessment, team, lead):
        check(assessment, lead, CODE)
        attach(assessment, CODE)
        assert care(assessment, CODE).lapsed

        check(assessment, lead, CODE)
        AnswerEvidence.objects.all().delete()
        assert care(assessment, CODE).lapsed

    def test_a_save_that_changes_nothing_leaves_it(self, assessment, team, lead):
        check(assessment, lead, CODE)
        fill(assessment, {CODE: "Ya"})
        assert care(assessment, CODE).checked

    def test_not_what_was_changed_meanwhile(self, assessment, team, lead):
        seen = load_facts(assessment)[questions(assessment, CODE)[0].pk]
        fill(assessment, {CODE: "Tidak"})

        with pytest.raises(HandlingRefused, match="berubah"):
            check(assessment, lead, CODE, seen=seen)

    def test_not_what_has_no_answer(self, assessment, team, lead):
        attach(assessment, "A.I.1.ii.a")
        with pytest.raises(HandlingRefused, match="belum dijawab"):
            check(assessment, lead, "A.I.1.ii.a")

    def test_only_by_who_leads(self, assessment, team, member, lead):
        with pytest.raises(HandlingRefused):
            check(assessment, member, CODE)
        with pytest.raises(HandlingRefused):
            check(assessment, lead, ELSEWHERE)
        check(assessment, person(Role.PIMPINAN, assessment.satker), ELSEWHERE)

    def test_unchecked_are_those_with_a_coordinator(self, assessment, team, lead):
        area = load_worksheet(assessment.instrument_id).area("1")
        check(assessment, lead, CODE)

        found = unchecked_questions(assessment)
        assert set(found) == {question.pk for question in area.questions if question.code != CODE}

    def test_without_a_team_nothing_is_unchecked(self, assessment):
        assert unchecked_questions(assessment) == []


class TestShareOutPage:
    def url(self, assessment, query=""):
        return reverse("assessments:share_out", args=[assessment.pk]) + query

    def test_give_by_the_page(self, client, assessment, team, lead, member):
        client.force_login(lead)
        page = client.get(self.url(assessment, f"?area=1&soal={CODE}")).content.decode()
        assert f'value="{CODE}" checked' in page
        assert f'value="{OTHER}" checked' not in page

        sent = {"area": "1", "soal": [CODE, OTHER], "kepada": member.pk, "pesan": "Segera"}
        answer = client.post(self.url(assessment), sent, follow=True)

        assert "2 pertanyaan diberikan." in answer.content.decode()
        assert care(assessment, OTHER).message == "Segera"
        client.post(self.url(assessment), sent | {"tarik": "1"})
        assert care(assessment, OTHER).assignee is None

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"soal": []}, "Pilih sedikitnya satu pertanyaan."),
            ({"kepada": ""}, "Pilih orang yang mengerjakannya."),
            ({"kepada": "99999999999999999999999"}, "Pilih orang dari daftar."),
            ({"tenggat": "31-02-2026"}, "Tulis tanggal yang ada"),
            ({"tenggat": "2001-01-01"}, "sudah lewat"),
            ({"tenggat": "9999-01-01"}, "sesudah batas kirim"),
            ({"pesan": "a" * 400}, "Pesan terlalu panjang: 400"),
            ({"soal": [ELSEWHERE]}, "Pilih pertanyaan dari daftar area ini."),
            ({"soal": ["\x00"]}, "Pilih pertanyaan dari daftar area ini."),
        ],
    )
    def test_refused_with_what_was_typed(
        self, client, assessment, team, lead, member, fields, words
    ):
        client.force_login(lead)
        sent = {"area": "1", "soal": [CODE], "kepada": member.pk, "pesan": "tetap ada"} | fields

        answer = client.post(self.url(assessment), sent)

        text = answer.content.decode()
        assert answer.status_code == 422
        assert words in text
        if "pesan" not in fields:
            assert "tetap ada" in text
        assert not Handling.objects.exists()

    def test_who_does_not_lead_only_reads(self, client, assessment, team, member):
        client.force_login(member)
        text = client.get(self.url(assessment)).content.decode()
        assert "Berikan yang dipilih" not in text
        answer = client.post(
            self.url(assessment), {"area": "1", "soal": [CODE], "kepada": member.pk}
        )
        assert answer.status_code == 422
        assert not Handling.objects.exists()

    def test_nobody_else_sees_it(self, client, assessment, team):
        reviewer = make_user(Role.VERIFIKATOR, assessment.satker.verifier)
        client.force_login(reviewer)
        assert client.get(self.url(assessment)).status_code == 403
        client.force_login(make_user(Role.ADMIN_PUSAT))
        assert client.get(self.url(assessment)).status_code == 403
        client.force_login(person(Role.OPERATOR, make_assessment().satker))
        assert client.get(self.url(assessment)).status_code == 404

    def test_queries(self, client, assessment, team, lead, django_assert_num_queries):
        client.force_login(lead)
        client.get(self.url(assessment))
        with django_assert_num_queries(10):
            client.get(self.url(assessment))


class TestCheckButton:
    def url(self, assessment, code=CODE):
        return reverse("assessments:check_question", args=[assessment.pk, code])

    def test_plain(self, client, assessment, team, lead):
        client.force_login(lead)
        seen = load_facts(assessment)[questions(assessment, CODE)[0].pk]

        answer = client.post(self.url(assessment), {"dilihat": seen})

        assert answer.status_code == 302
        assert answer["Location"].endswith("area/1/#A-I-1-i-a")
        assert care(assessment, CODE).checked

    def test_by_script_as_it_stands_on_the_page(self, client, assessment, team, lead):
        file = attach(assessment, CODE)
        version = Answer.objects.get(assessment=assessment, question__code=CODE).version
        client.force_login(lead)
        sent = {"versi": version, "berkas": [str(file.pk)]}

        stale = client.post(
            self.url(assessment), {"versi": version}, headers={"X-Requested-With": "fetch"}
        )
        answer = client.post(self.url(assessment), sent, headers={"X-Requested-With": "fetch"})

        assert stale.status_code == 422
        assert "berubah sejak" in stale.content.decode()
        assert answer.status_code == 200
        assert 'data-for="team"' in answer.content.decode()
        assert "Batalkan tanda periksa" in answer.content.decode()

    @pytest.mark.parametrize(
        "fields",
        [
            {"versi": "٣"},
            {"versi": "-1"},
            {"versi": "9" * 50},
            {"versi": "1", "berkas": "x"},
            {"versi": "1", "berkas": str(uuid.uuid4())},
            {"dilihat": "\x00"},
            {},
        ],
    )
    def test_hostile(self, client, assessment, team, lead, fields):
        client.force_login(lead)
        answer = client.post(self.url(assessment), fields, headers={"X-Requested-With": "fetch"})
        assert answer.status_code in {400, 422}
        assert not Handling.objects.exists()

    def test_a_member_may_not(self, client, assessment, team, member):
        client.force_login(member)
        seen = load_facts(assessment)[questions(assessment, CODE)[0].pk]
        client.post(self.url(assessment), {"dilihat": seen})
        assert not Handling.objects.exists()


class TestAreaPage:
    def page(self, client, assessment, user, area="1"):
        client.force_login(user)
        return client.get(reverse("assessments:area", args=[assessment.pk, area])).content.decode()

    def test_ones_own_come_first(self, client, assessment, team, lead, member):
        give(assessment, lead, OTHER, assignee=member.pk, message="Tolong <b>segera</b>")

        text = self.page(client, assessment, member)

        assert 'Tugas Anda di sini: <a href="#A-I-1-i-b">A.I.1.i.b</a>' in text
        assert "Tolong &lt;b&gt;segera&lt;/b&gt;" in text
        assert "data-check" not in text
        assert text.count("pokja Anda") == 1

    def test_a_lead_checks_in_the_own_area_alone(self, client, assessment, team, lead):
        assert "data-check" in self.page(client, assessment, lead)
        assert "data-check" not in self.page(client, assessment, lead, "2")

    def test_reviewers_see_nothing_of_it(self, client):
        sent = make_submitted()
        Handling.objects.create(
            assessment=sent,
            question_id=questions(sent, CODE)[0].pk,
            assignee=person(Role.OPERATOR, sent.satker),
            given_by=person(Role.OPERATOR, sent.satker),
            given_at=timezone.now(),
            message="urusan dalam",
        )
        reviewer = person(Role.VERIFIKATOR, sent.satker.verifier)
        assert "urusan dalam" not in self.page(client, sent, reviewer)
        assert "urusan dalam" in self.page(client, sent, person(Role.OPERATOR, sent.satker))

    @pytest.mark.parametrize("count", [1, 10])
    def test_queries(
        self, client, assessment, team, lead, member, count, django_assert_num_queries
    ):
        area = load_worksheet(assessment.instrument_id).area("1")
        codes = [question.code for question in area.questions][:count]
        give(assessment, lead, *codes, assignee=member.pk)
        self.page(client, assessment, member)
        with django_assert_num_queries(9):
            client.get(reverse("assessments:area", args=[assessment.pk, "1"]))


class TestMyTasks:
    URL = "/tugas/"

    def test_sections(self, client, assessment, team, lead, member):
        give(assessment, lead, CODE, "A.I.1.ii.a", assignee=member.pk)
        attach(assessment, CODE, OTHER)
        client.force_login(member)
        text = client.get(self.URL).content.decode()
        assert "1 tugas Anda" in text  # the other one is done
        assert "belum dijawab" in text
        assert "1 tugas Anda yang lain sudah terisi." in text
        assert "Pokja Anda" in text

        client.force_login(lead)
        text = client.get(self.URL).content.decode()
        assert "2 menunggu Anda periksa" in text

    def test_the_most_urgent_first(self, client, assessment, team, lead, member):
        day = today(assessment)
        give(assessment, lead, "A.I.1.ii.a", assignee=member.pk)
        give(assessment, lead, "A.I.1.ii.c", assignee=member.pk, due=day + timedelta(days=9))
        give(assessment, lead, "A.I.1.ii.b", assignee=member.pk, due=day + timedelta(days=2))
        Handling.objects.filter(question__code="A.I.1.ii.b").update(due=day - timedelta(days=3))
        client.force_login(member)

        text = client.get(self.URL).content.decode()

        places = [text.index(f"<b>A.I.1.ii.{letter}</b>") for letter in "bca"]
        assert places == sorted(places)
        assert "lewat 3 hari" in text

    def test_after_a_return_what_was_marked(self, client):
        sheet = make_returned()
        client.force_login(person(Role.OPERATOR, sheet.satker))
        text = client.get(self.URL).content.decode()
        assert "diminta diperbaiki" in text

    def test_nothing_to_do(self, client, assessment, team, member):
        client.force_login(member)
        assert "Tidak ada tugas terbuka" in client.get(self.URL).content.decode()
        Assessment.objects.update(
            status=Status.SUBMITTED, submitted_at=timezone.now(), submitted_by=member
        )
        assert "Tidak ada penilaian yang terbuka" in client.get(self.URL).content.decode()

    def test_others_have_none(self, client):
        for role in (Role.TPI, Role.ADMIN_PUSAT, Role.PEMANTAU):
            client.force_login(make_user(role))
            assert client.get(self.URL).status_code == 403

    @pytest.mark.parametrize("count", [1, 12])
    def test_queries(
        self, client, assessment, team, lead, member, count, django_assert_num_queries
    ):
        area = load_worksheet(assessment.instrument_id).area("1")
        codes = [question.code for question in area.questions][:count]
        give(assessment, lead, *codes, assignee=member.pk)
        client.force_login(member)
        client.get(self.URL)
        with django_assert_num_queries(11):
            client.get(self.URL)


class TestSubmitPage:
    def test_the_head_sees_what_is_unchecked_and_may_send(self, client):
        made = make_assessment()
        worksheet = load_worksheet(made.instrument_id)
        fill(made, best_answers(worksheet))
        attach(made, *worksheet.by_code)
        assessment = Assessment.objects.with_place().get(pk=made.pk)
        head = person(Role.PIMPINAN, assessment.satker)
        lead = make_user(Role.OPERATOR, assessment.satker)
        set_team(
            satker=assessment.satker,
            new=NewTeam(None, None, {"hasil": NewPokja(lead.pk, frozenset())}),
            seen=load_team(assessment.satker).digest,
            by=head,
        )
        client.force_login(head)
        url = reverse("assessments:submit", args=[assessment.pk])

        text = client.get(url).content.decode()
        assert "Belum diperiksa koordinator (3)" in text
        for code in ("B.I.a", "B.I.b", "B.II.a"):
            check(assessment, lead, code)
        assert "Belum diperiksa koordinator" not in client.get(url).content.decode()
        assert client.post(url, {"pernyataan": "1"}).status_code == 302
