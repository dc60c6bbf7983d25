"""`build_report(assessment)`: what the LKE says, once for every format.

The score is computed from the rows read here, so that the figures and the answers of one report
always belong together.
"""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

import scoring
from assessments.enums import Status
from assessments.models import Assessment, Verification
from assessments.worksheet import HASIL, WITH_OWN_ENTRY, Worksheet
from common.charts import Axis
from reports import wording
from reports.annex import build_annex
from reports.parts import (
    AreaLine,
    Attachment,
    Block,
    Figure,
    FloorCheck,
    FloorLine,
    Given,
    Head,
    Part,
    Report,
    Result,
    Review,
    Row,
    Signature,
    Step,
)
from reports.rows import Rows, load_rows
from reports.standing import build_standing
from satker.models import SatkerKind
from scoring.rules import AREA, PENGUNGKIT, TOTAL

__all__ = ["Report", "build_report"]


def build_report(
    assessment: Assessment, *, with_verdicts: bool = True, at: datetime | None = None
) -> Report:
    """What every format says about an assessment.

    with_verdicts: False for readers who may not know yet what the reviewer has entered
    (`can_read_verdicts`). at: the moment it is printed, now if None.
    """
    rows = load_rows(assessment.pk, with_verdicts=with_verdicts)
    return _Builder(rows, at or timezone.now()).build()


class _Builder:
    def __init__(self, rows: Rows, at: datetime) -> None:
        self.rows = rows
        self.at = at
        self.worksheet: Worksheet = rows.worksheet
        self.own = self.worksheet.evaluate(rows.own_entries)
        self.is_verified = rows.judged > 0
        self.counting = (
            self.worksheet.evaluate(rows.counting_entries) if self.is_verified else self.own
        )

    def build(self) -> Report:
        worksheet, assessment = self.worksheet, self.rows.assessment
        tree = tuple(self._part(node) for node in worksheet.sheet.components)
        head = self._head()
        areas = tuple(self._area(area) for area in worksheet.sheet.areas)
        result = self._result()
        total_sentence, sums = build_annex(self.rows)
        return Report(
            head=head,
            result=result,
            predikat=tuple(self.counting.verdicts),
            areas=(*areas, *(AreaLine(p.figure, (p.code,)) for p in tree if not _has_areas(p))),
            axes=tuple(self._axis(area) for area in worksheet.sheet.areas),
            floors=self._floors(),
            tree=tree,
            blocks=tuple(self._blocks(tree)),
            standing=build_standing(self.rows, self.at),
            steps=tuple(
                Step(step.get_action_display(), step.at, step.by.name, step.note)
                for step in self.rows.transitions
            ),
            conclusion=wording.conclusion(
                self.counting, worksheet.rules, assessment.target, result.is_interim
            ),
            signatures=self._signatures(),
            total_sentence=total_sentence,
            sums=sums,
        )

    def _head(self) -> Head:
        assessment = self.rows.assessment
        satker, instrument = assessment.satker, assessment.instrument
        verifier = satker.verifier
        is_kanwil = verifier is not None and verifier.kind == SatkerKind.KANWIL
        return Head(
            title=f"{instrument.title} Tahun {assessment.period.year}",
            year=assessment.period.year,
            satker=satker.name,
            code=satker.code,
            verifier_label="Kanwil" if is_kanwil else "Verifikator",
            verifier=verifier.name if verifier else "belum ada",
            target=assessment.target,
            instrument=str(instrument),
            source=instrument.source,
            status=assessment.status,
            status_sentence=wording.status_sentence(assessment, self.rows.transitions, satker.zone),
            printed_at=self.at,
            zone=satker.zone,
        )

    def _result(self) -> Result:
        target, questions = self.rows.assessment.target, self.own.questions
        is_interim = not self.counting.complete or (
            self.is_verified and self.rows.judged < questions
        )
        total = Figure(
            name="Jumlah",
            weight=self.worksheet.sheet.weight,
            own=self.own.total,
            verified=self.counting.total if self.is_verified else None,
            floors=self.counting.floors_of(TOTAL),
        )
        return Result(
            total=total,
            answered=self.own.answered,
            judged=self.rows.judged,
            questions=questions,
            is_interim=is_interim,
            sentence=f"{wording.verdict_sentence(target, self.counting.verdicts[target])}.",
            remarks=wording.remarks(self.counting, target, self.rows.judged, self.is_verified),
        )

    def _figure(
        self, name: str, what: str, own: scoring.NodeScore, now: scoring.NodeScore
    ) -> Figure:
        return Figure(
            name=name,
            weight=own.weight,
            own=own.points,
            verified=now.points if self.is_verified else None,
            floors=self.counting.floors_of(what),
        )

    def _node_figure(self, code: str, name: str) -> Figure:
        what = self.worksheet.sheet.floor_name(code)
        return self._figure(name, what, self.own.nodes[code], self.counting.nodes[code])

    def _area(self, area: scoring.Area) -> AreaLine:
        number = area.number
        row = self.worksheet.area(str(number))
        figure = self._figure(
            f"{number}. {row.name}" if row else str(number),
            f"{AREA}{number}",
            self.own.areas[number],
            self.counting.areas[number],
        )
        return AreaLine(figure, self._codes(f"{AREA}{number}"))

    def _codes(self, what: str) -> tuple[str, ...]:
        """The nodes, or the question, whose points add up to what a minimum is about."""
        sheet = self.worksheet.sheet
        if what == TOTAL:
            return tuple(node.code for node in sheet.components)
        if what == PENGUNGKIT and sheet.pengungkit is not None:
            return (sheet.pengungkit,)
        for area in sheet.areas:
            if what == f"{AREA}{area.number}":
                return tuple(sheet.lines[at].code for at in area.lines)
        return (what,)

    def _axis(self, area: scoring.Area) -> Axis:
        number = area.number
        row = self.worksheet.area(str(number))
        what = f"{AREA}{number}"
        return Axis(
            label=f"{number} {row.short_name}" if row else str(number),
            weight=area.weight,
            own=self.own.areas[number].points,
            verified=self.counting.areas[number].points if self.is_verified else None,
            floors=tuple(
                (predikat.code, floor.required)
                for predikat in self.worksheet.rules.predikat
                for floor in predikat.floors
                if floor.what == what
            ),
        )

    def _floors(self) -> tuple[FloorLine, ...]:
        """Every minimum of any predikat, in the order in which the predikat name them."""
        lines: dict[str, dict[str, scoring.FloorStatus]] = {}
        for code, verdict in self.counting.verdicts.items():
            for status in verdict.floors:
                lines.setdefault(status.what, {})[code] = status
        return tuple(
            FloorLine(
                codes=self._codes(what),
                name=self._floor_name(what),
                actual=next(iter(found.values())).actual,
                floors=self.counting.floors_of(what),
                checks=tuple(_check(code, found.get(code)) for code in self.counting.verdicts),
            )
            for what, found in lines.items()
        )

    def _floor_name(self, what: str) -> str:
        """The name, with the index that was entered: "Indeks … (IPAK): 3,62 dari 4"."""
        name = self.worksheet.name_of(what)
        question = self.worksheet.by_code.get(what)
        if question is None or question.maximum is None:
            return name
        entered = self.rows.counting_entries.get(what, {})
        answer = wording.given(question, self.worksheet.item(what), entered)
        return f"{name}: {answer.short} {answer.meaning}".rstrip()

    def _part(self, node: scoring.Node) -> Part:
        return Part(
            code=node.code,
            figure=self._node_figure(node.code, self.worksheet.name_of(node.code)),
            area="" if node.area is None else str(node.area),
            parts=tuple(self._part(child) for child in node.children),
            rows=tuple(self._row(item) for item in node.items),
        )

    def _row(self, item: scoring.Item) -> Row:
        code, rows = item.code, self.rows
        question = self.worksheet.by_code[code]
        answer = rows.answers.get(code)
        own = wording.given(question, item, answer.entered if answer else {})
        verification = rows.verifications.get(code)
        review = None if verification is None else self._review(item, verification)
        return Row(
            code=code,
            text=question.text,
            scale=item.scale,
            own=own,
            note=answer.note if answer else "",
            files=tuple(
                Attachment(link.file.name, link.file.size, link.file.sha256, link.document)
                for link in rows.evidence.get(code, [])
            ),
            review=review,
            counting=review.given if review and review.given else own,
            figure=None
            if item.weight is None
            else self._node_figure(code, self.worksheet.name_of(code)),
        )

    def _review(self, item: scoring.Item, row: Verification) -> Review:
        given: Given | None = None
        if row.verdict in WITH_OWN_ENTRY:
            given = wording.given(self.worksheet.by_code[item.code], item, row.entered)
        return Review(
            verdict=row.verdict,
            label=row.get_verdict_display() if row.verdict else "Belum diperiksa",
            given=given,
            note=row.note,
            by=row.saved_by.name,
            at=row.saved_at,
        )

    def _blocks(self, tree: tuple[Part, ...]) -> Iterator[Block]:
        """Area by area, then what has no area; pemenuhan before reform."""
        for area in self.worksheet.areas:
            if area.key == HASIL:
                continue
            found = list(_of_area(tree, area.key, ""))
            for part, above in found:
                suffix = f": {above.lower()}" if len(found) > 1 else ""
                label = f"{above.lower()} area" if len(found) > 1 else "area"
                yield Block(
                    title=f"Area {area.key}. {area.name}{suffix}",
                    total_label=f"Jumlah {label} {area.key}",
                    figure=part.figure,
                    sections=tuple(_sections(part)),
                )
        for part in tree:
            if not _has_areas(part):
                name = part.figure.name
                yield Block(name, f"Jumlah {name.lower()}", part.figure, tuple(_sections(part)))

    def _signatures(self) -> tuple[Signature, ...]:
        assessment = self.rows.assessment
        satker = assessment.satker
        sender, approver = assessment.submitted_by, assessment.approved_by
        is_approved = assessment.status == Status.APPROVED
        return (
            Signature(
                at=assessment.submitted_at,
                office="Pimpinan satuan kerja" if sender is None else sender.get_role_display(),
                place=satker.name,
                name=sender.name if sender else "",
            ),
            Signature(
                at=assessment.approved_at if is_approved else None,
                office=approver.get_role_display() if approver else "Ketua tim verifikasi",
                place=satker.verifier.name if satker.verifier else "",
                name=approver.name if approver and is_approved else "",
            ),
        )


def _check(code: str, status: scoring.FloorStatus | None) -> FloorCheck | None:
    if status is None:
        return None
    gap = "" if status.met else scoring.print_gap(status.required, status.actual)
    return FloorCheck(code, status.required, status.met, gap)


def _has_areas(part: Part) -> bool:
    return bool(part.area) or any(_has_areas(each) for each in part.parts)


def _of_area(parts: tuple[Part, ...], key: str, above: str) -> Iterator[tuple[Part, str]]:
    """The nodes of an area, each with the name of the node above it."""
    for part in parts:
        if part.area == key:
            yield part, above
        else:
            yield from _of_area(part.parts, key, part.figure.name)


def _sections(part: Part) -> Iterator[Part]:
    """Everything below an area, parents first; the part itself where it holds rows."""
    if part.rows:
        yield part
    for child in part.parts:
        yield child
        if child.parts:
            yield from _sections(child)
