from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.enums import BLOCKING, FindingKind
from assessments.models.assessment import Assessment
from assessments.models.instrument import Question

REASON_LENGTH = 1000


class FindingReason(models.Model):
    """Why a sheet is sent although a check warns of this question (decision 45).

    facts: fingerprint of what the warning was computed from (`findings.Finding.facts`); the
    reason holds while the warning has the same. Sole writer: `services.finding_reasons`.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="finding_reasons")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    kind = models.CharField("jenis temuan", max_length=30, choices=FindingKind)
    facts = models.CharField("sidik keadaan", max_length=64)
    reason = models.TextField("alasan", max_length=REASON_LENGTH)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("diberikan pada")

    class Meta:
        verbose_name = "alasan temuan"
        verbose_name_plural = "alasan temuan"
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "question", "kind"], name="finding_reason_once"
            ),
            models.CheckConstraint(
                name="finding_reason_says_something",
                condition=~Q(reason="") & ~Q(kind__in=sorted(BLOCKING)),
                violation_error_message="Tulis alasan untuk peringatan ini.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"
