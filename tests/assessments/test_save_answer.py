"""POST /penilaian/<uuid>/jawaban/<kode>/: what is stored, what is refused, what comes back."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from assessments.enums import Tier
from assessments.models import Answer, AnswerChange, Assessment, Score
from audit.models import Event
from common.dates import print_moment
from tests.factories_assessments import (
    make_approved,
    make_assessment,
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


def stored(assessment: Assessment, code: str) -> Answer | None:
    return Answer.objects.filter(assessment=assessment, question__code=code).first()


def version_of(response) -> int:
    return int(re.search(r'data-version="(\d+)"', response.content.decode()).group(1))


class TestSaving:
    def test_first_answer(self, save, assessment):
        response = save(CHOICE, value="B", note="Dipilih lewat rapat.")

        assert (response.status_code, version_of(response)) == (200, 1)
        answer = stored(assessment, CHOICE)
        assert (answer.entered, answer.note, answer.version) == (
            {"value": "B"},
            "Dipilih lewat rapat.",
            1,
        )

    def test_score_history_and_audit_come_with_it(self, save, assessment):
        save(CHOICE, value="B")

        score = Score.objects.get(assessment=assessment, tier=Tier.MANDIRI)
        change = AnswerChange.objects.get(answer__assessment=assessment)
        event = Event.objects.get(chain=assessment.audit_chain, action="jawaban")
        assert (score.total, score.area1, score.answered) == (0.125, 0.125, 1)
        assert (change.version, change.entered) == (1, {"value": "B"})
        assert (event.subject, event.before) == (CHOICE, "")
        assert json.loads(event.after) == {"entered": {"value": "B"}, "note": ""}

    def test_the_history_page_tells_the_time_of_each_version(self, save, operator, assessment):
        save(CHOICE, value="B")

        page = operator.get(reverse("assessments:history", args=[assessment.pk, CHOICE]))

        at = print_moment(AnswerChange.objects.get().at, assessment.satker.zone)
        assert at in page.content.decode()

    def test_fragment_has_state_score_and_floors(self, save):
        text = save(CHOICE, value="A").content.decode()

        assert "Tersimpan" in text
        assert "12 dari 12 syarat nilai WBK belum terpenuhi" in text
        assert "1 dari 113 pertanyaan terjawab" in text

    @pytest.mark.parametrize(
        ("code", "fields", "entered"),
        [
            (CHOICE, {"value": "b"}, {"value": "B"}),
            (INDEX, {"value": "3,75"}, {"value": "3.75"}),
            (INDEX, {"value": " 3.60 "}, {"value": "3.6"}),
            (COUNTS, {"n1": "6", "n2": "4"}, {"n1": "6", "n2": "4"}),
            (COUNTS, {"n1": "6"}, {"n1": "6"}),
            (COUNTS, {"n1": "006", "n2": ""}, {"n1": "6"}),
        ],
    )
    def test_entered_in_canonical_form(self, save, assessment, code, fields, entered):
        response = save(code, **fields)

        assert response.status_code == 200
        assert stored(assessment, code).entered == entered

    def test_field_left_out_keeps_and_empty_clears(self, save, assessment):
        save(CHOICE, value="A", note="Catatan")
        save(CHOICE, 1, note="Catatan baru")
        assert stored(assessment, CHOICE).entered == {"value": "A"}

        save(CHOICE, 2, value="")

        answer = stored(assessment, CHOICE)
        assert (answer.entered, answer.note, answer.version) == ({}, "Catatan baru", 3)

    def test_one_count_left_out_keeps_the_other(self, save, assessment):
        save(COUNTS, n1="6", n2="4")
        save(COUNTS, 1, n2="5")

        assert stored(assessment, COUNTS).entered == {"n1": "6", "n2": "5"}

    def test_unchanged_save_keeps_version_whatever_was_seen(self, save, assessment):
        save(CHOICE, value="A", note="x")

        again = save(CHOICE, 0, value="A", note="x")

        assert (again.status_code, version_of(again)) == (200, 1)
        assert AnswerChange.objects.filter(answer__assessment=assessment).count() == 1

    def test_line_ends_and_spaces_stay_as_typed(self, save, assessment):
        save(CHOICE, note="  satu\r\ndua \r\n")

        assert stored(assessment, CHOICE).note == "  satu\ndua \n"

    def test_plain_form_goes_back_to_the_question(self, operator, assessment):
        url = reverse("assessments:save_answer", args=[assessment.pk, CHOICE])

        response = operator.post(url, {"value": "A", "version": 0, "halaman": "1"})

        area = reverse("assessments:area", args=[assessment.pk, "1"])
        assert (response.status_code, response["Location"]) == (302, f"{area}#A-I-1-i-b")


class TestRefusing:
    @pytest.mark.parametrize(
        ("code", "fields"),
        [
            (CHOICE, {"value": "Z"}),
            (CHOICE, {"value": "A\x00"}),
            (CHOICE, {"value": "A" * 200}),
            (CHOICE, {"note": "a\x00b"}),
            (CHOICE, {"note": "a" * 5001}),
            (INDEX, {"value": "4.01"}),
            (INDEX, {"value": "NaN"}),
            (INDEX, {"value": "-1"}),
            (INDEX, {"value": "1e1"}),
            (INDEX, {"value": "٣"}),
            (COUNTS, {"n1": "0", "n2": "4"}),
            (COUNTS, {"n1": "2.5"}),
            (COUNTS, {"n1": "-3"}),
            (COUNTS, {"n1": "9" * 30}),
            (CHOICE, {"value": "A", "version": "x"}),
            (CHOICE, {"value": "A", "version": "-1"}),
            (CHOICE, {"value": "A", "version": "9" * 40}),
        ],
    )
    def test_bad_input_is_422_and_changes_nothing(self, save, assessment, code, fields):
        good = (
            {"n1": "5", "n2": "1"} if code == COUNTS else {"value": "2" if code == INDEX else "C"}
        )
        save(code, note="lama", **good)

        response = save(code, **({"version": 1} | fields))

        answer = stored(assessment, code)
        assert response.status_code == 422
        assert (answer.entered, answer.note, answer.version) == (good, "lama", 1)

    def test_refusal_names_both_counts(self, save):
        text = save(COUNTS, n1="0", n2="4").content.decode()

        assert 'data-inputs="n1 n2"' in text

    def test_a_refused_number_is_marked(self, save):
        text = save(INDEX, value="4,5").content.decode()

        assert 'data-inputs="value"' in text
        assert "Angka tidak cocok" in text

    def test_missing_version_is_422(self, operator, assessment):
        url = reverse("assessments:save_answer", args=[assessment.pk, CHOICE])

        assert operator.post(url, {"value": "A"}).status_code == 422

    def test_plain_form_keeps_what_was_typed(self, operator, assessment):
        url = reverse("assessments:save_answer", args=[assessment.pk, COUNTS])

        response = operator.post(
            url, {"n1": "0", "n2": "4", "note": "Catatan <b>", "version": 0, "halaman": "1"}
        )

        text = response.content.decode()
        assert response.status_code == 422
        assert 'name="n2" value="4"' in text
        assert "Catatan &lt;b&gt;" in text

    def test_stale_version_shows_both_texts(self, save, assessment):
        save(CHOICE, value="A", note="Punya rekan")

        response = save(CHOICE, 0, value="B", note="Punya saya")

        text = response.content.decode()
        assert response.status_code == 409
        assert "Punya <ins>rekan</ins>" in text
        assert "Punya <ins>saya</ins>" in text
        assert stored(assessment, CHOICE).entered == {"value": "A"}

    def test_unknown_question_is_404(self, save):
        assert save("A.I.1.i.z", value="A").status_code == 404

    def test_get_is_405(self, operator, assessment):
        url = reverse("assessments:save_answer", args=[assessment.pk, CHOICE])

        answer = operator.get(url)

        assert answer.status_code == 405
        assert answer["Allow"] == "POST"
        sheet = reverse("assessments:detail", args=[assessment.pk])
        back = f'<a class="button" href="{sheet}">Kembali ke penilaian</a>'
        assert back in answer.content.decode()


class TestWhoAndWhen:
    def post(self, client, assessment, code=CHOICE, **fields):
        url = reverse("assessments:save_answer", args=[assessment.pk, code])
        return client.post(
            url,
            {"value": "C", "version": 0} | fields,
            headers={"X-Requested-With": "fetch"},
        )

    @pytest.mark.parametrize(
        ("role", "place", "expected"),
        [
            (Role.OPERATOR, "own", 200),
            (Role.OPERATOR, "foreign", 404),
            (Role.PIMPINAN, "own", 403),
            (Role.PIMPINAN, "foreign", 404),
            (Role.VERIFIKATOR, "kanwil", 403),
            (Role.KETUA, "kanwil", 403),
            (Role.VERIFIKATOR, "other kanwil", 404),
            (Role.TPI, "centre", 404),
            (Role.ADMIN_PUSAT, "centre", 403),
            (Role.PEMANTAU, "centre", 403),
            (Role.PEMANTAU, "other kanwil", 404),
        ],
    )
    def test_who(self, client, assessment, role, place, expected):
        places = {
            "own": assessment.satker,
            "kanwil": assessment.satker.verifier,
            "centre": assessment.satker.verifier.parent,
            "foreign": make_satker(),
            "other kanwil": make_kanwil("82", "Kanwil Provinsi Maluku Utara"),
        }
        client.force_login(make_user(role, places[place]))

        assert self.post(client, assessment).status_code == expected

    def test_sign_in_ended(self, client, assessment):
        assert self.post(client, assessment).status_code == 401

    def test_sign_in_ended_plain_form_keeps_the_text(self, client, assessment):
        url = reverse("assessments:save_answer", args=[assessment.pk, CHOICE])

        response = client.post(url, {"note": "Jangan hilang", "version": 0, "halaman": "1"})

        assert response.status_code == 401
        assert "Jangan hilang" in response.content.decode()

    @pytest.mark.parametrize("make", [make_submitted, make_approved])
    def test_locked_after_sending(self, client, db, make):
        assessment = make()
        client.force_login(person(Role.OPERATOR, assessment.satker))

        response = self.post(client, assessment, version=1)

        assert response.status_code == 403
        assert stored(assessment, CHOICE).entered == {"value": "A"}

    def test_after_a_return_only_what_is_marked(self, client, db):
        assessment = make_returned(lower={CHOICE: {"value": "B"}})
        client.force_login(person(Role.OPERATOR, assessment.satker))

        marked = self.post(client, assessment, version=1)
        other = self.post(client, assessment, "A.I.1.ii.b", version=1)

        assert (marked.status_code, other.status_code) == (200, 403)

    @pytest.mark.parametrize(("late", "expected"), [(-1, 200), (0, 200), (1, 403)])
    def test_deadline_is_an_exact_instant(self, client, assessment, time_machine, late, expected):
        until = assessment.period.fill_until
        time_machine.move_to(until + timedelta(microseconds=late), tick=False)
        client.force_login(person(Role.OPERATOR, assessment.satker))

        assert self.post(client, assessment).status_code == expected

    def test_before_opening(self, operator, assessment, save):
        period = assessment.period
        period.opens_at = timezone.now() + timedelta(minutes=1)
        period.save()

        assert save(CHOICE, value="A").status_code == 403


class TestQueries:
    def test_save_takes_at_most_ten(self, save, django_assert_max_num_queries):
        save(CHOICE, value="A")

        with django_assert_max_num_queries(12) as captured:
            response = save(CHOICE, 1, value="B", note="Baru")

        transaction = [q for q in captured.captured_queries if "SAVEPOINT" in q["sql"]]
        assert response.status_code == 200
        assert len(captured.captured_queries) - len(transaction) <= 10

    def test_unrelated_assessments_have_their_own_chain(self, save, assessment):
        other = make_assessment(make_satker())

        save(CHOICE, value="A")

        assert other.audit_chain_id != assessment.audit_chain_id
        other.audit_chain.refresh_from_db()
        assert other.audit_chain.count == 1
