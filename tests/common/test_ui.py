"""Every part of the interface renders, says what it should, and escapes what users wrote."""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.paginator import Paginator
from django.forms import BooleanField, CharField, ChoiceField, Form, RadioSelect
from django.http import Http404
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.utils.safestring import SafeString, mark_safe

from common import dates, words
from common.charts import Axis
from common.request_id import set_request_id
from common.ui.badges import ICONS, QUESTION, SAVE_STATE, STATUS, VERDICT, icon, save_state, tag
from common.views_components import components, sample_context

EVIL = "<script>alert(1)</script>"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"
NOW = datetime(2026, 12, 11, 7, 3, tzinfo=UTC)
FLOORS = (("WBK", Decimal(75)), ("WBBM", Decimal(85)))
TEMPLATES = Path(django_settings.BASE_DIR) / "templates"


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


class ErrorForm(Form):
    name = CharField(label="Nama <satker>", help_text="Seperti pada SK.")
    target = ChoiceField(label="Target", choices=[("wbk", "WBK")], widget=RadioSelect)
    agreed = BooleanField(label="Setuju")


class TestIcons:
    def sprite(self) -> ET.Element:
        path = Path(django_settings.BASE_DIR) / "static" / "img" / "sprite.svg"
        return ET.parse(path).getroot()  # noqa: S314  our own file

    def test_the_sprite_has_every_icon_and_no_other(self):
        symbols = {each.get("id") for each in self.sprite()}

        assert symbols == ICONS

    def test_the_sprite_is_light(self):
        path = Path(django_settings.BASE_DIR) / "static" / "img" / "sprite.svg"

        assert path.stat().st_size < 5_000

    def test_an_icon_is_hidden_or_named(self):
        assert icon("check") == (
            '<svg class="icon" aria-hidden="true"><use href="/static/img/sprite.svg#check"/></svg>'
        )
        assert 'role="img" aria-label="ada &amp; lengkap"' in icon("check", "ada & lengkap")

    def test_remembering_keeps_safe_and_unsafe_text_apart(self):
        assert "<b>" in tag(mark_safe("<b>tebal</b>"))
        assert "<b>" not in tag("<b>tebal</b>")

    @pytest.mark.parametrize(
        "source",
        [
            '{% icon "unicorn" %}',
            '{% badge "hilang" %}',
            '{% question_badge "" %}',
            '{% verdict_badge "bagus" %}',
            '{% save_state "gone" %}',
            '{% tag "x" tone="pink" %}',
            '{% notice "pink" "x" %}{% endnotice %}',
        ],
    )
    def test_unknown_names_are_refused(self, source):
        with pytest.raises(ValueError, match="no "):
            render(source)


class TestBadges:
    @pytest.mark.parametrize(("status", "word"), [(key, look[2]) for key, look in STATUS.items()])
    def test_a_status_has_an_icon_and_a_word(self, status, word):
        html = render("{% badge status %}", status=status.upper())

        assert word in html
        assert "<svg" in html

    @pytest.mark.parametrize(("state", "look"), QUESTION.items())
    def test_the_state_of_a_question(self, state, look):
        assert look[2] in render("{% question_badge state %}", state=state)

    @pytest.mark.parametrize(("verdict", "look"), VERDICT.items())
    def test_a_verdict(self, verdict, look):
        assert look[2] in render("{% verdict_badge verdict %}", verdict=verdict)

    def test_a_missing_verdict_is_not_yet_looked_at(self):
        assert "Belum diperiksa" in render("{% verdict_badge verdict %}", verdict=None)

    def test_predikat(self):
        html = render('{% met_badge "WBK" %}{% short_badge "0,92" %}{% target_badge "WBBM" %}')

        assert re.findall(r"> ?([\w :,]+)</span>", html) == [
            "Memenuhi WBK",
            "Kurang 0,92",
            "Target: WBBM",
        ]

    def test_text_is_escaped(self):
        html = render("{% tag text %}{% met_badge text %}{% short_badge text %}", text=EVIL)

        assert EVIL not in html
        assert html.count(ESCAPED) == 3


class TestSaveState:
    @pytest.mark.parametrize("state", SAVE_STATE)
    def test_only_a_refusal_and_a_conflict_interrupt(self, state):
        role = "alert" if state in {"refused", "conflict"} else "status"

        assert f'data-state="{state}" role="{role}"' in save_state(state)

    def test_its_text_is_escaped_and_its_button_optional(self):
        assert ESCAPED in save_state("saved", EVIL)
        assert "Coba sekarang" not in save_state("unsaved")
        assert "Coba sekarang" in save_state("unsaved", retry=True)

    def test_there_is_a_template_for_every_state(self):
        html = render("{% save_state_templates %}")

        assert re.findall(r'<template data-state="(\w+)">', html) == list(SAVE_STATE)


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

        html = render("{% area_nav areas %}", areas=[area, area | {"current": False, "total": 0}])

        assert EVIL not in html
        assert html.count('aria-current="page"') == 1
        assert html.count("Tim kerja") == 1
        assert 'width="81.25%"' in html

    def test_rows_for_uploads(self):
        assert re.findall(r'data-file="(\w+)"', render("{% upload_templates %}")) == [
            "uploading",
            "refused",
        ]


class TestPage:
    @pytest.mark.parametrize(
        "source",
        [
            "{% panel text note=text %}x{% endpanel %}",
            '{% notice "info" text %}x{% endnotice %}',
            "{% page_head text %}{% endpage_head %}",
            "{% empty_state text %}x{% endempty_state %}",
            "{% loading text %}",
            '{% crumbs text "/" text %}',
            "{% timeline steps %}",
            "{% thread_entry author=text role=text when=now %}x{% endthread_entry %}",
            "{% specimen text %}{{ text }}{% endspecimen %}",
        ],
    )
    def test_text_is_escaped(self, source):
        html = render(source, text=EVIL, steps=[(EVIL, EVIL, "now")], now=NOW)

        assert EVIL not in html
        assert "&lt;script&gt;" in html

    def test_what_stands_inside_is_kept_as_it_is(self):
        assert "<p>isi</p>" in render('{% panel "Judul" id="j" %}<p>isi</p>{% endpanel %}')

    @pytest.mark.parametrize(
        ("tags", "tone"),
        [
            ("success", "positive"),
            ("extra warning", "warning"),
            ("error", "negative"),
            ("", "info"),
        ],
    )
    def test_tones_of_messages(self, tags, tone):
        assert render("{{ tags|message_tone }}", tags=tags) == tone


class TestForms:
    def refused(self) -> ErrorForm:
        form = ErrorForm({"name": ""})
        form.add_error(None, EVIL)
        return form

    def test_a_field_with_its_hint_and_error(self):
        html = render("{% field form.name %}", form=self.refused())

        assert '<label for="id_name">Nama &lt;satker&gt;</label>' in html
        assert 'class="input"' in html
        assert 'aria-invalid="true"' in html
        assert 'aria-describedby="id_name_helptext id_name_error"' in html
        assert 'id="id_name_helptext"' in html
        assert 'id="id_name_error"' in html

    def test_choices_are_a_group_and_a_box_a_row(self):
        html = render("{% field form.target %}{% field form.agreed %}", form=ErrorForm())

        assert '<legend class="legend">Target</legend>' in html
        assert re.search(r'<label class="check" for="id_agreed"><input [^>]*> <span>Setuju', html)

    def test_the_summary_links_to_the_fields(self):
        html = render('{% error_summary form "Belum dapat disimpan" %}', form=self.refused())

        assert ESCAPED in html
        assert '<a href="#id_name">' in html
        assert render('{% error_summary form "x" %}', form=ErrorForm()).strip() == ""

    @pytest.mark.parametrize(
        ("query", "order", "link"),
        [
            ("", None, "?urut=nilai"),
            ("urut=nilai&halaman=3&q=a", "ascending", "?urut=-nilai&amp;q=a"),
            ("urut=-nilai", "descending", "?urut=nilai"),
        ],
    )
    def test_a_head_cell_sorts(self, query, order, link):
        request = RequestFactory().get(f"/?{query}")

        html = render('{% sort_header "Nilai" "nilai" number=True %}', request=request)

        assert f'href="{link}"' in html
        assert ("aria-sort" in html) is (order is not None)
        assert order is None or f'aria-sort="{order}"' in html

    @pytest.mark.parametrize(
        ("rows", "number", "said", "links"),
        [
            (0, 1, "Tidak ada baris", []),
            (5, 1, "Baris 1–5 dari 5", []),
            (92, 2, "Baris 26–50 dari 92", ["?q=a&amp;halaman=1", "?q=a&amp;halaman=3"]),
        ],
    )
    def test_the_way_through_pages(self, rows, number, said, links):
        page = Paginator(range(rows), 25).get_page(number)

        html = render("{% pagination page %}", page=page, request=RequestFactory().get("/?q=a"))

        assert said in html
        assert re.findall(r'href="(\?[^"]+)"', html) == links


class TestErrorPages:
    @pytest.mark.parametrize(
        "name", ["400", "401", "403", "403_csrf", "404", "413", "429", "500", "account_ended"]
    )
    def test_they_need_nothing_from_outside(self, name):
        """No request, no person, no database: what they report may be any of these."""
        html = render_to_string(f"{name}.html")

        assert html.count("<h1>") == 1
        assert "Menu utama" not in html
        assert len(re.findall(r'class="button', html)) == 1
        assert EVIL not in html

    def test_typed_text_is_kept_and_escaped(self):
        kept = [{"name": "note", "value": EVIL}]

        html = render_to_string("account_ended.html", {"kept": kept, "login_url": "/masuk/?next=/"})

        assert ESCAPED in html
        assert 'href="/masuk/?next=/"' in html

    def test_a_failure_names_its_code(self):
        set_request_id("7f2a19c4" + 24 * "0")

        html = render_to_string("500.html")

        set_request_id("")
        assert "7F2A-19C4" in html

    def test_a_refusal_for_script(self):
        html = render_to_string("ui/_refusal.html", {"message": EVIL, "status": 403})

        assert 'data-status="403"' in html
        assert ESCAPED in html


class TestTemplates:
    FILES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))

    @pytest.mark.parametrize("name", FILES)
    def test_every_template_can_be_read_and_carries_no_inline_code(self, name):
        source = (TEMPLATES / name).read_text("utf-8")

        get_template(name)
        assert re.findall(r'\sstyle="|<style|\son[a-z]+="|javascript:|https?://', source) == []
        assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", source) == []

    def test_the_page_of_parts_shows_them_all(self):
        request = RequestFactory().get("/komponen/")

        html = render_to_string("common/components.html", sample_context(), request)

        used = "\n".join(
            (TEMPLATES / name).read_text("utf-8") for name in self.FILES if "common/" in name
        )
        tags = set(Template("{% load ui %}").engine.template_libraries["ui"].tags)
        without_a_look = {"main_menu", "request_code"}
        assert {each for each in tags if f"{{% {each}" not in used} == without_a_look
        assert html.count("<h1>") == 1
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert sorted(ids) == sorted(set(ids))

    @pytest.mark.parametrize("settings_on", [{"DEBUG": True, "DEMO": False}, {"DEMO": True}])
    def test_the_page_of_parts_is_there_while_building_and_trying(self, settings, settings_on):
        for name, value in settings_on.items():
            setattr(settings, name, value)

        assert components(RequestFactory().get("/komponen/")).status_code == 200

    def test_the_page_of_parts_is_not_there_in_production(self, settings):
        settings.DEBUG = settings.DEMO = False

        with pytest.raises(Http404):
            components(RequestFactory().get("/komponen/"))
