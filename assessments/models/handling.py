from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.models.assessment import Assessment
from assessments.models.instrument import Question

MESSAGE_LENGTH = 300


class Handling(models.Model):
    """How a satker's team deals with one question: who sees to it until when, who has checked it.

    It is the team's own business: no score, report or snapshot reads it, and no reviewer.
    checked_facts: what was checked (`task_state.facts_of`); the mark lapses where answer or
    evidence are others now. Sole writer: `services.handling`.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="handlings")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    due = models.DateField("tenggat internal", null=True, blank=True)
    message = models.CharField("pesan", max_length=MESSAGE_LENGTH, blank=True, default="")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    given_at = models.DateTimeField("diberikan pada", null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    checked_at = models.DateTimeField("diperiksa pada", null=True, blank=True)
    checked_facts = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        verbose_name = "penanganan"
        verbose_name_plural = "penanganan"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "question"], name="handling_once"),
            models.CheckConstraint(
                name="handling_given_by_somebody",
                condition=Q(assignee=None, due=None, message="")
                | Q(assignee__isnull=False, given_by__isnull=False, given_at__isnull=False),
            ),
            models.CheckConstraint(
                name="handling_checked_by_somebody",
                condition=Q(checked_by=None, checked_at=None, checked_facts="")
                | Q(Q(checked_by__isnull=False, checked_at__isnull=False), ~Q(checked_facts="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignee or self.checked_by}"
