"""Reading a table that a person made. Files stand in a temporary folder."""

import datetime as dt
import random
import zipfile
from contextlib import suppress

import pytest
from openpyxl import Workbook

from common.spreadsheet import MAX_FILE_SIZE, MAX_ROWS, RowError, SpreadsheetRefused, read_table

COLUMNS = {"required": ("kode", "nama"), "optional": ("aktif",)}


def read(path):
    table = read_table(path, **COLUMNS)
    return [(row.number, row.values) for row in table.rows], table.errors


def csv_file(tmp_path, content):
    path = tmp_path / "tabel.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def workbook(tmp_path, *lines):
    book = Workbook()
    for line in lines:
        book.active.append(line)
    path = tmp_path / "tabel.xlsx"
    book.save(path)
    return path


class TestCsv:
    @pytest.mark.parametrize(
        "content",
        [
            "kode,nama\n1,Satu\n",
            "\ufeffkode,nama\r\n1,Satu\r\n",
            "kode;nama\n1;Satu",
            "kode\tnama\n1\tSatu\n",
            "\n\nKode , NAMA\n 1 , Satu \n,\n\n",
            '"kode","nama"\n"1","Satu"\n',
        ],
    )
    def test_ways_to_write_the_same(self, tmp_path, content):
        rows, errors = read(csv_file(tmp_path, content))

        assert [values for _, values in rows] == [{"kode": "1", "nama": "Satu"}]
        assert errors == []

    def test_rows_have_the_numbers_of_the_file(self, tmp_path):
        rows, _ = read(csv_file(tmp_path, 'nama,kode\n\n"Dua\nbaris",1\nSatu,2\n'))

        assert [number for number, _ in rows] == [3, 5]

    def test_short_rows_are_filled(self, tmp_path):
        rows, _ = read(csv_file(tmp_path, "kode,nama,aktif\n1\n"))

        assert rows == [(2, {"kode": "1", "nama": "", "aktif": ""})]

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", "Berkas kosong."),
            (b"\n\n  \n", "Berkas kosong."),
            (b"kode,nama\n1,caf\xe9\n", "UTF-8"),
            ("kode,nama\n1,a\n".encode("utf-16"), "UTF-8"),
            (b"kode,nama\n1,a\x00b\n", "NUL"),
            (b'kode,nama\n1,"a\n', "tanda kutip"),
            (b'kode,nama\n1,"a"b\n', "tanda kutip"),
            (b"kode,nama\n1," + b"x" * 200_000, "tanda kutip"),
            (b"kode,nama\n" + b"," * 60, "lebih dari 50 kolom"),
            (b"kode,warna\n1,merah\n", "tidak dikenal: warna"),
            (b"kode\n1\n", "Kolom tidak ada: nama"),
            (b"kode,nama,kode\n1,a,2\n", "dua kali: kode"),
            (b"\x89PNG\r\n\x1a\n", "UTF-8"),
            (b"PK\x03\x04 bukan arsip", "xlsx tidak dapat dibaca"),
            (b"x" * (MAX_FILE_SIZE + 1), "lebih besar dari 10 MB"),
            (b"kode,nama\n" + b"1,a\n" * (MAX_ROWS + 1), "lebih dari 20000 baris"),
        ],
    )
    def test_refused(self, tmp_path, content, message):
        with pytest.raises(SpreadsheetRefused, match=message):
            read(csv_file(tmp_path, content))

    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            (
                "1,a\x0bb",
                RowError(
                    2, "nama", "Isi sel memuat karakter yang tidak dapat dicetak atau pindah baris."
                ),
            ),
            ("1," + "x" * 1001, RowError(2, "nama", "Isi sel lebih panjang dari 1000 huruf.")),
            ("1,a,ya,lebih", RowError(2, "", "“lebih” berada di kolom tanpa judul.")),
        ],
    )
    def test_cells_that_cannot_be_taken(self, tmp_path, line, expected):
        _, errors = read(csv_file(tmp_path, f"kode,nama,aktif\n{line}\n"))

        assert errors == [expected]


class TestWorkbook:
    def test_cells_become_text(self, tmp_path):
        path = workbook(
            tmp_path, ["Nama", "Kode", "aktif"], [" Satu ", 330801, True], ["Dua", 7.0, None]
        )

        assert read(path) == (
            [
                (2, {"nama": "Satu", "kode": "330801", "aktif": "ya"}),
                (3, {"nama": "Dua", "kode": "7", "aktif": ""}),
            ],
            [],
        )

    def test_leading_zeros_of_a_number_format_are_kept(self, tmp_path):
        path = tmp_path / "tabel.xlsx"
        book = Workbook()
        book.active.append(["kode", "nama"])
        book.active.append([12, "Satu"])
        book.active["A2"].number_format = "0000"
        book.save(path)

        assert read(path)[0] == [(2, {"kode": "0012", "nama": "Satu"})]

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ("=A1", "Sel berisi rumus. Tempel hasilnya sebagai nilai."),
            ("#N/A", "Sel berisi galat rumus."),
            (
                dt.date(2026, 1, 2),
                "Sel berisi tanggal atau waktu. Ubah format sel menjadi teks.",
            ),
            (dt.time(1, 2), "Sel berisi tanggal atau waktu. Ubah format sel menjadi teks."),
        ],
    )
    def test_cells_that_cannot_be_taken(self, tmp_path, value, message):
        path = workbook(tmp_path, ["kode", "nama"], [1, value])

        assert read(path)[1] == [RowError(2, "nama", message)]

    def test_merged_cells_are_refused(self, tmp_path):
        path = tmp_path / "tabel.xlsx"
        book = Workbook()
        book.active.append(["kode", "nama"])
        book.active.append([1, "Satu"])
        book.active.merge_cells("A2:A4")
        book.save(path)

        with pytest.raises(SpreadsheetRefused, match=r"sel gabungan: A2:A4"):
            read(path)

    def test_formatted_cells_far_below_are_refused(self, tmp_path):
        path = tmp_path / "tabel.xlsx"
        book = Workbook()
        book.active.append(["kode", "nama"])
        book.active["A1000000"].number_format = "0"
        book.save(path)

        with pytest.raises(SpreadsheetRefused, match="melebihi 20000 baris"):
            read(path)

    def test_empty_workbook_is_refused(self, tmp_path):
        with pytest.raises(SpreadsheetRefused, match="Berkas kosong"):
            read(workbook(tmp_path))

    @pytest.mark.parametrize("seed", range(10))
    def test_a_broken_workbook_never_ends_in_another_error(self, tmp_path, seed):
        """Bytes of its parts are changed at random; the archive around them stays whole."""
        path = workbook(tmp_path, ["kode", "nama"], [1, "Satu"], [2.5, None])
        parts, chance = unpacked(path), random.Random(seed)
        for _ in range(20):
            broken = dict(parts)
            name = chance.choice(sorted(broken))
            content = bytearray(broken[name])
            for _ in range(chance.randint(1, 5)):
                content[chance.randrange(len(content))] = chance.randrange(256)
            broken[name] = bytes(content[: chance.randint(1, len(content))])

            with suppress(SpreadsheetRefused):
                read(packed(path, broken))

    def test_a_workbook_with_a_part_missing_never_ends_in_another_error(self, tmp_path):
        path = workbook(tmp_path, ["kode", "nama"], [1, "Satu"])
        parts = unpacked(path)
        for name in parts:
            with suppress(SpreadsheetRefused):
                read(packed(path, {key: parts[key] for key in parts if key != name}))


def unpacked(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path, parts):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("name", ["tidak-ada.csv", ".", "nul\x00.csv"])
def test_no_file_is_refused(tmp_path, name):
    with pytest.raises(SpreadsheetRefused, match="tidak dapat dibuka"):
        read(tmp_path / name)
