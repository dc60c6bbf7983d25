"""The recap page as plain values: stages, figures, rows, heat map."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from django.http import QueryDict
from django.urls import reverse

from accounts.models import Role, User
from assessments.enums import Status
from assessments.models import Score
from assessments.permissions import can_read_answers
from assessments.worksheet import HASIL, Worksheet
from reports.filters import NOT_STARTED
from reports.recap import RecapRow
from scoring.rules import AREA

# Who sees many satker from the first draft on; the others have no stages to count.
SEES_STAGES: Final = frozenset({Role.VERIFIKATOR, Role.KETUA, Role.PEMANTAU, Role.ADMIN_PUSAT})
# Whose recap is one row: nothing to filter, to count or to compare.
OWN_ONLY: Final = frozenset({Role.OPERATOR, Role.PIMPINAN})

Stage = tuple[str, str, int, int, str]  # label, url, reached, staying, note: as the funnel has it
Floors = tuple[tuple[str, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the satker have come. unsent: those that have never sent anything."""

    registered: int
    unsent: int
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the heat map: an area, or hasil; field: where a Score keeps its points."""

    key: str
    mark: str
    short_name: str
    weight: Fraction
    floors: Floors
    field: str


@dataclass(frozen=True, slots=True)
class Cell:
    value: Decimal | None
    weight: Fraction
    floors: Floors
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One satker of the page. url: its assessment; met: the highest predikat whose minima it
    meets; missing: what the target still lacks, in words."""

    row: RecapRow
    url: str
    total_floors: tuple[Fraction, ...]
    met: str
    missing: str
    cells: tuple[Cell, ...]


def build_columns(worksheet: Worksheet) -> tuple[Column, ...]:
    """The six areas, then hasil; the minima of hasil are those of its parts together."""
    columns = []
    for area in worksheet.sheet.areas:
        row = worksheet.area(str(area.number))
        field = f"{AREA}{area.number}"
        columns.append(
            Column(
                key=str(area.number),
                mark=str(area.number),
                short_name=row.short_name if row else "",
                weight=area.weight,
                floors=_floors(worksheet, (field,)),
                field=field,
            )
        )
    for node in worksheet.sheet.components:
        if node.role == HASIL:
            parts = tuple(child.code for child in node.children)
            columns.append(
                Column(HASIL, "H", "Hasil", node.weight, _floors(worksheet, parts), HASIL)
            )
    return tuple(columns)


def build_lines(rows: Iterable[RecapRow], worksheet: Worksheet, user: User) -> list[Line]:
    """The rows of a period (all of one instrument) with their links and words."""
    columns = build_columns(worksheet)
    totals = tuple(at for _, at in _floors(worksheet, ("total",)))
    return [_line(row, columns, totals, user) for row in rows]


def place_name(user: User) -> str:
    """What the recap is about, for its title."""
    match user.role:
        case Role.TPI:
            return "Penilaian yang disetujui"
        case Role.ADMIN_PUSAT:
            return "Rekap nasional"
    return user.satker.name


def build_progress(counts: dict[str, int], query: QueryDict) -> Progress:
    """The stages; each leads to the satker that stand there."""
    draft, returned = counts[Status.DRAFT], counts[Status.RETURNED]
    sent, reviewed = counts[Status.SUBMITTED], counts[Status.IN_REVIEW]
    approved, waiting = counts[Status.APPROVED], counts[NOT_STARTED]
    judged = reviewed + returned + approved

    def url(status: str) -> str:
        target = query.copy()
        target.pop("halaman", None)
        target["status"] = status
        return f"?{target.urlencode()}"

    note = f"{reviewed} berjalan"
    if returned:
        note += f", {returned} dikembalikan"
    started = draft + sent + judged
    registered = waiting + started
    stages = (
        ("Terdaftar", url(NOT_STARTED), registered, waiting, f"{waiting} belum mulai"),
        ("Mulai mengisi", url(Status.DRAFT), started, draft, f"{draft} masih mengisi"),
        ("Dikirim", url(Status.SUBMITTED), sent + judged, sent, f"{sent} menunggu"),
        ("Diverifikasi", url(Status.IN_REVIEW), judged, reviewed + returned, note),
        ("Disetujui", url(Status.APPROVED), approved, approved, ""),
    )
    return Progress(registered, waiting + draft, stages)


def _line(
    row: RecapRow, columns: tuple[Column, ...], totals: tuple[Fraction, ...], user: User
) -> Line:
    assessment, counting = row.assessment, row.counting
    if assessment is None or counting is None:
        return Line(row, "", totals, "", "", ())
    reads = can_read_answers(user, assessment)
    key = assessment.pk
    return Line(
        row=row,
        url=reverse("assessments:detail", args=[key]),
        total_floors=totals,
        met=_met(counting),
        missing=_missing(counting, assessment.target),
        cells=tuple(
            Cell(
                value=_filled(counting, column),
                weight=column.weight,
                floors=column.floors,
                url=reverse("assessments:area", args=[key, column.key]) if reads else "",
            )
            for column in columns
        ),
    )


def _filled(score: Score, column: Column) -> Decimal | None:
    """The points of an area; None where nothing of it seems to be filled in yet."""
    points: Decimal = getattr(score, column.field)
    return points if points or score.answered == score.questions else None


def _met(score: Score) -> str:
    if not score.wbbm_shortfalls:
        return "WBBM"
    return "" if score.wbk_shortfalls else "WBK"


def _missing(score: Score, target: str) -> str:
    """ "Kurang 3 syarat WBK"; "" where the target's minima are met."""
    count = score.wbbm_shortfalls if target == "WBBM" else score.wbk_shortfalls
    return f"Kurang {count} syarat {target}" if count else ""


def _floors(worksheet: Worksheet, whats: tuple[str, ...]) -> Floors:
    """The minima of the predikat that have one for each of these, added up."""
    floors = []
    for predikat in worksheet.rules.predikat:
        required = {floor.what: floor.required for floor in predikat.floors}
        if all(what in required for what in whats):
            floors.append((predikat.code, sum((required[w] for w in whats), Fraction(0))))
    return tuple(floors)
