from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.enums import RejectionReason, Tier, Verdict
from assessments.models.assessment import Assessment
from assessments.models.instrument import Question
from evidence.models import EvidenceFile

NOTE_LENGTH = 5000


class Answer(models.Model):
    """The satker's answer as it was entered (decision 8); its value 0 to 1 is derived.

    entered: {"value": "A"}, {"value": "3.6"}, {"n1": "7", "n2": "3"}; {} for none yet.
    carried_year: the year whose answer this is, carried over and not confirmed yet (decision 38).
    Sole writer: `services.answers`.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    entered = models.JSONField("isian", default=dict)
    note = models.TextField("catatan", blank=True, default="", max_length=NOTE_LENGTH)
    version = models.PositiveIntegerField("versi", default=1)
    carried_year = models.PositiveSmallIntegerField("dibawa dari tahun", null=True, blank=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField("disimpan pada")

    class Meta:
        verbose_name = "jawaban"
        verbose_name_plural = "jawaban"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "question"], name="answer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.entered}"


class AnswerChange(models.Model):
    """History of an answer: one row a save. Sole writer: `services.answers`."""

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="changes")
    version = models.PositiveIntegerField("versi")
    entered = models.JSONField("isian")
    note = models.TextField("catatan", blank=True, default="")
    carried_year = models.PositiveSmallIntegerField("dibawa dari tahun", null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("waktu")
    # Which attempt of which page stored it: where the response was lost, the page asks again.
    save_id = models.UUIDField("penanda simpan", null=True, editable=False)

    class Meta:
        verbose_name = "riwayat jawaban"
        verbose_name_plural = "riwayat jawaban"
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "version"], name="answer_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version}"


class AnswerEvidence(models.Model):
    """A file of the satker that supports one answer. Sole writer: `services.attachments`.

    document: the item of the question's list of documents that the file is, by its words; "" for
    none (decision 47). Words that the list does not hold tick nothing.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="evidence")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    file = models.ForeignKey(EvidenceFile, models.PROTECT, related_name="links")
    attached_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    attached_at = models.DateTimeField("dilampirkan pada")
    document = models.CharField("dokumen", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = "lampiran bukti"
        verbose_name_plural = "lampiran bukti"
        ordering = ["attached_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "question", "file"], name="evidence_attached_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file}"


class Verification(models.Model):
    """A reviewer's verdict on one question at one tier; never touches the satker's answer.

    entered: {} where the verdict is "sesuai" (the satker's answer is taken over), else the
    reviewer's own. marked: the satker is asked to repair it when the assessment is returned.
    reason: the kind of fault, where the reviewer names one (decision 46).
    verdict "" after a repair: to be judged anew. Sole writer: `services.verification`.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="verifications")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    tier = models.CharField("tingkat", max_length=20, choices=Tier)
    verdict = models.CharField("kesesuaian", max_length=20, choices=Verdict, blank=True)
    entered = models.JSONField("isian verifikator", default=dict)
    note = models.TextField("catatan", blank=True, default="", max_length=NOTE_LENGTH)
    reason = models.CharField(
        "alasan", max_length=30, choices=RejectionReason, blank=True, default=""
    )
    marked = models.BooleanField("minta perbaikan", default=False)
    version = models.PositiveIntegerField("versi", default=1)
    round = models.PositiveSmallIntegerField("putaran")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField("disimpan pada")

    class Meta:
        verbose_name = "verifikasi"
        verbose_name_plural = "verifikasi"
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "question", "tier"], name="verification_once_a_tier"
            ),
            models.CheckConstraint(
                name="verification_lower_verdict_has_note",
                condition=Q(verdict__in=["", Verdict.SESUAI]) | ~Q(note=""),
                violation_error_message="Tulis catatan untuk satker.",
            ),
            models.CheckConstraint(
                name="verification_reason_only_where_lower",
                condition=Q(reason="") | ~Q(verdict__in=["", Verdict.SESUAI]),
                violation_error_message="Alasan hanya untuk kurang sesuai dan tidak sesuai.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict}"


class VerificationChange(models.Model):
    """History of a verdict: one row a save, over all rounds."""

    verification = models.ForeignKey(Verification, models.PROTECT, related_name="changes")
    version = models.PositiveIntegerField("versi")
    verdict = models.CharField("kesesuaian", max_length=20, choices=Verdict, blank=True)
    entered = models.JSONField("isian verifikator")
    note = models.TextField("catatan", blank=True, default="")
    reason = models.CharField(
        "alasan", max_length=30, choices=RejectionReason, blank=True, default=""
    )
    marked = models.BooleanField("minta perbaikan")
    round = models.PositiveSmallIntegerField("putaran")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("waktu")

    class Meta:
        verbose_name = "riwayat verifikasi"
        verbose_name_plural = "riwayat verifikasi"
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(
                fields=["verification", "version"], name="verification_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}"
