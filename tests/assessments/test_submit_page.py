"""GET and POST /penilaian/<uuid>/ajukan/, and the receipt."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.enums import Status
from assessments.models import Assessment, Snapshot
from assessments.services.lifecycle import submit
from assessments.worksheet import load_worksheet
from tests.assessments.steps import make_ready
from tests.factories_assessments import (
    fill,
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


def url(assessment, name="submit"):
    return reverse(f"assessments:{name}", args=[assessment.pk])


def main(answer):
    text = answer.content.decode()
    return text[text.index("<main") : text.index("</main>")]


def status_of(assessment):
    return Assessment.objects.get(pk=assessment.pk).status


@pytest.fixture
def head(client):
    """``head(assessment)``: the browser of the head of its satker."""

    def sign_in(assessment):
        client.force_login(person(Role.PIMPINAN, assessment.satker))
        return client

    return sign_in


class TestCheck:
    def test_every_missing_thing_has_its_link(self, head):
        assessment = make_assessment()
        worksheet = load_worksheet(assessment.instrument_id)
        fill(assessment, {CODE: "B", "A.I.1.i.a": "Tidak"})

        text = main(head(assessment).get(url(assessment)))

        links = re.findall(rf'href="{url(assessment, "detail")}area/(\w+)/#([^"]+)"', text)
        expected = [
            (question.page, question.anchor)
            for question in worksheet.questions
            if question.code not in {CODE, "A.I.1.i.a"}
        ]
        without_evidence = ("1", worksheet.by_code[CODE].anchor)
        assert sorted(links) == sorted([*expected, without_evidence])
        assert "111 pertanyaan belum dijawab" in text
        assert "1 jawaban tanpa bukti wajib" in text

    def test_no_statement_while_something_is_missing(self, head):
        assessment = make_assessment()

        assert "pernyataan" not in main(head(assessment).get(url(assessment)))

    def test_statement_names_who_and_what(self, head):
        assessment = make_ready()

        text = main(head(assessment).get(url(assessment)))

        by = person(Role.PIMPINAN, assessment.satker)
        assert f"Saya, {by.name}, pimpinan {assessment.satker.name}, menyatakan" in text
        assert f"Kirim ke {assessment.satker.verifier.name}" in text
        assert " checked" not in text

    def test_the_operator_may_check_and_not_send(self, client):
        assessment = make_ready()
        client.force_login(person(Role.OPERATOR, assessment.satker))

        text = main(client.get(url(assessment)))

        assert "Siap dikirim" in text
        assert "pernyataan" not in text

    @pytest.mark.parametrize("role", [Role.OPERATOR, Role.PIMPINAN])
    def test_what_was_returned_is_listed(self, client, role):
        assessment = make_returned()
        client.force_login(person(role, assessment.satker))

        text = main(client.get(url(assessment)))

        area = reverse("assessments:area", args=[assessment.pk, "1"])
        assert "1 pertanyaan diminta diperbaiki" in text
        assert f'<a href="{area}#A-I-1-i-b">{CODE}</a>' in text
        assert "Siap dikirim" not in text

    def test_after_the_deadline(self, head, time_machine):
        assessment = make_ready()
        time_machine.move_to(assessment.period.fill_until + timedelta(seconds=1), tick=False)

        text = main(head(assessment).get(url(assessment)))

        assert "Pengisian ditutup" in text
        assert "pernyataan" not in text

    @pytest.mark.parametrize("late", [False, True])
    @pytest.mark.parametrize("make", [make_submitted, make_approved])
    def test_what_was_sent_leads_to_its_receipt(self, head, time_machine, make, late):
        assessment = make()
        if late:
            time_machine.move_to(assessment.period.review_until + timedelta(days=1), tick=False)

        text = main(head(assessment).get(url(assessment)))

        assert "Penilaian sudah dikirim" in text
        assert "Tidak dapat dikirim" not in text
        assert url(assessment, "receipt") in text


class TestSending:
    def test_leads_to_the_receipt(self, head):
        assessment = make_ready()

        answer = head(assessment).post(url(assessment), {"pernyataan": "1"})

        assert (answer.status_code, answer["Location"]) == (302, url(assessment, "receipt"))
        assert status_of(assessment) == Status.SUBMITTED
        page = head(assessment).get(answer["Location"]).content.decode()
        assert f"Penilaian terkirim ke {assessment.satker.verifier.name}." in page

    @pytest.mark.parametrize(
        "data", [{}, {"pernyataan": ""}, {"pernyataan": "0"}, {"pernyataan": "tidak"}]
    )
    def test_without_the_statement(self, head, data):
        assessment = make_ready()

        answer = head(assessment).post(url(assessment), data)

        assert answer.status_code == 422
        assert "Centang pernyataan tanggung jawab" in main(answer)
        assert status_of(assessment) == Status.DRAFT

    def test_incomplete_gives_the_list(self, head):
        assessment = make_assessment()

        answer = head(assessment).post(url(assessment), {"pernyataan": "1"})

        assert answer.status_code == 422
        assert "113 pertanyaan belum dijawab" in main(answer)
        assert status_of(assessment) == Status.DRAFT

    def test_too_late_says_why(self, head, time_machine):
        assessment = make_ready()
        time_machine.move_to(assessment.period.fill_until + timedelta(seconds=1), tick=False)

        answer = head(assessment).post(url(assessment), {"pernyataan": "1"})

        assert answer.status_code == 422
        assert "Pengisian ditutup" in main(answer)
        assert not Snapshot.objects.exists()

    def test_again_is_refused_after_the_approval(self, head):
        assessment = make_approved()
        before = Snapshot.objects.count()

        answer = head(assessment).post(url(assessment), {"pernyataan": "1"})

        assert answer.status_code == 403
        assert Snapshot.objects.count() == before

    @pytest.mark.parametrize(
        ("role", "where", "expected"),
        [
            (Role.OPERATOR, "own", 403),
            (Role.PIMPINAN, "neighbour", 404),
            (Role.VERIFIKATOR, "kanwil", 403),
            (Role.KETUA, "kanwil", 403),
            (Role.KETUA, "other kanwil", 404),
            (Role.TPI, "centre", 404),
            (Role.ADMIN_PUSAT, "centre", 403),
            (Role.PEMANTAU, "centre", 403),
        ],
    )
    def test_nobody_else(self, client, role, where, expected):
        assessment = make_ready()
        places = {
            "own": assessment.satker,
            "neighbour": make_satker(),
            "kanwil": assessment.satker.verifier,
            "other kanwil": make_kanwil("82", "Kanwil Provinsi Maluku Utara"),
            "centre": make_centre(),
        }
        client.force_login(make_user(role, places[where]))

        answer = client.post(url(assessment), {"pernyataan": "1"})

        assert answer.status_code == expected
        assert status_of(assessment) == Status.DRAFT

    def test_sign_in_ended(self, client):
        assessment = make_ready()

        assert client.post(url(assessment), {"pernyataan": "1"}).status_code == 401
        assert status_of(assessment) == Status.DRAFT


class TestReceipt:
    def test_says_what_was_frozen(self, head):
        assessment = make_submitted(answers={"B.I.a": "3.61"})

        text = main(head(assessment).get(url(assessment, "receipt")))

        snapshot = assessment.snapshots.get()
        facts = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", text))
        assert snapshot.sha256 in text
        assert facts["Satker"] == f"{assessment.satker.name} ({assessment.satker.code})"
        assert facts["Dikirim oleh"] == assessment.submitted_by.name
        assert facts["Pertanyaan terjawab"] == "113"
        assert facts["Nilai mandiri"] == "98,29"  # 100 - 0.39 / 4 * 17.5 = 98.29375

    def test_total_below_a_floor_is_not_printed_as_the_floor(self, head):
        assessment = make_submitted(answers={"B.I.a": "2.285", "B.II.a": "0"})

        text = main(head(assessment).get(url(assessment, "receipt")))

        assert "<dd>74,99</dd>" in text

    def test_is_of_the_latest_round(self, head):
        assessment = make_returned(lower={CODE: {"value": "C"}})
        fill(assessment, {CODE: "B"})
        submit(assessment=assessment, by=person(Role.PIMPINAN, assessment.satker))

        text = main(head(assessment).get(url(assessment, "receipt")))

        digests = list(assessment.snapshots.order_by("round").values_list("sha256", flat=True))
        assert digests[1] in text
        assert digests[0] not in text
        assert "putaran 2" in text

    def test_there_is_none_before_the_first_submission(self, head):
        assessment = make_assessment()

        assert head(assessment).get(url(assessment, "receipt")).status_code == 404

    def test_the_reviewer_reads_it_too(self, client):
        assessment = make_submitted()
        client.force_login(person(Role.KETUA, assessment.satker.verifier))

        assert client.get(url(assessment, "receipt")).status_code == 200


class TestSentTwice:
    """The head presses twice on a slow line; the second answer is the one the browser shows."""

    def test_the_second_answer_is_the_receipt(self, head):
        assessment = make_ready()
        browser = head(assessment)

        answers = [browser.post(url(assessment), {"pernyataan": "1"}) for _ in range(2)]

        assert [(each.status_code, each.url) for each in answers] == [
            (302, url(assessment, "receipt"))
        ] * 2
        assert Snapshot.objects.filter(assessment=assessment).count() == 1

    def test_not_of_another_head(self, head, client):
        assessment = make_ready()
        head(assessment).post(url(assessment), {"pernyataan": "1"})
        client.force_login(make_user(Role.PIMPINAN, assessment.satker))

        assert client.post(url(assessment), {"pernyataan": "1"}).status_code == 403

    def test_not_after_a_return(self, head):
        assessment = make_returned()
        browser = head(assessment)

        assert browser.post(url(assessment), {"pernyataan": "1"}).status_code == 302
        assert status_of(assessment) == Status.SUBMITTED
        assert Snapshot.objects.filter(assessment=assessment).count() == 2
