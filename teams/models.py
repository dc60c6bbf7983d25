from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import OF_A_SATKER
from satker.models import Satker


class Pokja(models.TextChoices):
    """A working group (pokja) of the team: one for each change area, one for the results
    (PermenPANRB 90/2021, Lampiran I). The values are the keys of the questionnaire's pages."""

    CHANGE = "1", "Manajemen Perubahan"
    PROCESS = "2", "Penataan Tatalaksana"
    STAFF = "3", "Penataan Sistem Manajemen SDM Aparatur"
    ACCOUNTABILITY = "4", "Penguatan Akuntabilitas"
    OVERSIGHT = "5", "Penguatan Pengawasan"
    SERVICE = "6", "Peningkatan Kualitas Pelayanan Publik"
    RESULTS = "hasil", "Hasil"


class Post(models.TextChoices):
    """What a person is in the team; the head of the satker answers for it without a row."""

    CHAIR = "ketua", "Ketua"
    SECRETARY = "sekretaris", "Sekretaris"
    LEAD = "koordinator", "Koordinator"
    MEMBER = "anggota", "Anggota"


OF_THE_TEAM = (Post.CHAIR, Post.SECRETARY)
OF_A_POKJA = (Post.LEAD, Post.MEMBER)


class TeamMemberQuerySet(models.QuerySet["TeamMember"]):
    def current(self) -> Self:
        """Whoever still works at this satker (`User.works_at`)."""
        return self.filter(
            user__is_active=True, user__satker_id=F("satker_id"), user__role__in=OF_A_SATKER
        )


class TeamMember(models.Model):
    """One post of one person in the ZI team (tim kerja) of a satker.

    pokja: "" for chair and secretary. A person may be in several pokja.
    Sole writer: `teams.services`.
    """

    satker = models.ForeignKey(Satker, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    post = models.CharField("kedudukan", max_length=20, choices=Post)
    pokja = models.CharField("pokja", max_length=10, choices=Pokja, blank=True, default="")

    objects = TeamMemberQuerySet.as_manager()

    class Meta:
        verbose_name = "anggota tim"
        verbose_name_plural = "anggota tim"
        ordering = ["pokja", "post", "user__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["satker", "user", "pokja"],
                condition=~Q(pokja=""),
                name="team_person_once_a_pokja",
            ),
            models.UniqueConstraint(
                fields=["satker", "post", "pokja"],
                condition=~Q(post=Post.MEMBER),
                name="team_one_to_lead",
            ),
            models.CheckConstraint(
                name="team_post_fits_its_place",
                condition=Q(post__in=OF_THE_TEAM, pokja="")
                | Q(Q(post__in=OF_A_POKJA), ~Q(pokja="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_post_display()}"
