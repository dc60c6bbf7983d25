"""Official workbooks, empty, that exports are written into; uploaded by the admin of the centre."""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from zipfile import ZipFile

from django.db import transaction
from django.utils import timezone
from openpyxl.cell.cell import MergedCell

from accounts.models import User
from assessments.errors import TemplateRefused
from assessments.models import Instrument, WorkbookTemplate
from assessments.services.version_maps import chain_key
from assessments.workbook_layouts import Layout
from assessments.workbook_notes import NOTE_COLUMNS
from assessments.workbook_recognition import find_sheet
from assessments.workbooks import read_workbook
from audit.services import locked_chain, record
from common.words import MIB, print_size
from common.xlsx import open_workbook

MAXIMUM_SIZE: Final = 5 * MIB  # the official one has 60 kB
_DRAWN = ("xl/drawings/", "xl/media/", "xl/charts/")


@dataclass(frozen=True, slots=True)
class CheckedTemplate:
    """A workbook that exports can be written into. remarks: what they will not keep of it."""

    layout: Layout
    remarks: tuple[str, ...]


def check_template(*, content: bytes, instrument: Instrument) -> CheckedTemplate:
    """Raises TemplateRefused, or WorkbookRefused where it is no workbook of a known layout."""
    if len(content) > MAXIMUM_SIZE:
        raise TemplateRefused(f"Templat melebihi {print_size(MAXIMUM_SIZE)}.")
    reading = read_workbook(content)
    layout = reading.layout
    if layout.instrument != instrument.code:
        raise TemplateRefused(
            f"Buku kerja ini ({layout.name}) bukan milik instrumen {instrument.code}."
        )
    if reading.filled or reading.faults or any(each.notes for each in reading.answers):
        raise TemplateRefused(
            f"Buku kerja ini sudah berisi ({reading.filled} jawaban). Unggah yang kosong."
        )
    sheet = find_sheet(open_workbook(content), layout)
    blocked = [place for place in written_places(layout) if isinstance(sheet[place], MergedCell)]
    if blocked:
        raise TemplateRefused(
            f"Sel isian {', '.join(blocked[:5])} bagian dari sel gabungan. Pisahkan dahulu."
        )
    return CheckedTemplate(layout, tuple(_lost(content)))


@transaction.atomic
def add_template(
    *, instrument: Instrument, name: str, content: bytes, by: User
) -> WorkbookTemplate:
    """Keep a template; the newest one of the instrument is the one that exports use.

    Raises as `check_template`, and TemplateRefused where it is there already.
    """
    chain = locked_chain(chain_key(instrument))
    checked = check_template(content=content, instrument=instrument)
    digest = hashlib.sha256(content).hexdigest()
    if WorkbookTemplate.objects.filter(instrument=instrument, sha256=digest).exists():
        raise TemplateRefused("Templat ini sudah ada.")
    template = WorkbookTemplate.objects.create(
        instrument=instrument,
        layout=checked.layout.code,
        name=name[-200:],
        content=content,
        size=len(content),
        sha256=digest,
        uploaded_by=by,
        uploaded_at=timezone.now(),
    )
    record(
        chain=chain,
        action="templat_ditambah",
        subject=template.name,
        by=by,
        after=_recorded(template),
    )
    return template


@transaction.atomic
def remove_template(*, template: WorkbookTemplate, by: User) -> None:
    """Take a template away; the one before it counts again. Its trail stays."""
    record(
        chain=locked_chain(chain_key(template.instrument)),
        action="templat_dihapus",
        subject=template.name,
        by=by,
        before=_recorded(template),
    )
    template.delete()


def template_for(instrument: Instrument) -> WorkbookTemplate | None:
    """The newest template of any version of the instrument."""
    return (
        WorkbookTemplate.objects.filter(instrument__code=instrument.code)
        .order_by("-uploaded_at", "-pk")
        .first()
    )


def written_places(layout: Layout) -> tuple[str, ...]:
    """Every cell that an export writes or empties."""
    columns = [layout.columns[name] for name in NOTE_COLUMNS if name in layout.columns]
    return (
        *(f"{layout.columns['answer']}{row.row}" for row in layout.answers),
        *(f"{column}{row}" for row in layout.note_rows for column in columns),
    )


def _lost(content: bytes) -> list[str]:
    with ZipFile(BytesIO(content)) as archive:
        drawn = any(name.lower().startswith(_DRAWN) for name in archive.namelist())
    if not drawn:
        return []
    return ["Gambar dan bagan dalam templat mungkin tidak ikut dalam hasil unduhan."]


def _recorded(template: WorkbookTemplate) -> dict[str, object]:
    return {
        "instrumen": f"{template.instrument.code} versi {template.instrument.version}",
        "susunan": template.layout,
        "sha256": template.sha256,
        "ukuran": template.size,
    }
