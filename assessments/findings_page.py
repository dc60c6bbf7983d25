"""The findings page: what the check before sending finds, by kind, with counts by area."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from assessments.addresses import question_url
from assessments.enums import FindingKind
from assessments.findings import Finding
from assessments.findings_forms import ASKING, ERRORS, WARNINGS
from assessments.models import Assessment
from assessments.services.checks import sheet_findings
from assessments.worksheet import AreaRow, load_worksheet

WHY: Mapping[FindingKind, str] = {
    FindingKind.ANSWER: "Pertanyaan yang belum dijawab dihitung 0.",
    FindingKind.CONFIRMATION: "Jawaban tahun lalu belum tentu benar untuk tahun ini.",
    FindingKind.EVIDENCE: "Tanpa bukti, verifikator tidak dapat memberi nilai.",
    FindingKind.FIGURES: "Bagian tidak dapat lebih besar daripada keseluruhannya.",
    FindingKind.FIGURES_DIFFER: "Verifikator mencocokkan angka dengan register dan laporan.",
    FindingKind.NOTE: "Verifikator perlu membaca apa yang dilakukan, kapan, dan di halaman mana "
    "buktinya.",
    FindingKind.OLD: "Bukti dari luar tahun penilaian sering ditolak.",
    FindingKind.UNDATED: "Tanpa tanggal dokumen tidak terlihat bahwa bukti berasal dari tahun "
    "penilaian. Tanggal diisi pada rincian berkas di Bukti dukung.",
    FindingKind.DOCUMENT: "Jawaban biasanya diturunkan bila dokumen wajibnya tidak ada.",
    FindingKind.UNCHECKED: "Jawaban belum dibaca orang kedua sebelum dikirim.",
}


@dataclass(frozen=True, slots=True)
class FindingLine:
    """url: of the question. checked: its box in the form."""

    finding: Finding
    url: str
    checked: bool


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """All findings of a kind that are shown. problem, typed: a refused reason."""

    kind: FindingKind
    why: str
    blocks: bool
    lines: tuple[FindingLine, ...]
    problem: str = ""
    typed: str = ""

    @property
    def asking(self) -> int:
        return sum(line.finding.asks for line in self.lines)


@dataclass(frozen=True, slots=True)
class FindingCounts:
    """Errors, warnings that want a reason, warnings that have one; of one area or of all."""

    errors: int
    asking: int
    explained: int
    area: AreaRow | None = None
    url: str = ""
    current: bool = False

    @property
    def warnings(self) -> int:
        return self.asking + self.explained


@dataclass(frozen=True, slots=True)
class RefusedReason:
    """What was typed and could not be stored."""

    kind: str
    codes: frozenset[str]
    text: str
    message: str


@dataclass(frozen=True, slots=True)
class FindingsPage:
    total: FindingCounts
    areas: tuple[FindingCounts, ...]
    groups: tuple[FindingGroup, ...]


def build_findings_page(
    assessment: Assessment,
    chosen: Mapping[str, str],
    refused: RefusedReason | None = None,
    *,
    checks: bool,
) -> FindingsPage:
    """The page in four queries; one more where the team has coordinators, and one more after a
    return. chosen: `FindingsForm.chosen`. checks: as `sheet_findings`."""
    worksheet = load_worksheet(assessment.instrument_id)
    findings = sheet_findings(assessment, checks=checks)
    areas = []
    for area in worksheet.areas:
        own = [finding for finding in findings if finding.question.page == area.key]
        current = chosen["area"] == area.key
        areas.append(_count(own, area, findings_url(assessment, area=area.key), current=current))
    shown = [finding for finding in findings if _is_chosen(finding, chosen)]
    groups = (_group(assessment, kind, shown, refused) for kind in FindingKind)
    return FindingsPage(
        total=_count(findings),
        areas=tuple(areas),
        groups=tuple(group for group in groups if group.lines),
    )


def findings_url(assessment: Assessment, **chosen: str) -> str:
    """The page's address with what is chosen of it."""
    url = reverse("assessments:findings", args=[assessment.pk])
    query = urlencode({name: value for name, value in chosen.items() if value})
    return f"{url}?{query}" if query else url


def _count(
    findings: Sequence[Finding],
    area: AreaRow | None = None,
    url: str = "",
    *,
    current: bool = False,
) -> FindingCounts:
    errors = sum(finding.blocks for finding in findings)
    asking = sum(finding.asks for finding in findings)
    return FindingCounts(errors, asking, len(findings) - errors - asking, area, url, current)


def _is_chosen(finding: Finding, chosen: Mapping[str, str]) -> bool:
    if chosen["area"] and finding.question.page != chosen["area"]:
        return False
    shown = {ERRORS: finding.blocks, WARNINGS: not finding.blocks, ASKING: finding.asks}
    return shown.get(chosen["jenis"], True)


def _group(
    assessment: Assessment,
    kind: FindingKind,
    findings: Iterable[Finding],
    refused: RefusedReason | None,
) -> FindingGroup:
    own = [finding for finding in findings if finding.kind == kind]
    typed = refused if refused is not None and refused.kind == kind else None
    lines = (
        FindingLine(
            finding=finding,
            url=question_url(assessment.pk, finding.question),
            checked=finding.question.code in typed.codes if typed else finding.asks,
        )
        for finding in own
    )
    return FindingGroup(
        kind=kind,
        why=WHY.get(kind, ""),
        blocks=bool(own) and own[0].blocks,
        lines=tuple(lines),
        problem=typed.message if typed else "",
        typed=typed.text if typed else "",
    )
