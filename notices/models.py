from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from notices.enums import Kind, MailState

TEXT_LENGTH = 500
URL_LENGTH = 300
KEY_LENGTH = 100


class Mail(models.Model):
    """One e-mail with one notice or more: to whom, and how far it is.

    Its words are made when it is sent. Sole writer: `services` makes it, `mailing` moves it on.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    state = models.CharField("keadaan", max_length=20, choices=MailState, default=MailState.WAITING)
    tries = models.PositiveSmallIntegerField("percobaan", default=0)
    made_at = models.DateTimeField("dibuat pada")
    tried_at = models.DateTimeField("dicoba pada", null=True, blank=True)

    class Meta:
        verbose_name = "surel"
        verbose_name_plural = "surel"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["id"], name="mail_waiting", condition=Q(state=MailState.WAITING)),
        ]

    def __str__(self) -> str:
        return f"surel {self.pk}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def of(self, user: User) -> Self:
        """Nobody sees another's, whatever the role."""
        return self.filter(recipient_id=user.pk)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """What one person is told. Sole writer: `services`.

    `User.unread_notices` is the number of a person's unread ones, moved in the same transaction.
    url: a path of this site. key: what must not be told to a person twice; "" for all else.
    mail: the e-mail it went with; for_digest: it waits for the next one of the day.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name="penerima"
    )
    kind = models.CharField("jenis", max_length=20, choices=Kind)
    text = models.CharField("isi", max_length=TEXT_LENGTH)
    url = models.CharField("alamat", max_length=URL_LENGTH)
    key = models.CharField("kunci", max_length=KEY_LENGTH, blank=True, default="")
    at = models.DateTimeField("waktu")
    read_at = models.DateTimeField("dibaca pada", null=True, blank=True)
    mail = models.ForeignKey(
        Mail, models.SET_NULL, null=True, blank=True, related_name="notices", verbose_name="surel"
    )
    for_digest = models.BooleanField("menunggu ringkasan", default=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "kabar"
        verbose_name_plural = "kabar"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["recipient", "-at", "-id"], name="notice_newest_first"),
            models.Index(
                fields=["recipient"], name="notice_for_digest", condition=Q(for_digest=True)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "key"], condition=~Q(key=""), name="notice_told_once"
            ),
            models.CheckConstraint(
                name="notice_url_is_a_path",
                condition=Q(url__startswith="/") & ~Q(url__startswith="//"),
            ),
        ]

    def __str__(self) -> str:
        return self.text
