from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from prerequisites.rules import ITEMS, WBBM, WBK, is_held
from satker.models import Satker

DOCUMENT_LENGTH = 200
NUMBER_LENGTH = 100
REASON_LENGTH = 500


class PrerequisiteQuerySet(models.QuerySet["PrerequisiteValue"]):
    def of_institution(self, year: int) -> Self:
        return self.filter(satker__isnull=True, year=year)

    def of_satker(self, satker: Satker, year: int) -> Self:
        """The satker's own of the year, and what is entered once for all years."""
        return self.filter(Q(year=year) | Q(year__isnull=True), satker=satker)

    def that_count_for(self, satker: Satker, year: int) -> Self:
        """The institution's and the satker's."""
        return self.filter(
            Q(satker__isnull=True, year=year)
            | Q(satker=satker, year=year)
            | Q(satker=satker, year__isnull=True)
        )


class PrerequisiteValue(models.Model):
    """What is entered for one prerequisite, with its document.

    satker: None for the institution. year: None for what is entered once. value: as
    `rules.Item` stores it, "" once it was cleared. Sole writer: `services.save_value`.
    """

    satker = models.ForeignKey(
        Satker, models.PROTECT, null=True, related_name="prerequisites", verbose_name="satker"
    )
    year = models.PositiveSmallIntegerField("tahun", null=True)
    code = models.CharField(
        "prasyarat", max_length=20, choices=[(item.code, item.name) for item in ITEMS.values()]
    )
    value = models.CharField("nilai", max_length=20, blank=True)
    document = models.CharField("dokumen", max_length=DOCUMENT_LENGTH, blank=True)
    document_number = models.CharField("nomor dokumen", max_length=NUMBER_LENGTH, blank=True)
    document_date = models.DateField("tanggal dokumen", null=True)
    version = models.PositiveIntegerField("versi", default=1)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="disimpan oleh",
    )
    saved_at = models.DateTimeField("disimpan pada")

    objects = PrerequisiteQuerySet.as_manager()

    class Meta:
        verbose_name = "isian prasyarat"
        verbose_name_plural = "isian prasyarat"
        ordering = ["-year", "satker__path", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["satker", "year", "code"],
                condition=Q(satker__isnull=False, year__isnull=False),
                name="prerequisite_once_a_year",
            ),
            models.UniqueConstraint(
                fields=["year", "code"],
                condition=Q(satker__isnull=True),
                name="prerequisite_of_institution_once_a_year",
            ),
            models.UniqueConstraint(
                fields=["satker", "code"],
                condition=Q(year__isnull=True),
                name="prerequisite_once",
            ),
            models.CheckConstraint(
                name="prerequisite_of_somebody_or_a_year",
                condition=Q(satker__isnull=False) | Q(year__isnull=False),
            ),
            models.CheckConstraint(
                name="prerequisite_with_its_document",
                condition=Q(value="") | (~Q(document="") & Q(document_date__isnull=False)),
                violation_error_message="Isian prasyarat harus menyebut dokumen dan tanggalnya.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()} {self.year or ''}".strip()

    @property
    def shown(self) -> str:
        return ITEMS[self.code].shown(self.value) if self.value else ""


class Predikat(models.TextChoices):
    WBK = WBK, WBK
    WBBM = WBBM, WBBM


class PredikatGrant(models.Model):
    """A predikat of a satker by decree, and its revocation. Rows are never deleted.

    Sole writer: `services.save_grant`.
    """

    satker = models.ForeignKey(Satker, models.PROTECT, related_name="grants", verbose_name="satker")
    predikat = models.CharField("predikat", max_length=10, choices=Predikat)
    decree_number = models.CharField("nomor keputusan", max_length=NUMBER_LENGTH)
    decree_date = models.DateField("tanggal keputusan")
    valid_until = models.DateField("berlaku sampai", null=True, blank=True)
    revoked_on = models.DateField("dicabut pada", null=True, blank=True)
    revocation_decree = models.CharField(
        "nomor keputusan pencabutan", max_length=NUMBER_LENGTH, blank=True
    )
    revocation_reason = models.CharField("alasan pencabutan", max_length=REASON_LENGTH, blank=True)
    version = models.PositiveIntegerField("versi", default=1)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="disimpan oleh",
    )
    saved_at = models.DateTimeField("disimpan pada")

    class Meta:
        verbose_name = "predikat satker"
        verbose_name_plural = "riwayat predikat"
        ordering = ["-decree_date", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["satker", "predikat", "decree_number"],
                name="grant_once_a_decree",
                violation_error_message="Keputusan ini sudah tercatat untuk satker yang sama.",
            ),
            models.CheckConstraint(
                name="grant_ends_after_it_begins",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("decree_date")),
                violation_error_message=(
                    "Masa berlaku tidak boleh berakhir sebelum tanggal keputusan."
                ),
            ),
            models.CheckConstraint(
                name="grant_revoked_with_decree_and_reason",
                condition=Q(revoked_on__isnull=True, revocation_decree="", revocation_reason="")
                | (
                    Q(revoked_on__isnull=False, revoked_on__gte=F("decree_date"))
                    & ~Q(revocation_decree="")
                    & ~Q(revocation_reason="")
                ),
                violation_error_message=(
                    "Pencabutan memerlukan tanggal (tidak sebelum tanggal keputusan), nomor "
                    "keputusan, dan alasan."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predikat} {self.decree_number}"

    def is_held(self, on: date) -> bool:
        return is_held(self, on)

    @property
    def last_day(self) -> date | None:
        """The last day it may be held; None where it has no end."""
        ends = [day for day in (self.valid_until, self.revoked_on) if day is not None]
        return min(ends) if ends else None
