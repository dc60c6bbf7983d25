"""Answers and states in the words that every format of the LKE uses."""

from collections.abc import Mapping
from fractions import Fraction

import scoring
from assessments.enums import Action, Status
from assessments.models import Assessment, Transition
from assessments.worksheet import QuestionRow
from common.dates import print_date
from reports.parts import Count, Given
from scoring.printing import MINUS

UNANSWERED = "belum dijawab"
INCOMPLETE = "belum lengkap"
OUTSIDE = (
    "Prasyarat pengusulan (PermenPANRB 5/2024) tidak dinilai dalam lembar ini dan diperiksa "
    "tersendiri."
)


def given(question: QuestionRow, item: scoring.Item, entered: Mapping[str, str]) -> Given:
    """An entry in words; entered is canonical, as it is stored."""
    value = scoring.value_of(item, entered)
    if question.inputs:
        counts = tuple(
            Count(each.key, each.label, entered.get(each.key, "")) for each in question.inputs
        )
        short = _ratio_short(entered, value)
        return Given(entered, short, _ratio_meaning(item.scale, entered, value), counts, value)
    text = entered.get("value", "")
    if not text:
        return Given(entered, UNANSWERED, "", (), value)
    if question.maximum is not None:
        limit = question.maximum.replace(".", ",")
        return Given(entered, text.replace(".", ","), f"dari {limit}", (), value)
    meaning = next(option.text for option in question.options if option.key == text)
    return Given(entered, text, meaning, (), value, is_choice=True)


def _ratio_short(entered: Mapping[str, str], value: Fraction | None) -> str:
    if value is not None:
        return scoring.print_percent(value)
    return INCOMPLETE if entered else UNANSWERED


def _ratio_meaning(scale: scoring.Scale, entered: Mapping[str, str], value: Fraction | None) -> str:
    """ "4 ÷ 6"; several counts in one half are summed in words: "5 ÷ (2 + 3 + 1)"."""
    if value is None:
        return ""
    if isinstance(scale, scoring.Decrease):
        before, after = entered[scale.before], entered[scale.after]
        return f"({before} {MINUS} {after}) ÷ {before}"
    if isinstance(scale, scoring.Ratio):
        return f"{_sum(scale.numerator, entered)} ÷ {_sum(scale.denominator, entered)}"
    return ""


def _sum(keys: tuple[str, ...], entered: Mapping[str, str]) -> str:
    terms = " + ".join(entered[key] for key in keys)
    return terms if len(keys) == 1 else f"({terms})"


def status_sentence(assessment: Assessment, steps: tuple[Transition, ...], zone: str) -> str:
    """ "Disetujui 26 Januari 2027, dikirim 29 Desember 2026"."""
    sent = print_date(assessment.submitted_at, zone) if assessment.submitted_at else ""
    match Status(assessment.status):
        case Status.DRAFT:
            return f"Draf, dibuka {print_date(assessment.opened_at, zone)}"
        case Status.SUBMITTED:
            return f"Dikirim {sent}"
        case Status.IN_REVIEW:
            return f"Sedang diverifikasi, dikirim {sent}"
        case Status.RETURNED:
            returned = [step.at for step in steps if step.action == Action.RETURN]
            when = f" {print_date(returned[-1], zone)}" if returned else ""
            return f"Dikembalikan untuk diperbaiki{when}, dikirim {sent}"
        case Status.APPROVED:
            return f"Disetujui {print_date(assessment.approved_at, zone)}, dikirim {sent}"
    raise ValueError(f"no sentence for status {assessment.status}")


def verdict_sentence(code: str, verdict: scoring.Verdict) -> str:
    """ "Memenuhi ke-12 syarat nilai WBK" or "3 dari 12 syarat nilai WBK belum terpenuhi"."""
    count = len(verdict.floors)
    if verdict.meets:
        return f"Memenuhi ke-{count} syarat nilai {code}"
    return f"{len(verdict.shortfalls)} dari {count} syarat nilai {code} belum terpenuhi"


def remarks(
    evaluation: scoring.Evaluation, target: str, judged: int, is_verified: bool
) -> tuple[str, ...]:
    """What stands below the sentence of the result."""
    lines = [
        f"{verdict_sentence(code, verdict)}."
        for code, verdict in evaluation.verdicts.items()
        if code != target
    ]
    progress = f"{evaluation.answered} dari {evaluation.questions} pertanyaan terjawab"
    if is_verified:
        progress += f", {judged} sudah diverifikasi"
    return (*lines, f"{progress}.", OUTSIDE)


def conclusion(
    evaluation: scoring.Evaluation, rules: scoring.RuleSet, target: str, is_interim: bool
) -> str:
    """The last page's sentence about the target; only what this sheet can tell."""
    verdict = evaluation.verdicts[target]
    rule = next(each for each in rules.predikat if each.code == target)
    if verdict.meets:
        text = f"Syarat nilai {target} ({rule.name}) terpenuhi."
    else:
        text = f"Syarat nilai {target} ({rule.name}) belum terpenuhi."
    if is_interim:
        text += " Nilai ini sementara dan dapat berubah."
    if rule.requires:
        text += f" Satker juga harus sudah berpredikat {rule.requires}."
    return f"{text} {OUTSIDE}"
