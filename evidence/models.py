import uuid
from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from evidence.vault import place_of, vault
from satker.models import Satker

UPLOAD_LIFE = timedelta(days=1)  # what has not arrived by then is begun anew


def upload_place(file: "EvidenceFile", _name: str) -> str:
    return place_of(file.pk)


class FileKind(models.TextChoices):
    """What sort of document a file is, as the satker says."""

    SK = "sk", "SK"
    SOP = "sop", "SOP"
    NOTULEN = "notulen", "Notulen"
    LAPORAN = "laporan", "Laporan"
    FOTO = "foto", "Foto"
    LAIN = "lain", "Lain"


class EvidenceFile(models.Model):
    """One uploaded file (bukti dukung) of a satker. It never changes; a new one replaces it.

    What the satker says about it (title, kind, dates) may change. sent_sha256: of the file as
    it came, where that is not what was stored. replaces: the older file it supersedes.
    Sole writer: `evidence.services`. The file is on disk before its row exists.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    satker = models.ForeignKey(
        Satker, models.PROTECT, related_name="evidence_files", verbose_name="satker"
    )
    file = models.FileField("berkas", storage=vault, upload_to=upload_place, max_length=60)
    name = models.CharField("nama berkas", max_length=200)
    content_type = models.CharField("jenis isi", max_length=100)
    size = models.PositiveBigIntegerField("ukuran (byte)")
    sha256 = models.CharField("sidik SHA-256", max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="diunggah oleh"
    )
    uploaded_at = models.DateTimeField("diunggah pada", default=timezone.now)
    sent_sha256 = models.CharField("sidik sebelum disimpan", max_length=64, blank=True, default="")
    title = models.CharField("judul", max_length=200, blank=True, default="")
    kind = models.CharField(
        "jenis dokumen", max_length=10, choices=FileKind, blank=True, default=""
    )
    document_date = models.DateField("tanggal dokumen", null=True, blank=True)
    valid_until = models.DateField("berlaku sampai", null=True, blank=True)
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        related_name="replaced_by",
        null=True,
        blank=True,
        verbose_name="menggantikan",
    )

    class Meta:
        verbose_name = "bukti dukung"
        verbose_name_plural = "bukti dukung"
        ordering = ["uploaded_at", "id"]
        indexes = [models.Index(fields=["sha256"], name="evidence_by_content")]
        constraints = [
            # An upload that is sent again, for want of an answer, is the same file.
            models.UniqueConstraint(
                fields=["satker", "sha256", "name"],
                name="evidence_once_a_satker",
                violation_error_message="Berkas ini sudah ada.",
            ),
            models.CheckConstraint(
                name="evidence_not_empty",
                condition=Q(size__gt=0),
                violation_error_message="Berkas kosong tidak disimpan.",
            ),
            models.CheckConstraint(
                name="evidence_valid_after_its_date",
                condition=Q(document_date=None)
                | Q(valid_until=None)
                | Q(valid_until__gte=F("document_date")),
                violation_error_message="Masa berlaku berakhir sebelum tanggal dokumen.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The title, or the file's name where none was given."""
        return self.title or self.name

    def is_expired(self, today: date) -> bool:
        """Whether its last day has passed."""
        return self.valid_until is not None and self.valid_until < today

    @property
    def extension(self) -> str:
        """The kind as shown on the tile: PDF, JPG, XLSX, …"""
        return self.name.rpartition(".")[2].upper()


class UploadQuerySet(models.QuerySet["Upload"]):
    def current(self) -> Self:
        """Not expired."""
        return self.filter(opened_at__gt=timezone.now() - UPLOAD_LIFE)

    def unfinished(self) -> Self:
        return self.filter(file=None)


class Upload(models.Model):
    """A file on its way in chunks (decision 40). How far it is, its part on the disk alone says.

    name, content_type, size, sha256: as announced; sha256 is empty where the browser computes
    none. file: what it has become, so that finishing twice gives the same file.
    Sole writer: `evidence.resumable`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    satker = models.ForeignKey(Satker, models.PROTECT, related_name="+", verbose_name="satker")
    name = models.CharField("nama berkas", max_length=200)
    content_type = models.CharField("jenis isi", max_length=100, blank=True)
    size = models.PositiveBigIntegerField("ukuran (byte)")
    sha256 = models.CharField("sidik SHA-256", max_length=64, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="dibuka oleh"
    )
    opened_at = models.DateTimeField("dibuka pada", default=timezone.now)
    file = models.ForeignKey(
        EvidenceFile, models.PROTECT, related_name="+", null=True, verbose_name="bukti dukung"
    )

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = "unggahan"
        verbose_name_plural = "unggahan"
        ordering = ["opened_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="upload_not_empty",
                condition=Q(size__gt=0),
                violation_error_message="Berkas kosong tidak diunggah.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
