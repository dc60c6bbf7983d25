"""Workbooks from outside: what is read, what is refused, and that nothing else can happen."""

import contextlib
import io
import time
import zipfile
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from common import xlsx
from common.xlsx import Cell, Kind, WorkbookRefused, plain_number, read_sheets

SHEET = "xl/worksheets/sheet1.xml"


def workbook(edit=None) -> bytes:
    book = Workbook()
    book.active.title = "Isi"
    book.active["A1"] = "kata"
    book.active["B2"] = 3.6
    if edit:
        edit(book.active)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


PLAIN = workbook()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def with_part(name: str, part: bytes) -> bytes:
    return packed(parts_of(PLAIN) | {name: part})


def sheet_of(rows: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return with_part(
        SHEET, f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()
    )


def read(content: bytes, rows: int = 50, columns: int = 10) -> tuple[xlsx.Sheet, ...]:
    return read_sheets(content, rows=rows, columns=columns)


def refusal(content: bytes) -> str:
    with pytest.raises(WorkbookRefused) as caught:
        read(content)
    return str(caught.value)


def test_cells_by_place():
    (sheet,) = read(PLAIN)

    assert (sheet.name, sheet.hidden) == ("Isi", False)
    assert sheet.cells == {"A1": Cell(Kind.TEXT, "kata"), "B2": Cell(Kind.NUMBER, "3.6")}


@pytest.mark.parametrize(
    ("value", "number_format", "cell"),
    [
        ("  kata \n", "General", Cell(Kind.TEXT, "kata")),
        ("a_x000D_\nb", "General", Cell(Kind.TEXT, "a\nb")),
        ("007", "@", Cell(Kind.TEXT, "007")),
        (7, "0.00", Cell(Kind.NUMBER, "7")),
        (-2.50, "General", Cell(Kind.NUMBER, "-2.5")),
        (0.9, "0%", Cell(Kind.PERCENT, "90%")),
        (0.0, "0%", Cell(Kind.NUMBER, "0")),
        (date(2026, 11, 21), "d/m/yyyy", Cell(Kind.DATE, "2026-11-21")),
        (True, "General", Cell(Kind.BOOLEAN, "BENAR")),
        ("#DIV/0!", "General", Cell(Kind.ERROR, "#DIV/0!")),
        ("=1+1", "General", Cell(Kind.FORMULA, "=1+1")),
    ],
)
def test_kinds_of_cells(value, number_format, cell):
    def edit(sheet):
        sheet["C3"] = value
        sheet["C3"].number_format = number_format

    assert read(workbook(edit))[0].cells["C3"] == cell


def test_the_result_a_formula_had():
    content = sheet_of(
        '<row r="1"><c r="A1"><f>B1*2</f><v>7.5</v></c><c r="B1"><v>1e2</v></c></row>'
    )

    assert read(content)[0].cells == {
        "A1": Cell(Kind.FORMULA, "=B1*2", Cell(Kind.NUMBER, "7.5")),
        "B1": Cell(Kind.NUMBER, "100"),
    }


def test_rows_and_columns_beyond_the_limits_are_left_out():
    def edit(sheet):
        sheet["A51"] = sheet["K1"] = "di luar"

    assert set(read(workbook(edit))[0].cells) == {"A1", "B2"}


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (3.5999999999999996, "3.6"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (-0.0, "0"),
        (1e21, "1" + "0" * 21),
        (10**20, "1" + "0" * 20),
        (2.0, "2"),
        (float("inf"), "Infinity"),
    ],
)
def test_plain_number(number, text):
    assert plain_number(number) == text


class TestRefusals:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"kata",
            PLAIN[:-30],
            PLAIN[:500],
            packed({"a.txt": b"kata"}),
            packed({"xl/a.txt": b"kata"}),
            packed({"word/document.xml": b"<w/>", "[Content_Types].xml": b"<Types/>"}),
            packed(parts_of(PLAIN), zipfile.ZIP_BZIP2),
            packed(parts_of(PLAIN), zipfile.ZIP_LZMA),
            with_part("xl/workbook.xml", b"<workbook>"),
            with_part("xl/workbook.xml", b"\xff" * 100),
            with_part("[Content_Types].xml", b'<?xml version="1.0" encoding="x"?><Types/>'),
            sheet_of('<row r="x"><c r="A1"><v>1</v></c></row>'),
            sheet_of('<row r="1"><c r="A1" t="s"><v>99</v></c></row>'),
            sheet_of('<row r="1"><c r="A1"><v>satu</v></c></row>'),
            sheet_of('<row r="1"><c r="A1" s="99"><v>1</v></c></row>'),
            sheet_of('<row r="1"><c r="?"><v>1</v></c></row>'),
            sheet_of(f'<row r="1"><c r="A1"><v>{"9" * 5000}</v></c></row>'),
        ],
    )
    def test_damaged(self, content):
        assert refusal(content) == (
            "Berkas ini bukan buku kerja Excel (.xlsx) yang utuh. Simpan ulang sebagai .xlsx."
        )

    def test_locked_or_old(self):
        assert "kata sandi" in refusal(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600)

    def test_a_part_locked_by_a_password(self):
        content = bytearray(PLAIN)
        for place in range(len(content) - 4):
            if content[place : place + 4] == b"PK\x01\x02":
                content[place + 8] |= 1

        assert "utuh" in refusal(bytes(content))

    def test_macros(self):
        assert "makro" in refusal(with_part("xl/vbaProject.bin", b"\xd0\xcf"))

    def test_a_part_twice(self):
        stream = io.BytesIO(PLAIN)
        with (
            pytest.warns(UserWarning, match="Duplicate name"),
            zipfile.ZipFile(stream, "a") as archive,
        ):
            archive.writestr(SHEET, b"<worksheet/>")

        assert "utuh" in refusal(stream.getvalue())

    @pytest.mark.parametrize(
        "head",
        [
            '<!DOCTYPE a [<!ENTITY a "b">]>',
            "<!-- " + "x" * 100_000 + ' --><!DOCTYPE worksheet SYSTEM "file:///etc/passwd">',
            '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY a "' + "&b;" * 1000 + '">]>',
        ],
    )
    @pytest.mark.parametrize("name", [SHEET, "xl/styles.xml", "xl/apa-saja.bin", "_rels/.rels"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_declarations(self, head, name, encoding):
        text = f'<?xml version="1.0" encoding="{encoding}"?>{head}<worksheet/>'

        assert "DOCTYPE" in refusal(with_part(name, text.encode(encoding)))

    def test_too_large_a_file(self, monkeypatch):
        monkeypatch.setattr(xlsx, "MAXIMUM_SIZE", len(PLAIN) - 1)

        assert refusal(PLAIN).startswith("Berkas melebihi ")

    def test_too_many_parts(self):
        parts = {f"xl/media/{number}.png": b"" for number in range(xlsx.MAXIMUM_PARTS)}

        assert "terlalu besar" in refusal(packed(parts_of(PLAIN) | parts))

    @pytest.mark.parametrize("name", [SHEET, "xl/media/gambar.png"])
    def test_a_part_that_unpacks_to_far_too_much(self, name):
        content = with_part(name, b"\0" * (xlsx.MAXIMUM_PART + 1))
        begun = time.process_time()

        assert len(content) < 100_000
        assert "terlalu besar" in refusal(content)
        assert time.process_time() - begun < 2

    def test_parts_that_lie_about_their_size(self):
        """What unpacks to more than it says ends where it said, and its check sum fails."""
        content = bytearray(with_part(SHEET, b"<a>" + b" " * 5_000_000 + b"</a>"))
        size = (5_000_007).to_bytes(4, "little")
        while (place := content.find(size)) >= 0:
            content[place : place + 4] = (100).to_bytes(4, "little")

        assert "utuh" in refusal(bytes(content))

    @pytest.mark.parametrize(
        "rows",
        [
            "<row/>" * 400_000,
            '<row r="1" spans="1:17" ht="15.75" customHeight="1"><c r="A1" s="0"/></row>' * 200_000,
            "<row>" + "<c/>" * 400_000 + "</row>",
            "<row>" * 100 + "</row>" * 100,
        ],
    )
    def test_more_cells_than_anyone_fills_in(self, rows):
        begun = time.process_time()

        assert "terlalu besar" in refusal(sheet_of(rows))
        assert time.process_time() - begun < 10

    def test_as_many_empty_rows_as_are_let_through(self):
        rows = '<row r="{0}" ht="15.75"><c r="A{0}" s="0"/></row>'
        content = sheet_of("".join(rows.format(number) for number in range(1, 149_000)))
        begun = time.process_time()

        assert read(content)[0].cells == {}
        assert time.process_time() - begun < 20

    def test_rows_far_down(self):
        content = sheet_of('<row r="4000000000"><c r="A4000000000"><v>1</v></c></row>')

        assert read(content)[0].cells == {}


PIECES = [
    *(b"<", b">", b"/>", b'"', b"<a>", b"</a>", b"&lt;", b"&#0;", b"1", b"-1", b"99999999999"),
    *(b"<c/>", b"<row/>", b'r="A1"', b't="s"', b"\xff", b"../", b"rId1", b"x" * 200),
]
INSIDES = [
    *("<v>1</v>", "<v>x</v>", "<v/>", "<v>1e999</v>", "<v>nan</v>", "<x/>", "<is><t>x</t></is>"),
    *("<f>A1</f>", "<f t='shared' si='9'/>", "<f t='array'/>", "<f t='dataTable' ref='A1'/>"),
]

fuzz = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def survives(content: bytes) -> None:
    """Read or refused; any other error fails the test."""
    with contextlib.suppress(WorkbookRefused):
        read(content)


@fuzz
@given(st.binary(max_size=300))
def test_any_bytes(content):
    survives(content)
    survives(b"PK\x03\x04" + content)


@fuzz
@given(st.lists(st.tuples(st.integers(0, len(PLAIN) - 1), st.integers(0, 255)), max_size=8))
def test_changed_bytes(changes):
    content = bytearray(PLAIN)
    for place, byte in changes:
        content[place] = byte
    survives(bytes(content))


@fuzz
@given(st.data())
def test_changed_parts(data):
    parts = parts_of(PLAIN)
    name = data.draw(st.sampled_from(sorted(parts)))
    part = bytearray(parts[name])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(part)))
        end = min(len(part), start + data.draw(st.integers(0, 30)))
        part[start:end] = data.draw(st.sampled_from(PIECES) | st.binary(max_size=6))
    survives(packed(parts | {name: bytes(part)}))


@fuzz
@given(
    st.dictionaries(
        st.sampled_from(["r", "s", "t", "v", "ref", "si", "spans"]),
        st.sampled_from(
            [
                "A1",
                "1",
                "-1",
                "0",
                "x",
                "",
                "s",
                "b",
                "d",
                "e",
                "str",
                "n",
                "inlineStr",
                "99999999999",
            ]
        ),
    ),
    st.sampled_from(INSIDES),
)
def test_odd_cells(attributes, inside):
    said = " ".join(f'{name}="{value}"' for name, value in attributes.items() if name != "v")
    survives(sheet_of(f'<row r="1"><c {said}>{inside}</c></row>'))
