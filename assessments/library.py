"""The evidence library of a satker as its page shows it (decision 49)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.safestring import SafeString

from assessments.addresses import question_url
from assessments.models import AnswerEvidence
from assessments.thumbnails import small_picture
from assessments.worksheet import load_worksheet
from evidence.models import EvidenceFile
from satker.models import Satker

FILES_ON_A_PAGE = 25


@dataclass(slots=True)
class Place:
    """A question that a file supports."""

    code: str
    year: int
    url: str


@dataclass(slots=True)
class Line:
    """One file of the library."""

    file: EvidenceFile
    expired: bool
    places: list[Place] = field(default_factory=list)

    @property
    def picture(self) -> SafeString:
        return small_picture(self.file)


def library_page(
    satker: Satker,
    *,
    today: date,
    page: Any,
    cari: str,
    jenis: str,
    keadaan: str,
    tahun: int | None,
    beside: Q | None = None,
) -> tuple[Page, list[Line]]:
    """The files that match, latest first, and where each is attached: three queries.

    beside: links whose files are left out.
    """
    files = _matching(satker, today, cari, jenis, keadaan, tahun)
    if beside is not None:
        files = files.exclude(pk__in=AnswerEvidence.objects.filter(beside).values("file"))
    found = Paginator(files, FILES_ON_A_PAGE).get_page(page)
    lines = [Line(file, file.is_expired(today)) for file in found]
    _put_places(lines)
    return found, lines


def places_of(file: EvidenceFile) -> list[Place]:
    """The questions of all years that the file supports, latest year first."""
    line = Line(file, expired=False)
    _put_places([line])
    return line.places


@dataclass(frozen=True, slots=True)
class Version:
    """A file in the line of those that replaced each other; number: 1 for the first."""

    number: int
    file: EvidenceFile
    current: bool


def versions_of(file: EvidenceFile) -> list[Version]:
    """The file with all it replaced and was replaced by, the newest first; two queries however
    long the line is. Empty where it is the only one."""
    pairs = EvidenceFile.objects.filter(satker=file.satker_id, replaces__isnull=False)
    older = dict(pairs.values_list("pk", "replaces_id"))
    newer = {old: new for new, old in older.items()}
    line = [file.pk]
    while line[0] in newer:
        line.insert(0, newer[line[0]])
    while line[-1] in older:
        line.append(older[line[-1]])
    if len(line) == 1:
        return []
    rows = EvidenceFile.objects.select_related("uploaded_by").in_bulk(line)
    return [Version(len(line) - place, rows[key], key == file.pk) for place, key in enumerate(line)]


def years_of(satker: Satker) -> list[int]:
    """The years whose answers the satker's files support, latest first."""
    links = AnswerEvidence.objects.filter(file__satker=satker)
    years = links.values_list("assessment__period__year", flat=True)
    return list(years.order_by("-assessment__period__year").distinct())


def _matching(
    satker: Satker, today: date, cari: str, jenis: str, keadaan: str, tahun: int | None
) -> QuerySet[EvidenceFile]:
    links = AnswerEvidence.objects.filter(file=OuterRef("pk"))
    files = EvidenceFile.objects.filter(satker=satker).order_by("-uploaded_at", "-pk")
    files = files.filter(replaced_by__isnull=keadaan != "diganti")
    for word in cari.split():
        files = files.filter(Q(name__icontains=word) | Q(title__icontains=word))
    if jenis:
        files = files.filter(kind="" if jenis == "belum" else jenis)
    if keadaan == "kedaluwarsa":
        files = files.filter(valid_until__lt=today)
    if keadaan == "lepas":
        files = files.filter(~Exists(links))
    if tahun:
        files = files.filter(Exists(links.filter(assessment__period__year=tahun)))
    return files


def _put_places(lines: Iterable[Line]) -> None:
    by_file = {line.file.pk: line for line in lines}
    links = AnswerEvidence.objects.filter(file__in=list(by_file)).select_related(
        "assessment__period"
    )
    for link in links.order_by("-assessment__period__year", "question_id"):
        assessment = link.assessment
        question = load_worksheet(assessment.instrument_id).by_pk[link.question_id]
        url = question_url(assessment.pk, question)
        place = Place(question.code, assessment.period.year, url)
        by_file[link.file_id].places.append(place)
