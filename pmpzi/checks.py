"""Checks of a set-up: ``manage.py check``, of one for production ``manage.py check --deploy``."""

import os
from email.utils import parseaddr
from typing import Any

import environ
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

_SWITCHES = ("DEMO", "DEBUG", "JOB_WORKER")
_ON = frozenset(environ.Env.BOOLEAN_TRUE_STRINGS)
_OFF = frozenset({"", "false", "off", "no", "n"})


@register(Tags.compatibility)
def check_switches(**kwargs: Any) -> list[CheckMessage]:
    """What is neither on nor off counts as off, which nobody would notice."""
    return [
        Warning(
            f"{name} berisi nilai yang tidak dikenal, jadi dianggap mati.",
            hint=f"Isi {name} dengan 1 atau 0.",
            id="pmpzi.W004",
        )
        for name in _SWITCHES
        if not _is_known(os.environ.get(name, "").strip().lower())
    ]


def _is_known(value: str) -> bool:
    return value.isdecimal() or value in _ON | _OFF


@register(Tags.security, deploy=True)
def check_hosts(**kwargs: Any) -> list[CheckMessage]:
    own = {"localhost", "127.0.0.1", "[::1]"}
    public = [host for host in settings.ALLOWED_HOSTS if host not in own]
    if settings.DEMO:
        return []
    if not public:
        return [
            Error(
                "ALLOWED_HOSTS tidak menyebut satu pun alamat situs.",
                hint="Isi ALLOWED_HOSTS dengan nama host yang dibuka pengguna.",
                id="pmpzi.E001",
            )
        ]
    if "*" in public:
        return [
            Error(
                "ALLOWED_HOSTS menerima semua nama host.",
                hint="Ganti * dengan nama host yang dibuka pengguna.",
                id="pmpzi.E002",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def check_demo_off(**kwargs: Any) -> list[CheckMessage]:
    if settings.DEMO:
        return [
            Warning(
                "DEMO aktif: akun contoh diperbolehkan dan HTTPS tidak diwajibkan.",
                hint="Matikan DEMO pada server yang dipakai bekerja.",
                id="pmpzi.W001",
            )
        ]
    return []


@register(Tags.files, deploy=True)
def check_var_dir(**kwargs: Any) -> list[CheckMessage]:
    if settings.VAR_DIR.is_dir() and os.access(settings.VAR_DIR, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            "VAR_DIR tidak ada atau tidak dapat ditulisi.",
            hint="Buat folder itu dan berikan kepada pengguna yang menjalankan server.",
            id="pmpzi.E003",
        )
    ]


@register(Tags.security, deploy=True)
def check_mail(**kwargs: Any) -> list[CheckMessage]:
    """A server that sends mail says from whom, and where its links lead."""
    if settings.EMAIL_BACKEND.endswith(".dummy.EmailBackend"):
        return []
    found: list[CheckMessage] = []
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    if sender.rpartition("@")[2] in {"", "localhost"}:
        found.append(
            Warning(
                "MAIL_FROM belum diisi, jadi surel dapat ditolak penerimanya.",
                hint="Isi MAIL_FROM dengan alamat pengirim di domain sendiri.",
                id="pmpzi.W002",
            )
        )
    if not settings.SITE_URL.startswith("https://"):
        found.append(
            Warning(
                "SITE_URL bukan alamat https, jadi surel tanpa tautan yang aman.",
                hint="Isi SITE_URL dengan alamat situs, misalnya https://pmpzi.contoh.go.id.",
                id="pmpzi.W003",
            )
        )
    return found
