"""The official workbook: the wording of its questions over our structure, and nothing else.

Its weights must be ours; its formulas, and what somebody has filled in, are not looked at.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal, InvalidOperation

from assessments.errors import InstrumentRefused
from assessments.instrument_file import Content
from assessments.question_master import OWN_WORDING, add_help
from assessments.workbook_layouts import AnswerRow, Layout
from assessments.workbook_recognition import check_rows, recognise, short
from common.text import has_control_characters
from common.xlsx import Kind, Sheet, WorkbookRefused, read_sheets

ROWS, COLUMNS = 400, 20  # the form has 208 rows and ends at column Q

_OPTION = re.compile(r"^([a-zA-Z])\s*[.)]\s*(.*)$")  # "a. Jika semua …"
_ORDINAL = re.compile(r"^(-|[0-9A-Za-z]{1,4}[.)])?$")  # "-", "ii."
_DASH = re.compile(r"^[-\u2013]\s*")  # "- Jumlah …"


def with_workbook_wording(base: Content, document: bytes) -> tuple[Content, tuple[str, ...]]:
    """`base` with the texts of an official workbook, and remarks on its known quirks.

    base: an instrument file that has passed its checks. Raises InstrumentRefused that names sheet
    and cell.
    """
    try:
        layout, sheet = recognise(read_sheets(document, rows=ROWS, columns=COLUMNS))
        check_rows(layout, sheet)
    except WorkbookRefused as refusal:
        raise InstrumentRefused(str(refusal)) from refusal
    if not layout.wording or layout.instrument != base["code"]:
        raise InstrumentRefused(
            f'Lembar "{sheet.name}" tidak memuat pertanyaan dan kriteria {base["code"]}.'
        )
    content = deepcopy(base)
    _Rewording(content, layout, sheet).sections(content["nodes"])
    decided = [line for line in content["decided"] if not line.startswith(OWN_WORDING)]
    content["decided"] = [
        *decided,
        f"Pertanyaan, kriteria, dan nama bagian diambil dari buku kerja resmi ({layout.name}); "
        "penjelasan tambahan dan petunjuk bukti ditulis untuk aplikasi ini.",
    ]
    return content, tuple(_remarks(layout, sheet))


class _Rewording:
    """Walks our tree and takes each text from the row where the form has it."""

    def __init__(self, content: Content, layout: Layout, sheet: Sheet) -> None:
        self.scales = content["scales"]
        self.layout, self.sheet = layout, sheet
        self.rows: dict[str, list[AnswerRow]] = {}
        for row in layout.answers:
            self.rows.setdefault(row.question, []).append(row)
        self.heads: dict[str, int] = {}  # where a percentage question itself stands
        for number, question in layout.note_rows.items():
            self.heads.setdefault(question, number)

    def sections(self, nodes: list[Content]) -> None:
        for node in nodes:
            place = self.layout.points.get(node["code"])
            if place and node["kind"] == "section":
                row = int(place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
                self.check_weight(node, row)
                node["name"] = self.text("section", row)
            self.sections(node.get("children", []))
            for question in node.get("questions", []):
                self.question(question)

    def check_weight(self, node: Content, row: int) -> None:
        cell = self.cell("weight", row)
        try:
            weight = Decimal(cell)
        except InvalidOperation:
            weight = None
        if weight != Decimal(node["weight"]):
            said = f'"{short(cell)}"' if cell else "kosong"
            raise InstrumentRefused(
                f"{self.place('weight', row)}: bobot {node['code']} di buku kerja {said}, "
                f"di instrumen {node['weight']}."
            )

    def question(self, question: Content) -> None:
        code = question["code"]
        head = self.heads[code]
        question["text"] = self.text("question", head)
        for row in self.rows[code]:
            if row.key != "value":
                item = next(each for each in question["inputs"] if each["key"] == row.key)
                item["label"] = self.text("question", row.row)
        criteria = self.cell("criteria", head)
        if question.get("options"):
            question["options"] |= self.options(question, head, criteria)
        elif criteria:
            add_help(question, [self.text("criteria", head)])

    def options(self, question: Content, row: int, criteria: str) -> dict[str, str]:
        """The meaning of each option; the criterion of yes and no says when it is a yes."""
        keys = list(question["options"])
        if keys == ["Ya", "Tidak"]:
            return {"Ya": self.text("criteria", row)}
        found: dict[str, list[str]] = {}
        for line in criteria.splitlines():
            start = _OPTION.match(line.strip())
            if start:
                found.setdefault(start[1].upper(), []).append(start[2])
            elif found and line.strip():
                found[list(found)[-1]].append(line)
        if list(found) != keys:
            said = "/".join(found) or "tidak ada"
            raise InstrumentRefused(
                f"{self.place('criteria', row)}: kriteria {question['code']} di buku kerja {said}, "
                f"di instrumen {'/'.join(keys)}."
            )
        self.text("criteria", row)  # refuses what cannot be printed
        return {key: " ".join(" ".join(lines).split()) for key, lines in found.items()}

    def place(self, column: str, row: int) -> str:
        return f"Lembar {self.sheet.name}, sel {self.layout.wording[column][0]}{row}"

    def cell(self, column: str, row: int) -> str:
        """What stands in the first of the columns that holds more than a number of the list."""
        for letter in self.layout.wording[column]:
            cell = self.sheet.cells.get(f"{letter}{row}")
            if cell is None or cell.kind == Kind.FORMULA:
                continue
            if cell.kind != Kind.TEXT or not _ORDINAL.match(cell.text.strip()):
                return cell.text
        return ""

    def text(self, column: str, row: int) -> str:
        """With single spaces and without the dash before a list; line breaks stay."""
        lines = [" ".join(line.split()) for line in self.cell(column, row).strip().splitlines()]
        text = _DASH.sub("", "\n".join(line for line in lines if line))
        if not text:
            raise InstrumentRefused(f"{self.place(column, row)}: teksnya tidak ada.")
        if has_control_characters("".join(text.split())):
            raise InstrumentRefused(
                f"{self.place(column, row)}: teksnya memuat karakter yang tidak dapat dicetak."
            )
        return text


def _remarks(layout: Layout, sheet: Sheet) -> Iterator[str]:
    for quirk in layout.quirks:
        cell = sheet.cells.get(quirk.cell)
        if cell is not None and cell.text.strip() == quirk.says:
            yield f'Sel {quirk.cell} berisi "{quirk.says}": {quirk.remark}'
