"""How far the repair that a return asks for has come, area by area and question by question."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Subquery

from assessments.enums import Action, Status
from assessments.models import Answer, AnswerEvidence, Assessment, Transition
from assessments.services.snapshots import answers_content, changed_questions, submissions
from assessments.services.turns import marked_questions
from assessments.worksheet import QuestionRow, Worksheet


@dataclass(frozen=True, slots=True)
class Repaired:
    """Of the questions that are to be repaired, how many were saved anew or given a file."""

    done: int
    total: int


def load_repairs(assessment: Assessment) -> Mapping[int, bool] | None:
    """The questions that are to be repaired, by key, and whether each was saved anew or given a
    file since the return; None unless the sheet is returned. One query."""
    if assessment.status != Status.RETURNED:
        return None
    rows = marked_questions(assessment).annotate(changed=changed_since_return())
    return dict(rows.values_list("question_id", "changed"))


def changed_since_return() -> Q:
    """For rows with a question of an assessment: saved anew, or given a file, since the latest
    return."""
    sheet = OuterRef("assessment_id")
    returns = Transition.objects.filter(assessment_id=OuterRef(sheet), action=Action.RETURN)
    since = Subquery(returns.order_by("-at").values("at")[:1])
    own = {"assessment_id": sheet, "question_id": OuterRef("question_id")}
    return Q(Exists(Answer.objects.filter(**own, saved_at__gt=since))) | Q(
        Exists(AnswerEvidence.objects.filter(**own, attached_at__gt=since))
    )


def load_repaired(worksheet: Worksheet, assessment: Assessment) -> Mapping[str, Repaired] | None:
    """By the key of the area page, for all areas; None unless the sheet is returned. One query."""
    repairs = load_repairs(assessment)
    if repairs is None:
        return None
    found: dict[str, list[bool]] = {area.key: [] for area in worksheet.areas}
    for question, is_changed in repairs.items():
        found[worksheet.by_pk[question].page].append(is_changed)
    return {key: Repaired(sum(each), len(each)) for key, each in found.items()}


def unchanged_repairs(worksheet: Worksheet, assessment: Assessment) -> tuple[QuestionRow, ...]:
    """The questions that are to be repaired and stand as they were sent: answer, note and files.
    Nothing unless the sheet is returned; else four queries."""
    if assessment.status != Status.RETURNED:
        return ()
    content = {"answers": answers_content(worksheet, assessment)}
    changed = changed_questions(submissions(assessment)[-1], content)
    marked = marked_questions(assessment).values_list("question_id", flat=True)
    questions = [worksheet.by_pk[pk] for pk in marked]
    return tuple(
        sorted(
            (each for each in questions if each.code not in changed),
            key=lambda each: each.position,
        )
    )
