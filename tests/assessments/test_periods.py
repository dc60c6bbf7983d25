"""Periods: the service, its refusals and what it leaves in the trail."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Role
from assessments.enums import Target
from assessments.errors import PeriodRefused, TransitionRefused
from assessments.models import Period
from assessments.services.lifecycle import open_assessment
from assessments.services.periods import change_period, create_period, delete_period
from audit.models import Event
from common.dates import local
from tests.factories_assessments import (
    make_assessment,
    make_centre,
    make_period,
    make_satker,
    make_user,
    person,
    shipped_instrument,
)

pytestmark = pytest.mark.django_db

OPENS = datetime(2027, 1, 3, 17, tzinfo=UTC)


def facts(**changed):
    return {
        "year": 2027,
        "instrument": shipped_instrument(),
        "opens_at": OPENS,
        "fill_until": OPENS + timedelta(days=30),
        "repair_until": OPENS + timedelta(days=60),
        "review_until": OPENS + timedelta(days=90),
    } | changed


@pytest.fixture
def admin():
    return make_user(Role.ADMIN_PUSAT)


def events():
    return [
        (
            event.action,
            event.subject,
            json.loads(event.before or "{}"),
            json.loads(event.after or "{}"),
        )
        for event in Event.objects.filter(chain__key="periode:2027").order_by("number")
    ]


class TestCreating:
    def test_stores_and_records(self, admin):
        period = create_period(**facts(), by=admin)

        assert Period.objects.get() == period
        assert events() == [
            (
                "periode ditambah",
                "2027",
                {},
                {
                    "instrumen": "lke-2021 versi 1",
                    "dibuka": "2027-01-04T00:00:00+07:00",
                    "batas kirim pertama": "2027-02-03T00:00:00+07:00",
                    "batas kirim perbaikan": "2027-03-05T00:00:00+07:00",
                    "batas verifikasi": "2027-04-04T00:00:00+07:00",
                },
            )
        ]
        assert Event.objects.get(chain__key="periode:2027").by == admin

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"year": 2009}, "year"),
            ({"year": 2101}, "year"),
            ({"fill_until": OPENS}, ""),
            ({"repair_until": OPENS + timedelta(days=29)}, ""),
            ({"review_until": OPENS + timedelta(days=29)}, ""),
        ],
    )
    def test_refuses(self, admin, changed, field):
        with pytest.raises(PeriodRefused) as refusal:
            create_period(**facts(**changed), by=admin)

        assert refusal.value.field == field
        assert not Period.objects.exists()
        assert events() == []

    def test_a_year_has_one_period(self, admin):
        create_period(**facts(), by=admin)

        with pytest.raises(PeriodRefused, match="Periode 2027 sudah ada"):
            create_period(**facts(), by=admin)


class TestChanging:
    def test_records_only_what_changed(self, admin):
        period = create_period(**facts(), by=admin)

        change_period(period=period, changes={"fill_until": OPENS + timedelta(days=31)}, by=admin)

        assert Period.objects.get().fill_until == OPENS + timedelta(days=31)
        assert events()[1:] == [
            (
                "periode diubah",
                "2027",
                {"batas kirim pertama": "2027-02-03T00:00:00+07:00"},
                {"batas kirim pertama": "2027-02-04T00:00:00+07:00"},
            )
        ]

    def test_same_instant_on_another_clock_is_no_change(self, admin):
        period = create_period(**facts(), by=admin)

        change_period(period=period, changes={"opens_at": local(OPENS, "WIT")}, by=admin)

        assert len(events()) == 1

    def test_refuses_instants_out_of_order(self, admin):
        period = create_period(**facts(), by=admin)

        with pytest.raises(PeriodRefused, match="Urutan waktu keliru"):
            change_period(period=period, changes={"fill_until": OPENS}, by=admin)

        assert Period.objects.get().fill_until == OPENS + timedelta(days=30)

    def test_another_instrument_while_unused(self, admin):
        period = create_period(**facts(), by=admin)

        change_period(
            period=period, changes={"instrument": shipped_instrument("lke-2014")}, by=admin
        )

        assert Period.objects.get().instrument.code == "lke-2014"

    def test_another_instrument_is_refused_once_used(self, admin):
        assessment = make_assessment()

        with pytest.raises(PeriodRefused) as refusal:
            change_period(
                period=assessment.period,
                changes={"instrument": shipped_instrument("lke-2014")},
                by=admin,
            )

        assert refusal.value.field == "instrument"
        assert Period.objects.get().instrument.code == "lke-2021"

    def test_the_year_is_no_field_to_change(self, admin):
        with pytest.raises(ValueError, match="year"):
            change_period(period=make_period(), changes={"year": 2030}, by=admin)


class TestDeleting:
    def test_unused(self, admin):
        period = create_period(**facts(), by=admin)

        delete_period(period=period, by=admin)

        assert not Period.objects.exists()
        assert [action for action, *_ in events()] == ["periode ditambah", "periode dihapus"]

    def test_used_is_refused(self, admin):
        assessment = make_assessment()

        with pytest.raises(PeriodRefused, match="sudah ada penilaian"):
            delete_period(period=assessment.period, by=admin)

    def test_what_was_deleted_meanwhile_is_refused(self, admin):
        period = make_period()
        Period.objects.all().delete()
        satker = make_satker()
        operator = person(Role.OPERATOR, satker)

        with pytest.raises(PeriodRefused, match="sudah dihapus"):
            change_period(period=period, changes={"opens_at": OPENS}, by=admin)
        with pytest.raises(PeriodRefused, match="sudah dihapus"):
            delete_period(period=period, by=admin)
        with pytest.raises(TransitionRefused, match="sudah dihapus"):
            open_assessment(satker=satker, period=period, target=Target.WBK, by=operator)


def test_opening_takes_the_instrument_as_stored_now(admin):
    stale = make_period()
    change_period(period=stale, changes={"instrument": shipped_instrument("lke-2014")}, by=admin)
    satker = make_satker()

    assessment = open_assessment(
        satker=satker, period=stale, target=Target.WBK, by=person(Role.OPERATOR, satker)
    )

    assert assessment.instrument.code == "lke-2014"


def test_the_centre_has_no_reviewer_and_opens_nothing():
    centre = make_centre()

    with pytest.raises(TransitionRefused, match="tidak mengisi penilaian"):
        open_assessment(
            satker=centre,
            period=make_period(),
            target=Target.WBK,
            by=make_user(Role.OPERATOR, centre),
        )
