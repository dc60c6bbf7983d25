"""How a status changes: the table of steps, and the one function that takes one.

Every step adds a Transition, an audit event, and an anchor of the audit chain.
"""

from collections.abc import Mapping
from datetime import datetime

from accounts.models import User
from assessments.enums import EDITABLE, REVIEWABLE, Action, Status
from assessments.models import Assessment, Transition
from audit.services import anchor, record

STEPS: Mapping[Action, tuple[frozenset[Status], Status]] = {
    Action.SUBMIT: (EDITABLE, Status.SUBMITTED),
    Action.BEGIN_REVIEW: (frozenset({Status.SUBMITTED}), Status.IN_REVIEW),
    Action.RETURN: (REVIEWABLE, Status.RETURNED),
    Action.APPROVE: (REVIEWABLE, Status.APPROVED),
}


def was_last_step(assessment: Assessment, action: Action, by: User) -> bool:
    """Whether this person has taken this step already and nothing has happened since: a form that
    was sent twice on a slow line, say. One query."""
    last = assessment.transitions.order_by("-at", "-pk").first()
    return last is not None and last.action == action and last.by_id == by.pk


def take_step(
    assessment: Assessment,
    action: Action,
    by: User,
    at: datetime,
    *,
    note: str = "",
    after: Mapping[str, object] | None = None,
) -> None:
    """Move a locked assessment along; the caller has checked that the step starts here."""
    before = assessment.status
    assessment.status = STEPS[action][1]
    assessment.save(
        update_fields=[
            "status",
            "round",
            "submitted_by",
            "submitted_at",
            "approved_by",
            "approved_at",
        ]
    )
    log_step(assessment, action, before, by, at, note, after)


def log_step(
    assessment: Assessment,
    action: Action,
    before: str,
    by: User,
    at: datetime,
    note: str,
    after: Mapping[str, object] | None = None,
) -> None:
    """Leave the trace of a step: who, when, from, to, note."""
    Transition.objects.create(
        assessment=assessment,
        action=action,
        from_status=before,
        to_status=assessment.status,
        round=assessment.round,
        note=note,
        by=by,
        at=at,
    )
    record(
        chain=assessment.audit_chain,
        action=action,
        subject=str(assessment.pk),
        by=by,
        before={"status": before} if before else None,
        after={"status": assessment.status, "round": assessment.round, "note": note}
        | dict(after or {}),
    )
    anchor(chain=assessment.audit_chain, by=by)
