"""Answers from JSON and a score to JSON: the two sides of the command ``score``.

In: ``{"answers": {"A.I.1.i.a": "Ya", "A.II.1.i.a.n1": 7, "B.I.a": 3.6}}``, one code per fill-in
row. Out: plain dicts whose figures are decimal strings with up to 12 places.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from scoring.errors import EntryError
from scoring.printing import to_decimal_string
from scoring.result import Evaluation, NodeScore
from scoring.scales import MAXIMUM_LENGTH
from scoring.sheet import Sheet, parse_entry

ScoreJson = dict[str, object]


class AnswersError(ValueError):
    """Answers that cannot be scored; reasons are Indonesian lines that name the code."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("\n".join(self.reasons))


def read_answers(document: bytes) -> dict[str, object]:
    """The ``answers`` of a JSON document, numbers as exact Decimals.

    Raises AnswersError when it is not UTF-8, not JSON, names a code twice or has no answers.
    """
    try:
        content = json.loads(
            document.decode("utf-8-sig"),
            parse_int=_number,
            parse_float=_number,
            parse_constant=Decimal,
            object_pairs_hook=_without_repeats,
        )
    except UnicodeDecodeError as error:
        raise AnswersError(
            [f"Masukan bukan teks UTF-8 (bita ke-{error.start + 1} tidak sah)."]
        ) from error
    except json.JSONDecodeError as error:
        raise AnswersError(
            [f"Masukan bukan JSON yang sah (baris {error.lineno}, kolom {error.colno})."]
        ) from error
    except RecursionError as error:
        raise AnswersError(["Masukan bersarang terlalu dalam."]) from error
    answers = content.get("answers") if isinstance(content, dict) else None
    if not isinstance(answers, dict):
        raise AnswersError(['Masukan harus berupa objek JSON dengan objek "answers" di dalamnya.'])
    return answers


def entries_from_answers(sheet: Sheet, answers: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """Canonical entries by question code. None is an open question.

    Raises AnswersError with a line for every code at fault.
    """
    places = {item.code: (item.code, "value") for item in sheet.items if not item.inputs}
    places |= {
        f"{item.code}.{each.key}": (item.code, each.key)
        for item in sheet.items
        for each in item.inputs
    }
    raw: dict[str, dict[str, str]] = {}
    reasons = []
    for code, answer in answers.items():
        if code not in places:
            reasons.append(f"{_shown(code)}: kode tidak dikenal atau bukan kode isian.")
            continue
        question, key = places[code]
        try:
            text = _answer_text(code, answer)
        except EntryError as error:
            reasons.append(f"{code}: {error.message}")
            continue
        if text is not None:
            raw.setdefault(question, {})[key] = text
    entries = {}
    for question, fields in raw.items():
        try:
            entries[question] = parse_entry(sheet.by_code[question], fields)
        except EntryError as error:
            codes = [f"{question}.{key}" for key in error.inputs] or [question]
            reasons.append(f"{', '.join(codes)}: {error.message}")
    if reasons:
        raise AnswersError(reasons)
    return entries


def evaluation_to_json(instrument: str, evaluation: Evaluation) -> ScoreJson:
    """The result as plain JSON values; counts are integers, figures decimal strings."""

    def points(what: str, value: Fraction) -> str:
        return to_decimal_string(value, floors=evaluation.floors_of(what))

    def score(what: str, node: NodeScore) -> dict[str, str]:
        return {
            "points": points(what, node.points),
            "weight": to_decimal_string(node.weight),
            "percent": to_decimal_string(node.percent),
        }

    return {
        "instrument": instrument,
        "total": points("total", evaluation.total),
        "complete": evaluation.complete,
        "answered": evaluation.answered,
        "questions": evaluation.questions,
        "nodes": {code: score(code, node) for code, node in evaluation.nodes.items()},
        "areas": {str(n): score(f"area{n}", area) for n, area in evaluation.areas.items()},
        "predikat": {
            code: {
                "meets": verdict.meets,
                "shortfalls": [
                    {
                        "what": each.what,
                        "required": to_decimal_string(each.required),
                        "actual": points(each.what, each.actual),
                    }
                    for each in verdict.shortfalls
                ],
            }
            for code, verdict in evaluation.verdicts.items()
        },
    }


def _answer_text(code: str, answer: object) -> str | None:
    """One JSON value as the text a person would have typed; None stays open."""
    if answer is None:
        return None
    if isinstance(answer, Decimal):
        return _plain(code, answer)
    if not isinstance(answer, str):
        raise EntryError(code, "nilai harus berupa teks atau angka.")
    if not answer.strip():
        raise EntryError(code, "nilai kosong; gunakan null untuk pertanyaan yang belum dijawab.")
    return answer


def _plain(code: str, number: Decimal) -> str:
    """A JSON number without exponent: ``7.0`` is 7 and ``36e-1`` is 3.6."""
    if not number.is_finite() or (number and abs(number.adjusted()) > MAXIMUM_LENGTH):
        raise EntryError(code, "angka di luar skala.")
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if number else "0"


def _number(text: str) -> Decimal:
    """A JSON number, exactly; one beyond what Decimal can hold counts as infinite."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("Infinity")


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    times = Counter(key for key, _ in pairs)
    repeated = [key for key, count in times.items() if count > 1]
    if repeated:
        raise AnswersError(f"{_shown(key)}: kode ditulis lebih dari sekali." for key in repeated)
    return dict(pairs)


def _shown(code: str) -> str:
    """A code from outside, short and printable."""
    cut = code if len(code) <= MAXIMUM_LENGTH else f"{code[:MAXIMUM_LENGTH]}…"
    return cut if cut.isprintable() and cut else ascii(cut)
