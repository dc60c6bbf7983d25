from typing import ClassVar, Final

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from satker.models import Satker


class Role(models.TextChoices):
    OPERATOR = "operator", "Operator"
    PIMPINAN = "pimpinan", "Pimpinan satker"
    VERIFIKATOR = "verifikator", "Verifikator"
    KETUA = "ketua", "Ketua tim verifikasi"
    TPI = "tpi", "Tim Penilai Internal"
    ADMIN_PUSAT = "admin_pusat", "Admin pusat"
    PEMANTAU = "pemantau", "Pemantau"


# Those who work on the sheet of their own satker.
OF_A_SATKER: Final = frozenset({Role.OPERATOR, Role.PIMPINAN})


class MailRhythm(models.TextChoices):
    """How often a person is written to about what they are told (the app `notices`)."""

    EACH = "setiap", "Setiap kabar"
    DIGEST = "ringkasan", "Ringkasan harian"
    NONE = "tidak", "Tidak dikirimi surel"


class UserManager(BaseUserManager["User"]):
    """Every page asks for the person's satker, so it comes along in the same query."""

    def get_queryset(self) -> models.QuerySet["User"]:
        return super().get_queryset().select_related("satker")

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


class User(AbstractBaseUser):
    """A person with one role at one place of the tree. Sole writer: `accounts.services`."""

    Role = Role

    username = models.CharField(
        "nama pengguna", max_length=80, unique=True, validators=[ASCIIUsernameValidator()]
    )
    name = models.CharField("nama", max_length=150)
    email = models.EmailField("surel", blank=True)
    role = models.CharField("peran", max_length=20, choices=Role)
    satker = models.ForeignKey(
        Satker, models.PROTECT, related_name="users", verbose_name="tempat tugas"
    )
    is_active = models.BooleanField("aktif", default=True)
    must_change_password = models.BooleanField("wajib ganti kata sandi", default=True)
    created_at = models.DateTimeField("dibuat", default=timezone.now, editable=False)
    mail_rhythm = models.CharField(
        "kiriman surel", max_length=20, choices=MailRhythm, default=MailRhythm.DIGEST
    )
    # Stands here since every page shows it. Sole writer: `notices.services`.
    unread_notices = models.PositiveIntegerField("kabar belum dibaca", default=0, editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role", "satker"]

    objects = UserManager()

    class Meta:
        verbose_name = "pengguna"
        verbose_name_plural = "pengguna"
        ordering = ["username"]
        constraints = [
            # Sign-in looks names up in lower case.
            models.CheckConstraint(
                name="user_username_in_lower_case",
                condition=Q(username=Lower("username")),
                violation_error_message="Nama pengguna ditulis dengan huruf kecil.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """May open the Django admin."""
        return self.is_active and self.role == Role.ADMIN_PUSAT

    def works_at(self, satker_id: int) -> bool:
        """Whether the person is one of those who work on that satker's sheet now."""
        return self.is_active and self.satker_id == satker_id and self.role in OF_A_SATKER

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_staff

    def has_perms(self, perms: list[str], obj: object = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff
