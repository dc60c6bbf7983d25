import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.models.assessment import Assessment
from assessments.models.instrument import Instrument


class WorkbookImport(models.Model):
    """A filled workbook that an operator has uploaded: what was read of it, to be confirmed.

    Kept here and not in the page, so that the preview outlives a closed browser and an ended
    session, and the confirmation applies what was read and nothing a page could have changed
    (docs/decisions/0033). reading: `workbook_json`; without the answers once it is imported.
    Sole writer: `services.workbook_drafts`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+")
    name = models.CharField("nama berkas", max_length=200)
    sha256 = models.CharField("sidik SHA-256", max_length=64)
    reading = models.JSONField("isi")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("diunggah pada")
    imported_at = models.DateTimeField("diimpor pada", null=True, blank=True)
    changed = models.PositiveSmallIntegerField("jawaban yang berubah", null=True, blank=True)

    class Meta:
        verbose_name = "impor buku kerja"
        verbose_name_plural = "impor buku kerja"
        ordering = ["-uploaded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "uploaded_by"],
                condition=Q(imported_at=None),
                name="workbook_one_preview_a_person",
            ),
            models.CheckConstraint(
                name="workbook_imported_with_count",
                condition=Q(imported_at=None, changed=None)
                | Q(imported_at__isnull=False, changed__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WorkbookTemplate(models.Model):
    """An empty official workbook that exports of an instrument are written into.

    The newest one of an instrument's code counts. content: the file itself, which is small and
    part of every backup this way. It goes with a version of the instrument that is replaced
    before anybody uses it. Sole writer: `services.workbook_templates`.
    """

    instrument = models.ForeignKey(Instrument, models.CASCADE, verbose_name="instrumen")
    layout = models.CharField("susunan", max_length=40)
    name = models.CharField("nama berkas", max_length=200)
    content = models.BinaryField("isi")
    size = models.PositiveIntegerField("ukuran (byte)")
    sha256 = models.CharField("sidik SHA-256", max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="diunggah oleh"
    )
    uploaded_at = models.DateTimeField("diunggah pada")

    class Meta:
        verbose_name = "templat buku kerja"
        verbose_name_plural = "templat buku kerja"
        ordering = ["-uploaded_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "sha256"],
                name="template_once_an_instrument",
                violation_error_message="Templat ini sudah ada.",
            ),
            models.CheckConstraint(name="template_not_empty", condition=Q(size__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name
