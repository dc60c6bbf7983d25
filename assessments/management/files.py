"""What the commands that read a file share: reading it within a limit, and telling a change."""

from pathlib import Path

from django.core.management.base import CommandError


def read_file(name: str, maximum: int) -> bytes:
    """The file, or one byte more than may be read of it. Raises CommandError."""
    try:
        path = Path(name)
        if not path.is_file():
            raise CommandError(f"Berkas {name!a} tidak ada.")
        with path.open("rb") as stream:
            return stream.read(maximum + 1)
    except (OSError, ValueError) as fault:  # ValueError: a NUL in the name
        raise CommandError(f"Berkas {name!a} tidak dapat dibaca.") from fault


def from_to(before: str, after: str, shown: int) -> str:
    """``(kosong) -> A``; of longer texts `shown` characters each."""
    return f"{_short(before, shown)} -> {_short(after, shown)}"


def _short(text: str, shown: int) -> str:
    if not text:
        return "(kosong)"
    text = " ".join(text.split())
    return text if len(text) <= shown else f"{text[: shown - 1]}…"
