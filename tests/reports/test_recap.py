from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.enums import Status, Target
from assessments.models import Score
from reports.filters import NOT_STARTED, Filters
from reports.recap import Recap
from reports.sheets.cells import LINE_POINTS
from satker.models import Satker, SatkerKind
from tests import factories_assessments as make

pytestmark = pytest.mark.django_db

URL = "/laporan/rekap/"
LOWER = {"A.I.1.i.b": {"value": "C"}}


@pytest.fixture
def period():
    return make.make_period()


@pytest.fixture
def names(period):
    """``names(user, …)``: what the recap lists for a person, in its order."""

    def listed(user, **filters):
        return [each.name for each in Recap(user, period, Filters(**filters)).satker()]

    return listed


@pytest.fixture
def five(period):
    """Five satker of Jawa Tengah: approved, sent, draft, not begun, closed; and a foreign one."""
    satker = {
        name: make.make_satker(name=name, kind=kind)
        for name, kind in [
            ("Disetujui", SatkerKind.KANKEMENAG),
            ("Dikirim", SatkerKind.KANKEMENAG),
            ("Draf", SatkerKind.MAN),
            ("Belum", SatkerKind.MAN),
        ]
    }
    make.make_approved(satker["Disetujui"], {"B.I.a": "3"}, LOWER, period=period)
    make.make_submitted(satker["Dikirim"], period=period, target=Target.WBBM)
    make.make_assessment(satker["Draf"], {"A.I.1.i.a": "Ya"}, period=period)
    make.make_satker(name="Ditutup", active=False)
    make.make_satker(make.make_kanwil("82", "Kanwil Provinsi Maluku Utara"), name="Lain")
    return satker


def ketua():
    return make.person(Role.KETUA, make.make_kanwil())


class TestScope:
    @pytest.mark.parametrize(
        ("role", "place", "expected"),
        [
            (Role.OPERATOR, "own", {"Draf"}),
            (Role.PIMPINAN, "own", {"Draf"}),
            (Role.VERIFIKATOR, "kanwil", {"Belum", "Dikirim", "Disetujui", "Draf"}),
            (Role.KETUA, "other kanwil", {"Lain"}),
            (
                Role.PEMANTAU,
                "kanwil",
                {"Belum", "Dikirim", "Disetujui", "Draf", "Kanwil Provinsi Jawa Tengah"},
            ),
            (
                Role.VERIFIKATOR,
                "centre",
                {"Kanwil Provinsi Jawa Tengah", "Kanwil Provinsi Maluku Utara"},
            ),
            (
                Role.ADMIN_PUSAT,
                "centre",
                {
                    *("Belum", "Dikirim", "Disetujui", "Draf", "Lain"),
                    *("Kanwil Provinsi Jawa Tengah", "Kanwil Provinsi Maluku Utara"),
                },
            ),
            (Role.TPI, "centre", {"Disetujui"}),
        ],
    )
    def test_who_sees_which(self, names, five, role, place, expected):
        places = {
            "own": five["Draf"],
            "kanwil": make.make_kanwil(),
            "other kanwil": make.make_kanwil("82"),
            "centre": make.make_centre(),
        }

        assert set(names(make.person(role, places[place]))) == expected

    def test_a_closed_satker_is_listed_while_it_has_a_sheet(self, names, five):
        Satker.objects.filter(name__in=["Draf", "Belum"]).update(active=False)

        assert set(names(ketua())) == {"Dikirim", "Disetujui", "Draf"}

    def test_tpi_learns_nothing_of_what_is_not_approved(self, client, five):
        client.force_login(make.make_user(Role.TPI))

        page = client.get(URL).content.decode()

        assert "Disetujui" in page
        assert "Draf" not in page
        assert "Belum mulai" not in page

    def test_a_year_shows_only_its_own(self, five):
        other = make.make_period(2025)

        rows = Recap(ketua(), other, Filters()).rows(Satker.objects.all())

        assert {row.assessment for row in rows} == {None}


class TestFilters:
    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            ({"kind": SatkerKind.MAN}, ["Belum", "Draf"]),
            ({"status": Status.SUBMITTED}, ["Dikirim"]),
            ({"status": NOT_STARTED}, ["Belum"]),
            ({"target": Target.WBBM}, ["Dikirim"]),
            ({"text": "DISET"}, ["Disetujui"]),
            ({"text": "tidak ada"}, []),
            ({"province": "33", "kind": SatkerKind.KANKEMENAG}, ["Dikirim", "Disetujui"]),
            ({"province": "82"}, []),
        ],
    )
    def test_each(self, names, five, filters, expected):
        assert names(ketua(), **filters) == expected

    def test_a_code(self, names, five):
        assert names(ketua(), text=five["Belum"].code) == ["Belum"]

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            ("satker", ["Belum", "Dikirim", "Disetujui", "Draf"]),
            ("-satker", ["Draf", "Disetujui", "Dikirim", "Belum"]),
            ("status", ["Draf", "Dikirim", "Disetujui", "Belum"]),
            ("-status", ["Disetujui", "Dikirim", "Draf", "Belum"]),
            ("-terjawab", ["Disetujui", "Dikirim", "Draf", "Belum"]),
            ("mandiri", ["Draf", "Disetujui", "Dikirim", "Belum"]),
            ("-mandiri", ["Dikirim", "Disetujui", "Draf", "Belum"]),
            ("verifikasi", ["Disetujui", "Dikirim", "Draf", "Belum"]),
            ("-selisih", ["Disetujui", "Dikirim", "Draf", "Belum"]),
            ("syarat", ["Dikirim", "Disetujui", "Draf", "Belum"]),
        ],
    )
    def test_order_with_what_is_missing_last(self, names, five, sort, expected):
        assert names(ketua(), sort=sort) == expected

    @pytest.mark.parametrize(
        "query",
        [
            "tahun=1999&jenis=x&provinsi=99&status=x&target=x&urut=x&halaman=x",
            "halaman=999",
            "halaman=-1",
            "cari=" + "x" * 500,
            "cari=%27%22%3Cb%3E%25_%5C",
            "tahun=2026.5",
            "tahun=%E2%85%A7",
        ],
    )
    def test_nonsense_is_no_error(self, client, five, query):
        client.force_login(ketua())

        assert client.get(f"{URL}?{query}").status_code == 200
        assert client.get(f"/laporan/rekap.xlsx?{query}").status_code == 200


class TestFigures:
    def test_stages(self, period, five):
        recap = Recap(ketua(), period, Filters(status=Status.DRAFT))

        assert recap.stages() == {
            Status.DRAFT: 1,
            Status.SUBMITTED: 1,
            Status.IN_REVIEW: 0,
            Status.RETURNED: 0,
            Status.APPROVED: 1,
            NOT_STARTED: 1,
        }

    def test_means(self, period, five):
        figures = Recap(ketua(), period, Filters()).figures()

        sheets = Score.objects.filter(assessment__satker=five["Disetujui"]).order_by("tier")
        own, verified = (score.total for score in sheets)
        assert (figures.started, figures.sent, figures.approved) == (3, 2, 1)
        assert float(figures.own) == pytest.approx(float((own + 100) / 2))
        assert float(figures.verified) == pytest.approx(float(verified))
        assert float(figures.difference) == pytest.approx(float(verified - own))
        assert figures.meeting_wbk == 1

    def test_without_any(self, period):
        make.make_satker()

        figures = Recap(ketua(), period, Filters()).figures()

        assert (figures.own, figures.verified, figures.difference) == (None, None, None)
        assert (figures.started, figures.meeting_wbk) == (0, 0)

    def test_a_verdict_counts_once_there_is_one(self, period):
        sheet = make.make_submitted(period=period)
        make.judge(sheet, {"B.I.a": {"value": "3"}}, codes=["B.I.a"])

        recap = Recap(ketua(), period, Filters())

        assert recap.figures().meeting_wbk == 0
        (row,) = recap.rows([sheet.satker])
        assert row.counting.tier == "pendahuluan"
        assert row.difference == row.verified.total - 100


class TestPage:
    @pytest.mark.parametrize("satker", [1, 3])
    def test_query_count_does_not_grow(self, client, period, django_assert_num_queries, satker):
        for _ in range(satker):
            make.make_approved(period=period)
        client.force_login(ketua())
        client.get(URL)

        # Two for who asks, one for the number beside "Antrean", two for the filters, two for the
        # stages, one for the means, four for the rows.
        with django_assert_num_queries(12):
            client.get(URL)

    def test_who_has_not_begun_is_listed(self, client, five):
        client.force_login(ketua())

        page = client.get(URL).content.decode()

        assert "2 dari 4 satker belum mengirim." in page
        assert "Belum mulai" in page
        assert "Kurang 12 syarat WBK" in page

    def test_links_only_where_answers_may_be_read(self, client, period):
        sheet = make.make_submitted(period=period)
        area = reverse("assessments:area", args=[sheet.pk, "1"])
        client.force_login(ketua())

        assert area in client.get(URL).content.decode()

        client.force_login(make.make_user(Role.PEMANTAU))

        assert area not in client.get(URL).content.decode()
        assert reverse("assessments:detail", args=[sheet.pk]) in client.get(URL).content.decode()

    def test_one_row_for_a_satker_itself(self, client, five):
        client.force_login(make.person(Role.OPERATOR, five["Draf"]))

        page = client.get(URL).content.decode()

        assert "Baris 1–1 dari 1" in page
        assert "Saringan" not in page
        assert "Sejauh mana" not in page

    def test_before_the_first_period(self, client):
        client.force_login(make.make_user(Role.ADMIN_PUSAT))

        response = client.get(URL)

        assert response.status_code == 200
        assert "Belum ada periode penilaian" in response.content.decode()
        assert client.get("/laporan/rekap.xlsx").status_code == 404

    def test_nothing_fits(self, client, five):
        client.force_login(ketua())

        assert "Tidak ada satker yang cocok" in client.get(f"{URL}?cari=zzz").content.decode()

    def test_only_looks(self, client, five):
        client.force_login(ketua())

        assert client.post(URL).status_code == 405
        assert client.post("/laporan/rekap.xlsx").status_code == 405


class TestWorkbook:
    def rows(self, client, query=""):
        response = client.get(f"/laporan/rekap.xlsx{query}")
        book = openpyxl.load_workbook(BytesIO(response.content))
        return list(book["Rekap"].iter_rows(values_only=True))

    def test_numbers_are_numbers(self, client, five):
        client.force_login(ketua())

        head, *rows = self.rows(client)

        by_name = {row[1]: dict(zip(head, row, strict=True)) for row in rows}
        approved, begun = by_name["Disetujui"], by_name["Belum"]
        assert approved["Nilai mandiri"] == 95.625
        assert approved["Nilai verifikasi"] == 95.375
        assert approved["Selisih"] == -0.25
        assert approved["1. Perubahan"] == 0.96875
        assert approved["H. Hasil"] == 0.890625
        assert (approved["Terjawab"], approved["Pertanyaan"]) == (113, 113)
        assert approved["Syarat WBK kurang"] == 2
        assert (begun["Status"], begun["Nilai mandiri"]) == ("Belum mulai", None)

    def test_the_same_filters(self, client, five):
        client.force_login(ketua())

        _, *rows = self.rows(client, "?status=belum")

        assert [row[1] for row in rows] == ["Belum"]

    def test_a_name_is_never_a_formula(self, client, period):
        make.make_satker(name="=1+1")
        client.force_login(ketua())
        response = client.get("/laporan/rekap.xlsx")

        cell = openpyxl.load_workbook(BytesIO(response.content))["Rekap"]["B2"]

        assert (cell.value, cell.data_type) == ("=1+1", "s")

    def test_rows_are_high_enough_for_wrapped_text(self, client, five):
        client.force_login(ketua())
        response = client.get("/laporan/rekap.xlsx")
        sheet = openpyxl.load_workbook(BytesIO(response.content))["Rekap"]

        assert sheet.row_dimensions[1].height == 2 * LINE_POINTS + 2
        assert all(sheet.row_dimensions[row].height for row in range(2, sheet.max_row + 1))

    def test_query_count_does_not_grow(self, client, five, django_assert_num_queries):
        client.force_login(ketua())
        client.get("/laporan/rekap.xlsx")

        # Two for who asks, two for the filters, three for the rows.
        with django_assert_num_queries(7):
            client.get("/laporan/rekap.xlsx")
