"""What becomes of the questions of a version in the next one, as plain values (decision 37).

The lines of a map are derived from one thing alone: which old question each new one continues.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assessments.models import QuestionMap
from assessments.worksheet import QuestionRow, Worksheet

Kind = QuestionMap.Kind
Sources = Mapping[str, str | None]  # code of a new question: code of the one it continues


@dataclass(frozen=True, slots=True)
class Line:
    """old, new: None where there is none on that side."""

    kind: QuestionMap.Kind
    old: QuestionRow | None
    new: QuestionRow | None
    reason: str = ""


def first_sources(old: Worksheet, new: Worksheet) -> dict[str, str | None]:
    """The same code continues the same question, where its answers can be carried."""
    return {
        code: code if code in old.by_code and not obstacle(old, code, new, code) else None
        for code in new.by_code
    }


def build_lines(old: Worksheet, new: Worksheet, sources: Sources) -> Iterator[Line]:
    """Every new question in the order of its sheet, then the old ones that nothing continues."""
    continued = Counter(code for code in sources.values() if code is not None)
    for question in new.questions:
        source = sources.get(question.code)
        if source is None:
            yield Line(Kind.NEW, None, question)
            continue
        before = old.by_code[source]
        if continued[source] > 1:
            yield Line(Kind.SPLIT, before, question)
        elif read(before) == read(question):
            yield Line(Kind.SAME, before, question)
        else:
            yield Line(Kind.REWORDED, before, question)
    for question in old.questions:
        if not continued[question.code]:
            code = question.code
            reason = obstacle(old, code, new, code) if code in new.by_code else ""
            yield Line(Kind.GONE, question, None, reason)


def obstacle(old: Worksheet, old_code: str, new: Worksheet, new_code: str) -> str:
    """Why an answer to the old question is none to the new one; "" where it can be carried."""
    before, after = old.by_code[old_code], new.by_code[new_code]
    if before.kind != after.kind:
        return (
            f"Jenis jawaban berubah dari {before.kind.label.lower()} "
            f"menjadi {after.kind.label.lower()}."
        )
    if _values(before) != _values(after):
        return "Pilihan jawaban atau nilainya berubah."
    if before.maximum != after.maximum:
        return "Nilai tertinggi berubah."
    if before.field_names != after.field_names:
        return "Isian angka berubah."
    if _parts(old, old_code) != _parts(new, new_code):
        return "Rumus persentase berubah."
    return ""


def read(question: QuestionRow) -> tuple[object, ...]:
    """What a person reads before answering; advice on documents is not part of it."""
    options = tuple((option.key, option.text) for option in question.options)
    return question.text, question.help, options, question.inputs


def _values(question: QuestionRow) -> dict[str, str]:
    return {option.key: option.value for option in question.options}


def _parts(worksheet: Worksheet, code: str) -> tuple[object, ...]:
    """Which input counts as what; how the result is capped does not change what was entered."""
    scale = worksheet.item(code).scale
    names = ("numerator", "denominator", "before", "after")
    return tuple(getattr(scale, name, None) for name in names)
