import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, FilteredRelation, Q

from accounts.models import Role, User
from assessments.enums import Action, Status, Target, Tier
from assessments.models.instrument import Instrument
from audit.models import Chain
from satker.models import Satker


class Period(models.Model):
    """One yearly round with its three deadlines (decision 11): exact instants."""

    year = models.PositiveSmallIntegerField("tahun", unique=True)
    instrument = models.ForeignKey(Instrument, models.PROTECT, verbose_name="instrumen")
    opens_at = models.DateTimeField("dibuka")
    fill_until = models.DateTimeField("batas kirim pertama")
    repair_until = models.DateTimeField("batas kirim perbaikan")
    review_until = models.DateTimeField("batas verifikasi")

    class Meta:
        verbose_name = "periode"
        verbose_name_plural = "periode"
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                name="period_instants_in_order",
                condition=Q(opens_at__lt=F("fill_until"), fill_until__lte=F("repair_until")),
                violation_error_message=(
                    "Urutan waktu keliru: periode dibuka sebelum batas kirim pertama, dan batas "
                    "kirim perbaikan tidak boleh lebih awal daripada batas kirim pertama."
                ),
            ),
            models.CheckConstraint(
                name="period_review_after_fill",
                condition=Q(review_until__gte=F("fill_until")),
                violation_error_message=(
                    "Batas verifikasi tidak boleh lebih awal daripada batas kirim pertama."
                ),
            ),
            models.CheckConstraint(
                name="period_year_plausible", condition=Q(year__gte=2010, year__lte=2100)
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: User) -> Self:
        """What a person may know of at all (decision 14); the rest does not exist for them.

        How much of it they may read is `permissions.can_read_answers`.
        """
        match user.role:
            case Role.OPERATOR | Role.PIMPINAN:
                return self.filter(satker_id=user.satker_id)
            case Role.VERIFIKATOR | Role.KETUA:
                return self.filter(satker__verifier_id=user.satker_id)
            case Role.TPI:
                return self.filter(status=Status.APPROVED)
            case Role.ADMIN_PUSAT:
                return self
            case Role.PEMANTAU:
                return self.filter(satker__path__startswith=user.satker.path)
        return self.none()

    def with_chain(self) -> Self:
        """Along with the head of the audit chain, which moves with every change."""
        return self.select_related("audit_chain")

    def locked(self) -> Self:
        """Rows locked to the end of the transaction, with the head of their audit chain."""
        # No key: whoever adds a row that points to the assessment does not wait for it, and so
        # cannot hold the head meanwhile.
        return self.select_for_update(of=("self", "audit_chain"), no_key=True).with_chain()

    def with_place(self) -> Self:
        """Along with satker, its verifier, and the period: what every page's head shows."""
        return self.select_related("satker__verifier", "period", "instrument")

    def with_totals(self) -> Self:
        """Adds ``own_total`` and ``reviewed_total``: stored points, None where there are none."""
        return self.annotate(
            own_score=FilteredRelation("scores", condition=Q(scores__tier=Tier.MANDIRI)),
            reviewed_score=FilteredRelation("scores", condition=Q(scores__tier=Tier.PENDAHULUAN)),
            own_total=F("own_score__total"),
            reviewed_total=F("reviewed_score__total"),
        )


class Assessment(models.Model):
    """The self-assessment (penilaian mandiri) of one satker in one period.

    `status`, `round` and the who-and-when fields have one writer: `services.steps`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    satker = models.ForeignKey(
        Satker, models.PROTECT, related_name="assessments", verbose_name="satker"
    )
    period = models.ForeignKey(Period, models.PROTECT, verbose_name="periode")
    instrument = models.ForeignKey(Instrument, models.PROTECT, verbose_name="instrumen")
    target = models.CharField("target", max_length=10, choices=Target, default=Target.WBK)
    status = models.CharField("status", max_length=20, choices=Status, default=Status.DRAFT)
    round = models.PositiveSmallIntegerField("putaran", default=1)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="dibuka oleh"
    )
    opened_at = models.DateTimeField("dibuka pada")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="dikirim oleh",
    )
    submitted_at = models.DateTimeField("dikirim pada", null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="disetujui oleh",
    )
    approved_at = models.DateTimeField("disetujui pada", null=True, blank=True)
    # Given to this satker alone; sole writer: `services.extensions`.
    extended_until = models.DateTimeField("diperpanjang sampai", null=True, blank=True)
    audit_chain = models.OneToOneField(Chain, models.PROTECT, related_name="+", editable=False)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = "penilaian"
        verbose_name_plural = "penilaian"
        ordering = ["-period__year", "satker__path"]
        indexes = [models.Index(fields=["period", "status"], name="assessment_by_period_status")]
        constraints = [
            models.UniqueConstraint(fields=["satker", "period"], name="assessment_once_a_period"),
            models.CheckConstraint(
                name="assessment_submitted_with_who_and_when",
                condition=Q(status=Status.DRAFT)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                violation_error_message="Penilaian yang dikirim harus mencatat siapa dan kapan.",
            ),
            models.CheckConstraint(
                name="assessment_approved_with_who_and_when",
                condition=~Q(status=Status.APPROVED)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                violation_error_message="Penilaian yang disetujui harus mencatat siapa dan kapan.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.satker} {self.period}"

    @property
    def deadline(self) -> datetime:
        """The instant that ends the satker's present turn: first submission or repair."""
        first = self.submitted_at is None
        until = self.period.fill_until if first else self.period.repair_until
        return until if self.extended_until is None else max(until, self.extended_until)


class Transition(models.Model):
    """One step of an assessment's life: who, when, from, to, why."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="transitions")
    action = models.CharField("langkah", max_length=20, choices=Action)
    from_status = models.CharField("dari", max_length=20, choices=Status, blank=True)
    to_status = models.CharField("ke", max_length=20, choices=Status)
    round = models.PositiveSmallIntegerField("putaran")
    note = models.TextField("catatan", blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("waktu")

    class Meta:
        verbose_name = "langkah penilaian"
        verbose_name_plural = "langkah penilaian"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                name="transition_return_has_note",
                condition=~Q(action=Action.RETURN) | ~Q(note=""),
                violation_error_message="Pengembalian harus disertai catatan.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.at:%Y-%m-%d %H:%M}"


class Snapshot(models.Model):
    """What was submitted or approved, frozen as canonical JSON with its SHA-256.

    Sole writer: `services.snapshots.freeze`. Every printed number can be recomputed from it.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="snapshots")
    action = models.CharField("langkah", max_length=20, choices=Action)
    round = models.PositiveSmallIntegerField("putaran")
    content = models.TextField("isi")
    sha256 = models.CharField("sidik", max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("waktu")

    class Meta:
        verbose_name = "rekaman beku"
        verbose_name_plural = "rekaman beku"
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "action", "round"], name="snapshot_once_a_round"
            ),
        ]

    def __str__(self) -> str:
        return self.sha256


def _points(label: str) -> models.DecimalField:
    """Points 0 to 100 with 12 places (decision 1: nothing is rounded before printing)."""
    return models.DecimalField(label, max_digits=15, decimal_places=12, default=0)


class Score(models.Model):
    """The result of one tier. Sole writer: `services.scores`."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="scores")
    tier = models.CharField("tingkat", max_length=20, choices=Tier)
    total = _points("nilai total")
    pengungkit = _points("pengungkit")
    hasil = _points("hasil")
    area1 = _points("area 1")
    area2 = _points("area 2")
    area3 = _points("area 3")
    area4 = _points("area 4")
    area5 = _points("area 5")
    area6 = _points("area 6")
    answered = models.PositiveSmallIntegerField("terjawab", default=0)
    questions = models.PositiveSmallIntegerField("pertanyaan")
    verified = models.PositiveSmallIntegerField("diverifikasi", default=0)
    wbk_shortfalls = models.PositiveSmallIntegerField("syarat WBK yang kurang")
    wbbm_shortfalls = models.PositiveSmallIntegerField("syarat WBBM yang kurang")
    refreshed_at = models.DateTimeField("dihitung pada")

    class Meta:
        verbose_name = "nilai"
        verbose_name_plural = "nilai"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "tier"], name="score_once_a_tier"),
        ]

    def __str__(self) -> str:
        return f"{self.total}"
