"""Which questions of an earlier version the questions of a version continue."""

from django.db import models
from django.db.models import F, Q

from assessments.models.instrument import Instrument, Question


class InstrumentMap(models.Model):
    """The questions of one version against those of the version before it.

    Sole writer: `services.version_maps`.
    """

    from_instrument = models.ForeignKey(
        Instrument, models.CASCADE, related_name="maps_onward", verbose_name="dari versi"
    )
    to_instrument = models.ForeignKey(
        Instrument, models.CASCADE, related_name="maps_back", verbose_name="ke versi"
    )

    class Meta:
        verbose_name = "peta versi"
        verbose_name_plural = "peta versi"
        ordering = ["to_instrument__code", "-to_instrument__version"]
        constraints = [
            models.UniqueConstraint(
                fields=["from_instrument", "to_instrument"], name="instrument_map_once"
            ),
            models.CheckConstraint(
                name="instrument_map_of_two", condition=~Q(from_instrument=F("to_instrument"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_instrument} → {self.to_instrument}"


class QuestionMap(models.Model):
    """One line of a map: every new question once, and every old one at least once.

    A question of the new version has one source or none; an old one that several continue was
    split. reason: why an old question with the same code is gone, "" where it needs no saying.
    """

    class Kind(models.TextChoices):
        SAME = "same", "Sama"
        REWORDED = "reworded", "Kata-kata diubah"
        SPLIT = "split", "Dipecah"
        GONE = "gone", "Hilang"
        NEW = "new", "Baru"

    map = models.ForeignKey(InstrumentMap, models.CASCADE, related_name="lines")
    kind = models.CharField("hubungan", max_length=10, choices=Kind)
    old = models.ForeignKey(
        Question, models.CASCADE, null=True, related_name="+", verbose_name="pertanyaan lama"
    )
    new = models.ForeignKey(
        Question, models.CASCADE, null=True, related_name="+", verbose_name="pertanyaan baru"
    )
    reason = models.CharField("alasan", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "pertanyaan dalam peta"
        verbose_name_plural = "pertanyaan dalam peta"
        ordering = ["new__order", "old__order"]
        constraints = [
            models.UniqueConstraint(fields=["map", "new"], name="question_map_one_source"),
            models.UniqueConstraint(
                fields=["map", "old"],
                condition=~Q(kind="split"),
                name="question_map_split_alone_repeats",
            ),
            models.CheckConstraint(
                name="question_map_sides",
                condition=Q(kind="gone", old__isnull=False, new__isnull=True)
                | Q(kind="new", old__isnull=True, new__isnull=False)
                | Q(
                    kind__in=["same", "reworded", "split"],
                    old__isnull=False,
                    new__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
