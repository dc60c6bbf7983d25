"""What the page that carries last year's answers over shows."""

from dataclasses import dataclass

from assessments.answer_words import short_answer
from assessments.models import Assessment, QuestionMap
from assessments.services.carry_over import CarriedLine, CarryPlan
from assessments.worksheet import QuestionRow, Worksheet, load_worksheet

Kind = QuestionMap.Kind


@dataclass(frozen=True, slots=True)
class CarryLine:
    """was: code and text of last year's question, "" where they are the same."""

    question: QuestionRow
    was_code: str
    was_text: str
    words: str
    files: int


@dataclass(frozen=True, slots=True)
class CarryGroup:
    title: str
    explained: str
    lines: tuple[CarryLine, ...]


@dataclass(frozen=True, slots=True)
class CarryPage:
    plan: CarryPlan
    groups: tuple[CarryGroup, ...]


def build_carry_page(assessment: Assessment, plan: CarryPlan) -> CarryPage:
    worksheet = load_worksheet(assessment.instrument_id)
    titles = {
        Kind.SAME: ("Sama", "Pertanyaannya tidak berubah."),
        Kind.REWORDED: (
            "Kata-katanya berubah",
            "Bacalah pertanyaan yang baru sebelum mengonfirmasi.",
        ),
        Kind.SPLIT: (
            "Dipecah",
            "Satu pertanyaan lama menjadi beberapa; jawabannya dibawa ke setiap bagian.",
        ),
    }
    groups = [
        CarryGroup(title, explained, tuple(_line(worksheet, line) for line in plan.of(kind)))
        for kind, (title, explained) in titles.items()
    ]
    return CarryPage(plan, tuple(group for group in groups if group.lines))


def _line(worksheet: Worksheet, line: CarriedLine) -> CarryLine:
    old = line.source.old
    return CarryLine(
        question=line.question,
        was_code="" if old.code == line.question.code else old.code,
        was_text="" if old.text == line.question.text else old.text,
        words=short_answer(worksheet, line.question, line.entered),
        files=len(line.files),
    )
