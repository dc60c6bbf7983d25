"""The words of an e-mail: plain text, nobody's name and no figure in its subject."""

from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from common.dates import print_moment
from notices.models import Notice

MOST_TOLD: Final = 50  # notices in one mail; the others are counted


def subject_of(notices: Sequence[Notice]) -> str:
    if len(notices) == 1:
        return f"PMPZI: {notices[0].get_kind_display()}"
    return f"PMPZI: {len(notices)} kabar"


def body_of(person: User, notices: Sequence[Notice]) -> str:
    """The sentences of the notices with links, where the settings know the site's address."""
    told = [_paragraph(notice, person.satker.zone) for notice in notices[:MOST_TOLD]]
    if len(notices) > MOST_TOLD:
        told.append(f"Dan {len(notices) - MOST_TOLD} kabar lain di PMPZI.")
    return "\n\n".join([f"Yth. {person.name},", *told, _foot()]) + "\n"


def _paragraph(notice: Notice, zone: str) -> str:
    lines = [f"{print_moment(notice.at, zone)}: {notice.text}"]
    if settings.SITE_URL:
        lines.append(f"{settings.SITE_URL}{notice.url}")
    return "\n".join(lines)


def _foot() -> str:
    if not settings.SITE_URL:
        return "Kiriman surel diatur di PMPZI, menu Kabar."
    inbox = f"{settings.SITE_URL}{reverse('notices:inbox')}"
    choice = f"{settings.SITE_URL}{reverse('notices:settings')}"
    return f"Semua kabar: {inbox}\nAtur atau hentikan kiriman surel: {choice}"
