"""The menu: who sees what, and where one is."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import resolve, reverse

from accounts.models import User
from common.menu import MENUS, menu_items
from satker.models import Satker

EVIL = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (User.Role.OPERATOR, ["Beranda", "Penilaian", "Tugas", "Pustaka", "Tim"]),
        (User.Role.PIMPINAN, ["Beranda", "Penilaian", "Tugas", "Pustaka", "Tim"]),
        (User.Role.VERIFIKATOR, ["Antrean", "Rekap"]),
        (User.Role.TPI, ["Antrean", "Rekap"]),
        (User.Role.KETUA, ["Antrean", "Rekap", "Akun"]),
        (User.Role.ADMIN_PUSAT, ["Rekap", "Prasyarat", "Akun", "Administrasi"]),
        (User.Role.PEMANTAU, ["Rekap"]),
    ],
)
def test_every_role_has_its_menu(role, labels):
    assert [item.label for item in menu_items(role)] == labels


def test_every_role_is_known_and_no_other():
    assert set(MENUS) == set(User.Role.values)
    assert menu_items("tamu") == ()


@pytest.mark.parametrize(
    ("view_name", "current"),
    [
        ("home", {"Beranda": "page"}),
        ("assessments:list", {"Penilaian": "page"}),
        ("assessments:area", {"Penilaian": "true"}),
        ("assessments:tasks", {"Tugas": "page"}),
        ("assessments:library", {"Pustaka": "page"}),
        ("assessments:library_file", {"Pustaka": "true"}),
        ("assessments:attach_to_many", {"Pustaka": "true"}),
        ("assessments:replace_file", {"Pustaka": "true"}),
        ("teams:team", {"Tim": "page"}),
        ("password_change", {}),
        ("", {}),
    ],
)
def test_the_current_entry(view_name, current):
    shown = {item.label: item.current for item in menu_items("operator", view_name)}
    assert {label: mark for label, mark in shown.items() if mark} == current


def test_the_first_entry_is_current_where_a_role_starts():
    menu = menu_items("verifikator", "home")
    assert [(item.label, item.current) for item in menu] == [("Antrean", "page"), ("Rekap", "")]


class TestHeader:
    def page(self, user, **context):
        request = RequestFactory().get(reverse("assessments:queue"))
        request.user = user
        request.resolver_match = resolve(request.path)
        return render_to_string("base.html", {"user": user, **context}, request)

    def test_a_stranger_gets_no_menu(self):
        html = self.page(AnonymousUser())

        assert "<nav" not in html
        assert "Langsung ke isi" in html

    def test_who_is_signed_in_and_where_to_go(self):
        user = User(username="yusuf", role=User.Role.VERIFIKATOR, satker=Satker(name=EVIL))

        html = self.page(user, queue_count=12)

        assert EVIL not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
        assert re.findall(r'aria-current="page">(\w+)', html) == ["Antrean", "Antrean"]
        assert html.count('class="count">12') == 2
        assert len(re.findall(r'<form method="post" action="/keluar/" data-sign-out>', html)) == 2
        assert html.count("csrfmiddlewaretoken") == 2

    def test_somebody_without_a_satker(self):
        html = self.page(User(username="pusat", role=User.Role.ADMIN_PUSAT))

        assert "Administrasi" in html
        assert "None" not in html

    def test_what_is_read_out_has_its_regions_from_the_start(self):
        html = self.page(AnonymousUser())

        assert '<p class="unseen" aria-live="polite" data-said></p>' in html
        assert '<p class="unseen" aria-live="assertive" data-warned></p>' in html

    def test_the_page_asks_no_other_host_and_has_no_inline_code(self):
        html = self.page(AnonymousUser())

        assert re.findall(r"https?://", html) == []
        assert re.findall(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", html) == []
