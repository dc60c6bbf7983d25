"""What the same satker said a year earlier, beside each question: its answer and note, and what
the reviewer granted, from the last snapshot (decisions 37, 38)."""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString

import scoring
from assessments.answer_words import print_comma
from assessments.card_parts import value_of
from assessments.enums import Verdict
from assessments.models import Assessment, QuestionMap, Snapshot
from assessments.services.carry_over import snapshots_before
from assessments.services.version_maps import Continuation, load_continuation
from assessments.worksheet import QuestionRow, Worksheet
from common.composed import rows_of

_AN_HOUR = 3600  # seconds; a map may be corrected as long as nobody uses its version


@dataclass(frozen=True, slots=True)
class LastYear:
    """One question's answer of an earlier year. granted: the reviewer's own answer, {} where it
    took over the satker's; verdict "" where nobody had judged yet."""

    year: int
    worksheet: Worksheet
    question: QuestionRow
    kind: QuestionMap.Kind
    entered: Mapping[str, str]
    note: str
    verdict: str
    granted: Mapping[str, str]
    remark: str


def load_last_year(assessment: Assessment, questions: Iterable[QuestionRow]) -> dict[int, LastYear]:
    """By question key, of those with an answer then. One query; between two versions of the
    instrument two more for each, once an hour."""
    found = rows_of(_latest, assessment.satker_id, assessment.period.year)
    if not found:
        return {}
    ((text, year, instrument_id),) = found
    continuation = _continuation(
        instrument_id, assessment.instrument_id, int(time.time() // _AN_HOUR)
    )
    if continuation is None:
        return {}
    content = json.loads(text)
    told = {}
    for question in questions:
        source = continuation.sources.get(question.pk)
        answer = content["answers"].get(source.old.code, {}) if source else {}
        if source is None or not answer.get("entered"):
            continue
        judged = content["verifications"].get(source.old.code, {})
        told[question.pk] = LastYear(
            year=year,
            worksheet=continuation.old,
            question=source.old,
            kind=source.kind,
            entered=answer["entered"],
            note=answer.get("note", "").strip(),
            verdict=judged.get("verdict", ""),
            granted=judged.get("entered", {}),
            remark=judged.get("note", "").strip(),
        )
    return told


def _latest(satker: int, year: int) -> QuerySet[Snapshot, tuple[str, int, int]]:
    columns = ("content", "assessment__period__year", "assessment__instrument_id")
    return snapshots_before(satker, year).values_list(*columns)[:1]


def last_year_html(each: LastYear | None) -> SafeString:
    """ "2025: B (0,50), diverifikasi C (0,25)", unfolding to the notes; "" for none."""
    if each is None:
        return SafeString("")
    parts = [f"{each.year}: {_in_brief(each, each.entered)}"]
    if each.verdict in {Verdict.KURANG_SESUAI, Verdict.TIDAK_SESUAI}:
        parts.append(f"diverifikasi {_in_brief(each, each.granted)}")
    elif each.verdict:
        parts.append("diverifikasi sesuai")
    if each.kind != QuestionMap.Kind.SAME:
        parts.append("pertanyaannya berubah")
    line = ", ".join(parts)
    notes = [
        format_html('<p class="typed"><b>{}</b> {}</p>', title, text)
        for title, text in (
            ("Pertanyaan waktu itu:", _asked_then(each)),
            ("Catatan satker:", each.note),
            ("Catatan verifikator:", each.remark),
        )
        if text
    ]
    if not notes:
        return format_html('<p class="muted small">{}</p>', line)
    return format_html(
        '<details class="guide"><summary>{}</summary>{}</details>', line, SafeString("".join(notes))
    )


def _asked_then(each: LastYear) -> str:
    """The old question's text where it is not the same."""
    return "" if each.kind == QuestionMap.Kind.SAME else each.question.text


def _in_brief(each: LastYear, entered: Mapping[str, str]) -> str:
    """ "B (0,50)", "66,67%", "3,6"; "belum lengkap" for counts that were left open."""
    value = value_of(each.worksheet, each.question, entered)
    if value is None:
        return "belum lengkap"
    if each.question.inputs:
        return scoring.print_percent(value)
    if each.question.options:
        return f"{entered['value']} ({scoring.print_points(value)})"
    return print_comma(entered["value"])


@lru_cache(maxsize=32)
def _continuation(old_id: int, new_id: int, _hour: int) -> Continuation | None:
    return load_continuation(old_id, new_id)
