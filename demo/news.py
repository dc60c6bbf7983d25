"""What the people of the first satker of the example have been told."""

from collections.abc import Collection
from datetime import datetime, timedelta

from assessments.enums import Action
from assessments.models import Transition
from assessments.services.telling import tell_step
from notices.models import Notice
from notices.services import mark_read
from satker.models import Satker

_SATKER = 25  # enough for every state of a sheet; the others have been told nothing
_READ_AFTER = timedelta(days=30)


def tell_news(satker: Collection[Satker], now: datetime) -> None:
    """Of every step of their sheets; what is older than a month has been read."""
    steps = Transition.objects.filter(
        assessment__satker__in=list(satker)[:_SATKER],
        action__in=[Action.SUBMIT, Action.RETURN, Action.APPROVE],
    ).select_related("assessment__satker", "assessment__period", "by")
    for step in steps.order_by("at", "pk"):
        sheet = step.assessment
        sheet.round = step.round
        tell_step(sheet, Action(step.action), step.by, step.at)
    for notice in Notice.objects.filter(at__lt=now - _READ_AFTER).select_related("recipient"):
        mark_read(user=notice.recipient, notice=notice)
