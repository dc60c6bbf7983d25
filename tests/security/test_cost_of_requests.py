"""Texts made to be expensive cost no more than others."""

import time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from io import BytesIO
from itertools import count

import pytest
from openpyxl import load_workbook

from assessments.models import NOTE_LENGTH
from assessments.worksheet import load_worksheet
from common.words import mark_differences
from reports.abridging import CUT, MOST, abridged, cost_of, cut, limit_of
from reports.document import build_report
from reports.excel import render_workbook
from reports.pdf import PdfBusy, pdf_of
from tests.factories_assessments import fill, make_assessment


def test_two_notes_that_share_one_word_a_thousand_times():
    """Compared word by word to the end it takes most of a minute."""
    words = (f"{number:x}" for number in count(0x100))
    mine = " ".join(f"x {next(words)}" for _ in range(800))
    theirs = " ".join(f"x {next(words)}" for _ in range(800))
    assert max(len(mine), len(theirs)) <= NOTE_LENGTH

    started = time.process_time()
    mark_differences(mine, theirs)

    assert time.process_time() - started < 3  # seconds of the processor


class TestNotesOfThePdf:
    @pytest.mark.parametrize(
        "note",
        [
            "Bukti lengkap dan terbaca jelas. " * 150,
            "a" * NOTE_LENGTH,
            "a\n" * (NOTE_LENGTH // 2),
            "a\u00a0" * (NOTE_LENGTH // 2),
        ],
        ids=["words", "one word", "lines", "no-break spaces"],
    )
    def test_a_sheet_full_of_the_longest(self, note):
        texts = [note] * 226

        limit = limit_of(texts)
        printed = cut(note, limit)

        assert 226 * limit <= MOST
        assert cost_of(printed.removesuffix(CUT)) <= limit
        assert printed.endswith(CUT)
        assert note.startswith(printed.removesuffix(CUT))

    def test_a_sheet_as_people_write_it(self):
        assert limit_of(["Notula rapat 3 Mei, halaman 2.\n" * 12] * 100) is None

    def test_short_notes_stay_whole_beside_long_ones(self):
        texts = ["Notula rapat 3 Mei." for _ in range(100)] + ["a " * 2500] * 60

        limit = limit_of(texts)

        assert cut(texts[0], limit) == texts[0]
        assert sum(cost_of(cut(text, limit).removesuffix(CUT)) for text in texts) <= MOST


@pytest.mark.django_db
def test_the_pdf_says_where_notes_were_cut_and_the_workbook_has_them_whole():
    assessment = make_assessment()
    codes = list(load_worksheet(assessment.instrument_id).by_code)
    note = "a\n" * (NOTE_LENGTH // 2)
    fill(assessment, {}, notes=dict.fromkeys(codes[:12], note))
    report = build_report(assessment)

    rows = [
        row for block in abridged(report).blocks for part in block.sections for row in part.rows
    ]

    assert [row.code for row in rows if row.note.endswith(CUT)] == codes[:12]
    assert {row.code: row.note for row in rows if not row.note.endswith(CUT)} == dict.fromkeys(
        codes[12:], ""
    )
    sheet = load_workbook(BytesIO(render_workbook(report))).worksheets
    cells = {cell.value for each in sheet for line in each.iter_rows() for cell in line}
    assert note in cells


def test_pdf_beyond_one_made_and_one_waiting_are_refused():
    """All threads of a server would else stand and wait, and nobody got a page any more."""
    try:
        engine = import_module("reports.pdf_engine")
    except OSError:
        pytest.skip("Pango, yang menata huruf PDF, tidak terpasang")
    with ThreadPoolExecutor(2) as threads:
        with engine._turn:
            under_way = [threads.submit(pdf_of, "<p>Laporan</p>") for _ in range(2)]
            while engine._room._value:
                time.sleep(0.001)

            with pytest.raises(PdfBusy, match="coba lagi"):
                pdf_of("<p>Laporan</p>")

        assert all(each.result().startswith(b"%PDF") for each in under_way)
    assert pdf_of("<p>Laporan</p>").startswith(b"%PDF")
