"""An instrument from a file of outside: our own format, the official question master, or the
official workbook."""

import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet

from assessments.errors import InstrumentRefused
from assessments.instrument_check import check_shape
from assessments.instrument_diff import Difference, compare
from assessments.instrument_file import Content, export_instrument
from assessments.models import Instrument
from assessments.question_master import is_master, with_official_wording
from assessments.services.instruments import Outcome, load_instrument
from assessments.workbook_wording import with_workbook_wording

ZIP = b"PK\x03\x04"
MAXIMUM_SIZE = 5 * 1024 * 1024  # bytes; ours have less than 200 kB


@dataclass(frozen=True, slots=True)
class ImportedInstrument:
    """compared_with: the version the differences stand against, None where there was none.
    remarks: known quirks of the file that were looked past."""

    code: str
    version: int
    outcome: Outcome
    compared_with: int | None
    differences: tuple[Difference, ...]
    remarks: tuple[str, ...] = ()


def read_instrument_file(document: bytes) -> object:
    """The JSON of a file, fractions as Decimal; a workbook as it is. Raises InstrumentRefused."""
    if len(document) > MAXIMUM_SIZE:
        raise InstrumentRefused(f"Berkas melebihi {MAXIMUM_SIZE // 1024 // 1024} MB.")
    if document.startswith(ZIP):
        return document
    try:
        return json.loads(
            document.decode("utf-8-sig"),
            parse_float=Decimal,
            object_pairs_hook=_without_repeats,
        )
    except UnicodeDecodeError as fault:
        raise InstrumentRefused("Berkas bukan teks UTF-8.") from fault
    except json.JSONDecodeError as fault:
        raise InstrumentRefused(
            f"Berkas bukan JSON yang sah (baris {fault.lineno}, kolom {fault.colno})."
        ) from fault
    except (ValueError, ArithmeticError, RecursionError) as fault:  # a number without end
        raise InstrumentRefused("Berkas memuat angka atau susunan yang tidak wajar.") from fault


@transaction.atomic
def import_instrument(
    content: object, *, master_for: str, dry_run: bool = False
) -> ImportedInstrument:
    """Take in a parsed file; the same file again changes nothing.

    master_for: code of the shipped instrument whose structure a question master, or an official
    workbook, words anew; the result is that instrument's next version. dry_run: does everything
    and takes it back. Raises InstrumentRefused.
    """
    remarks: tuple[str, ...] = ()
    if isinstance(content, bytes):
        worded, remarks = with_workbook_wording(_shipped(master_for), content)
        checked = _next_version(worded)
    elif is_master(content):
        checked = _next_version(with_official_wording(_shipped(master_for), content))
    else:
        checked = check_shape(content)
    before = _stored(checked["code"], checked["version"]) or _latest(checked["code"])
    old = None if before is None else export_instrument(before)
    loaded = load_instrument(checked)
    differences = () if old is None else compare(old, export_instrument(loaded.instrument))
    if dry_run:
        transaction.set_rollback(True)
    return ImportedInstrument(
        code=loaded.instrument.code,
        version=loaded.instrument.version,
        outcome=loaded.outcome,
        compared_with=None if before is None else before.version,
        differences=differences,
        remarks=remarks,
    )


def _next_version(worded: Content) -> Content:
    checked = check_shape(worded)
    checked["version"] = _version_for(checked)
    return checked


def _shipped(code: str) -> Content:
    """The file of an instrument as it comes with the application."""
    folder = Path(settings.BASE_DIR) / "fixtures" / "instruments"
    paths = {path.stem: path for path in folder.glob("*.json")}
    if code not in paths:
        raise InstrumentRefused(
            f"Instrumen {code[:40]!a} tidak dikenal. Yang tersedia: {', '.join(sorted(paths))}."
        )
    content: Content = json.loads(paths[code].read_text(encoding="utf-8"))
    return content


def _version_for(content: Content) -> int:
    """The latest version where it says the same already, else the next one."""
    latest = _latest(content["code"])
    if latest is not None and not compare(export_instrument(latest), content):
        return latest.version
    # Numbers of drafts are taken too.
    taken = Instrument.objects.filter(code=content["code"]).aggregate(highest=Max("version"))
    return (taken["highest"] or content["version"]) + 1


def _latest(code: str) -> Instrument | None:
    return _published(code).order_by("version").last()


def _stored(code: str, version: int) -> Instrument | None:
    return _published(code).filter(version=version).first()


def _published(code: str) -> QuerySet[Instrument]:
    return Instrument.objects.published().filter(code=code)


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    times = Counter(key for key, _ in pairs)
    repeated = [key for key, count in times.items() if count > 1]
    if repeated:
        raise InstrumentRefused(f"{repeated[0][:40]!a} ditulis dua kali dalam satu objek.")
    return dict(pairs)
