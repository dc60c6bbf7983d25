"""The workbook computes by itself what PMPZI computed, and holds text as text."""

import json
import random
from io import BytesIO

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

import scoring
from assessments.worksheet import load_worksheet
from reports.document import build_report
from reports.excel import render_workbook
from tests import factories_assessments as make
from tests.reports.test_document import rows_of

pytestmark = pytest.mark.django_db

TOLERANCE = 1e-9
FORMULA_LIKE = ["=1+1", "+62 811", "-5 orang", "@SUM(A1)", "\t=cmd|'/c'!A1", '=HYPERLINK("x")']
TEXTS = [*FORMULA_LIKE, "_x0041_", " tepi ", "baris\nbaru", "<b>&amp;</b> 'kutip'", "#N/A", "😀"]


def open_book(report):
    return openpyxl.load_workbook(BytesIO(render_workbook(report)))


def saved(report, tmp_path):
    path = tmp_path / "lke.xlsx"
    path.write_bytes(render_workbook(report))
    return path


def points_of(book, column):
    """Points by code as the sheet "LKE" computes them; the total under "total"."""
    found = {}
    for row in book["LKE"].iter_rows(min_row=4, values_only=True):
        value = row["ABCDEFGHIJ".index(column)]
        if value is not None:
            found[row[0] or "total"] = value
    return found


def expected_points(evaluation):
    return {code: float(node.points) for code, node in evaluation.nodes.items()} | {
        "total": float(evaluation.total)
    }


def verdict_words(book, column):
    """The words of one predikat's column on "Ringkasan", by the name of the minimum."""
    rows = list(book["Ringkasan"].iter_rows(values_only=True))
    start = next(i for i, row in enumerate(rows) if row[0] == "Syarat nilai")
    place = "ABCDEFGH".index(column)
    return [row[place] for row in rows[start + 1 :] if row[place] is not None]


def random_answers(worksheet, seed):
    """A sheet as somebody might fill it in, with about a fifth left open."""
    chance = random.Random(seed)
    answers = {}
    for item in worksheet.sheet.items:
        if chance.random() < 0.2:
            continue
        match item.scale:
            case scoring.Choice(options=options):
                answers[item.code] = chance.choice(list(options))
            case scoring.Number(maximum=maximum):
                answers[item.code] = str(chance.randrange(0, int(maximum) * 1000) / 1000)
            case scoring.Decrease(inputs=inputs):
                answers |= {f"{item.code}.{i.key}": chance.randrange(0, 9) for i in inputs}
            case scoring.Ratio(inputs=inputs):
                # One count more now and then than there can be, to meet the cap of 1.
                answers |= {f"{item.code}.{i.key}": chance.randrange(1, 9) for i in inputs}
                if chance.random() < 0.3:
                    answers.pop(f"{item.code}.n1")
    return answers


class TestRecalculated:
    def check(self, assessment, recalculate, tmp_path):
        worksheet = load_worksheet(assessment.instrument_id)
        report = build_report(assessment)
        rows = rows_of(report)
        own = worksheet.evaluate({code: row.own.entered for code, row in rows.items()})
        counting = worksheet.evaluate({code: row.counting.entered for code, row in rows.items()})

        book = recalculate(saved(report, tmp_path))

        assert points_of(book, "F") == pytest.approx(expected_points(own), abs=TOLERANCE)
        if report.is_verified:
            computed = points_of(book, "J")
            assert computed == pytest.approx(expected_points(counting), abs=TOLERANCE)
        for column, code in (("D", "WBK"), ("G", "WBBM")):
            words = ["Memenuhi" if each.met else "Belum" for each in counting.verdicts[code].floors]
            assert verdict_words(book, column) == words

    def test_empty(self, recalculate, tmp_path):
        self.check(make.make_assessment(), recalculate, tmp_path)

    @pytest.mark.parametrize("seed", [1, 2])
    def test_partial(self, recalculate, tmp_path, seed):
        assessment = make.make_assessment()
        worksheet = load_worksheet(assessment.instrument_id)
        make.fill(assessment, random_answers(worksheet, seed))

        self.check(assessment, recalculate, tmp_path)

    def test_nothing_over_nothing_and_what_exceeds_its_denominator(self, recalculate, tmp_path):
        answers = {
            "A.II.1.i.a.n1": 0,  # no agents of change: 0
            "A.II.1.i.a.n2": 0,
            "A.II.1.i.b.n1": 4,  # capped at 1
            "A.II.1.i.b.n2": 9,
            "A.II.3.iii.a.n1": 0,  # no disciplinary cases at all: 1
            "A.II.3.iii.a.n2": 0,
            "A.II.3.iii.a.n3": 0,
            "A.II.5.ii.a.n1": 0,  # no complaints: 1
            "A.II.5.ii.a.n2": 0,
            "A.II.5.ii.a.n3": 0,
            "A.II.4.i.a.n1": 3,
            "A.II.4.i.a.n2": 1,
        }

        self.check(make.make_assessment(answers=answers), recalculate, tmp_path)

    def test_cases_that_appeared_or_grew_count_0(self, recalculate, tmp_path):
        answers = {
            "A.II.3.iii.a.n1": 0,
            "A.II.3.iii.a.n2": 2,
            "A.II.3.iii.a.n3": 2,
            "A.II.6.i.b.n1": 5,  # the second count is missing: open
        }

        self.check(make.make_assessment(answers=answers), recalculate, tmp_path)

    def test_verified(self, recalculate, tmp_path):
        lower = {
            "A.I.1.i.b": {"value": "C"},
            "A.I.3.ii.a": {"value": "Tidak"},
            "A.II.1.i.a": {"n1": "3", "n2": "1"},
            "A.II.3.iii.a": {"n1": "7", "n2": "4", "n3": "0"},
            "A.II.5.iii.1.a": {"n1": "0", "n2": "0", "n3": "0", "n4": "0"},
            "B.I.a": {"value": "3.37"},
        }
        assessment = make.make_approved(answers={"B.II.a": "3.2"}, lower=lower)

        self.check(assessment, recalculate, tmp_path)

    def test_a_minimum_reached_exactly_is_met(self, recalculate, tmp_path):
        """Sums of thirds are a hair below 6 in a cell; the comparison must not see that."""
        answers = {"B.I.a": "3.6", "B.II.a": "3.2", "B.I.b": "C"}

        self.check(make.make_submitted(answers=answers), recalculate, tmp_path)

    def test_the_form_of_2014(self, recalculate, tmp_path):
        period = make.make_period(2020, instrument=make.shipped_instrument("lke-2014"))
        assessment = make.make_assessment(period=period)
        worksheet = load_worksheet(assessment.instrument_id)
        make.fill(assessment, random_answers(worksheet, 3))
        report = build_report(assessment)

        book = recalculate(saved(report, tmp_path))

        own = worksheet.evaluate({code: row.own.entered for code, row in rows_of(report).items()})
        assert points_of(book, "F") == pytest.approx(expected_points(own), abs=TOLERANCE)

    def test_reference_sheets(self, shared, recalculate, tmp_path):
        known = json.loads((shared / "reference" / "known-answers.json").read_text("utf-8"))
        cases = [case for case in known["cases"] if case["instrument"] == "lke-2021"][:3]
        assert len(cases) == 3
        for case in cases:
            answers = {code: value for code, value in case["answers"].items() if value is not None}

            book = recalculate(saved(build_report(make.make_assessment(answers=answers)), tmp_path))

            computed = points_of(book, "F")
            wanted = {k: v for k, v in case["expected"].items() if not k.startswith("area")}
            found = {code: computed.get(code) for code in wanted if code in computed}
            assert found == pytest.approx(
                {code: float(wanted[code]) for code in found}, abs=float(case["tolerance"])
            )
            assert "total" in found


class TestText:
    def test_is_never_a_formula_and_comes_back_unchanged(self):
        assessment = make.make_assessment()
        codes = list(load_worksheet(assessment.instrument_id).by_code)[: len(TEXTS)]
        make.fill(assessment, {}, notes=dict(zip(codes, TEXTS, strict=True)))
        for code, text in zip(codes, TEXTS, strict=True):
            make.attach(assessment, code, name=text)

        sheet = open_book(build_report(assessment))["LKE"]

        notes = {row[0].value: row[10] for row in sheet.iter_rows(min_row=4)}
        files = {row[0].value: row[11] for row in sheet.iter_rows(min_row=4)}
        assert [unescape(notes[code].value) for code in codes] == TEXTS
        assert {notes[code].data_type for code in codes} <= {"s", "inlineStr"}
        assert all(
            unescape(files[c].value).startswith(t) for c, t in zip(codes, TEXTS, strict=True)
        )
        assert {files[code].data_type for code in codes} <= {"s", "inlineStr"}

    def test_what_looks_like_a_formula_stays_text_when_it_is_edited(self):
        assessment = make.make_assessment()
        make.fill(assessment, {}, notes={"A.I.1.i.a": "=1+1", "A.I.1.i.b": "biasa"})

        sheet = open_book(build_report(assessment))["LKE"]

        quoted = {row[0].value: row[10].quotePrefix for row in sheet.iter_rows(min_row=4)}
        assert (quoted["A.I.1.i.a"], quoted["A.I.1.i.b"]) == (True, False)

    def test_is_the_same_for_a_calculating_program(self, recalculate, tmp_path):
        assessment = make.make_assessment()
        codes = list(load_worksheet(assessment.instrument_id).by_code)[: len(TEXTS)]
        make.fill(assessment, {}, notes=dict(zip(codes, TEXTS, strict=True)))

        book = recalculate(saved(build_report(assessment), tmp_path))

        notes = {row[0]: row[10] for row in book["LKE"].iter_rows(min_row=4, values_only=True)}
        assert [notes[code] for code in codes] == TEXTS

    def test_what_a_workbook_cannot_hold(self):
        assessment = make.make_assessment(make.make_satker(name="Kankemenag A & B <satu>"))
        make.fill(assessment, {}, notes={"A.I.1.i.a": "a\x0bb\uffffc\r\nd"})

        book = open_book(build_report(assessment))

        notes = {row[0]: row[10] for row in book["LKE"].iter_rows(min_row=4, values_only=True)}
        assert notes["A.I.1.i.a"] == "a\ufffdb\ufffdc\nd"
        assert book["LKE"].oddFooter.left.text == (
            f"LKE 2026, Kankemenag A && B <satu> ({assessment.satker.code})"
        )


class TestSheets:
    def test_values_without_formulas(self):
        assessment = make.make_approved(lower={"A.I.1.i.b": {"value": "B"}})

        sheet = open_book(build_report(assessment))["Nilai"]

        rows = {row[0]: row for row in sheet.iter_rows(min_row=4, values_only=True) if row[0]}
        assert rows["A.I.1.i"][6] == 0.5
        assert rows["A.I.1.i"][10] == 0.375
        assert rows["A.I.1.i.b"][3:6] == ("A", rows["A.I.1.i.b"][4], 1)
        assert rows["A.I.1.i.b"][7:10] == ("B", rows["A.I.1.i.b"][8], 0.5)
        assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)

    def test_every_input_has_a_row(self):
        sheet = open_book(build_report(make.make_assessment()))["LKE"]

        codes = [row[0] for row in sheet.iter_rows(min_row=4, values_only=True)]
        assert codes[codes.index("A.II.3.iii.a") :][:4] == [
            "A.II.3.iii.a",
            "A.II.3.iii.a.n1",
            "A.II.3.iii.a.n2",
            "A.II.3.iii.a.n3",
        ]

    def test_names_and_frozen_panes(self):
        book = open_book(build_report(make.make_assessment()))

        assert book.sheetnames == ["Ringkasan", "LKE", "Nilai"]
        assert (book["LKE"].freeze_panes, book["LKE"].print_title_rows) == ("C4", "$3:$3")

    def test_a_draft_has_no_verified_column_to_mistake(self):
        book = open_book(build_report(make.make_assessment(answers={"A.I.1.i.a": "Ya"})))

        columns = [row[8:10] for row in book["LKE"].iter_rows(min_row=4, values_only=True)]
        assert set(columns) == {(None, None)}
