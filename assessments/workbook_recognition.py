"""Which form of the LKE a workbook is: known by its headings, its rows by the answer types."""

from collections.abc import Callable, Iterator

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from assessments.workbook_layouts import Layout, load_layouts
from common.xlsx import Sheet, WorkbookRefused

_MOST_NAMES = 5  # sheets listed in one message


def recognise(sheets: tuple[Sheet, ...]) -> tuple[Layout, Sheet]:
    """The one sheet that is laid out as we know it; a visible one goes before a hidden one.

    Raises WorkbookRefused.
    """
    found = [(layout, sheet) for layout in load_layouts() for sheet in sheets if _is(layout, sheet)]
    visible = [(layout, sheet) for layout, sheet in found if not sheet.hidden]
    candidates = visible or found
    if len(candidates) > 1:
        raise WorkbookRefused(
            f"Lebih dari satu lembar memuat LKE: {_listed(sheet.name for _, sheet in candidates)}. "
            "Sisakan satu saja, lalu coba lagi."
        )
    if not candidates:
        expected = " atau ".join(f'"{layout.sheet}"' for layout in load_layouts())
        raise WorkbookRefused(
            f"Tidak ada lembar LKE yang dikenal dalam buku kerja ini. Isinya: "
            f"{_listed(sheet.name for sheet in sheets)}. Yang dicari: lembar {expected} dengan "
            f"judul kolom seperti pada buku kerja resmi.{_near_miss(sheets)}"
        )
    return candidates[0]


def _near_miss(sheets: tuple[Sheet, ...]) -> str:
    """Which heading keeps a sheet with the right name from being recognised."""
    for layout in load_layouts():
        for sheet in sheets:
            if _plain(sheet.name) != _plain(layout.sheet):
                continue
            for place, heading in layout.headings.items():
                said = _text(sheet, place)
                if _plain(said) != _plain(heading):
                    return (
                        f" Sel {place} lembar {sheet.name} berisi "
                        f'"{short(said)}", bukan "{heading}".'
                    )
    return ""


def is_laid_out(layout: Layout, name: str, said: Callable[[str], str]) -> bool:
    """Whether a sheet with that name is of the layout; said: what stands in a cell ("K2")."""
    if not layout.headings:
        return _plain(name) == _plain(layout.sheet)
    return all(_plain(said(place)) == _plain(heading) for place, heading in layout.headings.items())


def _is(layout: Layout, sheet: Sheet) -> bool:
    return is_laid_out(layout, sheet.name, lambda place: _text(sheet, place))


def check_rows(layout: Layout, sheet: Sheet) -> None:
    """Raise WorkbookRefused where rows were added, deleted or moved: the column of answer types
    tells. Each answer would otherwise land on another question."""
    wrong = [
        (row, said)
        for row in layout.answers
        if row.types
        and _plain(said := _text(sheet, f"{layout.columns['type']}{row.row}"))
        not in map(_plain, row.types)
    ]
    if not wrong:
        return
    (row, said), *_ = wrong
    raise WorkbookRefused(
        f"Susunan baris lembar {sheet.name} berubah: {len(wrong)} dari {len(layout.answers)} baris "
        f"isian tidak cocok, mulai baris {row.row} ({row.code}), yang kolom "
        f'{layout.columns["type"]}-nya seharusnya "{row.types[0]}", bukan "{short(said)}". '
        "Salin jawaban ke buku kerja resmi yang utuh, lalu coba lagi."
    )


def _text(sheet: Sheet, place: str) -> str:
    cell = sheet.cells.get(place)
    return "" if cell is None else cell.text


def _plain(text: str) -> str:
    """For comparing: no regard to case, line breaks and repeated spaces."""
    return " ".join(text.split()).casefold()


def short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:39]}…"


def _listed(names: Iterator[str]) -> str:
    shown = [f'"{short(name)}"' for name in names]
    more = len(shown) - _MOST_NAMES
    return ", ".join(shown[:_MOST_NAMES]) + (f" dan {more} lagi" if more > 0 else "")


def find_sheet(book: Workbook, layout: Layout) -> Worksheet:
    """The sheet of an opened workbook that a reading has recognised; a visible one first.

    Raises WorkbookRefused where none is laid out so.
    """

    def is_it(sheet: Worksheet) -> bool:
        return is_laid_out(layout, str(sheet.title), lambda place: str(sheet[place].value or ""))

    found = [sheet for sheet in book.worksheets if is_it(sheet)]
    if not found:
        raise WorkbookRefused(f"Lembar {layout.sheet} tidak ada dalam buku kerja ini.")
    return min(found, key=lambda sheet: sheet.sheet_state != "visible")
