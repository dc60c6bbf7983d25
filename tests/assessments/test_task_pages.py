"""The pages of the team's work: giving out, checking, one's own tasks."""

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from assessments.enums import Status
from assessments.models import Answer, Assessment, Handling
from assessments.task_state import load_facts
from assessments.worksheet import load_worksheet
from teams.services import NewPokja, NewTeam, set_team
from teams.team import load_team
from tests.assessments.teamwork import CODE, ELSEWHERE, OTHER, care, check, give, questions, today
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


@pytest.fixture
def assessment():
    made = make_assessment(answers={CODE: "Ya", OTHER: "A", ELSEWHERE: "A"})
    return Assessment.objects.with_place().get(pk=made.pk)


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
        assert answer.status_code == 403
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
        assert client.post(self.url(assessment), {"dilihat": seen}).status_code == 403
        assert not Handling.objects.exists()

    def test_a_member_may_not_take_it_back(self, client, assessment, team, lead, member):
        check(assessment, lead, CODE)
        client.force_login(member)

        answer = client.post(self.url(assessment), {"batal": "1"})

        assert answer.status_code == 403
        assert care(assessment, CODE).checked

    @pytest.mark.parametrize(
        "headers",
        [
            {"HX-Request": "true"},
            {"Sec-Fetch-Mode": "cors"},
            {"X-Requested-With": "XMLHttpRequest"},
        ],
    )
    def test_every_script_gets_the_line(self, client, assessment, team, lead, headers):
        client.force_login(lead)
        seen = load_facts(assessment)[questions(assessment, CODE)[0].pk]

        answer = client.post(self.url(assessment), {"dilihat": seen}, headers=headers)

        assert answer.status_code == 200
        assert 'data-for="team"' in answer.content.decode()


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

    def test_after_a_return_a_lead_deals_with_what_is_marked_alone(self, client):
        sheet = make_returned(lower={OTHER: {"value": "B"}})
        lead = make_user(Role.OPERATOR, sheet.satker)
        set_team(
            satker=sheet.satker,
            new=NewTeam(None, None, {"1": NewPokja(lead.pk, frozenset())}),
            seen=load_team(sheet.satker).digest,
            by=person(Role.PIMPINAN, sheet.satker),
        )

        text = self.page(client, sheet, lead)

        checked = re.findall(r'formaction="[^"]*/jawaban/([^/]+)/[^"]*"[^>]* data-check', text)
        shared = re.findall(r'class="link-button" href="[^"]*soal=([^"]+)"', text)
        assert (checked, shared) == ([OTHER], [OTHER])

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
        assert "1 tugas Anda yang lain sudah selesai." in text
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
