"""What the comments of a satker ask of a person: the section "Anda disebut" of their tasks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.models import User
from assessments.mentions import with_names
from assessments.models import Comment, CommentMention
from assessments.services.comments import thread_path
from teams.services import people_of

MOST_MENTIONS = 50


@dataclass(frozen=True, slots=True)
class OpenMention:
    """A comment that names the person and still waits. year: of the period."""

    code: str
    year: int
    author: str
    at: datetime
    text: str
    url: str
    zone: str


def open_mentions(user: User) -> list[OpenMention]:
    """Newest first, at most MOST_MENTIONS: until the topic is resolved or the person has written
    in it since. Two queries, one where there are none."""
    said_since = Comment.objects.filter(
        Q(topic_id=OuterRef("of_topic")) | Q(pk=OuterRef("of_topic")),
        by_id=user.pk,
        pk__gt=OuterRef("comment_id"),
    )
    rows = (
        CommentMention.objects.filter(
            person_id=user.pk,
            comment__withdrawn_at__isnull=True,
            comment__done_at__isnull=True,
            comment__topic__done_at__isnull=True,
            comment__assessment__satker_id=user.satker_id,
        )
        .annotate(of_topic=Coalesce("comment__topic_id", "comment_id"))
        .exclude(Exists(said_since))
        .select_related(
            "comment__by", "comment__question", "comment__assessment__period",
            "comment__assessment__satker",
        )
        .order_by("-comment_id")[:MOST_MENTIONS]
    )  # fmt: skip
    found = [mention.comment for mention in rows]
    names = dict(people_of(user.satker).values_list("username", "name")) if found else {}
    return [_row(comment, names) for comment in found]


def _row(comment: Comment, names: Mapping[str, str]) -> OpenMention:
    code = comment.question.code
    return OpenMention(
        code=code,
        year=comment.assessment.period.year,
        author=comment.by.name,
        at=comment.at,
        text=with_names(
            comment.text, {name: names.get(name, name) for name in comment.mentioned.split()}
        ),
        url=thread_path(comment.assessment_id, code, comment.pk),
        zone=comment.assessment.satker.zone,
    )
