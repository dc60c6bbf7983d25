"""Tasks and checks of the team: the one writer of `Handling`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from assessments.addresses import question_url
from assessments.errors import HandlingRefused
from assessments.models import Answer, Assessment, Handling
from assessments.services.turns import open_questions, require_filling_open
from assessments.task_state import load_facts
from assessments.worksheet import QuestionRow, is_answered, load_worksheet
from audit.services import record
from common.dates import local, print_date, print_moment
from notices.enums import Kind
from notices.services import notify
from teams.services import people_of
from teams.team import Team, load_team

CODES_NAMED = 5  # in a refusal


@dataclass(frozen=True, slots=True)
class NewTask:
    """assignee: key of a person; None takes the questions back. due: the satker's own day."""

    assignee: int | None
    due: date | None = None
    message: str = ""


@transaction.atomic
def give(
    *, assessment: Assessment, questions: Sequence[QuestionRow], task: NewTask, by: User
) -> int:
    """Give questions to a person of the satker, or take them back; all or none of them. Who has
    them already with the same words is left alone. Returns how many changed.

    The number of queries does not depend on that of the questions. Raises AssessmentLocked once
    the sheet is sent or its time is over, HandlingRefused without a question, for somebody else's
    pokja, a question that a return does not open, a person without open account there, and a day
    that is past or beyond the deadline.
    """
    locked = _locked(assessment)
    team = load_team(locked.satker)
    if not questions:
        raise HandlingRefused("Pilih sedikitnya satu pertanyaan.", "soal")
    _require_lead(team, by, questions)
    _refuse_closed(locked, questions)
    assignee = _assignee(locked, task)
    _refuse_day(locked, task.due)
    due, message = (task.due, task.message) if assignee else (None, "")
    keys = [question.pk for question in questions]
    rows = {
        row.question_id: row
        for row in Handling.objects.filter(assessment=locked, question_id__in=keys)
    }
    changed = [
        question
        for question in questions
        if _content(rows.get(question.pk)) != (task.assignee, due, message)
    ]
    if not changed:
        return 0
    _write(locked, changed, NewTask(task.assignee, due, message), by)
    codes = [question.code for question in changed]
    record(
        chain=locked.audit_chain,
        action="tugas",
        subject=codes[0],
        by=by,
        before={code: _told(rows.get(q.pk)) for code, q in zip(codes, changed, strict=True)},
        after={
            "soal": codes,
            "kepada": task.assignee,
            "tenggat": due.isoformat() if due else None,
            "pesan": message,
        },
    )
    if assignee and assignee != by:
        _tell(locked, assignee, by, codes, due, changed[0])
    return len(changed)


def _write(
    assessment: Assessment, questions: Sequence[QuestionRow], task: NewTask, by: User
) -> None:
    """One statement; what is known of a check stays."""
    given = task.assignee is not None
    now = timezone.now()
    Handling.objects.bulk_create(
        [
            Handling(
                assessment=assessment,
                question_id=question.pk,
                assignee_id=task.assignee,
                due=task.due,
                message=task.message,
                given_by=by if given else None,
                given_at=now if given else None,
            )
            for question in questions
        ],
        update_conflicts=True,
        unique_fields=["assessment", "question"],
        update_fields=["assignee", "due", "message", "given_by", "given_at"],
    )


@transaction.atomic
def check(*, assessment: Assessment, question: QuestionRow, seen: str, by: User) -> None:
    """Mark a question as checked, just as it stands; a repeat changes nothing.

    seen: facts on screen. Raises as `give`, and HandlingRefused for a question that has no
    answer, or that somebody changed meanwhile.
    """
    locked = _locked(assessment)
    _require_lead(load_team(locked.satker), by, [question])
    answer = Answer.objects.filter(assessment=locked, question_id=question.pk).first()
    worksheet = load_worksheet(locked.instrument_id)
    if answer is None or not is_answered(worksheet, question.code, answer.entered):
        raise HandlingRefused(f"{question.code} belum dijawab, jadi belum dapat diperiksa.")
    facts = load_facts(locked, [question.pk])[question.pk]
    if facts != seen:
        raise HandlingRefused(
            f"{question.code} berubah sejak Anda membukanya. Muat ulang, lalu periksa lagi."
        )
    row = Handling.objects.filter(assessment=locked, question_id=question.pk).first()
    if row is not None and row.checked_facts == facts:
        return
    Handling.objects.update_or_create(
        assessment=locked,
        question_id=question.pk,
        defaults={"checked_by": by, "checked_at": timezone.now(), "checked_facts": facts},
    )
    record(
        chain=locked.audit_chain,
        action="diperiksa",
        subject=question.code,
        by=by,
        after={"versi": answer.version},
    )


@transaction.atomic
def uncheck(*, assessment: Assessment, question: QuestionRow, by: User) -> None:
    """Take the mark back; nothing happens where there is none. Raises as `give`."""
    locked = _locked(assessment)
    _require_lead(load_team(locked.satker), by, [question])
    rows = Handling.objects.filter(assessment=locked, question_id=question.pk)
    if rows.exclude(checked_facts="").update(checked_by=None, checked_at=None, checked_facts=""):
        record(chain=locked.audit_chain, action="batal diperiksa", subject=question.code, by=by)


def _locked(assessment: Assessment) -> Assessment:
    locked = Assessment.objects.locked().select_related("satker", "period").get(pk=assessment.pk)
    require_filling_open(locked, timezone.now())
    return locked


def _require_lead(team: Team, by: User, questions: Sequence[QuestionRow]) -> None:
    led = team.led_by(by)
    others = [question.code for question in questions if question.page not in led]
    if others:
        raise HandlingRefused(
            f"{', '.join(others[:CODES_NAMED])} bukan bagian pokja yang Anda pimpin. Tugas "
            "dibagi dan jawaban diperiksa oleh koordinator pokja, ketua, atau sekretaris tim."
        )


def _refuse_closed(assessment: Assessment, questions: Sequence[QuestionRow]) -> None:
    known = {question.pk for question in open_questions(assessment)}
    closed = [question.code for question in questions if question.pk not in known]
    if closed:
        raise HandlingRefused(
            f"{', '.join(closed[:CODES_NAMED])} tidak diminta untuk diperbaiki, jadi tidak dibagi.",
            "soal",
        )


def _assignee(assessment: Assessment, task: NewTask) -> User | None:
    if task.assignee is None:
        return None
    person = people_of(assessment.satker).filter(pk=task.assignee).first()
    if person is None:
        raise HandlingRefused(
            "Orang yang dipilih tidak memiliki akun yang terbuka di satker ini.", "kepada"
        )
    return person


def _refuse_day(assessment: Assessment, due: date | None) -> None:
    if due is None:
        return
    zone = assessment.satker.zone
    if due < local(timezone.now(), zone).date():
        raise HandlingRefused(f"Tenggat {print_date(due)} sudah lewat.", "tenggat")
    if due > local(assessment.deadline, zone).date():
        last = print_moment(assessment.deadline, zone)
        raise HandlingRefused(
            f"Tenggat {print_date(due)} sesudah batas kirim ({last}). Pilih hari sebelumnya.",
            "tenggat",
        )


def _content(row: Handling | None) -> tuple[int | None, date | None, str]:
    return (None, None, "") if row is None else (row.assignee_id, row.due, row.message)


def _told(row: Handling | None) -> object:
    if row is None or row.assignee_id is None:
        return None
    due = row.due.isoformat() if row.due else None
    return {"kepada": row.assignee_id, "tenggat": due, "pesan": row.message}


def _tell(
    assessment: Assessment,
    assignee: User,
    by: User,
    codes: Sequence[str],
    due: date | None,
    first: QuestionRow,
) -> None:
    what = codes[0] if len(codes) == 1 else f"{len(codes)} pertanyaan"
    until = f", tenggat {print_date(due)}" if due else ""
    url = question_url(assessment.pk, first) if len(codes) == 1 else reverse("assessments:tasks")
    notify([assignee], Kind.TASK, f"{by.name} memberi Anda tugas: {what}{until}.", url)
