"""Comments about a question: written, resolved, taken back; each act an audit event.

assessment, in every function: locked in the caller's transaction, with its audit chain.
"""

from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from assessments.errors import CommentRefused
from assessments.mentions import find_mentions, with_usernames
from assessments.models import COMMENT_LENGTH, Assessment, Comment, CommentMention
from assessments.permissions import WITHDRAW_WITHIN, can_withdraw
from assessments.worksheet import QuestionRow
from audit.services import record
from notices.enums import Kind
from notices.services import notify
from teams.services import people_of


def write_comment(
    *,
    assessment: Assessment,
    question: QuestionRow,
    text: str,
    by: User,
    topic: Comment | None = None,
    save_id: UUID | None = None,
) -> Comment:
    """Store a comment and tell whom it names, and whose topic it answers.

    topic: what it answers; an answer to an answer belongs to the same topic. The same text in the
    same place under the same save_id is a repeat after a lost response, and changes nothing; any
    other comes from a page that was gone back to, and is a comment of its own.

    Raises CommentRefused where the text grows over COMMENT_LENGTH by usernames in place of names.
    """
    people = {person.username: person for person in people_of(assessment.satker)}
    text = with_usernames(text, {name: person.name for name, person in people.items()})
    if len(text) > COMMENT_LENGTH:
        raise CommentRefused(
            f"Komentar menjadi {len(text)} karakter setelah nama diganti nama pengguna; paling "
            f"banyak {COMMENT_LENGTH}. Pendekkan, lalu kirim lagi."
        )
    if topic is not None and topic.topic_id is not None:
        topic = topic.topic
    sent = Comment.objects.filter(by=by, save_id=save_id).first() if save_id else None
    if sent is not None:
        place = (assessment.pk, question.pk, topic and topic.pk)
        if sent.text == text and (sent.assessment_id, sent.question_id, sent.topic_id) == place:
            return sent
        save_id = None
    named = {each.username: people[each.username] for each in find_mentions(text, people)}
    comment = Comment.objects.create(
        assessment=assessment,
        question_id=question.pk,
        topic=topic,
        by=by,
        at=timezone.now(),
        text=text,
        mentioned=" ".join(named),
        save_id=save_id,
    )
    told = [person for person in named.values() if person.pk != by.pk]
    CommentMention.objects.bulk_create(
        CommentMention(comment=comment, person=person) for person in told
    )
    after: dict[str, object] = {"id": comment.pk, "text": text}
    if topic is not None:
        after["membalas"] = topic.pk
    _record(assessment, question, "komentar", by, after=after)
    _tell(comment, question, told, topic)
    return comment


def resolve_comment(
    *, assessment: Assessment, question: QuestionRow, comment: Comment, by: User
) -> None:
    """The topic is done; of one that is done already nothing changes.

    Raises CommentRefused for an answer, and for a topic of which all was taken back.
    """
    comment.refresh_from_db()
    is_gone = comment.withdrawn_at is not None and not comment.has_answers()
    if comment.topic_id is not None or is_gone:
        raise CommentRefused("Yang dapat ditandai selesai adalah komentar pertama suatu topik.")
    if comment.done_at is not None:
        return
    comment.done_at, comment.done_by = timezone.now(), by
    comment.save(update_fields=["done_at", "done_by"])
    _record(assessment, question, "komentar_selesai", by, after={"id": comment.pk})


def reopen_comment(
    *, assessment: Assessment, question: QuestionRow, comment: Comment, by: User
) -> None:
    """The topic is not done after all; of one that is open nothing changes."""
    comment.refresh_from_db()
    if comment.done_at is None:
        return
    comment.done_at = comment.done_by = None
    comment.save(update_fields=["done_at", "done_by"])
    _record(assessment, question, "komentar_dibuka", by, after={"id": comment.pk})


def withdraw_comment(
    *, assessment: Assessment, question: QuestionRow, comment: Comment, by: User
) -> None:
    """Take back one's own comment: nobody reads it any more; what it said stays in the audit
    trail. A second time changes nothing. Raises CommentRefused where it is somebody else's, or
    older than WITHDRAW_WITHIN."""
    comment.refresh_from_db()
    now = timezone.now()
    if comment.withdrawn_at is not None and comment.by_id == by.pk:
        return
    if not can_withdraw(by, by_id=comment.by_id, at=comment.at, now=now):
        hours = int(WITHDRAW_WITHIN.total_seconds()) // 3600
        raise CommentRefused(
            f"Komentar hanya dapat ditarik oleh penulisnya, dalam {hours} jam sesudah dikirim."
        )
    before = {"id": comment.pk, "text": comment.text}
    comment.text = comment.mentioned = ""
    comment.withdrawn_at = now
    comment.save(update_fields=["text", "mentioned", "withdrawn_at"])
    comment.mentions.all().delete()
    _record(assessment, question, "komentar_ditarik", by, before=before)


def thread_path(assessment_id: UUID, code: str, comment_id: int | None = None) -> str:
    """The page of a thread; comment_id: where on it."""
    path = reverse("assessments:thread", args=[assessment_id, code])
    return path if comment_id is None else f"{path}#komentar-{comment_id}"


def _tell(
    comment: Comment, question: QuestionRow, mentioned: list[User], topic: Comment | None
) -> None:
    """A notice never quotes: the comment may be taken back."""
    url = thread_path(comment.assessment_id, question.code, comment.pk)
    who, where = comment.by.name, f"dalam percakapan {question.code}."
    if mentioned:
        notify(mentioned, Kind.MENTION, f"{who} menyebut Anda {where}", url)
    if topic is None or topic.by_id in {comment.by_id, *(person.pk for person in mentioned)}:
        return
    if people_of(comment.assessment.satker).filter(pk=topic.by_id).exists():
        notify([topic.by], Kind.COMMENT, f"{who} membalas Anda {where}", url)


def _record(
    assessment: Assessment,
    question: QuestionRow,
    action: str,
    by: User,
    *,
    before: object = None,
    after: object = None,
) -> None:
    record(
        chain=assessment.audit_chain,
        action=action,
        subject=question.code,
        by=by,
        before=before,
        after=after,
    )
