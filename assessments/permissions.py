"""May a person do it? Plain functions for views and templates alike (decisions 12 to 15).

Whether the person may know of the assessment at all is `Assessment.objects.visible_to`; every
function here takes that for granted.
"""

from datetime import datetime, timedelta

from accounts.models import OF_A_SATKER, Role, User
from assessments.enums import EDITABLE, REVIEWABLE, Status
from assessments.models import Assessment

REVIEWERS = frozenset({Role.VERIFIKATOR, Role.KETUA})
WITHDRAW_WITHIN = timedelta(hours=24)


def can_open(user: User) -> bool:
    """Open the assessment of one's own satker."""
    return user.role == Role.OPERATOR


def can_read_answers(user: User, assessment: Assessment) -> bool:
    """Answers, notes and evidence: the satker always, its Kanwil from the first submission on,
    TPI from approval on (decision 14)."""
    match user.role:
        case Role.OPERATOR | Role.PIMPINAN:
            return user.satker_id == assessment.satker_id
        case Role.VERIFIKATOR | Role.KETUA:
            return (
                assessment.satker.verifier_id == user.satker_id
                and assessment.submitted_at is not None
            )
        case Role.TPI:
            return assessment.status == Status.APPROVED
        case Role.ADMIN_PUSAT:
            return True
    return False


def can_read_verdicts(user: User, assessment: Assessment) -> bool:
    """The reviewer's values and notes: the satker reads them once they are given back or final,
    not while the reviewer is at work."""
    if user.role in OF_A_SATKER:
        return assessment.status in {Status.RETURNED, Status.APPROVED}
    return user.role == Role.PEMANTAU or can_read_answers(user, assessment)


def can_read_last_year(user: User, assessment: Assessment) -> bool:
    """What the satker sent in the years before, beside this year's questions: itself, and who
    verifies it; both could read it then."""
    return user.satker_id == assessment.satker_id or can_review(user, assessment)


def can_fill(user: User, assessment: Assessment) -> bool:
    """Fill in this satker's sheet at all; `services.answers` says whether it is open now."""
    return user.role == Role.OPERATOR and user.satker_id == assessment.satker_id


def can_work_in_team(user: User, assessment: Assessment) -> bool:
    """Tasks and checks are the business of the satker's own people alone (decision 42)."""
    return user.role in OF_A_SATKER and user.satker_id == assessment.satker_id


def can_talk(user: User, assessment: Assessment) -> bool:
    """Read and write comments: the satker's own people, whatever the status (decision 43)."""
    return can_work_in_team(user, assessment)


def can_withdraw(user: User, *, by_id: int, at: datetime, now: datetime) -> bool:
    """Take back a comment that somebody wrote at a time: one's own, for a day (decision 43)."""
    return by_id == user.pk and now - at <= WITHDRAW_WITHIN


def can_gather(user: User) -> bool:
    """Bring files into the evidence library of one's own satker, and say what they are."""
    return user.role == Role.OPERATOR


def can_submit(user: User, assessment: Assessment) -> bool:
    return (
        user.role == Role.PIMPINAN
        and user.satker_id == assessment.satker_id
        and assessment.status in EDITABLE
    )


def can_explain(user: User, assessment: Assessment) -> bool:
    """Give reasons for warnings before the sheet is sent."""
    return can_work_in_team(user, assessment) and assessment.status in EDITABLE


def can_review(user: User, assessment: Assessment) -> bool:
    """Be this assessment's reviewer (decision 13), whatever its status."""
    return user.role in REVIEWERS and assessment.satker.verifier_id == user.satker_id


def can_extend(user: User, assessment: Assessment) -> bool:
    """Give this satker more time (decisions 11, 15)."""
    if user.role == Role.ADMIN_PUSAT:
        return True
    return user.role == Role.KETUA and can_review(user, assessment)


def can_enter_prerequisites(user: User, assessment: Assessment) -> bool:
    """Enter the satker's own prerequisites with their documents: the satker until its assessment
    is approved, its reviewer from the first submission on, the centre always (decision 36)."""
    match user.role:
        case Role.OPERATOR | Role.PIMPINAN:
            return user.satker_id == assessment.satker_id and assessment.status != Status.APPROVED
        case Role.VERIFIKATOR | Role.KETUA:
            return can_review(user, assessment) and assessment.submitted_at is not None
    return user.role == Role.ADMIN_PUSAT


def can_open_desk(user: User, assessment: Assessment) -> bool:
    """Look at the reviewer's desk: the reviewer from the first submission on, who else reads
    the verdicts then; the satker itself never."""
    return (
        user.role not in OF_A_SATKER
        and assessment.submitted_at is not None
        and can_read_answers(user, assessment)
    )


def can_verify(user: User, assessment: Assessment) -> bool:
    """Give verdicts, return or approve now."""
    return can_review(user, assessment) and assessment.status in REVIEWABLE
