"""Who is told of the steps of an assessment, in the transaction of the step."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from accounts.models import Role, User
from assessments.models import Assessment
from assessments.permissions import REVIEWERS
from common.dates import print_moment
from notices.enums import Kind
from notices.services import News, notify_all

OWN_PEOPLE = (Role.OPERATOR, Role.PIMPINAN)


def tell_submitted(assessment: Assessment, by: User) -> None:
    """Whoever verifies the satker (decision 13), and the satker's own people."""
    year, satker = assessment.period.year, assessment.satker
    own, reviewers = _people(assessment, by)
    again = "lagi " if assessment.round > 1 else ""
    notify_all(
        [
            News(
                reviewers,
                Kind.SUBMITTED,
                f"{satker.name} mengirim {again}penilaian {year}.",
                reverse("assessments:desk", args=[assessment.pk]),
            ),
            _to_satker(
                own, Kind.SUBMITTED, f"Penilaian {year} {again}dikirim oleh {by.name}.", assessment
            ),
        ]
    )


def tell_returned(assessment: Assessment, by: User) -> None:
    until = print_moment(assessment.deadline, assessment.satker.zone)
    _tell_satker(
        Kind.RETURNED,
        f"Penilaian {assessment.period.year} dikembalikan. Perbaiki pertanyaan yang ditandai "
        f"paling lambat {until}.",
        assessment,
        by,
    )


def tell_approved(assessment: Assessment, by: User) -> None:
    _tell_satker(
        Kind.APPROVED, f"Penilaian {assessment.period.year} sudah disetujui.", assessment, by
    )


def tell_extended(assessment: Assessment, until: datetime, by: User) -> None:
    moment = print_moment(until, assessment.satker.zone)
    _tell_satker(
        Kind.EXTENDED,
        f"Waktu penilaian {assessment.period.year} diperpanjang sampai {moment}.",
        assessment,
        by,
    )


def _tell_satker(kind: Kind, text: str, assessment: Assessment, by: User) -> None:
    own, _ = _people(assessment, by)
    notify_all([_to_satker(own, kind, text, assessment)])


def _to_satker(people: Collection[User], kind: Kind, text: str, assessment: Assessment) -> News:
    return News(people, kind, text, reverse("assessments:detail", args=[assessment.pk]))


def _people(assessment: Assessment, by: User) -> tuple[list[User], list[User]]:
    """(of the satker, of the place that verifies it), without who takes the step."""
    satker = assessment.satker
    people = User.objects.filter(
        Q(satker=satker, role__in=OWN_PEOPLE) | Q(satker=satker.verifier_id, role__in=REVIEWERS),
        is_active=True,
    ).exclude(pk=by.pk)
    own = [person for person in people if person.role in OWN_PEOPLE]
    return own, [person for person in people if person.role in REVIEWERS]
