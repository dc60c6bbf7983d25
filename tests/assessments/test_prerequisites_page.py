"""Floors and prerequisites together: the verdict, who enters what, and what a page costs."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import Role
from assessments.eligibility import build_eligibility, load_standing, proposal_day
from assessments.enums import Status, Target
from assessments.models import Assessment, Score
from prerequisites.models import PrerequisiteValue
from prerequisites.rules import ITEMS, Level
from prerequisites.services import Decree, NewValue, save_grant, save_value
from tests.factories_assessments import (
    make_approved,
    make_assessment,
    make_centre,
    make_kanwil,
    make_period,
    make_satker,
    make_submitted,
    make_user,
    person,
    shipped_instrument,
)
from tests.prerequisites.test_rules import WBBM_VALUES, WBK_VALUES

pytestmark = pytest.mark.django_db

DAY = date(2026, 1, 5)


@pytest.fixture
def period():
    found = make_period()
    found.review_until = datetime(2027, 1, 31, 16, 59, tzinfo=UTC)
    found.save()
    return found


@pytest.fixture
def best(period):
    """Complete, and every question worth 1."""
    return make_submitted(period=period)


def enter(satker, values, year=2026):
    for code, value in values.items():
        item = ITEMS[code]
        save_value(
            item=item,
            satker=satker if item.level == Level.UNIT else None,
            year=year,
            new=NewValue(value, "Surat", "", DAY),
            seen_version=0,
            by=None,
        )


def grant(satker, predikat="WBK", day=date(2025, 1, 5), **more):
    save_grant(satker=satker, decree=Decree(predikat, "KEP-1", day, **more), by=None)


def eligibility(assessment, predikat="WBK"):
    return build_eligibility(assessment, load_standing(assessment, predikat))


def address(assessment):
    return reverse("assessments:prerequisites", args=[assessment.pk])


def sent(**changes):
    return {
        "kode": "tlhp",
        "version": "0",
        "value": "98,5 %",
        "document": "Surat keterangan",
        "document_number": "1/2026",
        "document_date": "05/01/2026",
    } | changes


class TestVerdict:
    def test_floors_alone_are_not_enough(self, best):
        found = eligibility(best)

        assert (found.floors_met, found.prerequisites_met, found.eligible) == (True, False, False)

    def test_prerequisites_alone_are_not_enough(self, period):
        draft = make_assessment(period=period)
        enter(draft.satker, WBK_VALUES)

        found = eligibility(draft)

        assert (found.floors_met, found.prerequisites_met, found.eligible) == (False, True, False)

    def test_both(self, best):
        enter(best.satker, WBK_VALUES)

        assert eligibility(best).eligible

    def test_an_open_question_leaves_it_open(self, best):
        """Floors that an unfinished sheet meets are interim."""
        enter(best.satker, WBK_VALUES)
        best.answers.filter(question__code="A.I.1.i.a").update(entered={})

        found = eligibility(best)

        assert (found.standing.short, found.eligible) == ((), False)

    def test_wbbm_asks_for_more(self, best):
        enter(best.satker, WBBM_VALUES)
        assert [each.code for each in eligibility(best, "WBBM").unmet] == ["predikat", "lama_wbk"]

        grant(best.satker)
        assert eligibility(best, "WBBM").eligible

    def test_a_revocation_bars_both(self, best):
        enter(best.satker, WBBM_VALUES)
        grant(
            best.satker,
            revoked_on=date(2025, 6, 1),
            revocation_decree="CB-1",
            revocation_reason="Pungutan liar",
        )

        assert [each.code for each in eligibility(best, "WBK").unmet] == ["pencabutan"]
        assert not eligibility(best, "WBBM").eligible

    def test_another_satkers_and_another_years_values_do_not_count(self, best):
        enter(make_satker(), {code: WBK_VALUES[code] for code in WBK_VALUES if code != "sakip"})
        enter(best.satker, WBK_VALUES | {"pencanangan": ""}, year=2025)

        codes = {each.code for each in eligibility(best).unmet}
        assert codes == {
            *("sakip", "layanan_utama", "dampak", "tlhp", "lhkpn", "lhkan"),
            *("sakip_satker", "pencanangan"),
        }

    def test_the_day_is_that_of_the_review_deadline_in_wib(self, period):
        assert proposal_day(period) == date(2027, 1, 31)
        period.review_until = datetime(2027, 1, 31, 17, 0, tzinfo=UTC)
        assert proposal_day(period) == date(2027, 2, 1)

    def test_once_approved_the_reviewers_score_counts(self, period):
        lowered = {f"A.I.1.{code}": {"value": "Tidak"} for code in ("i.a", "iv.a")}
        approved = make_approved(period=period, lower=lowered)

        found = eligibility(approved)

        assert found.reviewed
        assert found.standing.total.points < 100

    def test_2014_asks_for_wbk_held_and_nothing_else(self):
        old = make_period(2020, instrument=shipped_instrument("lke-2014"))
        assessment = make_submitted(period=old, target=Target.WBBM)

        assert eligibility(assessment, "WBK").eligible
        assert [each.code for each in eligibility(assessment, "WBBM").unmet] == ["predikat"]
        grant(assessment.satker)
        assert eligibility(assessment, "WBBM").eligible

    def test_the_score_is_not_touched(self, client, best):
        before = list(Score.objects.values())
        client.force_login(person(Role.OPERATOR, best.satker))

        client.post(address(best), sent())

        assert list(Score.objects.values()) == before


# Role and place; the status at which; what reading and writing come to.
WHO = [
    (Role.OPERATOR, "own", Status.DRAFT, 200, 302),
    (Role.PIMPINAN, "own", Status.SUBMITTED, 200, 302),
    (Role.OPERATOR, "own", Status.RETURNED, 200, 302),
    (Role.OPERATOR, "own", Status.APPROVED, 200, 403),
    (Role.PIMPINAN, "own", Status.APPROVED, 200, 403),
    (Role.OPERATOR, "other", Status.DRAFT, 404, 404),
    (Role.VERIFIKATOR, "kanwil", Status.DRAFT, 403, 403),
    (Role.VERIFIKATOR, "kanwil", Status.SUBMITTED, 200, 302),
    (Role.KETUA, "kanwil", Status.APPROVED, 200, 302),
    (Role.VERIFIKATOR, "other kanwil", Status.SUBMITTED, 404, 404),
    (Role.TPI, "centre", Status.SUBMITTED, 404, 404),
    (Role.TPI, "centre", Status.APPROVED, 200, 403),
    (Role.PEMANTAU, "centre", Status.APPROVED, 403, 403),
    (Role.ADMIN_PUSAT, "centre", Status.DRAFT, 200, 302),
    (Role.ADMIN_PUSAT, "centre", Status.APPROVED, 200, 302),
]


class TestPage:
    @pytest.mark.parametrize(("role", "place", "status", "reads", "writes"), WHO)
    def test_who_reads_and_who_enters(self, client, best, role, place, status, reads, writes):
        """That nobody submits a draft or approves it here matters to nothing below."""
        who, at = best.opened_by, best.opened_at
        Assessment.objects.filter(pk=best.pk).update(
            status=status,
            submitted_at=None if status == Status.DRAFT else at,
            submitted_by=None if status == Status.DRAFT else who,
            approved_at=at if status == Status.APPROVED else None,
            approved_by=who if status == Status.APPROVED else None,
        )
        places = {
            "own": lambda: best.satker,
            "other": make_satker,
            "kanwil": lambda: best.satker.verifier,
            "other kanwil": lambda: make_kanwil("82", "Kanwil Provinsi Maluku Utara"),
            "centre": make_centre,
        }
        client.force_login(make_user(role, places[place]()))

        assert client.get(address(best)).status_code == reads
        assert client.post(address(best), sent()).status_code == writes
        assert PrerequisiteValue.objects.exists() is (writes == 302)

    @pytest.fixture
    def operator(self, client, best):
        client.force_login(person(Role.OPERATOR, best.satker))
        return client

    def test_saved_as_a_plain_number(self, operator, best):
        response = operator.post(address(best), sent())

        row = PrerequisiteValue.objects.get()
        assert response.url == f"{address(best)}?predikat=WBK"
        assert (row.satker, row.year, row.value) == (best.satker, 2026, "98.5")
        assert row.document_date == DAY
        page = operator.get(address(best)).content.decode()
        assert "Kurang 1,50 poin persen." in page
        assert "Belum layak diusulkan WBK" in page

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"value": value}, "isi angka dari 0 sampai 100")
            for value in ("seratus", "100,1", "-1", "NaN", "1e2", "101", "٩٩", "9.99999")
        ]
        + [
            ({"value": "9" * 6000}, "terlalu panjang"),
            ({"value": "98\x01"}, "tidak dapat dicetak"),
            ({"kode": "pencanangan", "value": "2026-13-01"}, "tulis tanggal yang ada"),
            ({"kode": "pencanangan", "value": "2099-01-01"}, "tidak boleh sesudah hari ini"),
            ({"kode": "layanan_utama", "value": "mungkin"}, "pilih salah satu nilai"),
            ({"version": "-1"}, "Muat ulang halaman"),
            ({"version": "9" * 30}, "Muat ulang halaman"),
        ],
    )
    def test_refused_and_kept_on_the_page(self, operator, best, changes, said):
        response = operator.post(address(best), sent(document="Surat yang diketik") | changes)

        page = response.content.decode()
        assert response.status_code == 422
        assert said in page
        assert 'value="Surat yang diketik"' in page
        assert not PrerequisiteValue.objects.exists()

    @pytest.mark.parametrize("code", ["", "opini_bpk", "pencabutan", "9" * 99])
    def test_what_is_not_the_satkers_to_enter_is_404(self, operator, best, code):
        assert operator.post(address(best), sent(kode=code)).status_code == 404

    def test_the_way_to_wbk_says_who_has_to_enter_what(self, operator, best):
        page = operator.get(address(best)).content.decode()

        assert page.count("Diisi oleh admin pusat.") == 5
        assert page.count("Diisi oleh operator atau pimpinan satker.") == 7

    def test_both_predikat(self, operator, best):
        page = operator.get(f"{address(best)}?predikat=WBBM").content.decode()

        assert "Belum layak diusulkan WBBM" in page
        assert "Tidak ada keputusan WBK yang berlaku" in page
        other = operator.get(f"{address(best)}?predikat=%27").content.decode()
        assert "Belum layak diusulkan WBK" in other

    def test_layak(self, operator, best):
        enter(best.satker, WBK_VALUES)

        for url in (address(best), reverse("assessments:detail", args=[best.pk])):
            page = operator.get(url).content.decode()
            assert "Layak diusulkan WBK" in page
            assert "Belum layak" not in page

    @pytest.mark.parametrize("rows", [0, 12])
    def test_queries(self, operator, best, rows, django_assert_num_queries):
        enter(best.satker, dict(list(WBK_VALUES.items())[:rows]))
        for year in range(2010, 2010 + rows):
            decree = Decree("WBK", f"K-{year}", date(year, 1, 5), date(year, 9, 5))
            save_grant(satker=best.satker, decree=decree, by=None)
        operator.get(address(best))

        with django_assert_num_queries(6):
            operator.get(address(best))


def test_an_approval_in_between_closes_the_register_to_the_satker(client, best):
    """Approved after the page has read the assessment and before the value is written."""
    client.force_login(person(Role.OPERATOR, best.satker))
    head = person(Role.KETUA, best.satker.verifier)
    waiting = [{"status": Status.APPROVED, "approved_by": head, "approved_at": best.submitted_at}]

    def approve_once(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if waiting and sql.startswith('SELECT "assessments_assessment"."id"'):
            Assessment.objects.filter(pk=best.pk).update(**waiting.pop())
        return result

    with connection.execute_wrapper(approve_once):
        response = client.post(address(best), sent())

    assert (response.status_code, waiting) == (403, [])
    assert not PrerequisiteValue.objects.filter(satker=best.satker).exists()
