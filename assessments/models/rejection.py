from django.db import models
from django.db.models import F, Q

from assessments.enums import RejectionReason

FEWEST_SATKER = 5


class RejectionCount(models.Model):
    """For how many satker reviewers gave this reason on a question, from the first to the last
    year that was counted. Never for fewer than five: nobody can be told from it (decision 46).

    Codes instead of keys: versions of an instrument are counted together. Sole writer:
    `services.rejection_counts`.
    """

    instrument_code = models.CharField("kode instrumen", max_length=40)
    question_code = models.CharField("kode pertanyaan", max_length=40)
    reason = models.CharField("alasan", max_length=30, choices=RejectionReason)
    satker = models.PositiveIntegerField("banyaknya satker")
    first_year = models.PositiveSmallIntegerField("dari tahun")
    last_year = models.PositiveSmallIntegerField("sampai tahun")

    class Meta:
        verbose_name = "hitungan alasan penolakan"
        verbose_name_plural = "hitungan alasan penolakan"
        constraints = [
            models.UniqueConstraint(
                fields=["instrument_code", "question_code", "reason"], name="rejection_count_once"
            ),
            models.CheckConstraint(
                name="rejection_count_names_nobody",
                condition=Q(satker__gte=FEWEST_SATKER) & Q(first_year__lte=F("last_year")),
                violation_error_message="Alasan hanya dihitung mulai dari lima satker.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_code} {self.get_reason_display()}: {self.satker}"
