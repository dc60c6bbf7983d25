"""Walking every address of the project: the addresses, two provinces, and visitors."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import uuid4

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
    Comment,
    Scenario,
    Snapshot,
    Transition,
    Verification,
)
from assessments.services.scenarios import save_scenario
from audit.models import Event
from evidence.models import EvidenceFile, Upload
from evidence.resumable import open_upload
from prerequisites.models import PredikatGrant, PrerequisiteValue
from prerequisites.rules import ITEMS
from prerequisites.services import Decree, NewValue, save_grant, save_value
from satker.models import Satker
from tests.assessments.talk import say
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
)

SCRIPT = {"X-Requested-With": "fetch"}
CODE = "A.I.1.i.b"
DECREED = date(2020, 1, 6)
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
    "kode": "tlhp",
    "document": "Surat keterangan",
    "document_date": "2026-01-05",
    "predikat": "WBK",
    "decree_number": "KEP-1",
    "decree_date": "2024-01-05",
    CODE: "C",
    "nama": "Percobaan lain",
    "langkah": "simpan",
    "kind": "catatan_kosong",
    "codes": CODE,
    "reason": "Ditulis orang lain.",
    "alasan": "Ditulis orang lain.",
    "text": "Komentar orang lain.",
}

# Fields of any form, so that what nobody means reaches as much as it can.
FIELDS = (
    *POSTED,
    *("period", "year", "instrument", "opens_at_0", "opens_at_1", "fill_until_0", "fill_until_1"),
    *("login", "password", "oldpassword", "password1", "username", "name", "email", "role"),
    *("document_number", "valid_until", "revoked_on", "revocation_decree", "revocation_reason"),
    *(
        "balas",
        "save_id",
        "satker",
        "parent",
        "code",
        "kind",
        "province_code",
        "action",
        "_selected_action",
        "next",
    ),
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


# The world --------------------------------------------------------------------------------


@dataclass
class World:
    """Two Kanwil. Of the first, a satker and its neighbour; of the second, a stranger."""

    satker: Satker
    neighbour: Satker
    stranger: Satker
    sheets: dict[str, Assessment]
    files: dict[str, EvidenceFile]
    scenarios: dict[str, Scenario]
    uploads: dict[str, Upload]
    comments: dict[str, Comment]

    def values(self, whose: str) -> dict[str, object]:
        """What stands in an address that is about this satker."""
        sheet, file = self.sheets[whose], self.files[whose]
        return {
            "assessment_id": sheet.pk,
            "file_id": file.pk,
            "scenario_id": self.scenarios[whose].pk,
            "upload_id": self.uploads[whose].pk,
            "comment_id": self.comments[whose].pk,
            "act": "selesai",
            "code": CODE,
            "key": "1",
            "user_id": sheet.opened_by_id,
            "satker_id": sheet.satker_id,
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


def make_world() -> World:
    kanwil = make_kanwil()
    other = make_kanwil("82", "Kanwil Provinsi Maluku Utara")
    places = {
        "own": make_satker(kanwil, name="Kankemenag Kabupaten Cilacap"),
        "neighbour": make_satker(kanwil, name=f"{SECRET} I"),
        "stranger": make_satker(other, name=f"{SECRET} II"),
    }
    make_period()
    sheets, files, scenarios, uploads, comments = {}, {}, {}, {}, {}
    for name, satker in places.items():
        make_user(Role.OPERATOR, satker, name=f"{SECRET if name != 'own' else 'Siti'} III")
        make_user(Role.PIMPINAN, satker)
        sheets[name] = make_submitted(satker) if name == "own" else make_assessment(satker)
        if name != "own":
            fill(sheets[name], {CODE: "B"}, notes={CODE: f"{SECRET} IV"})
        secret = "Siti" if name == "own" else SECRET
        save_value(
            item=ITEMS["dampak"],
            satker=satker,
            year=sheets[name].period.year,
            new=NewValue("ya", f"{secret} VI", "", date(2026, 1, 5)),
            seen_version=0,
            by=None,
        )
        save_grant(satker=satker, decree=Decree("WBK", f"{secret} VII", DECREED), by=None)
        files[name] = (
            EvidenceFile.objects.get(satker=satker)
            if name == "own"
            else attach(sheets[name], CODE, name=f"{SECRET} V.pdf")
        )
        scenarios[name] = save_scenario(
            assessment=sheets[name],
            name="Percobaan" if name == "own" else f"{SECRET} VI",
            fields={CODE: {"value": "C"}},
            by=User.objects.get(satker=satker, role=Role.PIMPINAN),
        )
        uploads[name] = open_upload(
            satker=satker,
            name=f"{SECRET} VI.pdf",
            content_type="",
            size=9,
            sha256="",
            by=sheets[name].opened_by,
        )
        comments[name] = say(sheets[name], sheets[name].opened_by, f"{secret} VIII", code=CODE)
    return World(
        places["own"],
        places["neighbour"],
        places["stranger"],
        sheets,
        files,
        scenarios,
        uploads,
        comments,
    )


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
        return answer.status_code, answer.get("Location", ""), text_of(content)


def text_of(content: bytes) -> str:
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
        list(Comment.objects.filter(assessment=sheet).values()),
        list(PrerequisiteValue.objects.filter(satker=sheet.satker).values()),
        list(PredikatGrant.objects.filter(satker=sheet.satker).values()),
    )
