"""Tasks and checks for tests, by the service."""

from django.utils import timezone

from assessments.services import handling
from assessments.services.handling import NewTask
from assessments.task_state import load_cares, load_facts
from assessments.worksheet import load_worksheet
from common.dates import local

CODE = "A.I.1.i.a"
OTHER = "A.I.1.i.b"
ELSEWHERE = "A.I.2.i.a"


def questions(assessment, *codes):
    return [load_worksheet(assessment.instrument_id).by_code[code] for code in codes]


def give(assessment, by, *codes, **task):
    return handling.give(
        assessment=assessment,
        questions=questions(assessment, *codes),
        task=NewTask(**task),
        by=by,
    )


def check(assessment, by, code, seen=None):
    (question,) = questions(assessment, code)
    facts = load_facts(assessment).get(question.pk, "0:") if seen is None else seen
    handling.check(assessment=assessment, question=question, seen=facts, by=by)


def care(assessment, code):
    (question,) = questions(assessment, code)
    return load_cares(assessment)[question.pk]


def today(assessment):
    return local(timezone.now(), assessment.satker.zone).date()
