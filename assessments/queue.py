"""The queue: sheets with progress and both scores, filtered and sorted in the database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any, Final

from django import forms
from django.db.models import (
    Case,
    Count,
    F,
    FilteredRelation,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from accounts.models import Role, User
from assessments.enums import REVIEWABLE, Status, Tier
from assessments.models import Assessment, AssessmentQuerySet
from assessments.permissions import REVIEWERS
from assessments.worksheet import load_worksheet
from common.dates import is_near, print_time_left
from satker.models import SatkerKind

# What waits for the reviewer stands first, what waits for nobody last.
GROUPS: Final[Mapping[str, str]] = {
    Status.SUBMITTED: "Menunggu",
    Status.IN_REVIEW: "Sedang diverifikasi",
    Status.RETURNED: "Dikembalikan",
    Status.DRAFT: "Masih mengisi",
    Status.APPROVED: "Disetujui",
}
GROUP = Case(
    *(When(status=status, then=Value(place)) for place, status in enumerate(GROUPS)),
    output_field=IntegerField(),
)


def _later(until: str) -> Greatest:
    """The period's deadline, or the one that was given to the satker alone."""
    return Greatest(until, Coalesce("extended_until", until))


# Until when whoever has the turn has time.
UNTIL = Case(
    When(status__in=REVIEWABLE, then=F("period__review_until")),
    When(status=Status.DRAFT, then=_later("period__fill_until")),
    When(status=Status.RETURNED, then=_later("period__repair_until")),
)

SORTS: Final[Mapping[str, str]] = {
    "tunggu": "Sejak",
    "satker": "Nama satker",
    "status": "Status",
    "diperiksa": "Diperiksa",
    "mandiri": "Nilai mandiri",
    "verifikasi": "Nilai verifikasi",
    "selisih": "Selisih",
    "batas": "Batas waktu",
}
_COLUMNS: Final[Mapping[str, str]] = {
    "tunggu": "since",
    "satker": "satker__name",
    "status": "group",
    "diperiksa": "verified_count",
    "mandiri": "own_total",
    "verifikasi": "verified_total",
    "selisih": "difference",
    "batas": "until",
}
_SORT_CHOICES: Final = [
    ("", "Yang paling lama menunggu"),
    *(
        choice
        for key, label in SORTS.items()
        for choice in ((key, f"{label}, naik"), (f"-{key}", f"{label}, turun"))
    ),
]


class QueueForm(forms.Form):
    """The filters; their state is the address. What is wrong in it is said and left out."""

    tahun = forms.TypedChoiceField(label="Tahun", coerce=int, required=False)
    jenis = forms.ChoiceField(label="Jenis satker", required=False)
    cari = forms.CharField(label="Nama atau kode satker", required=False, max_length=100)
    status = forms.ChoiceField(
        required=False, choices=[("", "Semua"), *Status.choices], widget=forms.HiddenInput
    )
    urut = forms.ChoiceField(label="Urutkan", required=False, choices=_SORT_CHOICES)

    def __init__(self, data: QueryDict, *, offers: Iterable[tuple[int, str]]) -> None:
        """offers: the years and kinds of satker there are to choose among."""
        offers = list(offers)
        years = sorted({year for year, _ in offers}, reverse=True)
        filled = data.copy()
        if years:
            filled.setdefault("tahun", str(years[0]))
        super().__init__(filled)
        self.fields["tahun"].choices = [(year, str(year)) for year in years]
        kinds = sorted((SatkerKind(kind).label, kind) for kind in {kind for _, kind in offers})
        self.fields["jenis"].choices = [
            ("", "Semua jenis"),
            *((kind, label) for label, kind in kinds),
        ]
        if len(kinds) < 2:
            del self.fields["jenis"]

    @property
    def chosen(self) -> dict[str, Any]:
        """The values of the fields that are right."""
        self.is_valid()
        return self.cleaned_data


@dataclass(frozen=True, slots=True)
class QueueRow:
    """floors: what a total must never be printed as while it lies under them. since: when the
    present turn began, until: when it ends; None where nobody has one."""

    assessment: Assessment
    url: str
    own: Decimal
    verified: Decimal | None
    difference: Decimal | None
    floors: tuple[Fraction, ...]
    progress: str
    since: datetime | None
    until: datetime | None
    time_left: str
    is_near: bool


@dataclass(frozen=True, slots=True)
class QueueTab:
    """A status with the number of its sheets; status "" for all."""

    label: str
    count: int
    query: str
    current: bool


def queue_offers(user: User) -> list[tuple[int, str]]:
    """Year and kind of satker of everything in sight."""
    rows = Assessment.objects.visible_to(user).order_by()
    return list(rows.values_list("period__year", "satker__kind").distinct())


def queue_sheets(user: User, chosen: Mapping[str, Any]) -> AssessmentQuerySet:
    """What the person may know of and asked for, whatever its status."""
    rows = Assessment.objects.visible_to(user)
    if chosen.get("tahun"):
        rows = rows.filter(period__year=chosen["tahun"])
    if chosen.get("jenis"):
        rows = rows.filter(satker__kind=chosen["jenis"])
    text = chosen.get("cari", "").strip()
    if text:
        rows = rows.filter(Q(satker__name__icontains=text) | Q(satker__code__icontains=text))
    return rows


def queue_tabs(sheets: AssessmentQuerySet, query: QueryDict, status: str) -> tuple[QueueTab, ...]:
    """How many sheets stand where. One query."""
    counts = dict(sheets.order_by().values_list("status").annotate(Count("pk")))

    def tab(label: str, key: str, count: int) -> QueueTab:
        target = query.copy()
        target.pop("halaman", None)
        target["status"] = key
        return QueueTab(label, count, target.urlencode(), key == status)

    return (
        tab("Semua", "", sum(counts.values())),
        *(tab(label, key, counts.get(key, 0)) for key, label in GROUPS.items()),
    )


def queue_rows(sheets: AssessmentQuerySet, chosen: Mapping[str, Any]) -> QuerySet[Assessment]:
    """The sheets of a status in the order asked for, with their figures; figures that are not
    there yet stand last. Adds what `build_row` reads."""
    if chosen.get("status"):
        sheets = sheets.filter(status=chosen["status"])
    rows = sheets.select_related("satker", "period").annotate(
        own=FilteredRelation("scores", condition=Q(scores__tier=Tier.MANDIRI)),
        reviewed=FilteredRelation("scores", condition=Q(scores__tier=Tier.PENDAHULUAN)),
        own_total=F("own__total"),
        answered=F("own__answered"),
        questions=F("own__questions"),
        verified_count=F("reviewed__verified"),
        verified_total=Case(When(reviewed__verified__gt=0, then=F("reviewed__total"))),
        difference=F("verified_total") - F("own_total"),
        group=GROUP,
        since=Case(
            When(status__in=REVIEWABLE, then=F("submitted_at")),
            When(status=Status.APPROVED, then=F("approved_at")),
        ),
        until=UNTIL,
    )
    sort = chosen.get("urut", "")
    if not sort:
        return rows.order_by("group", F("since").asc(nulls_last=True), "satker__path", "pk")
    column = F(_COLUMNS[sort.removeprefix("-")])
    order = column.desc(nulls_last=True) if sort[0] == "-" else column.asc(nulls_last=True)
    return rows.order_by(order, "satker__path", "pk")


def build_row(assessment: Any, now: datetime) -> QueueRow:
    """assessment: a row of `queue_rows`."""
    sent = assessment.submitted_at is not None
    address = "assessments:desk" if sent else "assessments:detail"
    until, zone = assessment.until, assessment.satker.zone
    progress = f"{assessment.answered}/{assessment.questions} terjawab"
    if sent:
        progress = f"{assessment.verified_count or 0}/{assessment.questions} diperiksa"
    return QueueRow(
        assessment=assessment,
        url=reverse(address, args=[assessment.pk]),
        own=assessment.own_total,
        verified=assessment.verified_total,
        difference=assessment.difference,
        floors=load_worksheet(assessment.instrument_id).floors_of("total"),
        progress=progress,
        since=assessment.since,
        until=until,
        time_left=print_time_left(until, now, zone) if until else "",
        is_near=bool(until and is_near(until, now, zone)),
    )


def group_rows(rows: Iterable[QueueRow]) -> list[tuple[str, list[QueueRow]]]:
    """("Menunggu", its rows) and so on, as they follow each other."""
    return [
        (GROUPS[status], list(members))
        for status, members in groupby(rows, key=lambda row: row.assessment.status)
    ]


def queue_count(request: HttpRequest) -> dict[str, object]:
    """Context of every page: how many sheets wait for this reviewer, asked when it is shown."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.role not in REVIEWERS:
        return {}
    waiting = Assessment.objects.visible_to(user).filter(status__in=REVIEWABLE)
    return {"queue_count": SimpleLazyObject(waiting.count)}


def sees_queue(user: User) -> bool:
    """Reviewers theirs; the internal assessors what was approved, to read."""
    return user.role in REVIEWERS or user.role == Role.TPI
