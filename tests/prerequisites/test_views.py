"""The centre's pages: the institution's values of a year, and a satker's predikat."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Role
from prerequisites.models import PredikatGrant, PrerequisiteValue
from prerequisites.rules import ITEMS
from prerequisites.services import Decree, NewValue, save_grant, save_value
from tests.factories_assessments import make_centre, make_kanwil, make_satker, make_user

pytestmark = pytest.mark.django_db

PAGE = "/prasyarat/?tahun=2026"
OTHERS = [role for role in Role if role != Role.ADMIN_PUSAT]


@pytest.fixture
def satker():
    return make_satker()


@pytest.fixture
def admin(client):
    client.force_login(make_user(Role.ADMIN_PUSAT))
    return client


def sent(**changes):
    return {
        "kode": "opini_bpk",
        "version": "0",
        "value": "WTP",
        "document": "LHP BPK",
        "document_number": "1/2026",
        "document_date": "2026-01-05",
    } | changes


def decree(**changes):
    return {
        "version": "0",
        "predikat": "WBK",
        "decree_number": "KEP-1",
        "decree_date": "2024-01-05",
        "valid_until": "2026-01-04",
        "revoked_on": "",
        "revocation_decree": "",
        "revocation_reason": "",
    } | changes


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_closed_to_everybody_else(client, satker, role, method):
    place = {Role.OPERATOR: satker, Role.PIMPINAN: satker}.get(role, make_centre())
    client.force_login(make_user(role, place))

    for url in (PAGE, reverse("prerequisites:grants", args=[satker.pk]), "/satker/999/predikat/"):
        assert getattr(client, method)(url, sent() | decree()).status_code == 403
    assert not PrerequisiteValue.objects.exists()
    assert not PredikatGrant.objects.exists()


class TestInstitution:
    def test_saved(self, admin):
        response = admin.post(PAGE, sent())

        assert (response.status_code, response.url) == (302, PAGE)
        row = PrerequisiteValue.objects.get()
        assert (row.satker, row.year, row.code, row.value) == (None, 2026, "opini_bpk", "WTP")
        assert "LHP BPK, nomor 1/2026, 5 Januari 2026" in admin.get(PAGE).content.decode()

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"value": "WTPX"}, "pilih salah satu nilai"),
            ({"document": ""}, "Sebutkan dokumen"),
            ({"document": "x" * 201}, "terlalu panjang: 201 karakter, paling banyak 200"),
            ({"document": "a\x01b"}, "tidak dapat dicetak"),
            ({"document_date": ""}, "Isi tanggal dokumen"),
            ({"document_date": "2026-02-30"}, "tulis tanggal yang ada"),
            ({"document_date": "1999-12-31"}, "dari 1 Januari 2000"),
            ({"document_date": "2099-01-01"}, "tidak boleh sesudah hari ini"),
            ({"value": ""}, "isi nilainya, atau kosongkan semuanya"),
            ({"version": ""}, "Muat ulang"),
            ({"version": "7"}, "baru diubah pengguna lain"),
        ],
    )
    def test_refused_and_kept_on_the_page(self, admin, changes, said):
        response = admin.post(PAGE, sent(document_number="Nomor yang diketik") | changes)

        page = response.content.decode()
        assert response.status_code == 422
        assert said in page
        assert 'value="Nomor yang diketik"' in page
        assert '<details class="guide" open>' in page
        assert not PrerequisiteValue.objects.exists()

    @pytest.mark.parametrize("code", ["", "tlhp", "x" * 300, "pencanangan"])
    def test_an_item_of_another_page_is_404(self, admin, code):
        assert admin.post(PAGE, sent(kode=code)).status_code == 404

    @pytest.mark.parametrize("year", ["", "abc", "9999", "2026.5"])
    def test_never_into_a_year_that_was_not_meant(self, admin, year):
        assert admin.post(f"/prasyarat/?tahun={year}", sent()).status_code == 404
        assert admin.get(f"/prasyarat/?tahun={year}").status_code == 200

    def test_search(self, admin, satker):
        page = admin.get("/prasyarat/", {"cari": satker.code}).content.decode()

        assert reverse("prerequisites:grants", args=[satker.pk]) in page
        assert "Tidak ada satker" in admin.get("/prasyarat/", {"cari": "zzz"}).content.decode()

    @pytest.mark.parametrize("rows", [1, 3])
    def test_queries(self, admin, rows, django_assert_num_queries):
        kanwil = make_kanwil()
        for code in list(ITEMS)[:rows]:
            value = ITEMS[code].options[0][0]
            new = NewValue(value, "Surat", "", date(2026, 1, 5))
            save_value(item=ITEMS[code], satker=None, year=2026, new=new, seen_version=0, by=None)
            make_satker(kanwil)
        admin.get(PAGE)

        with django_assert_num_queries(4):
            admin.get(f"{PAGE}&cari=Kankemenag")


class TestGrants:
    @pytest.fixture
    def url(self, satker):
        return reverse("prerequisites:grants", args=[satker.pk])

    def test_recorded_then_revoked(self, admin, satker, url):
        assert admin.post(url, decree()).status_code == 302
        grant = PredikatGrant.objects.get()
        revoked = decree(
            version="1",
            revoked_on="2025-03-01",
            revocation_decree="CB-1",
            revocation_reason="Pungutan liar",
        )

        assert admin.post(f"{url}?ubah={grant.pk}", revoked).status_code == 302

        grant.refresh_from_db()
        assert (grant.revoked_on, grant.version) == (date(2025, 3, 1), 2)
        assert "CB-1: Pungutan liar" in admin.get(url).content.decode()

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"predikat": "WBX"}, "Pilih WBK atau WBBM"),
            ({"decree_number": ""}, "Isi nomor keputusan."),
            ({"decree_date": ""}, "Isi tanggal keputusan."),
            ({"decree_date": "2099-01-05", "valid_until": ""}, "tidak boleh sesudah hari ini"),
            ({"valid_until": "2024-01-04"}, "tidak boleh sebelum tanggal keputusan"),
            ({"revoked_on": "2024-01-04"}, "tidak boleh sebelum tanggal keputusan"),
            ({"revoked_on": "2025-01-04"}, "Isi alasan pencabutan."),
            ({"revocation_reason": "Pungutan liar"}, "Isi tanggal pencabutan."),
            ({"revocation_reason": "x" * 501}, "terlalu panjang"),
        ],
    )
    def test_refused_and_kept_on_the_page(self, admin, url, changes, said):
        response = admin.post(url, decree(revocation_decree="CB-77") | changes)

        page = response.content.decode()
        assert response.status_code == 422
        assert said in page
        assert 'value="CB-77"' in page
        assert not PredikatGrant.objects.exists()

    def test_an_overlap_says_with_what(self, admin, satker, url):
        save_grant(satker=satker, decree=Decree("WBK", "KEP-7", date(2023, 1, 5)), by=None)

        response = admin.post(url, decree())

        assert response.status_code == 422
        assert "tumpang tindih dengan WBK menurut keputusan KEP-7" in response.content.decode()

    def test_another_satkers_grant_is_404(self, admin, url):
        other = save_grant(
            satker=make_satker(), decree=Decree("WBK", "KEP-7", date(2023, 1, 5)), by=None
        )

        for wanted in (other.pk, "9" * 30, "x"):
            assert admin.get(f"{url}?ubah={wanted}").status_code == 404
            assert admin.post(f"{url}?ubah={wanted}", decree(version="1")).status_code == 404

    @pytest.mark.parametrize("key", [0, "9" * 30])
    def test_no_such_satker(self, admin, key):
        assert admin.get(f"/satker/{key}/predikat/").status_code == 404

    @pytest.mark.parametrize("rows", [1, 3])
    def test_queries(self, admin, satker, url, rows, django_assert_num_queries):
        for n in range(rows):
            save_grant(
                satker=satker,
                decree=Decree("WBK", f"K-{n}", date(2010 + n, 1, 5), date(2010 + n, 9, 5)),
                by=None,
            )
        admin.get(url)

        with django_assert_num_queries(4):
            admin.get(url)


class TestAdministration:
    @pytest.mark.parametrize("rows", [1, 3])
    @pytest.mark.parametrize(("model", "queries"), [("prerequisitevalue", 5), ("predikatgrant", 4)])
    def test_no_query_per_row(self, admin, model, queries, rows, django_assert_num_queries):
        for _ in range(rows):
            satker = make_satker()
            by = make_user(Role.OPERATOR, satker)
            new = NewValue("100", "Surat", "", date(2026, 1, 5))
            save_value(item=ITEMS["tlhp"], satker=satker, year=2026, new=new, seen_version=0, by=by)
            save_grant(satker=satker, decree=Decree("WBK", "K", date(2023, 1, 5)), by=by)
        url = f"/admin/prerequisites/{model}/"
        admin.get(url)

        with django_assert_num_queries(queries):
            assert admin.get(url, {"q": "Kankemenag"}).status_code == 200

    @pytest.mark.parametrize("model", ["prerequisitevalue", "predikatgrant"])
    def test_nothing_can_be_changed(self, admin, model):
        assert admin.post(f"/admin/prerequisites/{model}/add/", {}).status_code == 403
