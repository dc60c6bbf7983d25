"""What findings mean for a submission, and what the reviewer reads of them."""

import json
import re

import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.enums import Action, FindingKind, Status
from assessments.errors import TransitionRefused
from assessments.models import REASON_LENGTH, Answer, Assessment
from assessments.services.checks import sheet_findings
from assessments.services.lifecycle import submit
from audit.models import Event
from evidence.models import EvidenceFile
from tests.assessments.finding_pages import (
    CODE,
    NOTE,
    OTHER,
    main,
    make_clean,
    make_warned,
    stored,
    submit_url,
    url,
)
from tests.assessments.steps import head, operator, reviewer, take
from tests.factories_assessments import (
    fill,
    judge,
    make_returned,
    person,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client):
    """``browser(user)``: signed in."""

    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


class TestSending:
    def told(self, assessment):
        event = Event.objects.get(action=Action.SUBMIT, subject=str(assessment.pk))
        return json.loads(event.after).get("peringatan_tanpa_alasan")

    def test_impossible_figures_stand_in_the_way(self, browser):
        assessment = make_clean()
        fill(assessment, {"A.II.1.i.b.n1": 1, "A.II.1.i.b.n2": 4})

        answer = browser(head(assessment)).post(submit_url(assessment), {"pernyataan": "1"})

        assert answer.status_code == 422
        assert "1 pertanyaan dengan angka yang tidak mungkin" in main(answer)
        assert Assessment.objects.get(pk=assessment.pk).status == Status.DRAFT

    def test_the_page_lists_warnings_and_asks_for_a_reason(self, browser):
        assessment = make_warned()

        text = main(browser(head(assessment)).get(submit_url(assessment)))

        assert "Pilihan terbaik tanpa catatan (2)" in text
        assert "Alasan untuk 2 peringatan yang belum beralasan" in text
        assert re.search(r'<textarea[^>]* name="alasan"[^>]* required', text)

    def test_one_reason_for_what_has_none(self, browser):
        assessment = make_warned()
        client = browser(operator(assessment))
        client.post(url(assessment), {"kind": NOTE, "codes": [CODE], "reason": "Ada di SK."})

        answer = browser(head(assessment)).post(
            submit_url(assessment), {"pernyataan": "1", "alasan": "Dijelaskan di notulen."}
        )

        assert answer.status_code == 302
        expected = [(CODE, NOTE, "Ada di SK."), (OTHER, NOTE, "Dijelaskan di notulen.")]
        assert stored(assessment) == expected
        assert self.told(assessment) is None

    @pytest.mark.parametrize("reason", ["", " \n", "a" * (REASON_LENGTH + 1), "a\x00b"])
    def test_an_empty_or_broken_reason_is_refused(self, browser, reason):
        assessment = make_warned()

        answer = browser(head(assessment)).post(
            submit_url(assessment), {"pernyataan": "1", "alasan": reason}
        )

        assert answer.status_code == 422
        assert Assessment.objects.get(pk=assessment.pk).status == Status.DRAFT
        assert (stored(assessment), CODE in main(answer)) == ([], True)

    def test_what_was_typed_stays(self, browser):
        assessment = make_warned()

        answer = browser(head(assessment)).post(
            submit_url(assessment), {"alasan": "Dijelaskan di notulen."}
        )

        assert answer.status_code == 422
        assert "Dijelaskan di notulen." in main(answer)

    def test_without_the_field_nobody_was_asked(self, browser):
        """The contract's plain submission."""
        assessment = make_warned()

        answer = browser(head(assessment)).post(submit_url(assessment), {"pernyataan": "1"})

        assert answer.status_code == 302
        assert stored(assessment) == []
        assert self.told(assessment) == 2

    def test_given_reasons_are_shown_to_the_head(self, browser):
        assessment = make_warned(CODE)
        client = browser(operator(assessment))
        client.post(url(assessment), {"kind": NOTE, "codes": [CODE], "reason": "Ada di SK."})

        text = main(browser(head(assessment)).get(submit_url(assessment)))

        assert "Peringatan dengan alasan" in text
        assert "Ada di SK." in text
        assert 'name="alasan"' not in text

    def test_a_refusal_names_its_findings(self):
        assessment = make_warned()

        with pytest.raises(TransitionRefused) as refused:
            submit(assessment=assessment, by=head(assessment), reason=" ")

        found = [(finding.kind, finding.question.code) for finding in refused.value.findings]
        assert found == [(NOTE, CODE), (NOTE, OTHER)]

    def test_an_unmarked_question_does_not_hold_up_a_repair(self):
        """What was sent before there was this rule cannot be changed any more."""
        assessment = make_returned(lower={CODE: {"value": "B"}})
        merged = Answer.objects.filter(assessment=assessment, question__code="A.II.1.i.b")
        merged.update(entered={"n1": "1", "n2": "4"})

        submit(assessment=assessment, by=person(Role.PIMPINAN, assessment.satker))

        assert Assessment.objects.get(pk=assessment.pk).status == Status.SUBMITTED

    def test_a_marked_question_does(self):
        assessment = make_returned(lower={"A.II.1.i.b": {"n1": "1", "n2": "0"}})
        fill(assessment, {"A.II.1.i.b.n1": 1, "A.II.1.i.b.n2": 4})

        with pytest.raises(TransitionRefused) as refused:
            submit(assessment=assessment, by=person(Role.PIMPINAN, assessment.satker))

        found = [(finding.kind, finding.question.code) for finding in refused.value.findings]
        assert found == [(FindingKind.FIGURES, "A.II.1.i.b")]


class TestDesk:
    @pytest.mark.parametrize("reason", ["Dijelaskan di notulen.", None])
    def test_warnings_stand_beside_the_answer(self, browser, reason):
        assessment = make_warned(CODE)
        submit(assessment=assessment, by=head(assessment), reason=reason)
        desk = reverse("assessments:desk", args=[assessment.pk])

        text = main(browser(reviewer(assessment)).get(f"{desk}?soal={CODE}"))
        other = main(browser(reviewer(assessment)).get(f"{desk}?soal={OTHER}"))

        assert "Pilihan terbaik tanpa catatan" in text
        assert (reason or "Dikirim tanpa alasan.") in text
        assert "Pilihan terbaik tanpa catatan" not in other


class TestAsSent:
    """What a satker says about a file after sending changes nothing of what was sent."""

    def send(self, **dates):
        assessment = make_clean()
        self.file = EvidenceFile.objects.filter(links__question__code=CODE).earliest("uploaded_at")
        EvidenceFile.objects.filter(pk=self.file.pk).update(**dates)
        submit(assessment=assessment, by=head(assessment), reason="SK 2025 masih berlaku.")
        return Assessment.objects.with_place().get(pk=assessment.pk)

    def describe(self, browser, assessment, dated, until=""):
        answer = browser(operator(assessment)).post(
            reverse("assessments:library_file", args=[self.file.pk]),
            {"title": "", "kind": "", "document_date": dated, "valid_until": until},
        )
        assert answer.status_code == 302

    def seen(self, browser, assessment):
        """The desk and the findings page, as the reviewer reads them."""
        client = browser(reviewer(assessment))
        desk = reverse("assessments:desk", args=[assessment.pk])
        pages = [main(client.get(each)) for each in (f"{desk}?soal={CODE}", url(assessment))]
        return [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page) for page in pages]

    @pytest.mark.parametrize("dated", ["2025-04-01", "2026-04-01", ""])
    def test_the_date_of_a_document(self, browser, dated):
        assessment = self.send(document_date="2025-03-01")
        before = self.seen(browser, assessment)

        self.describe(browser, assessment, dated)

        assert self.seen(browser, assessment) == before
        for page in before:
            assert "SK_Tim.pdf (bertanggal 1 Maret 2025)" in page
            assert "SK 2025 masih berlaku." in page
            assert "Dikirim tanpa alasan" not in page

    def test_the_last_day_of_validity(self, browser):
        assessment = self.send(document_date="2025-03-01", valid_until="2026-01-31")
        before = self.seen(browser, assessment)

        self.describe(browser, assessment, "2025-03-01", "2029-12-31")

        assert self.seen(browser, assessment) == before
        assert all("berlaku sampai 31 Januari 2026" in page for page in before)

    def test_the_day_of_the_check_is_that_of_the_sending(self, browser, time_machine):
        """In force when it was sent, and expired since; after a return today counts again."""
        time_machine.move_to("2026-10-01T05:00:00+00:00", tick=False)
        assessment = self.send(document_date="2025-03-01", valid_until="2026-10-01")
        old = "Bukti di luar periode"

        time_machine.move_to("2026-10-20T05:00:00+00:00", tick=False)
        told = [old in page for page in self.seen(browser, assessment)]
        judge(assessment, {CODE: {"value": "B"}}, codes=[CODE])
        take(Action.RETURN, assessment)
        returned = [old in page for page in self.seen(browser, assessment)]

        assert (told, returned) == ([False, False], [True, True])

    def test_what_was_sent_before_dates_were_frozen_reads_them_from_the_file(self, browser):
        assessment = self.send(document_date="2025-03-01")
        snapshot = assessment.snapshots.get()
        content = json.loads(snapshot.content)
        for answer in content["answers"].values():
            for file in answer["evidence"]:
                del file["document_date"], file["valid_until"]
        assessment.snapshots.update(content=json.dumps(content))

        for page in self.seen(browser, assessment):
            assert "SK_Tim.pdf (bertanggal 1 Maret 2025)" in page

    def test_after_a_return_the_file_counts_as_it_is_now(self, browser):
        assessment = self.send(document_date="2025-03-01")
        judge(assessment, {CODE: {"value": "B"}}, codes=[CODE])
        take(Action.RETURN, assessment)

        self.describe(browser, assessment, "2026-04-01")

        assert sheet_findings(Assessment.objects.with_place().get(pk=assessment.pk)) == ()

    def test_what_is_approved_is_what_was_judged(self, browser):
        assessment = self.send(document_date="2025-03-01")
        self.describe(browser, assessment, "2026-04-01")
        judge(assessment)

        take(Action.APPROVE, assessment)

        sent, approved = (
            json.loads(row.content)["answers"] for row in assessment.snapshots.order_by("pk")
        )
        assert approved == sent
