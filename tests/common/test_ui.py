"""Every part of the interface renders, says what it should, and escapes what users wrote."""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.paginator import Paginator
from django.forms import BooleanField, CharField, ChoiceField, Form, RadioSelect
from django.http import Http404
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.utils.safestring import mark_safe

from common.request_id import set_request_id
from common.ui.badges import ICONS, QUESTION, SAVE_STATE, STATUS, VERDICT, icon, save_state, tag
from common.views_components import components, sample_context

EVIL = "<script>alert(1)</script>"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"
NOW = datetime(2026, 12, 11, 7, 3, tzinfo=UTC)
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
    def test_it_is_read_out_by_the_regions_of_the_page_alone(self, state):
        html = save_state(state)

        assert f'data-state="{state}"' in html
        assert "role=" not in html
        assert "aria-live" not in html

    def test_its_text_is_escaped_and_its_button_optional(self):
        assert ESCAPED in save_state("saved", EVIL)
        assert "Coba sekarang" not in save_state("unsaved")
        assert "Coba sekarang" in save_state("unsaved", retry=True)

    def test_there_is_a_template_for_every_state(self):
        html = render("{% save_state_templates %}")

        assert re.findall(r'<template data-state="(\w+)">', html) == list(SAVE_STATE)


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
        "name",
        ["400", "401", "403", "403_csrf", "404", "405", "413", "429", "500", "account_ended"],
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
