"""E-mail about notices: made in the transaction of the notice, sent by a job (docs/decisions/0044).

A mail is claimed before it is sent, so that a job that runs twice sends once. What was claimed
and never finished is not sent again, nor is what the server may have taken: its notices stand in
the inbox anyway. A server that is not reached costs no mail a try.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Q
from django.utils import timezone
from django_tasks import task

from accounts.models import MailRhythm
from notices.enums import MailState
from notices.letters import body_of, subject_of
from notices.models import Mail, Notice

MOST_TRIES: Final = 5
SENT_AT_ONCE: Final = 100  # mails of one job of a worker
_LOST_AFTER = timedelta(hours=1)  # no server takes that long over one mail
_STALE_AFTER = timedelta(days=7)  # what has waited that long for a server is no news any more
_NOWHERE = "django.core.mail.backends.dummy.EmailBackend"

log = logging.getLogger(__name__)


def mail_is_on() -> bool:
    """Whether a mail server is named in the settings; else no mail is made at all."""
    return settings.EMAIL_BACKEND != _NOWHERE


@task()
def deliver(*keys: int) -> None:
    """Send these mails, those of them that still wait."""
    send(keys)


def send(keys: Iterable[int]) -> int:
    """Send what waits of these mails, over one connection; returns how many went out.

    A server that is not reached, or answers no more, leaves the rest waiting for the next run.
    """
    connection = get_connection()
    sent = 0
    try:
        for key in keys:
            if not _reached(connection):
                break
            mail = _claimed(key)
            if mail is None:
                continue
            try:
                sent += _send(mail, connection)
            except ValueError as fault:  # an address or a text that no header can hold
                _give_up(mail, fault)
            except (SMTPRecipientsRefused, SMTPDataError) as fault:  # this letter, not the others
                _put_back(mail, fault)
                connection.close()
            except SMTPResponseException as fault:  # the sender: it would refuse every letter
                _put_back(mail, fault, counted=False)
                break
            except (SMTPException, OSError) as fault:
                # It may have taken the letter; nobody knows, so it is never sent again.
                log.error("mail %s: no answer, not sent again: %s", mail.pk, type(fault).__name__)
                break
    finally:
        connection.close()
    return sent


def send_waiting() -> int:
    """Send everything that waits, tried before or not; returns how many went out."""
    now = timezone.now()
    lost = Q(state=MailState.SENDING, tried_at__lt=now - _LOST_AFTER)
    stale = Q(state=MailState.WAITING, made_at__lt=now - _STALE_AFTER)
    Mail.objects.filter(lost | stale).update(state=MailState.FAILED)
    keys = Mail.objects.filter(state=MailState.WAITING).order_by("pk")
    return send(list(keys.values_list("pk", flat=True)))


def _reached(connection: BaseEmailBackend) -> bool:
    """Whether the server is there; before a mail is claimed, so that none pays for its absence."""
    try:
        connection.open()
    except (SMTPException, OSError, UnicodeError) as fault:  # the last one: no name of a machine
        log.warning("the mail server is not reached: %s", type(fault).__name__)
        return False
    return True


def _claimed(key: int) -> Mail | None:
    """The mail, if it is ours to send; None where somebody else has it, or nobody wants it."""
    waiting = Mail.objects.filter(pk=key, state=MailState.WAITING)
    now = timezone.now()
    if not waiting.update(state=MailState.SENDING, tried_at=now, tries=F("tries") + 1):
        return None
    mail = Mail.objects.select_related("recipient").get(pk=key)
    person = mail.recipient
    if person.is_active and person.email and person.mail_rhythm != MailRhythm.NONE:
        return mail
    mail.delete()
    return None


def _send(mail: Mail, connection: BaseEmailBackend) -> bool:
    notices: Sequence[Notice] = list(mail.notices.order_by("at", "id"))
    if not notices:
        mail.delete()
        return False
    EmailMessage(
        subject_of(notices),
        body_of(mail.recipient, notices),
        to=[mail.recipient.email],
        # No answers by machines that say somebody is away.
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
        connection=connection,
    ).send()
    Mail.objects.filter(pk=mail.pk).update(state=MailState.SENT)
    return True


def _put_back(mail: Mail, fault: Exception, *, counted: bool = True) -> None:
    """For a later run; given up where the server refused for good, or too often."""
    if counted and (_refused_for_good(fault) or mail.tries >= MOST_TRIES):
        _give_up(mail, fault)
        return
    tries = mail.tries if counted else mail.tries - 1
    Mail.objects.filter(pk=mail.pk).update(state=MailState.WAITING, tries=tries)
    log.warning("mail %s not sent, waits: %s", mail.pk, type(fault).__name__)


def _give_up(mail: Mail, fault: Exception) -> None:
    Mail.objects.filter(pk=mail.pk).update(state=MailState.FAILED)
    log.error("mail %s not sent, given up: %s", mail.pk, type(fault).__name__)


def _refused_for_good(fault: Exception) -> bool:
    if isinstance(fault, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in fault.recipients.values())
    return isinstance(fault, SMTPDataError) and fault.smtp_code >= 500
