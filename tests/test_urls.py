"""Every address of the project, with every role: nothing of a stranger's is found.

The addresses are read from the resolver, so that a new one is walked without being named here.
"""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from accounts.models import Role, User
from assessments.enums import Status
from audit.models import Event
from prerequisites.models import PredikatGrant, PrerequisiteValue
from satker.models import Satker
from tests.factories_assessments import (
    make_user,
    person,
    shipped_instrument,
)
from tests.walk import (
    CODE,
    HOSTILE,
    POSTED,
    SECRET,
    Address,
    Visitor,
    World,
    every_address,
    leads_to_sign_in,
    make_world,
    put_at,
    rows_of,
)

pytestmark = pytest.mark.django_db

# What needs no sign-in; signing out also works where the sign-in has ended already. Static files
# are served before any address is looked up.
PUBLIC = {"login", "account_login", "logout", "account_logout", "alive", "ready", "accessibility"}


@pytest.fixture
def world():
    return make_world()


def test_the_walk_finds_the_addresses_of_the_contract():
    found = {each.template for each in every_address()}

    assert found >= {
        "/",
        "/masuk/",
        "/keluar/",
        "/penilaian/",
        "/penilaian/%(assessment_id)s/",
        "/penilaian/%(assessment_id)s/area/%(key)s/",
        "/penilaian/%(assessment_id)s/jawaban/%(code)s/",
        "/penilaian/%(assessment_id)s/jawaban/%(code)s/bukti/",
        "/penilaian/%(assessment_id)s/jawaban/%(code)s/percakapan/",
        "/penilaian/%(assessment_id)s/jawaban/%(code)s/percakapan/%(comment_id)s/%(act)s/",
        "/bukti/%(file_id)s/",
        "/penilaian/%(assessment_id)s/ajukan/",
        "/penilaian/%(assessment_id)s/prasyarat/",
        "/prasyarat/",
        "/satker/%(satker_id)s/predikat/",
        "/penilaian/%(assessment_id)s/kembalikan/",
        "/penilaian/%(assessment_id)s/setujui/",
        "/verifikasi/",
        "/verifikasi/%(assessment_id)s/",
        "/verifikasi/%(assessment_id)s/jawaban/%(code)s/",
        "/laporan/penilaian/%(assessment_id)s/lke.pdf",
        "/laporan/penilaian/%(assessment_id)s/lke.xlsx",
        "/laporan/rekap/",
        "/laporan/rekap.xlsx",
        "/admin/",
        "/sehat",
        "/siap",
    }


# Who has not signed in --------------------------------------------------------------------


class TestAnonymous:
    @pytest.fixture
    def answers(self, world):
        """By name: status and address of what GET, POST and a script's two come to."""
        visitor = Visitor(None)
        found = {}
        for address in every_address():
            url = address.url(world.values("own"))
            found[address.name or address.template] = [
                visitor.ask(method, url, POSTED if method == "POST" else None, scripted=scripted)
                for scripted in (False, True)
                for method in ("GET", "POST")
            ]
        return found

    def test_everything_but_the_public_asks_for_sign_in(self, answers):
        def asks(answer):
            status, location, text = answer
            return (leads_to_sign_in(status, location) or status == 401) and SECRET not in text

        open_to_all = {name for name, found in answers.items() if not all(map(asks, found))}

        assert open_to_all == PUBLIC

    def test_a_save_is_never_answered_by_a_redirect(self, answers):
        """It would look like success."""
        _, posted, _, scripted = answers["assessments:save_answer"]

        assert (posted[0], scripted[0]) == (401, 401)

    def test_the_public_says_nothing_of_what_is_stored(self, answers):
        for name in PUBLIC:
            assert not any("Kankemenag" in text for _, _, text in answers[name])


# Strangers --------------------------------------------------------------------------------

STRANGERS = [
    (Role.OPERATOR, "own", "neighbour"),
    (Role.OPERATOR, "own", "stranger"),
    (Role.PIMPINAN, "own", "neighbour"),
    (Role.PIMPINAN, "own", "stranger"),
    (Role.VERIFIKATOR, "kanwil", "stranger"),
    (Role.KETUA, "kanwil", "stranger"),
    (Role.PEMANTAU, "kanwil", "stranger"),
    (Role.OPERATOR, "kanwil", "stranger"),
    (Role.VERIFIKATOR, "centre", "stranger"),
    (Role.KETUA, "centre", "stranger"),
    (Role.TPI, "centre", "stranger"),
]

ABOUT_AN_OBJECT = {"assessment_id", "file_id", "upload_id"}


@pytest.mark.parametrize(("role", "place", "whose"), STRANGERS)
def test_a_strangers_things_do_not_exist(world, role, place, whose):
    """404 whatever the status and the method; 405 says nothing about the object."""
    visitor = Visitor(make_user(role, world.place(place)))
    sheet = world.sheets[whose]
    addresses = [
        each
        for each in every_address()
        if ABOUT_AN_OBJECT & {name for name, _ in each.parameters} and not each.is_admin
    ]
    statuses = set(Status) - ({Status.APPROVED} if role == Role.TPI else set())
    wrong = []

    for status in statuses:
        put_at(sheet, status)
        before = rows_of(sheet)
        for address in addresses:
            url = address.url(world.values(whose))
            for method in ("GET", "HEAD", "POST"):
                code, _, text = visitor.ask(method, url, POSTED if method == "POST" else None)
                if code not in {404, 405} or SECRET in text:
                    wrong.append((status, method, url, code))
        assert rows_of(sheet) == before
    assert len(addresses) >= 15
    assert wrong == []


def test_a_404_is_answered_before_any_405_or_by_all_alike(world):
    """What exists elsewhere and what exists nowhere are answered the same."""
    visitor = Visitor(make_user(Role.OPERATOR, world.satker))
    objects = {name: uuid4() for name in ABOUT_AN_OBJECT}
    nowhere = objects | {"code": CODE, "key": "1"}
    different = []

    for address in every_address():
        if address.is_admin or not ABOUT_AN_OBJECT & {name for name, _ in address.parameters}:
            continue
        for method in ("GET", "POST"):
            codes = [
                visitor.ask(method, address.url(values), POSTED)[0]
                for values in (world.values("stranger"), nowhere)
            ]
            if codes[0] != codes[1]:
                different.append((method, address.template, codes))
    assert different == []


@pytest.mark.parametrize("whose", ["neighbour", "stranger"])
def test_a_strangers_file_beside_ones_own_answer(world, whose):
    put_at(world.sheets["own"], Status.DRAFT)
    visitor = Visitor(person(Role.OPERATOR, world.satker))
    values = world.values("own") | {"file_id": world.files[whose].pk}

    for address in every_address():
        if "file_id" in {name for name, _ in address.parameters}:
            for method in ("GET", "POST"):
                assert visitor.ask(method, address.url(values), POSTED)[0] in {404, 405}


# One's own --------------------------------------------------------------------------------

# With the status at which their sheet has most to offer them.
PEOPLE = [
    (Role.OPERATOR, "own", Status.DRAFT),
    (Role.PIMPINAN, "own", Status.DRAFT),
    (Role.VERIFIKATOR, "kanwil", Status.IN_REVIEW),
    (Role.KETUA, "kanwil", Status.SUBMITTED),
    (Role.TPI, "centre", Status.APPROVED),
    (Role.ADMIN_PUSAT, "centre", Status.APPROVED),
    (Role.PEMANTAU, "centre", Status.RETURNED),
    (Role.PEMANTAU, "kanwil", Status.RETURNED),
]
# Who asks for the PDF here: somebody for each status.
PRINT = {next((role, place) for role, place, at in PEOPLE if at == status) for status in Status}
# Who may know of every satker.
SEE_ALL = {(Role.ADMIN_PUSAT, "centre"), (Role.PEMANTAU, "centre")}


def addresses_for(role: Role) -> list[Address]:
    """Without the administration where it is closed, before anything is read."""
    return [each for each in every_address() if role == Role.ADMIN_PUSAT or not each.is_admin]


QUERIES = [
    "?q=%00",
    "?soal=%00&saring=terbuka",
    "?soal=Z.9&tujuan=x&area=99&tetap=A&predikat=Z",
    "?tahun=9999999999999999999999&status=%27&jenis=%3C&cari=%22&urut=%25&halaman=-1",
    "?tahun=abc&urut=-&halaman=99999999999999999999",
    "?q=%ED%A0%80&o=1.2.99&p=-5",
    "?%FF=%FF",
]


@pytest.mark.parametrize(("role", "place", "status"), PEOPLE)
def test_no_address_fails_or_tells_of_strangers(world, role, place, status):
    """With one's own objects, well meant and not."""
    if place == "kanwil":  # what lies below the same Kanwil is no stranger to it
        Satker.objects.filter(pk=world.neighbour.pk).update(name="Kankemenag Banyumas")
        User.objects.filter(satker=world.neighbour).update(name="Budi")
    put_at(world.sheets["own"], status)
    visitor = Visitor(make_user(role, world.place(place)))
    wrong, reached = [], set()

    for address in addresses_for(role):
        if address.template.endswith("lke.pdf") and (role, place) not in PRINT:
            continue  # two seconds each, and its text is compressed
        url = address.url(world.values("own"))
        for data in (None, POSTED, *HOSTILE):
            method = "GET" if data is None else "POST"
            code, _, text = visitor.ask(method, url, data)
            tells = SECRET in text and (role, place) not in SEE_ALL
            if code >= 500 or tells:
                wrong.append((method, url, data, code, tells))
            if code == 200:
                reached.add(address.template)
    assert wrong == []
    assert {"/penilaian/%(assessment_id)s/", "/laporan/rekap/"} <= reached


@pytest.mark.parametrize(("role", "place", "status"), PEOPLE)
def test_no_query_string_is_a_fault(world, role, place, status):
    put_at(world.sheets["own"], status)
    visitor = Visitor(make_user(role, world.place(place)))
    wrong = []

    for address in addresses_for(role):
        if address.template.endswith(("lke.pdf", "lke.xlsx")):
            continue  # take none, and a second or two
        for query in QUERIES:
            url = address.url(world.values("own")) + query
            code = visitor.ask("GET", url)[0]
            if code >= 500:
                wrong.append((url, code))
    assert wrong == []


@pytest.mark.parametrize(
    "part", ["%00", "%ED%A0%80", "9" * 30, "x" * 2000, "%27--", "A.I.1.i.a%0A"]
)
@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMIN_PUSAT])
def test_no_part_of_an_address_is_a_fault(world, role, part):
    """What takes any text gets one that nobody means."""
    place = "own" if role == Role.OPERATOR else "centre"
    put_at(world.sheets["own"], Status.DRAFT)
    visitor = Visitor(make_user(role, world.place(place)))
    wrong = []

    for address in every_address():
        texts = {name for name, converter in address.parameters if converter in {"str", "path"}}
        for name in texts - {"url"}:
            url = address.url(world.values("own") | {name: part})
            for method in ("GET", "POST"):
                code = visitor.ask(method, url, POSTED if method == "POST" else None)[0]
                if code >= 500:
                    wrong.append((method, url[:200], code))
    assert wrong == []


# The administration -----------------------------------------------------------------------


def admin_values(world: World, whose: str) -> Iterator[tuple[str, dict[str, object]]]:
    """(the model in the name of an address, what stands in it)."""
    sheet = world.sheets[whose]
    keys = {
        "assessment": sheet.pk,
        "period": sheet.period_id,
        "instrument": shipped_instrument().pk,
        "question": shipped_instrument().questions.first().pk,
        "satker": sheet.satker_id,
        "user": sheet.opened_by_id,
        "evidencefile": world.files[whose].pk,
        "prerequisitevalue": PrerequisiteValue.objects.get(satker=sheet.satker).pk,
        "predikatgrant": PredikatGrant.objects.get(satker=sheet.satker).pk,
        "event": Event.objects.filter(chain=sheet.audit_chain).first().pk,
    }
    for model, key in keys.items():
        yield model, world.values(whose) | {"object_id": key}


def admin_urls(world: World) -> list[str]:
    found = set()
    for address in every_address():
        if not address.is_admin:
            continue
        for model, values in admin_values(world, "stranger"):
            if "object_id" not in {name for name, _ in address.parameters} or (
                f"/{model}/" in address.template
            ):
                found.add(address.url(values))
    return sorted(found)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN_PUSAT])
def test_the_administration_is_closed_to_others(world, role):
    """Nothing but the way to its sign-in, which refuses; nothing changes."""
    place = {Role.OPERATOR: "own", Role.PIMPINAN: "own"}.get(role, "centre")
    visitor = Visitor(make_user(role, world.place(place)))
    before = (rows_of(world.sheets["stranger"]), User.objects.count(), Satker.objects.count())
    wrong = []

    for url in admin_urls(world):
        for method in ("GET", "POST"):
            code, location, text = visitor.ask(method, url, POSTED)
            refuses = code in {403, 404, 405} or leads_to_sign_in(code, location)
            if not refuses or SECRET in text:
                wrong.append((method, url, code, location))
    assert visitor.ask("GET", "/admin/login/")[0] == 403
    assert wrong == []
    after = (rows_of(world.sheets["stranger"]), User.objects.count(), Satker.objects.count())
    assert after == before


def test_the_administration_answers_its_admin(world):
    visitor = Visitor(make_user(Role.ADMIN_PUSAT))
    urls = admin_urls(world)
    wrong = []

    for url in urls:
        for data in (None, POSTED, *HOSTILE):
            code = visitor.ask("GET" if data is None else "POST", url, data)[0]
            if code >= 500:
                wrong.append((url, data, code))
    assert wrong == []
    assert len(urls) > 30
