"""Administration: instruments and assessments, to look at."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.enums import Status, Target
from assessments.models import Assessment, Instrument
from tests.factories_assessments import (
    judge,
    make_approved,
    make_assessment,
    make_centre,
    make_kanwil,
    make_period,
    make_returned,
    make_satker,
    make_submitted,
    make_user,
    shipped_instrument,
)

pytestmark = pytest.mark.django_db

ASSESSMENTS = "/admin/assessments/assessment/"
PERIODS = "/admin/assessments/period/"
INSTRUMENTS = "/admin/assessments/instrument/"


@pytest.fixture
def admin(client):
    user = make_user(Role.ADMIN_PUSAT, make_centre())
    client.force_login(user)
    return user


def shown(page):
    return list(page.context["cl"].result_list)


class TestInstruments:
    @pytest.mark.parametrize("rows", [1, 3])
    def test_query_count_is_constant(self, client, admin, django_assert_num_queries, rows):
        for number in range(rows):
            Instrument.objects.create(
                code=f"uji-{number}", version=1, name="Uji", published_at=datetime.now(UTC)
            )
        client.get(INSTRUMENTS)

        with django_assert_num_queries(5):
            client.get(INSTRUMENTS)

    def test_says_which_are_used(self, client, admin):
        make_period()

        page = client.get(INSTRUMENTS)

        assert {row.code: row.used for row in shown(page)} == {
            "lke-2021": True,
            "lke-2014": False,
        }

    def test_shows_every_question(self, client, admin):
        instrument = shipped_instrument()

        text = client.get(f"{INSTRUMENTS}{instrument.pk}/change/").content.decode()

        assert text.count("<td>A.I.1.i.a</td>") == 1
        assert text.count("<td>wajib</td>") + text.count("<td>tidak wajib</td>") == 113

    def test_cannot_be_changed_added_or_deleted(self, client, admin):
        pk = shipped_instrument().pk
        answers = [
            client.post(f"{INSTRUMENTS}{pk}/change/", {"name": "Lain"}),
            client.post(f"{INSTRUMENTS}{pk}/delete/", {"post": "yes"}),
            client.post(f"{INSTRUMENTS}add/", {"code": "x"}),
        ]

        assert [answer.status_code for answer in answers] == [403, 403, 403]
        assert client.get(INSTRUMENTS).context["action_form"] is None


class TestAssessmentList:
    @pytest.fixture
    def three(self):
        first = make_assessment(make_satker(code="330101", name="Kankemenag Kabupaten Cilacap"))
        make_submitted(
            make_satker(code="330202", name="Kankemenag Kabupaten Banyumas"), target=Target.WBBM
        )
        make_approved(
            make_satker(
                make_kanwil("82", "Kanwil Maluku Utara"),
                code="820101",
                name="Kankemenag Kota Ternate",
            )
        )
        return first

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", ["330101", "330202", "820101"]),
            ("?q=33", ["330101", "330202"]),
            ("?q=banyumas", ["330202"]),
            ("?status__exact=disetujui", ["820101"]),
            ("?target__exact=WBBM", ["330202"]),
            ("?o=-5.-0", ["820101", "330202", "330101"]),
        ],
    )
    def test_search_filters_and_order(self, client, admin, three, query, expected):
        page = client.get(ASSESSMENTS + query)

        assert [row.satker.code for row in shown(page)] == expected

    def test_scores_of_both_tiers(self, client, admin, three):
        text = client.get(ASSESSMENTS + "?q=820101").content.decode()

        assert '<td class="field-own">100,00</td>' in text
        assert '<td class="field-reviewed">100,00</td>' in text

    def test_score_below_a_floor_is_not_printed_as_the_floor(self, client, admin):
        assessment = make_assessment()
        assessment.scores.update(total="74.996")

        text = client.get(ASSESSMENTS).content.decode()

        assert '<td class="field-own">74,99</td>' in text

    @pytest.mark.parametrize("query", ["?q=%00", "?status__exact=%00", "?o=%00", "?lain=1"])
    def test_odd_query_is_no_fault(self, client, admin, query):
        expected = 400 if "%00" in query else 200

        assert client.get(ASSESSMENTS + query, follow=True).status_code == expected

    @pytest.mark.parametrize("rows", [1, 3])
    def test_query_count_is_constant(self, client, admin, django_assert_num_queries, rows):
        for _ in range(rows):
            make_assessment(make_satker())
        client.get(ASSESSMENTS)

        with django_assert_num_queries(5):
            client.get(ASSESSMENTS)


class TestOneAssessment:
    def test_scores_steps_snapshots_and_verdicts(self, client, admin):
        assessment = make_approved(lower={"A.I.1.i.b": {"value": "C"}})

        text = client.get(f"{ASSESSMENTS}{assessment.pk}/change/").content.decode()

        hashes = assessment.snapshots.values_list("sha256", flat=True)
        assert len(hashes) == 2
        assert all(each in text for each in hashes)
        assert "99,75" in text
        assert "Bukti belum menunjukkan pelaksanaannya." in text
        assert reverse("assessments:detail", args=[assessment.pk]) in text

    @pytest.mark.parametrize("lower", [["A.I.1.i.b"], ["A.I.1.i.b", "A.I.1.ii.b", "A.I.2.i.b"]])
    def test_query_count_is_constant(self, client, admin, django_assert_num_queries, lower):
        assessment = make_returned(lower={code: {"value": "C"} for code in lower})
        url = f"{ASSESSMENTS}{assessment.pk}/change/"
        client.get(url)

        with django_assert_num_queries(12):
            client.get(url)

    def test_what_people_typed_is_escaped(self, client, admin):
        assessment = make_submitted(make_satker(name="<i>Kantor</i>"))
        judge(assessment, {"A.I.1.i.b": {"value": "C"}}, codes=["A.I.1.i.b"], note="<script>")

        text = client.get(f"{ASSESSMENTS}{assessment.pk}/change/").content.decode()

        assert "&lt;i&gt;Kantor" in text
        assert "&lt;script&gt;" in text
        assert "<i>Kantor" not in text

    def test_cannot_be_changed_added_or_deleted(self, client, admin):
        assessment = make_assessment()
        answers = [
            client.post(f"{ASSESSMENTS}{assessment.pk}/change/", {"status": "disetujui"}),
            client.post(f"{ASSESSMENTS}{assessment.pk}/delete/", {"post": "yes"}),
            client.post(f"{ASSESSMENTS}add/", {"target": "WBK"}),
        ]
        client.post(ASSESSMENTS, {"action": "delete_selected", "_selected_action": [assessment.pk]})

        assert [answer.status_code for answer in answers] == [403, 403, 403]
        assert Assessment.objects.get().status == Status.DRAFT


@pytest.mark.parametrize("address", [ASSESSMENTS, PERIODS, INSTRUMENTS, f"{PERIODS}add/"])
@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN_PUSAT])
def test_others_are_kept_out(client, role, address):
    client.force_login(make_user(role))

    assert client.get(address, follow=True).status_code == 403
