"""GET /penilaian/<uuid>/area/<1-6|hasil>/: what each person finds on it, and what it costs."""

import gzip
import re
from datetime import timedelta
from urllib.parse import urljoin

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from assessments.models import Assessment, Verification
from assessments.services.lifecycle import return_to_operator
from assessments.worksheet import load_worksheet
from tests.factories_assessments import (
    attach,
    best_answers,
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

pytestmark = pytest.mark.django_db

CODE = "A.I.1.i.b"
OTHER = "A.I.1.ii.b"
PAGES = ["1", "2", "3", "4", "5", "6", "hasil"]
LARGEST = "5"


def url(assessment, page="1"):
    return reverse("assessments:area", args=[assessment.pk, page])


def get(client, assessment, page="1", role=Role.OPERATOR, satker=None):
    client.force_login(person(role, satker or assessment.satker))
    return client.get(url(assessment, page))


def card(text, code):
    """The HTML of one question, without the thread of the satker."""
    anchor = code.replace(".", "-")
    found = re.search(rf'<article [^>]*id="{anchor}".*?</article>', text, re.DOTALL).group()
    return without_talk(found)


def without_talk(text):
    return re.sub(r'<details class="talk".*?</details>', "", text, flags=re.DOTALL)


class TestFilling:
    def test_the_score_is_no_stop_of_its_own_and_ends_with_a_way_to_how_it_is_made(self, client):
        assessment = make_assessment()

        text = get(client, assessment).content.decode()

        panel = re.search(r'<aside class="worksheet-side"([^>]*)>(.*?)</aside>', text, re.DOTALL)
        assert "tabindex" not in panel[1]
        link = re.findall(r'href="([^"]+)"', panel[2])[-1]
        score = reverse("assessments:score", args=[assessment.pk])
        assert urljoin(url(assessment), link) == score

    def test_every_question_once_on_its_page(self, client):
        assessment = make_assessment()
        client.force_login(person(Role.OPERATOR, assessment.satker))

        found = {}
        for page in PAGES:
            text = client.get(url(assessment, page)).content.decode()
            found[page] = re.findall(r'data-question="([^"]+)"', text)

        worksheet = load_worksheet(assessment.instrument_id)
        assert found == {
            area.key: [question.code for question in area.questions] for area in worksheet.areas
        }
        assert sum(map(len, found.values())) == 113
        assert len(found[LARGEST]) == 22

    def test_pemenuhan_stands_before_reform(self, client):
        assessment = make_assessment()

        text = get(client, assessment).content.decode()

        heads = re.findall(r"<h2>(Pemenuhan|Reform)", text)
        assert heads == sorted(heads)
        assert set(heads) == {"Pemenuhan", "Reform"}

    def test_what_is_stored_stands_in_the_fields(self, client):
        assessment = make_assessment()
        fill(
            assessment,
            {CODE: "B", "A.II.1.i.b.n1": 7, "A.II.1.i.b.n2": 3},
            notes={CODE: "Dipilih lewat rapat."},
        )
        attach(assessment, CODE, name="Notulen.pdf")

        text = get(client, assessment).content.decode()

        choice, counts = card(text, CODE), card(text, "A.II.1.i.b")
        assert re.findall(r'value="([A-C])" checked', choice) == ["B"]
        assert 'name="version" value="1"' in choice
        assert "Dipilih lewat rapat.</textarea>" in choice
        assert "Notulen.pdf" in choice
        assert "1 berkas" in choice
        assert re.findall(r'name="(n\d)" value="(\d)"', counts) == [("n1", "7"), ("n2", "3")]
        assert "42,86%" in counts

    def test_index_with_a_decimal_comma(self, client):
        assessment = make_assessment()
        fill(assessment, {"B.I.a": "3.61"})

        text = get(client, assessment, "hasil").content.decode()

        assert 'name="value" value="3,61"' in card(text, "B.I.a")

    def test_a_new_sheet_has_nothing_chosen(self, client):
        text = get(client, make_assessment()).content.decode()

        assert " checked" not in card(text, CODE)
        assert 'name="version" value="0"' in card(text, CODE)
        assert "Belum dijawab" in card(text, CODE)

    def test_files_may_be_taken_off(self, client):
        assessment = make_assessment()
        file = attach(assessment, CODE)

        text = get(client, assessment).content.decode()

        detach = reverse("assessments:detach_evidence", args=[assessment.pk, CODE, file.pk])
        assert detach in card(text, CODE)

    def test_score_against_the_floors(self, client):
        assessment = make_assessment()
        fill(assessment, {CODE: "B"})

        text = get(client, assessment).content.decode()

        assert "1 dari 113 pertanyaan terjawab" in text
        assert "12 dari 12 syarat nilai WBK belum terpenuhi" in text

    @pytest.mark.parametrize("page", ["0", "7", "HASIL", "1a", "%00"])
    def test_no_other_pages(self, client, page):
        assessment = make_assessment()
        client.force_login(person(Role.OPERATOR, assessment.satker))

        answer = client.get(f"/penilaian/{assessment.pk}/area/{page}/")

        assert answer.status_code == 404

    def test_head_is_answered(self, client):
        assessment = make_assessment()
        client.force_login(person(Role.OPERATOR, assessment.satker))

        assert client.head(url(assessment)).status_code == 200


class TestReading:
    """No form, no token, no address that writes, the thread of the satker aside."""

    def is_locked(self, text):
        text = without_talk(text)
        writes = ("<textarea", 'type="radio"', 'type="file"', "csrfmiddlewaretoken", "/lepas/")
        main = text[text.index("<main") : text.index("</main>")]
        return not any(each in main for each in writes)

    @pytest.mark.parametrize(
        ("role", "where"),
        [
            (Role.PIMPINAN, "own"),
            (Role.ADMIN_PUSAT, "centre"),
        ],
    )
    def test_a_draft(self, client, role, where):
        assessment = make_assessment()
        fill(assessment, {CODE: "B"}, notes={CODE: "Catatan satker"})
        attach(assessment, CODE, name="Notulen.pdf")
        places = {"own": assessment.satker, "centre": make_centre()}

        text = get(client, assessment, role=role, satker=places[where]).content.decode()

        assert self.is_locked(text)
        shown = card(text, CODE)
        assert "Catatan satker" in shown
        assert "Notulen.pdf" in shown
        assert '<b class="option-key">B</b>' in shown
        assert "Belum dijawab." in card(text, OTHER)

    @pytest.mark.parametrize("make", [make_submitted, make_approved])
    @pytest.mark.parametrize(
        ("role", "where"),
        [
            (Role.OPERATOR, "own"),
            (Role.PIMPINAN, "own"),
            (Role.VERIFIKATOR, "kanwil"),
            (Role.KETUA, "kanwil"),
            (Role.ADMIN_PUSAT, "centre"),
        ],
    )
    def test_once_sent(self, client, make, role, where):
        assessment = make()
        places = {
            "own": assessment.satker,
            "kanwil": assessment.satker.verifier,
            "centre": make_centre(),
        }

        answer = get(client, assessment, role=role, satker=places[where])

        assert answer.status_code == 200
        assert self.is_locked(answer.content.decode())

    @pytest.mark.parametrize("late", [0, 1])
    def test_the_satker_after_its_deadline(self, client, time_machine, late):
        assessment = make_assessment()
        client.force_login(person(Role.OPERATOR, assessment.satker))
        until = assessment.period.fill_until
        Assessment.objects.update(opened_at=until - timedelta(days=1))
        time_machine.move_to(until + timedelta(microseconds=late), tick=False)
        client.force_login(person(Role.OPERATOR, assessment.satker))

        text = client.get(url(assessment)).content.decode()

        assert self.is_locked(text) == bool(late)
        assert ("Pengisian ditutup" in text) == bool(late)

    def test_before_the_opening(self, client):
        assessment = make_assessment()
        period = assessment.period
        period.opens_at = timezone.now() + timedelta(hours=1)
        period.save()

        text = get(client, assessment).content.decode()

        assert self.is_locked(text)
        assert "Pengisian baru dibuka" in text

    def test_approved_says_when(self, client):
        text = get(client, make_approved()).content.decode()

        assert "Disetujui" in card(text, CODE)


class TestReturned:
    @pytest.fixture
    def assessment(self):
        return make_returned(lower={CODE: {"value": "C"}})

    def test_only_marked_questions_are_forms(self, client, assessment):
        text = get(client, assessment).content.decode()

        assert "<textarea" in card(text, CODE)
        assert "is-attention" in card(text, CODE)
        assert "<textarea" not in card(text, OTHER)
        assert "Tidak diminta untuk diperbaiki" in card(text, OTHER)

    def test_files_of_other_questions_cannot_be_taken_off(self, client, assessment):
        text = get(client, assessment).content.decode()

        assert "/lepas/" in card(text, CODE)
        assert "/lepas/" not in card(text, OTHER)

    def test_reviewers_note_beside_the_question(self, client, assessment):
        text = get(client, assessment).content.decode()

        assert "Bukti belum menunjukkan pelaksanaannya." in card(text, CODE)
        assert person(Role.KETUA, assessment.satker.verifier).name in card(text, CODE)
        assert "Kurang sesuai" in card(text, CODE)

    def test_a_verdict_without_note_says_nothing(self, client):
        assessment = make_approved()

        text = get(client, assessment).content.decode()

        assert 'class="thread"' not in card(text, CODE)

    def test_notes_of_a_review_that_goes_on_are_not_the_satkers_yet(self, client):
        assessment = make_submitted()
        judge(assessment, {CODE: {"value": "C"}}, codes=[CODE], note="Masih ditimbang")

        text = get(client, assessment).content.decode()

        assert "Masih ditimbang" not in text


class TestWho:
    @pytest.mark.parametrize(
        ("role", "where", "expected"),
        [
            (Role.OPERATOR, "own", 200),
            (Role.OPERATOR, "neighbour", 404),
            (Role.PIMPINAN, "neighbour", 404),
            (Role.VERIFIKATOR, "kanwil", 403),
            (Role.KETUA, "kanwil", 403),
            (Role.KETUA, "other kanwil", 404),
            (Role.KETUA, "centre", 404),
            (Role.TPI, "centre", 404),
            (Role.ADMIN_PUSAT, "centre", 200),
            (Role.PEMANTAU, "centre", 403),
            (Role.PEMANTAU, "kanwil", 403),
            (Role.PEMANTAU, "other kanwil", 404),
        ],
    )
    def test_a_draft(self, client, role, where, expected):
        assessment = make_assessment()
        places = {
            "own": assessment.satker,
            "neighbour": make_satker(),
            "kanwil": assessment.satker.verifier,
            "other kanwil": make_kanwil("82", "Kanwil Provinsi Maluku Utara"),
            "centre": make_centre(),
        }
        client.force_login(make_user(role, places[where]))

        assert client.get(url(assessment)).status_code == expected

    @pytest.mark.parametrize(
        ("role", "expected"), [(Role.TPI, 200), (Role.PEMANTAU, 403), (Role.KETUA, 404)]
    )
    def test_approved_seen_from_the_centre(self, client, role, expected):
        assessment = make_approved()
        client.force_login(make_user(role, make_centre()))

        assert client.get(url(assessment)).status_code == expected


class TestCost:
    def count(self, client, address):
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    @pytest.mark.parametrize("page", PAGES)
    def test_at_most_twelve_queries(self, client, page):
        assessment = make_returned(lower={CODE: {"value": "C"}})
        client.force_login(person(Role.OPERATOR, assessment.satker))

        assert self.count(client, url(assessment, page)) <= 12

    def test_files_answers_and_remarks_cost_no_query_each(self, client):
        empty = make_assessment()
        client.force_login(person(Role.OPERATOR, empty.satker))
        bare = self.count(client, url(empty, LARGEST))

        full = make_assessment(make_satker())
        worksheet = load_worksheet(full.instrument_id)
        fill(full, best_answers(worksheet), notes=dict.fromkeys(worksheet.by_code, "Catatan"))
        for number in range(3):
            attach(full, *worksheet.by_code, name=f"Bukti {number}.pdf")
        client.force_login(person(Role.OPERATOR, full.satker))

        assert self.count(client, url(full, LARGEST)) == bare

    @pytest.mark.parametrize("marked", [1, 5])
    def test_remarks_cost_no_query_each(self, client, marked):
        questions = load_worksheet(make_assessment().instrument_id).area("1").questions
        codes = [each.code for each in questions if each.options][:marked]
        assessment = make_submitted(make_satker())
        lower = {
            code: {"value": load_worksheet(assessment.instrument_id).by_code[code].options[-1].key}
            for code in codes
        }
        judge(assessment, lower, codes=codes)
        Verification.objects.update(marked=True)
        client.force_login(person(Role.KETUA, assessment.satker.verifier))
        return_to_operator(
            assessment=assessment,
            by=person(Role.KETUA, assessment.satker.verifier),
            note="Perbaiki.",
        )
        client.force_login(person(Role.OPERATOR, assessment.satker))

        assert self.count(client, url(assessment)) == 11

    @pytest.mark.parametrize("page", PAGES)
    def test_under_100_kb_compressed(self, client, page):
        """A full page: every question with a note of its own and three files."""
        assessment = make_assessment()
        worksheet = load_worksheet(assessment.instrument_id)
        notes = {
            code: f"Catatan nomor {number} tentang {question.text} " * 3
            for number, (code, question) in enumerate(worksheet.by_code.items())
        }
        fill(assessment, best_answers(worksheet), notes=notes)
        for number in range(3):
            attach(assessment, *worksheet.by_code, name=f"Notulen rapat {number}.pdf")
        client.force_login(person(Role.OPERATOR, assessment.satker))

        answer = client.get(url(assessment, page), headers={"Accept-Encoding": "gzip"})

        assert answer["Content-Encoding"] == "gzip"
        assert len(answer.content) < 100_000
        assert gzip.decompress(answer.content).startswith(b"<!doctype html>")
