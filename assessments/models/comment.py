"""What the people of a satker say to each other about a question (docs/decisions/0043)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.models.assessment import Assessment
from assessments.models.instrument import Question

COMMENT_LENGTH = 2000


class Comment(models.Model):
    """A remark about one question: it begins a topic, or answers one.

    topic: what it answers, None where it begins one. mentioned: the usernames of `mentions` with
    spaces between them, so that a page shows them without asking. done_at, done_by: the topic is
    resolved. withdrawn_at: its author took it back; the text is then "". save_id: which attempt
    of which page wrote it. Sole writer: `services.comments`.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="comments")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    topic = models.ForeignKey("self", models.PROTECT, related_name="answers", null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("waktu")
    text = models.TextField("isi", blank=True, max_length=COMMENT_LENGTH)
    mentioned = models.TextField("disebut", blank=True, default="")
    done_at = models.DateTimeField("selesai pada", null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    withdrawn_at = models.DateTimeField("ditarik pada", null=True, blank=True)
    save_id = models.UUIDField("penanda kirim", null=True, editable=False)

    class Meta:
        verbose_name = "komentar"
        verbose_name_plural = "komentar"
        ordering = ["id"]
        indexes = [models.Index(fields=["assessment", "question"], name="comment_by_question")]
        constraints = [
            models.UniqueConstraint(fields=["by", "save_id"], name="comment_sent_once"),
            models.CheckConstraint(
                name="comment_says_something_unless_withdrawn",
                condition=Q(withdrawn_at__isnull=True) & ~Q(text="")
                | Q(withdrawn_at__isnull=False, text=""),
            ),
            models.CheckConstraint(
                name="comment_done_with_who_and_when",
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False, topic__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def has_answers(self) -> bool:
        """Whether somebody has answered who has not taken it back. One query."""
        return self.answers.filter(withdrawn_at__isnull=True).exists()


class CommentMention(models.Model):
    """Somebody of the satker whom a comment names with @. Sole writer: `services.comments`."""

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "sebutan"
        verbose_name_plural = "sebutan"
        constraints = [
            models.UniqueConstraint(fields=["comment", "person"], name="mentioned_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person}"
