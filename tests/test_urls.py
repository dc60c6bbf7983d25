"""Every address of the project, with every role: nothing of a stranger's is found.

The addresses are read from the resolver, so that a new one is walked without being named here.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern
from django.utils.regex_helper import normalize

from accounts.models import Role, User
from assessments.enums import Status
from assessments.models import (
    Answer,
    AnswerEvidence,
    Assessment,
    Snapshot,
    Transition,
    Verification,
)
from audit.models import Event
from evidence.models import EvidenceFile
from satker.models import Satker
from tests.factories_assessments import (
    attach,
    fill,
    make_assessment,
    make_centre,
    make_kanwil,
    make_period,
    make_satker,
    make_submitted,
    make_user,
    person,
    shipped_instrument,
)

pytestmark = pytest.mark.django_db

# What needs no sign-in; signing out also works where the sign-in has ended already. Static files
# are served before any address is looked up.
PUBLIC = {"login", "account_login", "logout", "account_logout", "alive", "ready"}

SCRIPT = {"X-Requested-With": "fetch"}
CODE = "A.I.1.i.b"
SECRET = "Kantor Yang Tidak Boleh Tampak"  # part of the names of strangers

# Fields that some address understands, so that a POST gets as far as it can.
POSTED = {
    "value": "C",
    "n1": "1",
    "n2": "1",
    "note": "Ditulis orang lain.",
    "verdict": "tidak_sesuai",
    "version": "0",
    "pernyataan": "1",
    "target": "WBK",
    "post": "yes",
}

# Fields of any form, so that what nobody means reaches as much as it can.
FIELDS = (
    *POSTED,
    *("period", "year", "instrument", "opens_at_0", "opens_at_1", "fill_until_0", "fill_until_1"),
    *("login", "password", "oldpassword", "password1", "username", "name", "email", "role"),
    *("satker", "parent", "code", "kind", "province_code", "action", "_selected_action", "next"),
)
HOSTILE = [
    {},
    dict.fromkeys(FIELDS, "a\x00b"),
    dict.fromkeys(FIELDS, "9" * 6000),
    dict.fromkeys(FIELDS, "9" * 30),
    dict.fromkeys(FIELDS, "-1"),
    dict.fromkeys(FIELDS, "\ufffd\u202e'\"<>%"),
]


# The addresses ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver. name: with its namespaces; "" where it has none.

    template: with "%(parameter)s" for each of parameters (name, converter).
    """

    name: str
    template: str
    parameters: tuple[tuple[str, str], ...]

    @property
    def is_admin(self) -> bool:
        return self.template.startswith("/admin/")

    def url(self, values: Mapping[str, object]) -> str:
        """A parameter that values does not know gets something of its type."""
        unknown = {"uuid": uuid4(), "int": 1, "slug": "x", "path": "x"}
        given = {
            name: values.get(name, unknown.get(converter, "x"))
            for name, converter in self.parameters
        }
        return self.template % given


def every_address() -> list[Address]:
    return sorted(_walk(get_resolver(), "/", (), ()), key=lambda each: each.template)


def _walk(
    resolver: URLResolver,
    prefix: str,
    parameters: tuple[tuple[str, str], ...],
    spaces: tuple[str, ...],
) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        template, own = _template(pattern)
        below = (prefix + template, (*parameters, *own))
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _walk(pattern, *below, inner)
        else:
            yield Address(":".join((*spaces, pattern.name)) if pattern.name else "", *below)


def _template(pattern: URLPattern | URLResolver) -> tuple[str, tuple[tuple[str, str], ...]]:
    if isinstance(pattern.pattern, RegexPattern):
        template, names = normalize(str(pattern.pattern))[0]
        return template, tuple((name, "str") for name in names)
    route = str(pattern.pattern)
    found = re.findall(r"<(?:(\w+):)?(\w+)>", route)
    template = re.sub(r"<(?:\w+:)?(\w+)>", r"%(\1)s", route.replace("%", "%%"))
    return template, tuple((name, converter or "str") for converter, name in found)


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
        "/bukti/%(file_id)s/",
        "/penilaian/%(assessment_id)s/ajukan/",
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


# The world --------------------------------------------------------------------------------


@dataclass
class World:
    """Two Kanwil. Of the first, a satker and its neighbour; of the second, a stranger."""

    satker: Satker
    neighbour: Satker
    stranger: Satker
    sheets: dict[str, Assessment]
    files: dict[str, EvidenceFile]

    def values(self, whose: str) -> dict[str, object]:
        """What stands in an address that is about this satker."""
        sheet, file = self.sheets[whose], self.files[whose]
        return {
            "assessment_id": sheet.pk,
            "file_id": file.pk,
            "code": CODE,
            "key": "1",
            "user_id": sheet.opened_by_id,
            "app_label": "assessments",
            "content_type_id": 1,
            "object_id": sheet.pk,
            "url": "assessments/assessment/",
        }

    def place(self, name: str) -> Satker:
        return {
            "own": self.satker,
            "kanwil": self.satker.verifier,
            "other kanwil": self.stranger.verifier,
            "centre": make_centre(),
        }[name]


@pytest.fixture
def world():
    kanwil = make_kanwil()
    other = make_kanwil("82", "Kanwil Provinsi Maluku Utara")
    places = {
        "own": make_satker(kanwil, name="Kankemenag Kabupaten Cilacap"),
        "neighbour": make_satker(kanwil, name=f"{SECRET} I"),
        "stranger": make_satker(other, name=f"{SECRET} II"),
    }
    make_period()
    sheets, files = {}, {}
    for name, satker in places.items():
        make_user(Role.OPERATOR, satker, name=f"{SECRET if name != 'own' else 'Siti'} III")
        make_user(Role.PIMPINAN, satker)
        sheets[name] = make_submitted(satker) if name == "own" else make_assessment(satker)
        if name != "own":
            fill(sheets[name], {CODE: "B"}, notes={CODE: f"{SECRET} IV"})
        files[name] = (
            EvidenceFile.objects.get(satker=satker)
            if name == "own"
            else attach(sheets[name], CODE, name=f"{SECRET} V.pdf")
        )
    return World(places["own"], places["neighbour"], places["stranger"], sheets, files)


def put_at(sheet: Assessment, status: str) -> None:
    """As the sheet would be at a status, without the way there."""
    if status == Status.DRAFT:
        Snapshot.objects.filter(assessment=sheet).delete()
    by, at = sheet.opened_by, sheet.opened_at
    Assessment.objects.filter(pk=sheet.pk).update(
        status=status,
        submitted_by=None if status == Status.DRAFT else by,
        submitted_at=None if status == Status.DRAFT else at,
        approved_by=by if status == Status.APPROVED else None,
        approved_at=at if status == Status.APPROVED else None,
    )


class Visitor:
    """A browser whose every request is undone afterwards, and whose sign-in stays."""

    def __init__(self, user: User | None) -> None:
        self.client = Client(raise_request_exception=False)
        if user is not None:
            self.client.force_login(user)
        self.cookies = self.client.cookies.output(header="", sep=";")

    def ask(self, method, url, data=None, *, scripted=False):
        """Status, address it leads to, and the text of the answer."""
        self.client.cookies.load(self.cookies)
        with transaction.atomic():
            answer = self.client.generic(
                method,
                url,
                urlencode(data) if data is not None else "",
                content_type="application/x-www-form-urlencoded",
                headers=SCRIPT if scripted else {},
            )
            content = answer.getvalue() if answer.streaming else answer.content
            transaction.set_rollback(True)
        return answer.status_code, answer.get("Location", ""), _text(content)


def _text(content: bytes) -> str:
    """What can be read in it, a workbook's cells too."""
    if not content.startswith(b"PK"):
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


def leads_to_sign_in(status: int, location: str) -> bool:
    """The administration's own sign-in page leads on to /masuk/, and its start page to that."""
    return status == 302 and (
        location.startswith(("/masuk/", "/admin/login/")) or location == "/admin/"
    )


def rows_of(sheet: Assessment) -> tuple[object, ...]:
    """All that anybody could write of an assessment."""
    answers = Answer.objects.filter(assessment=sheet)
    return (
        Assessment.objects.values().get(pk=sheet.pk),
        list(answers.order_by("pk").values()),
        list(AnswerEvidence.objects.filter(assessment=sheet).values()),
        list(Verification.objects.filter(assessment=sheet).values()),
        Transition.objects.filter(assessment=sheet).count(),
        Snapshot.objects.filter(assessment=sheet).count(),
        Event.objects.filter(chain=sheet.audit_chain).count(),
    )


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

ABOUT_AN_OBJECT = {"assessment_id", "file_id"}


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
    nowhere = {"assessment_id": uuid4(), "file_id": uuid4(), "code": CODE, "key": "1"}
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
# Who may know of every satker.
SEE_ALL = {(Role.ADMIN_PUSAT, "centre"), (Role.PEMANTAU, "centre")}

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

    for address in every_address():
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

    for address in every_address():
        if address.template.endswith("lke.pdf"):
            continue  # takes none, and seconds
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
        "satker": sheet.satker_id,
        "user": sheet.opened_by_id,
        "evidencefile": world.files[whose].pk,
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
