import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import OF_A_SATKER, User
from assessments.models.assessment import Assessment

SCENARIO_NAME_LENGTH = 80


class ScenarioQuerySet(models.QuerySet["Scenario"]):
    def visible_to(self, user: User) -> Self:
        """The team's for the satker's operators and head, one's own for everybody else
        (docs/decisions/0035). Whether the answers below it may be read is asked beside this."""
        if user.role in OF_A_SATKER:
            return self.filter(team=True, assessment__satker_id=user.satker_id)
        return self.filter(team=False, by_id=user.pk)


class Scenario(models.Model):
    """A simulation that was kept: what differed from the real sheet when it was saved.

    It is no part of the assessment: nothing but the page of the simulation reads it.
    entries: {question code: entered as of `Answer`}, never asked for by its content.
    team: it belongs to the satker's operators and head, else to `by` alone. by: who saved it
    last. Sole writer: `services.scenarios`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="+")
    name = models.CharField("nama", max_length=SCENARIO_NAME_LENGTH)
    entries = models.JSONField("jawaban yang berbeda")
    team = models.BooleanField("milik tim satker")
    version = models.PositiveIntegerField("versi", default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("dibuat pada")
    saved_at = models.DateTimeField("disimpan pada")

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        verbose_name = "skenario simulasi"
        verbose_name_plural = "skenario simulasi"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "name"],
                condition=Q(team=True),
                name="scenario_name_once_a_team",
            ),
            models.UniqueConstraint(
                fields=["assessment", "by", "name"],
                condition=Q(team=False),
                name="scenario_name_once_a_person",
            ),
            models.CheckConstraint(name="scenario_has_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name
