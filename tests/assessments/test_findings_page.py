"""GET and POST /penilaian/<uuid>/temuan/: what is found, and why it stands."""

import json
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from assessments.enums import FindingKind
from assessments.errors import ReasonRefused
from assessments.findings_page import build_findings_page
from assessments.models import REASON_LENGTH, Answer, Assessment, FindingReason
from assessments.services.checks import sheet_findings
from assessments.services.finding_reasons import give_reason
from assessments.worksheet import load_worksheet
from audit.models import Event
from tests.assessments.finding_pages import (
    CODE,
    LACKS,
    NOTE,
    OTHER,
    admin,
    appoint_coordinator,
    main,
    make_clean,
    make_warned,
    stored,
    url,
)
from tests.assessments.steps import head, operator, reviewer
from tests.factories_assessments import (
    attach,
    fill,
    make_approved,
    make_assessment,
    make_centre,
    make_returned,
    make_satker,
    make_submitted,
    make_user,
)

pytestmark = pytest.mark.django_db


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
