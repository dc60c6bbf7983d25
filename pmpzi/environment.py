"""Values that settings.py needs from outside and that take more than one line to get."""

import os
import secrets
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

# Commands that neither sign nor store anything, so that they run before a key exists:
# in an image build, and for `score`, which is pure arithmetic.
KEYLESS_COMMANDS = frozenset({"score", "collectstatic"})

KEY_BYTES = 50

_MAIL_PORTS = {"smtp+tls": 587, "smtp+ssl": 465, "smtps": 587}  # 25 else


def secret_key(given: str, *, demo: bool, var_dir: Path) -> str:
    """The signing key: the given one, or what the situation allows instead.

    With demo on, a key is made once and kept in ``var_dir`` (readable by its owner alone).
    For KEYLESS_COMMANDS a key is made for that one process.

    Raises ImproperlyConfigured in every other case.
    """
    if given:
        return given
    if _command() in KEYLESS_COMMANDS:
        return secrets.token_urlsafe(KEY_BYTES)
    if demo:
        return _kept_key(var_dir / "secret-key")
    raise ImproperlyConfigured(
        "SECRET_KEY belum diisi. Isi SECRET_KEY dengan teks acak sepanjang 50 karakter atau lebih, "
        "atau isi DEMO=1 bila ini hanya untuk mencoba. Lihat .env.example."
    )


def _command() -> str:
    """The name of the manage.py command that is running; empty under a server."""
    if len(sys.argv) > 1 and Path(sys.argv[0]).name in {"manage.py", "django-admin"}:
        return sys.argv[1]
    return ""


def _kept_key(path: Path) -> str:
    """The key in the file, made on first use."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        # Written aside and then linked: of several processes that start at once, all
        # read the key of the one that came first, and none reads half a key.
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix="secret-key-")
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(KEY_BYTES))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(draft)
    return path.read_text(encoding="ascii").strip()


def mail_settings(url: str) -> dict[str, Any]:
    """Django's e-mail settings from an address like ``smtp+tls://user:password@host:587``.

    An empty one means that no mail is sent. Raises ImproperlyConfigured for any other kind.
    """
    url = url or "dummymail://"
    scheme = url.partition("://")[0]
    if scheme not in environ.Env.EMAIL_SCHEMES:
        raise ImproperlyConfigured(
            "EMAIL_URL harus diawali smtp://, smtp+tls://, atau smtp+ssl://; sandi yang berisi "
            "tanda @ : / ditulis sebagai %40 %3A %2F."
        )
    found = environ.Env.email_url_config(url)
    if scheme.startswith("smtp") and not found["EMAIL_HOST"]:
        raise ImproperlyConfigured("EMAIL_URL tidak menyebut server surel.")
    return found | {"EMAIL_PORT": found["EMAIL_PORT"] or _MAIL_PORTS.get(scheme, 25)}


def site_url(url: str) -> str:
    """The address of the site without a slash at its end; empty where none is given."""
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.netloc or parts.query):
        raise ImproperlyConfigured("SITE_URL harus seperti https://pmpzi.contoh.go.id.")
    return url.rstrip("/")
