"""Administration of periods."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Role
from assessments.models import Period
from assessments.services import periods
from audit.models import Event
from common.dates import local
from tests.factories_assessments import (
    make_assessment,
    make_centre,
    make_period,
    make_satker,
    make_user,
    shipped_instrument,
)

pytestmark = pytest.mark.django_db

PERIODS = "/admin/assessments/period/"


@pytest.fixture
def admin(client):
    user = make_user(Role.ADMIN_PUSAT, make_centre())
    client.force_login(user)
    return user


def shown(page):
    return list(page.context["cl"].result_list)


def filled(**changed):
    """The form of a period as a browser sends it: dates and times in WIB."""
    instants = {
        "opens_at": ("2027-01-04", "08:00"),
        "fill_until": ("2027-02-28", "23:59:59"),
        "repair_until": ("2027-03-31", "23.59"),
        "review_until": ("2027-04-30", "16:00"),
    } | {name: value for name, value in changed.items() if isinstance(value, tuple)}
    plain = {"year": "2027", "instrument": shipped_instrument().pk}
    plain |= {name: value for name, value in changed.items() if not isinstance(value, tuple)}
    for name, (day, clock) in instants.items():
        plain |= {f"{name}_0": day, f"{name}_1": clock}
    return plain


def as_shown(page):
    """What the form of a page would send back untouched."""
    text = page.content.decode()
    main = text[text.index('<form method="post"') : text.index("</form>", text.index("_save"))]
    sent = dict(re.findall(r'<input type="text" name="([^"]+)" value="([^"]*)"', main))
    chosen = re.search(r'<option value="(\d+)" selected', main)
    return sent | ({"instrument": chosen[1]} if chosen else {})


class TestPeriodList:
    def test_deadlines_in_wib(self, client, admin):
        periods.create_period(
            year=2027,
            instrument=shipped_instrument(),
            opens_at=datetime(2027, 1, 3, 17, tzinfo=UTC),
            fill_until=datetime(2027, 2, 28, 16, 59, tzinfo=UTC),
            repair_until=datetime(2027, 3, 31, 16, 59, tzinfo=UTC),
            review_until=datetime(2027, 4, 30, 16, 59, tzinfo=UTC),
            by=admin,
        )

        text = client.get(PERIODS).content.decode()

        assert "04/01/2027 00.00 WIB" in text
        assert "28/02/2027 23.59 WIB" in text

    @pytest.mark.parametrize("rows", [1, 3])
    def test_query_count_is_constant(self, client, admin, django_assert_num_queries, rows):
        for number in range(rows):
            make_assessment(make_satker(), period=make_period(2026 + number))
        client.get(PERIODS)

        with django_assert_num_queries(4):
            client.get(PERIODS)

    def test_no_action_goes_round_the_service(self, client, admin):
        make_period()

        assert client.get(PERIODS).context["action_form"] is None
        client.post(
            PERIODS,
            {"action": "delete_selected", "_selected_action": [Period.objects.get().pk]},
        )

        assert Period.objects.exists()


class TestPeriodAdded:
    def test_through_the_service(self, client, admin):
        answer = client.post(f"{PERIODS}add/", filled())

        assert answer.status_code == 302
        period = Period.objects.get()
        assert (period.year, local(period.fill_until).isoformat()) == (
            2027,
            "2027-02-28T23:59:59+07:00",
        )
        event = Event.objects.get(chain__key="periode:2027")
        assert (event.action, event.by) == ("periode ditambah", admin)

    @pytest.mark.parametrize(
        ("changed", "field", "message"),
        [
            ({"year": ""}, "year", "tidak boleh kosong"),
            ({"year": "1999"}, "year", "2010"),
            ({"year": "x\x00"}, "year", "bilangan"),
            ({"instrument": ""}, "instrument", "tidak boleh kosong"),
            ({"fill_until": ("2027-02-30", "10:00")}, "fill_until", "tanggal"),
            ({"fill_until": ("", "10:00")}, "fill_until", "tidak boleh kosong"),
            ({"fill_until": ("2026-02-28", "10:00")}, "__all__", "Urutan waktu keliru"),
            ({"repair_until": ("2027-02-27", "10:00")}, "__all__", "Urutan waktu keliru"),
            ({"review_until": ("2027-02-27", "10:00")}, "__all__", "Batas verifikasi"),
        ],
    )
    def test_refusal_in_indonesian(self, client, admin, changed, field, message):
        page = client.post(f"{PERIODS}add/", filled(**changed))

        errors = page.context["adminform"].form.errors
        assert page.status_code == 200
        assert list(errors) == [field]
        assert message in " ".join(errors[field])
        assert not Period.objects.exists()

    def test_second_period_of_a_year(self, client, admin):
        make_period(2027)

        page = client.post(f"{PERIODS}add/", filled())

        assert list(page.context["adminform"].form.errors) == ["year"]

    def test_help_says_what_each_deadline_means(self, client, admin):
        text = client.get(f"{PERIODS}add/").content.decode()

        assert text.count("Jam WIB") == 4
        assert "Batas kirim perbaikan" in text


class TestPeriodChanged:
    def test_saving_an_untouched_form_changes_nothing(self, client, admin):
        period = make_period()  # with seconds and fractions of them
        page = client.get(f"{PERIODS}{period.pk}/change/")

        answer = client.post(f"{PERIODS}{period.pk}/change/", as_shown(page))

        stored = Period.objects.get()
        assert answer.status_code == 302
        assert [getattr(stored, name) for name in periods.INSTANTS] == [
            getattr(period, name) for name in periods.INSTANTS
        ]
        assert not Event.objects.filter(chain__key__startswith="periode:").exists()

    def test_deadline_moved(self, client, admin):
        period = make_period()
        sent = as_shown(client.get(f"{PERIODS}{period.pk}/change/"))
        sent |= {"review_until_0": "2031-01-01", "review_until_1": "12:00"}

        client.post(f"{PERIODS}{period.pk}/change/", sent)

        stored = Period.objects.get()
        assert local(stored.review_until).isoformat() == "2031-01-01T12:00:00+07:00"
        assert stored.repair_until == period.repair_until
        assert Event.objects.get(chain__key="periode:2026").action == "periode diubah"

    def test_year_is_fixed(self, client, admin):
        period = make_period()
        sent = as_shown(client.get(f"{PERIODS}{period.pk}/change/"))

        client.post(f"{PERIODS}{period.pk}/change/", sent | {"year": "2030"})

        assert Period.objects.get().year == 2026

    def test_instrument_is_fixed_once_used(self, client, admin):
        period = make_assessment().period
        page = client.get(f"{PERIODS}{period.pk}/change/")
        assert "instrument" not in page.context["adminform"].form.fields
        sent = as_shown(page) | {"instrument": shipped_instrument("lke-2014").pk}

        client.post(f"{PERIODS}{period.pk}/change/", sent)

        assert Period.objects.get().instrument == shipped_instrument()


class TestPeriodDeleted:
    def test_unused(self, client, admin):
        period = make_period()
        confirm = client.get(f"{PERIODS}{period.pk}/delete/")

        answer = client.post(f"{PERIODS}{period.pk}/delete/", {"post": "yes"})

        assert (confirm.status_code, answer.status_code) == (200, 302)
        assert not Period.objects.exists()
        assert Event.objects.get(chain__key="periode:2026").action == "periode dihapus"

    def test_used(self, client, admin):
        period = make_assessment().period

        answer = client.post(f"{PERIODS}{period.pk}/delete/", {"post": "yes"})

        assert answer.status_code == 403
        assert Period.objects.exists()


def test_periods_far_ahead_of_each_other_keep_their_order(client, admin):
    now = datetime.now(UTC)
    for year in (2026, 2028, 2027):
        make_period(year, now=now + timedelta(days=365 * (year - 2026)))

    assert [row.year for row in shown(client.get(PERIODS))] == [2028, 2027, 2026]
