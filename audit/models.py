from django.conf import settings
from django.db import models


class Chain(models.Model):
    """The head of one hash chain: how many events it has and the hash of the last.

    Sole writer: `audit.services.record`, in the transaction of the change it records.
    One chain per assessment and per satker, so that unrelated saves never wait for each other.
    """

    key = models.CharField("kunci", max_length=80, unique=True)
    count = models.PositiveBigIntegerField("jumlah peristiwa", default=0)
    hash = models.CharField("sidik terakhir", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "rantai audit"
        verbose_name_plural = "rantai audit"

    def __str__(self) -> str:
        return self.key


class Event(models.Model):
    """One step of the audit trail. Rows are only ever added; triggers refuse anything else."""

    chain = models.ForeignKey(Chain, models.PROTECT, related_name="events", verbose_name="rantai")
    number = models.PositiveBigIntegerField("nomor")
    at = models.DateTimeField("waktu")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="oleh",
    )
    action = models.CharField("peristiwa", max_length=40)
    subject = models.CharField("tentang", max_length=200)
    before = models.TextField("sebelum", blank=True, default="")
    after = models.TextField("sesudah", blank=True, default="")
    request_id = models.CharField("nomor permintaan", max_length=64, blank=True, default="")
    previous_hash = models.CharField("sidik sebelumnya", max_length=64, blank=True, default="")
    hash = models.CharField("sidik", max_length=64)

    class Meta:
        verbose_name = "peristiwa audit"
        verbose_name_plural = "peristiwa audit"
        constraints = [
            models.UniqueConstraint(fields=["chain", "number"], name="event_number_once_a_chain"),
        ]
        indexes = [models.Index(fields=["-at"], name="event_at")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
