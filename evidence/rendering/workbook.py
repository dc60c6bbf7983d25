"""The cells of a workbook as tables: `python -m evidence.rendering.workbook SECONDS`.

Read within the limits of `common.xlsx`; of a formula, what it came to when it was last saved.
"""

import sys
from typing import Any, Final

from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from common.xlsx import Cell, Kind, Sheet, WorkbookRefused, read_sheets
from evidence.rendering import protocol
from evidence.rendering.protocol import NoPreview, Room

MOST_SHEETS: Final = 20
MOST_ROWS: Final = 200  # of a sheet
MOST_COLUMNS: Final = 26
MOST_CELLS: Final = 8000
LONGEST_CELL: Final = 500  # characters

Grid = dict[int, dict[int, Cell]]


def main() -> None:
    try:
        # One more each, to know whether there is more.
        sheets = read_sheets(sys.stdin.buffer.read(), rows=MOST_ROWS + 1, columns=MOST_COLUMNS + 1)
    except WorkbookRefused:
        raise NoPreview(protocol.TOO_LARGE) from None
    room = Room(MOST_CELLS)
    room.cut = len(sheets) > MOST_SHEETS
    blocks = [_block(sheet, room) for sheet in sheets[:MOST_SHEETS] if sheet.cells]
    if not blocks:
        raise NoPreview(protocol.EMPTY)
    protocol.answer({"kind": "table", "pages": 1, "blocks": blocks, "cut": room.cut})


def _block(sheet: Sheet, room: Room) -> dict[str, Any]:
    grid: Grid = {}
    for place, cell in sheet.cells.items():
        letters, row = coordinate_from_string(place)
        grid.setdefault(row, {})[column_index_from_string(letters)] = cell
    width = max(max(cells) for cells in grid.values())
    room.cut = room.cut or max(grid) > MOST_ROWS or width > MOST_COLUMNS
    width = min(width, MOST_COLUMNS)
    rows = []
    for row in sorted(grid):
        if row > MOST_ROWS:
            break
        if room.full:
            room.cut = True
            break
        cells = [_text(grid[row].get(column), room) for column in range(1, width + 1)]
        if any(cells):
            rows.append([row, cells])
    hidden = " (tersembunyi)" if sheet.hidden else ""
    return {
        "title": f"Lembar {protocol.plain(sheet.name)}{hidden}",
        "columns": [get_column_letter(column) for column in range(1, width + 1)],
        "rows": rows,
    }


def _text(cell: Cell | None, room: Room) -> str:
    if cell is None:
        return ""
    shown = cell.result or cell
    text = protocol.plain(shown.text)
    if shown.kind in {Kind.NUMBER, Kind.PERCENT}:
        text = text.replace(".", ",")
    if len(text) > LONGEST_CELL:
        room.cut = True
        text = text[:LONGEST_CELL]
    return room.take(text)


if __name__ == "__main__":
    protocol.run(main)
