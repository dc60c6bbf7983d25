"""Figures, dates and what is built from them, as templates print them."""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils.safestring import SafeString

from common import dates, words
from common.charts import Axis

EVIL = "<script>alert(1)</script>"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"
NOW = datetime(2026, 12, 11, 7, 3, tzinfo=UTC)
FLOORS = (("WBK", Decimal(75)), ("WBBM", Decimal(85)))


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


class TestFigures:
    @pytest.mark.parametrize(
        ("source", "printed"),
        [
            ("{{ x|skor }}", "74,99"),
            ("{{ x|poin:75 }}", "74,99"),
            ("{{ x|poin:floors }}", "74,99"),
            ("{{ x|bobot }}", "74,994"),
            ("{{ x|selisih }}", "+74,99"),
            ("{{ third|persen }}", "33,33%"),
            ("{{ size|ukuran }}", "1,2 MB"),
            ("{{ sha|sidik }}", "8f3a…c21d"),
            ("{{ now|tanggal }}", "11 Desember 2026"),
            ("{{ day|tanggal }}", "12 Maret 2026"),
            ("{{ now|hari }}", "Jumat, 11 Desember 2026"),
            ("{{ now|jam }}", "14.03"),
            ("{{ now|waktu }}", "11 Desember 2026 pukul 14.03 WIB"),
            ('{{ now|waktu:"WIT" }}', "11 Desember 2026 pukul 16.03 WIT"),
        ],
    )
    def test_filters(self, source, printed):
        values = {
            "x": Decimal("74.994"),
            "floors": (Decimal(75), Decimal(85)),
            "third": Fraction(1, 3),
            "size": 1_250_000,
            "sha": "8f3ab1077c52d9e0466f1c20b7a49d3e5518f2ce907b6a34d1e8c05f7a92c21d",
            "now": NOW,
            "day": date(2026, 3, 12),
        }

        assert render(source, **values) == printed

    @pytest.mark.parametrize(
        "name",
        [
            "skor",
            "poin",
            "persen",
            "bobot",
            "selisih",
            "ukuran",
            "sidik",
            "tanggal",
            "hari",
            "jam",
            "waktu",
        ],
    )
    def test_what_is_missing_never_prints_as_nothing(self, name):
        assert render("{{ x|" + name + " }}", x=None) == "belum ada"
        assert render("{{ x|" + name + " }}") == "belum ada"

    def test_a_value_below_a_floor_never_prints_as_the_floor(self):
        assert render("{{ x|skor }} {{ x|poin:75 }}", x=Fraction(74996, 1000)) == "75,00 74,99"

    @pytest.mark.parametrize(
        ("size", "printed"),
        [
            (0, "0 kB"),
            (1, "1 kB"),
            (88_064, "86 kB"),
            (2**20 - 1, "1024 kB"),
            (2**20, "1 MB"),
            (20 * 2**20, "20 MB"),
            (20 * 2**20 + 1, "20,1 MB"),
        ],
    )
    def test_a_size_is_never_understated(self, size, printed):
        assert words.print_size(size) == printed


class TestDeadlines:
    AT = datetime(2026, 12, 31, 16, 59, tzinfo=UTC)  # 23.59 WIB

    @pytest.mark.parametrize(
        ("before", "left"),
        [
            (timedelta(days=20), "20 hari lagi"),
            (timedelta(days=1), "besok, 24 jam lagi"),
            (timedelta(hours=5, minutes=59), "5 jam lagi"),
            (timedelta(minutes=12), "12 menit lagi"),
            (timedelta(seconds=30), "kurang dari 1 menit lagi"),
            (timedelta(seconds=-1), "sudah lewat"),
        ],
    )
    def test_time_left(self, before, left):
        assert dates.print_time_left(self.AT, self.AT - before) == left

    def test_days_are_those_of_the_zone(self):
        """17.30 WIB on the last day but one is 19.30 WIT; midnight comes earlier there."""
        at = datetime(2026, 12, 31, 14, 59, tzinfo=UTC)  # 23.59 WIT
        now = datetime(2026, 12, 30, 15, 30, tzinfo=UTC)  # 22.30 WIB, 00.30 WIT on the 31st

        assert dates.days_until(at, now, "WIB") == 1
        assert dates.days_until(at, now, "WIT") == 0

    @pytest.mark.parametrize(("days", "warns"), [(4, False), (3, True), (0, True), (-5, True)])
    def test_a_warning_from_three_days_on(self, days, warns):
        html = render(
            "{% deadline_notice at now %}", at=self.AT, now=self.AT - timedelta(days=days)
        )

        assert ("notice-warning" in html) is warns
        assert ("sudah lewat" in html) is (days < 0)

    def test_the_line(self):
        html = render('{% deadline at now "WITA" label="Batas verifikasi" %}', at=self.AT, now=NOW)

        assert "Batas verifikasi" in html
        assert "Jumat, 1 Januari 2027</b> pukul 00.59 WITA" in html


class TestWords:
    def test_differing_words_are_marked_and_everything_is_escaped(self):
        mine, theirs = words.mark_differences("SK <b> tim kerja lama", "SK <b> tim baru")

        assert mine == "SK &lt;b&gt; tim <ins>kerja lama</ins>"
        assert theirs == "SK &lt;b&gt; tim <ins>baru</ins>"
        assert isinstance(mine, SafeString)

    def test_equal_texts_and_empty_ones(self):
        assert words.mark_differences("sama", "sama") == ("sama", "sama")
        assert words.mark_differences("", "ada") == ("", "<ins>ada</ins>")

    def test_very_long_texts_differ_as_a_whole(self):
        mine, _ = words.mark_differences("a " * 5000, "b")

        assert mine.startswith("<ins>a a ")


class TestScore:
    def test_the_meter_says_in_words_what_it_shows(self):
        html = render(
            '{% meter x 100 floors target="WBK" name=name %}',
            x=Decimal("74.01"),
            floors=FLOORS,
            name=EVIL,
        )

        assert f'aria-label="{ESCAPED}: 74,01 dari 100. Ambang WBK 75, WBBM 85."' in html
        assert html.count("<text") == 2
        assert 'fill="url(#hatch)"' in html

    def test_a_small_meter_has_no_labels(self):
        assert "<text" not in render("{% meter x 100 floors small=True %}", x=1, floors=FLOORS)

    def test_the_meter_is_drawn_without_styles(self):
        html = render("{% meter x 100 floors %}", x=Decimal("74.01"), floors=FLOORS)

        ET.fromstring(html)  # noqa: S314  our own markup
        assert "style=" not in html

    def test_the_figure_and_the_floors(self):
        html = render(
            "{% score_figure x 100 floors %}{% floor_row name x 75 note=name %}",
            x=Fraction(74996, 1000),
            floors=FLOORS,
            name=EVIL,
        )

        assert "<b>74,99</b>" in html
        assert f"Kurang 0,01. {ESCAPED}" in html
        assert EVIL not in html

    def test_a_floor_that_is_met_has_no_gap(self):
        html = render('{% floor_row "Nilai total" 75 75 url="/x/" %}')

        assert 'class="is-met"' in html
        assert '<a href="/x/">Nilai total</a>' in html
        assert "Kurang" not in html

    def test_the_radar_is_well_formed_and_says_whose_values_it_shows(self):
        axes = [Axis(f"{n} {EVIL}", 8, 4, 5, (("WBK", 6),)) for n in range(1, 7)]

        html = render('{% radar axes verified_label="Evaluasi TPI" %}', axes=axes)

        ET.fromstring(html)  # noqa: S314  our own markup
        assert "Evaluasi TPI" in html
        assert "ambang WBK 75%" in html
        assert EVIL not in html
        assert "class=" not in html.replace('class="radar"', "")

    def test_heat_cells(self):
        floors = (("WBK", Decimal("4.8")), ("WBBM", 6))
        low = render('{% heat_cell x 8 floors "/x/" %}', x=Decimal("4.799"), floors=floors)
        none = render("{% heat_cell x 8 floors %}", x=None, floors=floors)

        assert 'class="heat-2"' in low
        assert '<a href="/x/">59' in low
        assert "di bawah ambang WBK" in low
        assert "belum diisi" in none

    def test_the_funnel_and_the_bar(self):
        html = render(
            "{% funnel stages %}{% progress 13 16 %}{% progress 0 0 %}",
            stages=[(EVIL, "/x/", 4, 1, "1 belum")],
        )

        assert 'width="75%"' in html
        assert 'x="75%" width="25%"' in html
        assert 'width="81.25%"' in html
        assert ESCAPED in html


class TestAnswers:
    def test_a_file_with_its_facts_and_acts(self):
        html = render(
            "{% evidence_row name=name size=640000 date=day sha256=sha kind=name until=day"
            ' view_url="/v/" download_url="/d/" detach_action="/x/" detach_form="f" %}',
            name=f"{EVIL}.pdf",
            day=date(2026, 3, 12),
            sha="8f3a" + 56 * "0" + "c21d",
        )

        assert EVIL not in html
        assert ">PDF<" in html
        assert "<span>625 kB</span> <span>12 Maret 2026</span>" in html
        assert "berlaku sampai 12 Maret 2026" in html
        assert "sha-256 8f3a…c21d" in html
        assert 'formaction="/x/" form="f"' in html
        assert [each for each in ("Lihat", "Unduh", "Lepas") if each not in html] == []

    def test_a_file_that_may_only_be_seen(self):
        html = render("{% evidence_row name=name size=1 date=day %}", name="tanpa-akhiran", day=NOW)

        assert "file-actions" not in html
        assert ">?<" in html

    def test_two_answers(self):
        side = {
            "title": EVIL,
            "when": EVIL,
            "answer": EVIL,
            "worth": "1,00",
            "note": EVIL,
            "value": EVIL,
        }

        html = render("{% conflict who side side %}", who=EVIL, side=side)

        assert EVIL not in html
        assert html.count('name="resolve"') == 2

    def test_the_areas(self):
        area = {
            "number": "1", "name": EVIL, "answered": 13, "total": 16, "url": "/a/", "current": True,
            "sections": [("Tim kerja", "#tim")],
        }  # fmt: skip

        other = area | {"current": False, "total": 0}
        html = render(
            "{% area_nav areas %}", areas=[SimpleNamespace(**each) for each in (area, other)]
        )

        assert EVIL not in html
        assert html.count('aria-current="page"') == 1
        assert html.count("Tim kerja") == 1
        assert 'width="81.25%"' in html

    def test_rows_for_uploads(self):
        assert re.findall(r'data-file="(\w+)"', render("{% upload_templates %}")) == [
            "uploading",
            "refused",
        ]
