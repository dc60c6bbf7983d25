"""GET and POST /penilaian/<uuid>/temuan/, and what warnings mean for a submission."""

import json
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from assessments.enums import Action, FindingKind, Status
from assessments.errors import ReasonRefused, TransitionRefused
from assessments.findings_page import build_findings_page
from assessments.models import REASON_LENGTH, Answer, Assessment, FindingReason
from assessments.services.checks import sheet_findings
from assessments.services.finding_reasons import give_reason
from assessments.services.lifecycle import submit
from assessments.worksheet import load_worksheet
from audit.models import Event
from evidence.models import EvidenceFile
from teams.services import NewPokja, NewTeam, set_team
from teams.team import load_team
from tests.assessments.steps import head, make_ready, operator, reviewer, take
from tests.factories_assessments import (
    attach,
    attach_documents,
    fill,
    judge,
    make_approved,
    make_assessment,
    make_centre,
    make_returned,
    make_satker,
    make_submitted,
    make_user,
    person,
)

pytestmark = pytest.mark.django_db

CODE = "A.I.1.i.b"
OTHER = "A.I.1.ii.b"
NOTE = FindingKind.NOTE.value


def url(assessment, query=""):
    return reverse("assessments:findings", args=[assessment.pk]) + query


def submit_url(assessment):
    return reverse("assessments:submit", args=[assessment.pk])


def main(answer):
    text = answer.content.decode()
    return text[text.index("<main") : text.index("</main>")]


LACKS = "dokumen_kurang"


def stored(assessment):
    rows = FindingReason.objects.filter(assessment=assessment).order_by("question__order", "kind")
    return list(rows.values_list("question__code", "kind", "reason"))


def make_clean():
    """Nothing to find: notes everywhere, every file dated, every document there."""
    assessment = make_ready()
    Answer.objects.filter(assessment=assessment).update(note="Dilaksanakan setiap triwulan.")
    attach_documents(assessment)
    EvidenceFile.objects.update(document_date=f"{assessment.period.year}-02-01")
    return assessment


def make_warned(*codes):
    """A sheet whose only warnings are best options without a note."""
    assessment = make_clean()
    rows = Answer.objects.filter(assessment=assessment, question__code__in=codes or [CODE, OTHER])
    rows.update(note="  \n ")
    return assessment


def admin(assessment):
    return person(Role.ADMIN_PUSAT, make_centre())


def appoint_coordinator(assessment):
    """Of pokja 1."""
    lead = make_user(Role.OPERATOR, assessment.satker)
    set_team(
        satker=assessment.satker,
        new=NewTeam(None, None, {"1": NewPokja(lead.pk, frozenset())}),
        seen=load_team(assessment.satker).digest,
        by=head(assessment),
    )


@pytest.fixture
def browser(client):
    """``browser(user)``: signed in."""

    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


class TestPage:
    def test_nothing_found(self, browser):
        assessment = make_clean()

        assert "Tidak ada temuan" in main(browser(operator(assessment)).get(url(assessment)))

    def test_every_finding_leads_to_its_question(self, browser):
        assessment = make_assessment()
        fill(assessment, {CODE: "A"})
        worksheet = load_worksheet(assessment.instrument_id)

        text = main(browser(operator(assessment)).get(url(assessment)))

        detail = reverse("assessments:detail", args=[assessment.pk])
        links = re.findall(rf'href="{detail}area/(\w+)/#([^"]+)"', text)
        own = [(q.page, q.anchor) for q in worksheet.questions if q.code != CODE]
        own_three = [("1", worksheet.by_code[CODE].anchor)] * 3  # evidence, documents, note
        assert sorted(links) == sorted([*own, *own_three])
        assert "Belum dijawab (112)" in text
        assert "Pilihan terbaik tanpa catatan (1)" in text

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ("", {"belum_dijawab", "tanpa_bukti", "catatan_kosong", LACKS}),
            ("?jenis=kesalahan", {"belum_dijawab", "tanpa_bukti"}),
            ("?jenis=peringatan", {"catatan_kosong", LACKS}),
            ("?jenis=tanpa-alasan", {"catatan_kosong", LACKS}),
            ("?area=1", {"belum_dijawab", "tanpa_bukti", "catatan_kosong", LACKS}),
            ("?area=hasil", {"belum_dijawab"}),
            ("?area=hasil&jenis=peringatan", set()),
            ("?area=9&jenis=semua", {"belum_dijawab", "tanpa_bukti", "catatan_kosong", LACKS}),
        ],
    )
    def test_filters(self, browser, query, shown):
        assessment = make_assessment()
        fill(assessment, {CODE: "A"})

        text = main(browser(operator(assessment)).get(url(assessment, query)))

        assert set(re.findall(r'aria-labelledby="t-(\w+)"', text)) == shown

    def test_an_empty_filter_says_so(self, browser):
        assessment = make_warned()

        text = main(browser(operator(assessment)).get(url(assessment, "?jenis=kesalahan")))

        assert "Tidak ada temuan dalam saringan ini" in text

    def test_counts_by_area(self, browser):
        assessment = make_warned(CODE, OTHER, "A.I.2.i.a")
        browser(operator(assessment)).post(
            url(assessment), {"kind": NOTE, "codes": [CODE], "reason": "Ada di SK."}
        )

        text = main(browser(operator(assessment)).get(url(assessment)))

        counts = r"<p>(\d+) kesalahan, (\d+) peringatan(?: \((\d+) beralasan\))?</p>"
        assert re.findall(counts, text)[:2] == [("0", "2", "1"), ("0", "1", "")]

    @pytest.mark.parametrize("rows", [1, 3])
    def test_queries(self, browser, django_assert_num_queries, rows):
        assessment = make_warned(*[CODE, OTHER, "A.I.2.i.a"][:rows])
        for number in range(rows):
            attach(assessment, CODE, name=f"{number}.pdf")
        client = browser(operator(assessment))
        client.get(url(assessment))

        with django_assert_num_queries(7):
            client.get(url(assessment))

    @pytest.mark.parametrize(
        ("make", "coordinated", "queries"),
        [
            (make_warned, False, 4),
            (make_warned, True, 5),
            (make_returned, False, 5),
            (make_returned, True, 6),
            (make_submitted, True, 4),
        ],
    )
    def test_queries_of_the_findings_alone(
        self, django_assert_num_queries, make, coordinated, queries
    ):
        assessment = make()
        if coordinated:
            appoint_coordinator(assessment)
        assessment = Assessment.objects.with_place().get(pk=assessment.pk)
        load_worksheet(assessment.instrument_id)

        with django_assert_num_queries(queries):
            build_findings_page(assessment, {"area": "", "jenis": ""}, checks=True)

    @pytest.mark.parametrize(
        ("make", "who", "expected"),
        [
            (make_warned, operator, 200),
            (make_warned, head, 200),
            (make_warned, reviewer, 403),
            (make_submitted, reviewer, 200),
            (make_approved, operator, 200),
        ],
    )
    def test_who_reads_it(self, browser, make, who, expected):
        assessment = make()

        answer = browser(who(assessment)).get(url(assessment))

        assert answer.status_code == expected
        assert b"Simpan alasan" not in answer.content or make == make_warned

    @pytest.mark.parametrize(
        ("make", "who", "told"),
        [
            (make_warned, operator, True),
            (make_warned, head, True),
            (make_warned, admin, False),
            (make_returned, operator, True),
            (make_returned, reviewer, False),
            (make_submitted, operator, False),
            (make_submitted, reviewer, False),
            (make_submitted, admin, False),
            (make_approved, head, False),
        ],
    )
    def test_checks_of_the_team_are_its_own_business_until_the_sheet_is_sent(
        self, browser, make, who, told
    ):
        assessment = make()
        appoint_coordinator(assessment)

        text = main(browser(who(assessment)).get(url(assessment)))

        assert ("Belum diperiksa koordinator (16)" in text) == told
        assert ("Belum diperiksa koordinator" in text) == told

    def test_after_the_deadline_no_reason_is_asked(self, browser, time_machine):
        assessment = make_warned()
        time_machine.move_to(assessment.period.fill_until + timedelta(seconds=1), tick=False)

        text = main(browser(operator(assessment)).get(url(assessment)))

        assert "Pengisian ditutup" in text
        assert "Simpan alasan" not in text


class TestGivingAReason:
    def give(self, browser, assessment, user=None, **data):
        given = {"kind": NOTE, "codes": [CODE], "reason": "Sudah dijelaskan di SK."} | data
        return browser(user or operator(assessment)).post(url(assessment), given)

    def test_is_stored_and_recorded_once(self, browser):
        assessment = make_warned()

        answer = self.give(browser, assessment, codes=[CODE, OTHER])

        assert (answer.status_code, answer["Location"]) == (303, f"{url(assessment)}#isi")
        reason = "Sudah dijelaskan di SK."
        assert stored(assessment) == [(CODE, NOTE, reason), (OTHER, NOTE, reason)]
        event = Event.objects.filter(action="alasan_temuan").get()
        assert json.loads(event.after) == {
            "reason": reason,
            "findings": [f"{CODE} {NOTE}", f"{OTHER} {NOTE}"],
        }
        assert not any(finding.asks for finding in sheet_findings(assessment))

    def test_stays_on_the_filtered_page(self, browser):
        assessment = make_warned()
        client = browser(operator(assessment))
        given = {"kind": NOTE, "codes": [CODE], "reason": "Ada di SK."}

        answer = client.post(url(assessment, "?area=1&jenis=peringatan"), given)

        assert answer["Location"] == url(assessment, "?jenis=peringatan&area=1#isi")

    def test_a_later_one_replaces_it(self, browser):
        assessment = make_warned()
        self.give(browser, assessment)

        self.give(browser, assessment, head(assessment), reason="Catatan ada di lampiran.")

        assert stored(assessment) == [(CODE, NOTE, "Catatan ada di lampiran.")]
        event = Event.objects.filter(action="alasan_temuan").order_by("number").last()
        assert json.loads(event.before) == {f"{CODE} {NOTE}": "Sudah dijelaskan di SK."}

    def test_lapses_with_the_answer(self, browser):
        assessment = make_warned()
        self.give(browser, assessment)
        fill(assessment, {CODE: "B"})
        fill(assessment, {CODE: "A"}, notes={CODE: ""})
        (again,) = [f for f in sheet_findings(assessment) if f.question.code == CODE]
        assert again.reason.text == "Sudah dijelaskan di SK."  # the same facts again

        Answer.objects.filter(assessment=assessment, question__code=CODE).update(note="Ada.")

        assert [f for f in sheet_findings(assessment) if f.question.code == CODE] == []

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ({"reason": "  "}, "Tulis alasannya."),
            ({"codes": []}, "Centang dahulu"),
            ({"codes": ["A.I.2.i.a"]}, "sudah tidak ada"),
            ({"codes": ["X"]}, "Pertanyaan tidak dikenal"),
            ({"kind": "belum_dijawab"}, "Jenis temuan tidak dikenal"),
            ({"kind": ""}, "Muat ulang halaman"),
            ({"reason": "a" * (REASON_LENGTH + 1)}, "Alasan terlalu panjang"),
            ({"reason": "a\x00b"}, "arakter"),
        ],
    )
    def test_refused(self, browser, data, message):
        assessment = make_warned()

        answer = self.give(browser, assessment, **data)

        assert answer.status_code == 422
        assert message in main(answer)
        assert stored(assessment) == []

    def test_refused_keeps_what_was_typed(self, browser):
        assessment = make_warned()
        long = "Panjang sekali. " * 100

        text = main(self.give(browser, assessment, codes=[OTHER], reason=long))

        assert long in text
        boxes = re.findall(r'name="codes" value="([^"]+)"( checked)?', text)
        assert boxes == [(CODE, ""), (OTHER, " checked")]

    @pytest.mark.parametrize("kind", [FindingKind.ANSWER, FindingKind.EVIDENCE])
    def test_none_for_an_error(self, kind):
        """Whoever asks: the form refuses these kinds before."""
        assessment = make_assessment()
        fill(assessment, {CODE: "A"})

        with pytest.raises(ReasonRefused):
            give_reason(
                assessment=assessment,
                kind=kind,
                codes=[CODE, OTHER],
                reason="Menyusul.",
                by=operator(assessment),
            )

    def test_not_after_sending(self, browser):
        assessment = make_submitted()

        assert self.give(browser, assessment).status_code == 403
        assert stored(assessment) == []

    def test_not_after_the_deadline(self, browser, time_machine):
        assessment = make_warned()
        time_machine.move_to(assessment.period.fill_until + timedelta(seconds=1), tick=False)

        answer = self.give(browser, assessment)

        assert answer.status_code == 422
        assert stored(assessment) == []

    @pytest.mark.parametrize(
        ("role", "where", "expected"),
        [
            (Role.OPERATOR, "neighbour", 404),
            (Role.KETUA, "kanwil", 403),
            (Role.ADMIN_PUSAT, "centre", 403),
        ],
    )
    def test_nobody_else(self, browser, role, where, expected):
        assessment = make_warned()
        places = {
            "neighbour": make_satker(),
            "kanwil": assessment.satker.verifier,
            "centre": make_centre(),
        }

        answer = self.give(browser, assessment, make_user(role, places[where]))

        assert answer.status_code == expected
        assert stored(assessment) == []

    def test_the_database_refuses_a_reason_for_an_error_and_an_empty_one(self):
        assessment = make_warned()
        question = load_worksheet(assessment.instrument_id).by_code[CODE]
        row = {
            "assessment": assessment,
            "question_id": question.pk,
            "by": operator(assessment),
            "at": timezone.now(),
        }
        for wrong in (
            {"kind": NOTE, "reason": ""},
            {"kind": FindingKind.ANSWER, "reason": "Nanti."},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                FindingReason.objects.create(**row, **wrong)


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
