"""The one bridge between stored rows and `scoring`: rows to a sheet, entries to an evaluation.

A published instrument never changes, so what is read of it is kept for the life of the process.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from uuid import UUID

from django.db.models import TextField
from django.db.models.functions import Cast

import scoring
from assessments.enums import AnswerKind, Tier, Verdict
from assessments.errors import InvalidEntry
from assessments.instrument_file import export_instrument
from assessments.models import Answer, Instrument, Verification

Entries = dict[str, Mapping[str, str]]

HASIL = "hasil"


@dataclass(frozen=True, slots=True)
class OptionRow:
    """A choice; value: its share of the question's weight, 0 to 1."""

    key: str
    value: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class InputRow:
    key: str
    label: str


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question as every page and report needs it; position counts from 0 over the sheet."""

    pk: int
    position: int
    code: str
    kind: AnswerKind
    text: str
    help: str
    options: tuple[OptionRow, ...]
    inputs: tuple[InputRow, ...]
    documents: tuple[str, ...]
    supports: tuple[str, ...]
    pitfalls: tuple[str, ...]
    evidence_required: bool
    maximum: str | None
    section: "SectionRow"

    @property
    def field_names(self) -> tuple[str, ...]:
        """The fields of a posted answer: value, or n1, n2, …"""
        return tuple(item.key for item in self.inputs) or ("value",)

    @property
    def anchor(self) -> str:
        """The id of its card in a page."""
        return self.code.replace(".", "-")

    @property
    def page(self) -> str:
        """The area page it stands on, as the address has it: "1" to "6" or "hasil"."""
        return self.section.area

    @property
    def short_code(self) -> str:
        """The part of the code within its area, as on the chips of the desk: "i.a"."""
        letter = self.code.rpartition(".")[2]
        return f"{self.section.number}.{letter}" if self.section.number else self.code


@dataclass(frozen=True, slots=True)
class SectionRow:
    """The node a group of questions stands under; area is "1" to "6" or "hasil".

    number: its place within the area as printed, "i" or "iii.1"; "" in hasil.
    """

    code: str
    name: str
    weight: Decimal
    area: str
    aspect: str
    number: str

    @property
    def title(self) -> str:
        """ "Pemenuhan i. Pembentukan tim kerja" """
        place = " ".join(filter(None, (self.aspect.capitalize(), self.number)))
        return f"{place}. {self.name}" if place else self.name

    @property
    def anchor(self) -> str:
        return "bagian-" + self.code.replace(".", "-")


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One page of the questionnaire: key "1" to "6" or "hasil"."""

    key: str
    name: str
    short_name: str
    questions: tuple[QuestionRow, ...]

    @property
    def number(self) -> str:
        """As the navigation shows it: "1" to "6", "H"."""
        return "H" if self.key == HASIL else self.key

    @property
    def label(self) -> str:
        return self.name if self.key == HASIL else f"Area {self.key}. {self.name}"


@dataclass(frozen=True, slots=True)
class Worksheet:
    """An instrument in memory: what is scored and what is shown."""

    instrument_id: int
    code: str
    sheet: scoring.Sheet
    rules: scoring.RuleSet
    questions: tuple[QuestionRow, ...]
    areas: tuple[AreaRow, ...]
    by_pk: Mapping[int, QuestionRow]
    by_code: Mapping[str, QuestionRow]
    names: Mapping[str, str]

    def area(self, key: str) -> AreaRow | None:
        return next((area for area in self.areas if area.key == key), None)

    def item(self, code: str) -> scoring.Item:
        return self.sheet.by_code[code]

    def evaluate(self, entries: Mapping[str, Mapping[str, str]]) -> scoring.Evaluation:
        return scoring.evaluate(self.sheet, self.rules, entries)

    def floors_of(self, what: str) -> tuple[Fraction, ...]:
        """The floors that a figure is printed against: "total", "area5", a code."""
        return tuple(
            floor.required
            for predikat in self.rules.predikat
            for floor in predikat.floors
            if floor.what == what
        )

    def name_of(self, what: str) -> str:
        """What a floor is about, in words: "Nilai total", "Area 5, Penguatan Pengawasan"."""
        return self.names[what]


@cache
def load_worksheet(instrument_id: int) -> Worksheet:
    """The published instrument in memory; read from the database once in a process.

    Raises ValueError for a draft: it may change, and nothing is ever scored with it.
    """
    instrument = Instrument.objects.get(pk=instrument_id)
    if instrument.is_draft:
        raise ValueError(f"{instrument.code} version {instrument.version} is a draft")
    return build_worksheet(instrument)


def build_worksheet(instrument: Instrument) -> Worksheet:
    """The instrument as its rows stand now. Raises ValueError where it cannot be scored."""
    content = export_instrument(instrument)
    parsed = scoring.parse_instrument(content)
    sections = _section_rows(content["nodes"])
    questions = _question_rows(instrument, sections)
    areas = _area_rows(content, questions)
    return Worksheet(
        instrument_id=instrument.pk,
        code=instrument.code,
        sheet=parsed.sheet,
        rules=parsed.rules,
        questions=questions,
        areas=areas,
        by_pk={question.pk: question for question in questions},
        by_code={question.code: question for question in questions},
        names=_names(content),
    )


# What was entered, as text: most of 113 answers are one of a dozen texts, so each is parsed once
# in a process and not once a row.
ENTERED_TEXT = Cast("entered", TextField())
_REMEMBERED_ENTRIES = 4096

# Verdicts that come with an entry of the reviewer's.
WITH_OWN_ENTRY = frozenset({Verdict.KURANG_SESUAI, Verdict.TIDAK_SESUAI})


@lru_cache(maxsize=_REMEMBERED_ENTRIES)
def parse_entered(text: str) -> Mapping[str, str]:
    """The entry of a stored text (`ENTERED_TEXT`), shared: never to be changed in place."""
    parsed: dict[str, str] = json.loads(text)
    return parsed


def load_entries(worksheet: Worksheet, assessment_id: UUID, tier: Tier) -> Entries:
    """What counts at a tier, by question code: the satker's answers, and over them what a
    reviewer of that tier entered (decision 10). One query, two for a reviewing tier."""
    by_pk = worksheet.by_pk
    entries, _ = load_answers(worksheet, assessment_id)
    if tier != Tier.MANDIRI:
        rows = Verification.objects.filter(
            assessment_id=assessment_id, tier=tier, verdict__in=WITH_OWN_ENTRY
        ).values_list("question_id", "verdict", "entered")
        return verified_entries(entries, ((by_pk[pk].code, *told) for pk, *told in rows))
    return entries


def verified_entries(
    own: Mapping[str, Mapping[str, str]], judged: Iterable[tuple[str, str, Mapping[str, str]]]
) -> Entries:
    """What counts after a review, by question code: the satker's entries, and over them what the
    reviewer entered; "sesuai" takes the satker's over, and so does no verdict (decision 10).

    judged: code, verdict ("" for none), the reviewer's entry.
    """
    entered_by_reviewer = {
        code: entered for code, verdict, entered in judged if verdict in WITH_OWN_ENTRY
    }
    return {**own, **entered_by_reviewer}


def load_answers(worksheet: Worksheet, assessment_id: UUID) -> tuple[Entries, frozenset[int]]:
    """The satker's entries, and the keys of the questions whose answer was carried over and is
    not confirmed yet. One query."""
    rows = list(
        Answer.objects.filter(assessment_id=assessment_id).values_list(
            "question_id", ENTERED_TEXT, "carried_year"
        )
    )
    entries: Entries = {worksheet.by_pk[pk].code: parse_entered(text) for pk, text, _ in rows}
    return entries, frozenset(pk for pk, _, year in rows if year is not None)


def merged_entry(
    worksheet: Worksheet, code: str, stored: Mapping[str, str], fields: Mapping[str, str]
) -> dict[str, str]:
    """The canonical entry after laying typed fields over the stored ones; an empty field clears.

    Raises InvalidEntry for what is not on the question's scale.
    """
    try:
        return scoring.parse_entry(worksheet.item(code), {**stored, **fields})
    except scoring.EntryError as fault:
        raise InvalidEntry(fault.message, fault.inputs) from fault


def is_answered(worksheet: Worksheet, code: str, entered: Mapping[str, str]) -> bool:
    """Whether all that the question asks for is there."""
    return scoring.value_of(worksheet.item(code), entered) is not None


def _section_rows(nodes: list[dict]) -> dict[str, SectionRow]:
    rows: dict[str, SectionRow] = {}

    def walk(node: dict, area: str, aspect: str, top: str) -> None:
        if node.get("role") == HASIL:
            area = HASIL
        if node.get("area") is not None:
            area, top = str(node["area"]), node["code"]
        aspect = node.get("aspect") or aspect
        if node.get("questions"):
            rows[node["code"]] = SectionRow(
                code=node["code"],
                name=node["name"],
                weight=Decimal(node["weight"]),
                area=area,
                aspect=aspect,
                number="" if area == HASIL else node["code"].removeprefix(f"{top}."),
            )
        for child in node.get("children", []):
            walk(child, area, aspect, top)

    for node in nodes:
        walk(node, "", "", "")
    return rows


def _question_rows(
    instrument: Instrument, sections: Mapping[str, SectionRow]
) -> tuple[QuestionRow, ...]:
    rows = instrument.questions.select_related("node").prefetch_related(
        "options", "inputs", "guidance"
    )
    result = []
    for position, row in enumerate(rows):
        guidance: dict[str, list[str]] = {"document": [], "support": [], "pitfall": []}
        for line in row.guidance.all():
            guidance[line.kind].append(line.text)
        result.append(
            QuestionRow(
                pk=row.pk,
                position=position,
                code=row.code,
                kind=AnswerKind(row.kind),
                text=row.text,
                help=row.help,
                options=tuple(OptionRow(o.key, o.value, o.text) for o in row.options.all()),
                inputs=tuple(InputRow(i.key, i.label) for i in row.inputs.all()),
                documents=tuple(guidance["document"]),
                supports=tuple(guidance["support"]),
                pitfalls=tuple(guidance["pitfall"]),
                evidence_required=row.evidence_required,
                maximum=None if row.maximum is None else f"{row.maximum.normalize():f}",
                section=sections[row.node.code],
            )
        )
    return tuple(result)


def _area_rows(content: dict, questions: tuple[QuestionRow, ...]) -> tuple[AreaRow, ...]:
    def of(key: str) -> tuple[QuestionRow, ...]:
        return tuple(question for question in questions if question.page == key)

    areas = [
        AreaRow(str(area["number"]), area["name"], area["short_name"], of(str(area["number"])))
        for area in content["areas"]
    ]
    return (*areas, AreaRow(HASIL, "Hasil", "Hasil", of(HASIL)))


def _names(content: dict) -> dict[str, str]:
    names = {"total": "Nilai total", "pengungkit": "Pengungkit"}
    for area in content["areas"]:
        names[f"area{area['number']}"] = f"Area {area['number']}, {area['name']}"

    def walk(node: dict) -> None:
        names[node["code"]] = node["name"]
        for question in node.get("questions", []):
            names[question["code"]] = question.get("name") or question["text"]
        for child in node.get("children", []):
            walk(child)

    for node in content["nodes"]:
        walk(node)
    return names
