"""Taking instrument files in, and finding what is there. A version in use never changes."""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

import scoring
from assessments.errors import InstrumentInUse, InstrumentRefused
from assessments.instrument_check import check_shape
from assessments.instrument_file import Content, canonical, export_instrument, store_rows
from assessments.models import Assessment, Instrument, Period
from assessments.services.version_maps import ensure_maps
from assessments.worksheet import load_worksheet


class Outcome(StrEnum):
    ADDED = "ditambahkan"
    REPLACED = "diganti"
    UNCHANGED = "tidak berubah"


@dataclass(frozen=True, slots=True)
class Loaded:
    instrument: Instrument
    outcome: Outcome


@transaction.atomic
def load_instrument(content: Content) -> Loaded:
    """Take in one instrument file; the same file again changes nothing.

    A version that no period and no assessment uses may be replaced; one in use may not: the
    correction is a new version. Raises InstrumentRefused with what and where.
    """
    content = check_shape(content)
    try:
        scoring.parse_instrument(content)
    except ValueError as fault:
        raise InstrumentRefused(f"Berkas instrumen tidak dapat dipakai: {fault}") from fault
    content = canonical(content)
    digest = content_digest(content)
    stored = (
        Instrument.objects.select_for_update()
        .filter(code=content["code"], version=content["version"])
        .first()
    )
    if stored is not None and stored.is_draft:
        raise InstrumentInUse(
            f"{stored.name} versi {stored.version} sedang disusun sebagai draf. Terbitkan atau "
            f"hapus draf itu, atau beri berkas ini nomor versi baru."
        )
    if stored is not None and stored.digest == digest:
        ensure_maps(stored)
        return Loaded(stored, Outcome.UNCHANGED)
    outcome = Outcome.ADDED
    if stored is not None:
        if is_in_use(stored):
            raise InstrumentInUse(
                f"{stored.name} versi {stored.version} sudah dipakai dan tidak dapat diubah. "
                f"Beri berkas ini nomor versi baru."
            )
        stored.delete()
        outcome = Outcome.REPLACED
    instrument = Instrument.objects.create(
        code=content["code"],
        version=content["version"],
        name=content["name"],
        title=content["title"],
        source=content["source"],
        decided="\n".join(content.get("decided", [])),
        digest=digest,
        published_at=timezone.now(),
    )
    store_rows(instrument, content)
    load_worksheet.cache_clear()
    if content_digest(export_instrument(instrument)) != digest:
        raise InstrumentRefused(
            "Berkas instrumen memuat bagian yang tidak dikenal, sehingga tidak dapat disimpan "
            "tanpa kehilangan isi."
        )
    ensure_maps(instrument)
    return Loaded(instrument, outcome)


def is_in_use(instrument: Instrument) -> bool:
    return (
        Period.objects.filter(instrument=instrument).exists()
        or Assessment.objects.filter(instrument=instrument).exists()
    )


def content_digest(content: Content) -> str:
    """SHA-256 of the content, whatever the order of its keys, as hex."""
    canonical = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def find_instrument(named: str) -> Instrument:
    """By code (its latest published version) or code and version, "lke-2021:2".

    Raises InstrumentRefused that names what there is.
    """
    code, has_version, version = named.partition(":")
    rows = list(Instrument.objects.order_by("code", "version"))
    if has_version:
        found = [row for row in rows if (row.code, str(row.version)) == (code, version)]
    else:
        found = [row for row in rows if row.code == code and not row.is_draft]
    if not found:
        there = ", ".join(f"{row.code}:{row.version}" for row in rows)
        raise InstrumentRefused(f"Instrumen {named[:40]!a} tidak ada. Yang tersimpan: {there}.")
    return found[-1]
