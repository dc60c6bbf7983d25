"""Administration of periods, instruments and assessments."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.enums import Status, Target
from assessments.models import Assessment, Instrument, Period
from assessments.services import periods
from audit.models import Event
from common.dates import local
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
    form = page.context["adminform"].form
    sent = {}
    for name in form.fields:
        value = form[name].value()
        if name in periods.INSTANTS:
            day, clock = form.fields[name].widget.decompress(value)
            sent |= {f"{name}_0": f"{day:%Y-%m-%d}", f"{name}_1": f"{clock:%H:%M:%S}"}
        else:
            sent[name] = value
    return sent


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
        make_approved(make_satker(make_kanwil("82", "Kanwil Maluku Utara"), code="820101"))
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


def test_periods_far_ahead_of_each_other_keep_their_order(client, admin):
    now = datetime.now(UTC)
    for year in (2026, 2028, 2027):
        make_period(year, now=now + timedelta(days=365 * (year - 2026)))

    assert [row.year for row in shown(client.get(PERIODS))] == [2028, 2027, 2026]
