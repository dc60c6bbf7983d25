"""An area page asked for once more by the page itself: is there anything new, and whose is it?"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from tests.factories_assessments import fill, make_assessment, make_kanwil, make_user, person

pytestmark = pytest.mark.django_db

CODE, OTHER = "A.I.1.i.b", "A.I.1.ii.b"


def url(assessment):
    return reverse("assessments:area", args=[assessment.pk, "1"])


@pytest.fixture
def sheet(client):
    assessment = make_assessment()
    client.force_login(person(Role.OPERATOR, assessment.satker))
    return assessment


def known(page):
    return int(re.search(r'data-moved="(\d+)"', page.content.decode()).group(1))


def ask_again(client, sheet, moved):
    return client.get(url(sheet), headers={"If-None-Match": f'W/"{moved}"'})


def save(client, sheet, code=CODE, **fields):
    address = reverse("assessments:save_answer", args=[sheet.pk, code])
    return client.post(address, fields, headers={"X-Requested-With": "fetch"})


def test_nothing_new_is_a_304_without_the_sheet(client, sheet):
    moved = known(client.get(url(sheet)))
    with CaptureQueriesContext(connection) as queries:
        again = ask_again(client, sheet, moved)
    assert again.status_code == 304
    assert not again.content
    assert len(queries) == 3  # session, person, assessment


def test_a_change_by_anyone_is_the_page_with_its_number(client, sheet):
    moved = known(client.get(url(sheet)))
    fill(sheet, {OTHER: "B"})
    again = ask_again(client, sheet, moved)
    assert again.status_code == 200
    assert known(again) == moved + 1


def test_a_save_answers_with_its_number(client, sheet):
    moved = known(client.get(url(sheet)))
    assert known(save(client, sheet, value="B", version="0")) == moved + 1
    # the same once more changes nothing, and tells what has happened besides
    fill(sheet, {OTHER: "B"})
    assert known(save(client, sheet, value="B", version="1")) == moved + 2


def test_who_may_not_see_the_sheet_learns_nothing_of_its_number(client, sheet):
    moved = known(client.get(url(sheet)))
    client.force_login(make_user(Role.VERIFIKATOR, make_kanwil("35", "Kanwil Provinsi Jawa Timur")))
    assert ask_again(client, sheet, moved).status_code == 404


def test_the_card_names_who_saved_it_to_everybody_else(client, sheet):
    colleague = make_user(Role.OPERATOR, sheet.satker, name='Siti <b>"Aminah"</b>')
    client.force_login(colleague)
    save(client, sheet, value="B", version="0")
    assert "oleh Siti" not in client.get(url(sheet)).content.decode()

    client.force_login(person(Role.OPERATOR, sheet.satker))
    text = client.get(url(sheet)).content.decode()
    assert text.count("oleh Siti &lt;b&gt;&quot;Aminah&quot;&lt;/b&gt;") == 1
