"""Calls of the command, and undoing what it leaves outside the database."""

import io

from django.core.management import call_command
from django.utils import timezone

from evidence import vault
from evidence.models import EvidenceFile

SATKER = 30
KANWIL = 2


def seed(**options: object) -> str:
    printed = io.StringIO()
    arguments = {"satker": SATKER, "kanwil": KANWIL, "year": timezone.localdate().year}
    call_command("seed_demo", **(arguments | options), stdout=printed)
    return printed.getvalue()


def remove_files() -> None:
    for place in EvidenceFile.objects.values_list("file", flat=True):
        vault.remove(place)
