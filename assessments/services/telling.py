"""Who is told of the steps of an assessment, in the transaction of the step."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from accounts.models import OF_A_SATKER, User
from assessments.enums import Action
from assessments.models import Assessment
from assessments.permissions import REVIEWERS
from common.dates import print_moment
from notices.enums import Kind
from notices.services import News, notify_all

_KINDS = {
    Action.SUBMIT: Kind.SUBMITTED,
    Action.RETURN: Kind.RETURNED,
    Action.APPROVE: Kind.APPROVED,
    Action.EXTEND: Kind.EXTENDED,
}


def tell_step(assessment: Assessment, action: Action, by: User, at: datetime) -> None:
    """Tell the satker's people, but for who took the step; of a submission also those who
    verify it (decision 13). Six queries, whatever the number of people.

    assessment: as it stands after the step, with satker and period.
    """
    satker = assessment.satker
    people = User.objects.filter(
        Q(satker=satker, role__in=OF_A_SATKER) | Q(satker=satker.verifier_id, role__in=REVIEWERS)
    ).exclude(pk=by.pk)
    own = [person for person in people if person.role in OF_A_SATKER]
    url = reverse("assessments:detail", args=[assessment.pk])
    news = [News(own, _KINDS[action], _to_satker(assessment, action, by), url, at=at)]
    if action == Action.SUBMIT:
        again = "lagi " if assessment.round > 1 else ""
        text = f"{satker.name} mengirim {again}penilaian {assessment.period.year}."
        desk = reverse("assessments:desk", args=[assessment.pk])
        reviewers = [person for person in people if person.role in REVIEWERS]
        news.append(News(reviewers, Kind.SUBMITTED, text, desk, at=at))
    notify_all(news)


def _to_satker(assessment: Assessment, action: Action, by: User) -> str:
    year = assessment.period.year
    until = print_moment(assessment.deadline, assessment.satker.zone)
    match action:
        case Action.SUBMIT:
            again = "lagi " if assessment.round > 1 else ""
            return f"Penilaian {year} dikirim {again}oleh {by.name}."
        case Action.RETURN:
            return (
                f"Penilaian {year} dikembalikan. Perbaiki pertanyaan yang ditandai paling lambat "
                f"{until}."
            )
        case Action.EXTEND:
            return f"Waktu penilaian {year} diperpanjang sampai {until}."
    return f"Penilaian {year} sudah disetujui."
