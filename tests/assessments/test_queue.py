"""GET /verifikasi/: whose satker, in which order, with which figures."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.enums import Status
from assessments.models import Assessment, Score
from satker.models import SatkerKind
from tests.factories_assessments import (
    fill,
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
    person,
)

pytestmark = pytest.mark.django_db

CHOICE = "A.I.1.i.b"


@pytest.fixture
def kanwil():
    return make_kanwil()


@pytest.fixture
def queue(client, kanwil):
    """``queue(status="dikirim")``: the page as a verifikator of the Kanwil sees it."""
    client.force_login(person(Role.VERIFIKATOR, kanwil))

    def get(**query):
        return client.get(reverse("assessments:queue"), query)

    return get


def named(name: str, kanwil, **given):
    return make_satker(kanwil, name=name, **given)


def names(response) -> list[str]:
    """The satker listed, in their order."""
    assert response.status_code == 200
    return re.findall(r'scope="row"><a href="[^"]*">([^<]*)</a>', response.content.decode())


def row(response, name: str) -> str:
    text = re.sub(r"\s+", " ", response.content.decode())
    return next(each for each in re.findall(r"<tr.*?</tr>", text) if f">{name}</a>" in each)


def cell(response, name: str, label: str) -> str:
    found = re.search(rf'data-label="{label}"[^>]*>(.*?)</td>', row(response, name)).group(1)
    return re.sub(r"\s+", " ", re.sub(r"<svg.*?</svg>|<[^>]*>", "", found)).strip()


def sent_ago(assessment: Assessment, days: int) -> None:
    at = assessment.submitted_at - timedelta(days=days)
    Assessment.objects.filter(pk=assessment.pk).update(submitted_at=at)


class TestWhose:
    def test_only_the_reviewers_own_satker(self, queue, kanwil):
        make_assessment(named("Kankemenag Batang", kanwil))
        make_assessment(named("Kankemenag Ternate", make_kanwil("82", "Kanwil Maluku Utara")))
        make_assessment(named("IAIN Contoh", make_centre(), kind=SatkerKind.IAIN))

        assert names(queue()) == ["Kankemenag Batang"]

    def test_the_centre_has_those_without_a_kanwil(self, client, kanwil):
        make_assessment(named("Kankemenag Batang", kanwil))
        make_assessment(named("IAIN Contoh", make_centre(), kind=SatkerKind.IAIN))
        make_assessment(kanwil)
        client.force_login(make_user(Role.VERIFIKATOR, make_centre()))

        listed = names(client.get(reverse("assessments:queue")))

        assert sorted(listed) == ["IAIN Contoh", "Kanwil Provinsi Jawa Tengah"]

    def test_tpi_reads_what_was_approved(self, client, kanwil):
        make_submitted(named("Kankemenag Batang", kanwil))
        approved = make_approved(named("Kankemenag Kudus", kanwil))
        client.force_login(make_user(Role.TPI))

        response = client.get(reverse("assessments:queue"))

        assert names(response) == ["Kankemenag Kudus"]
        assert reverse("assessments:desk", args=[approved.pk]) in row(response, "Kankemenag Kudus")
        assert "menunggu Anda" not in response.content.decode()

    @pytest.mark.parametrize(
        ("role", "expected"),
        [
            (Role.OPERATOR, 403),
            (Role.PIMPINAN, 403),
            (Role.VERIFIKATOR, 200),
            (Role.KETUA, 200),
            (Role.TPI, 200),
            (Role.ADMIN_PUSAT, 302),
            (Role.PEMANTAU, 302),
        ],
    )
    def test_who_has_one(self, client, kanwil, role, expected):
        at_the_centre = role in {Role.TPI, Role.ADMIN_PUSAT}
        client.force_login(make_user(role, make_centre() if at_the_centre else kanwil))

        response = client.get(reverse("assessments:queue"))

        assert response.status_code == expected
        if expected == 302:
            assert response.url == reverse("reports:recap")

    def test_start_page_of_a_reviewer(self, client, kanwil):
        make_assessment(named("Kankemenag Batang", kanwil))
        client.force_login(person(Role.KETUA, kanwil))

        assert names(client.get("/")) == ["Kankemenag Batang"]


class TestFigures:
    def test_while_the_satker_fills_in(self, queue, kanwil):
        draft = make_assessment(named("Kankemenag Batang", kanwil))
        fill(draft, {CHOICE: "B"}, notes={CHOICE: "Catatan satker."})

        page = queue()

        name = "Kankemenag Batang"
        assert cell(page, name, "Status") == "Draf"
        assert cell(page, name, "Kemajuan") == "1/113 terjawab"
        assert cell(page, name, "Mandiri") == "0,13"
        assert cell(page, name, "Verifikasi") == "belum ada"
        assert reverse("assessments:detail", args=[draft.pk]) in row(page, name)
        assert reverse("assessments:desk", args=[draft.pk]) not in row(page, name)

    def test_sent_but_not_judged(self, queue, kanwil):
        sent = make_submitted(named("Kankemenag Batang", kanwil))

        page = queue()

        name = "Kankemenag Batang"
        assert cell(page, name, "Kemajuan") == "0/113 diperiksa"
        assert cell(page, name, "Mandiri") == "100,00"
        assert cell(page, name, "Selisih") == "belum ada"
        assert cell(page, name, "Batas waktu").endswith("90 hari lagi")
        assert reverse("assessments:desk", args=[sent.pk]) in row(page, name)

    def test_judged_in_part(self, queue, kanwil):
        sent = make_submitted(named("Kankemenag Batang", kanwil))
        judge(sent, {CHOICE: {"value": "C"}}, codes=[CHOICE])

        page = queue()

        name = "Kankemenag Batang"
        assert cell(page, name, "Status") == "Diverifikasi"
        assert cell(page, name, "Kemajuan") == "1/113 diperiksa"
        assert cell(page, name, "Verifikasi") == "99,75"
        assert cell(page, name, "Selisih") == "\N{MINUS SIGN}0,25"

    def test_approved_waits_for_nobody(self, queue, kanwil):
        make_approved(named("Kankemenag Batang", kanwil))

        page = queue()

        assert cell(page, "Kankemenag Batang", "Sejak")
        assert "Menunggu sejak" not in page.content.decode()

    def test_a_total_under_a_floor_never_prints_as_the_floor(self, queue, kanwil):
        draft = make_assessment(named("Kankemenag Batang", kanwil))
        Score.objects.filter(assessment=draft).update(total="74.999")

        assert cell(queue(), "Kankemenag Batang", "Mandiri") == "74,99"

    def test_a_near_deadline_warns(self, queue, kanwil):
        sent = make_submitted(named("Kankemenag Batang", kanwil))
        sent.period.review_until = sent.period.fill_until = sent.period.repair_until = (
            sent.submitted_at + timedelta(hours=5, minutes=1)
        )
        sent.period.save()

        assert "badge-warning" in row(queue(), "Kankemenag Batang")


class TestOrder:
    def test_groups_and_in_them_what_waits_longest(self, queue, kanwil):
        make_approved(named("Disetujui", kanwil))
        make_assessment(named("Mengisi", kanwil))
        make_returned(named("Dikembalikan", kanwil))
        make_submitted(named("Baru dikirim", kanwil))
        sent_ago(make_submitted(named("Lama dikirim", kanwil)), 9)
        begun = make_submitted(named("Diperiksa", kanwil))
        judge(begun, codes=[CHOICE])

        page = queue()

        assert names(page) == [
            "Lama dikirim",
            "Baru dikirim",
            "Diperiksa",
            "Dikembalikan",
            "Mengisi",
            "Disetujui",
        ]
        assert re.findall(r'scope="rowgroup"[^>]*>([^<]*)<', page.content.decode()) == [
            "Menunggu",
            "Sedang diverifikasi",
            "Dikembalikan",
            "Masih mengisi",
            "Disetujui",
        ]

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            ("satker", ["A", "B", "C"]),
            ("-satker", ["C", "B", "A"]),
            ("mandiri", ["C", "B", "A"]),
            ("-mandiri", ["A", "B", "C"]),
            ("verifikasi", ["B", "A", "C"]),
            ("-verifikasi", ["A", "B", "C"]),
            ("selisih", ["A", "B", "C"]),
            ("-selisih", ["B", "A", "C"]),
            ("diperiksa", ["A", "B", "C"]),
            ("-diperiksa", ["B", "A", "C"]),
            ("tunggu", ["B", "A", "C"]),
            ("-tunggu", ["A", "B", "C"]),
            ("status", ["A", "B", "C"]),
            ("batas", ["C", "A", "B"]),
        ],
    )
    def test_every_column_sorts_and_what_is_missing_stands_last(
        self, queue, kanwil, sort, expected
    ):
        a = make_submitted(named("A", kanwil))
        b = make_submitted(named("B", kanwil), {CHOICE: "C"})
        make_assessment(named("C", kanwil))
        judge(a, {CHOICE: {"value": "B"}}, codes=[CHOICE])
        judge(b, codes=[CHOICE, "A.I.1.i.a"])
        sent_ago(b, 3)

        assert names(queue(urut=sort)) == expected

    def test_sorted_rows_stand_in_no_groups(self, queue, kanwil):
        make_assessment(named("A", kanwil))

        assert 'scope="rowgroup"' not in queue(urut="satker").content.decode()

    @pytest.mark.parametrize(
        "query",
        [
            {"urut": "x"},
            {"urut": "-"},
            {"tahun": "x"},
            {"tahun": "99999999999999999999"},
            {"status": "x"},
            {"jenis": "x"},
            {"halaman": "x"},
            {"halaman": "-7"},
            {"cari": "x" * 101},
        ],
    )
    def test_what_is_wrong_in_the_address_is_left_out(self, queue, kanwil, query):
        make_assessment(named("A", kanwil))

        assert names(queue(**query)) == ["A"]


class TestFilters:
    def test_status_with_its_count(self, queue, kanwil):
        make_submitted(named("A", kanwil))
        make_assessment(named("B", kanwil))
        make_assessment(named("C", kanwil))

        page = queue(status=Status.DRAFT)

        assert names(page) == ["B", "C"]
        tabs = re.findall(r">([\w ]+) <span class=\"muted\">(\d+)</span>", page.content.decode())
        assert tabs == [
            ("Semua", "3"),
            ("Menunggu", "1"),
            ("Sedang diverifikasi", "0"),
            ("Dikembalikan", "0"),
            ("Masih mengisi", "2"),
            ("Disetujui", "0"),
        ]

    def test_kind(self, queue, kanwil):
        make_assessment(named("Kankemenag Batang", kanwil))
        make_assessment(named("MAN 1 Batang", kanwil, kind=SatkerKind.MAN))

        assert names(queue(jenis="man")) == ["MAN 1 Batang"]

    @pytest.mark.parametrize("text", ["batang", "33999", " BATANG "])
    def test_name_or_code(self, queue, kanwil, text):
        make_assessment(named("Kankemenag Batang", kanwil, code="3399901"))
        make_assessment(named("Kankemenag Kudus", kanwil, code="3319"))

        assert names(queue(cari=text)) == ["Kankemenag Batang"]

    def test_the_newest_year_unless_asked(self, queue, kanwil):
        satker = named("A", kanwil)
        make_assessment(satker, period=make_period(2025))
        make_assessment(satker, period=make_period(2026))

        old, new = queue(tahun="2025"), queue()

        assert [page.context["page"].object_list[0].period.year for page in (old, new)] == [
            2025,
            2026,
        ]

    def test_keeps_the_filters_while_sorting_and_paging(self, queue, kanwil):
        for _ in range(26):
            make_assessment(make_satker(kanwil))

        text = queue(cari="Kankemenag", urut="satker").content.decode()

        assert "Baris 1–25 dari 26" in text
        assert "?cari=Kankemenag&amp;urut=satker&amp;halaman=2" in text
        assert "?cari=Kankemenag&amp;urut=-satker" in text


class TestEmpty:
    def test_nothing_at_all(self, queue):
        assert "Belum ada penilaian" in queue().content.decode()

    def test_nothing_that_fits(self, queue, kanwil):
        make_assessment(named("A", kanwil))

        assert "Tidak ada penilaian yang cocok" in queue(cari="Zzz").content.decode()


class TestCount:
    def test_what_waits_for_the_reviewer(self, queue, client, kanwil):
        make_submitted(named("A", kanwil))
        judge(make_submitted(named("B", kanwil)), codes=[CHOICE])
        make_assessment(named("C", kanwil))
        make_returned(named("D", kanwil))
        make_submitted(make_satker(make_kanwil("82", "Kanwil Maluku Utara")))

        text = queue().content.decode()

        assert "<b>2</b> penilaian menunggu Anda" in text
        assert '<span class="count">2<span class="unseen"> menunggu</span></span>' in text

    def test_none_for_others(self, client, kanwil):
        make_submitted(named("A", kanwil))
        client.force_login(make_user(Role.TPI))

        assert 'class="count"' not in client.get(reverse("assessments:queue")).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_query_count_is_constant(queue, kanwil, django_assert_num_queries, rows):
    for number in range(rows):
        sheet = make_submitted(make_satker(kanwil))
        judge(sheet, codes=[CHOICE, "A.I.1.i.a"][:number])
    queue()

    with django_assert_num_queries(7):
        queue()
