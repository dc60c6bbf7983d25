"""The workbook of the official layout: what goes out comes back unchanged."""

from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.enums import Tier
from assessments.models import Answer, Assessment
from assessments.services.workbook_plan import build_plan, points_differences
from assessments.services.workbook_templates import add_template
from assessments.workbooks import read_workbook
from assessments.worksheet import load_entries, load_worksheet
from reports.official import render_official
from tests import factories_assessments as make
from tests.assessments.workbooks import OFFICIAL, as_bytes, bare_workbook, layout
from tests.reports.test_excel import TEXTS, random_answers

pytestmark = pytest.mark.django_db

NOTES = [
    *TEXTS,
    "dua\n\nbaris\n",
    "_x000D_ dan _x005F_x0041_",
    "x" * 5000,
    "Dokumen: SK.pdf\nTautan: https://a.go.id",
    "   ",
    "a\x0bb",
]


def link(file_id):
    return f"https://pmpzi.example/bukti/{file_id}/"


def export(assessment) -> bytes:
    return render_official(Assessment.objects.with_place().get(pk=assessment.pk), link=link)


def plan_of(assessment, content):
    assessment = Assessment.objects.with_place().get(pk=assessment.pk)
    return build_plan(assessment, load_worksheet(assessment.instrument_id), read_workbook(content))


def filled(seed=1, texts=NOTES):
    """Every answer type, some open, notes of every kind, evidence beside some."""
    assessment = make.make_assessment()
    worksheet = load_worksheet(assessment.instrument_id)
    codes = list(worksheet.by_code)
    answers = random_answers(worksheet, seed) | {"B.I.a": "3.123456789012345678"}
    notes = dict(zip(codes[::6], texts, strict=False))
    notes |= {"A.II.1.i.a": "Dua\nbaris", "A.II.5.iii.2.a": "=2+2"}
    make.fill(assessment, answers, notes=notes)
    make.attach(assessment, "A.I.1.i.a", "A.II.1.i.a", name="SK_Tim.pdf")
    make.attach(assessment, "A.I.1.i.a", name="Berita  acara (1).pdf")
    return assessment


def through_libreoffice(recalculate, path, content) -> bytes:
    """What LibreOffice saves of it, formulas and their results."""
    path.write_bytes(content)
    recalculate(path)
    return (recalculate.__self__.folder / "out" / path.name).read_bytes()


def look(cell):
    """What a person sees of a cell."""
    font, fill, side = cell.font, cell.fill.fgColor, cell.border.left
    return (font.name, font.sz, font.b, fill.rgb if fill.type == "rgb" else fill.theme, side.style)


def cells(content):
    return openpyxl.load_workbook(BytesIO(content))["LKE ZI"]


@pytest.fixture
def template(shared):
    """The official workbook as the template of the instrument."""

    def add():
        return add_template(
            instrument=make.shipped_instrument(),
            name="LKE.xlsx",
            content=(shared / OFFICIAL).read_bytes(),
            by=make.make_user(Role.ADMIN_PUSAT),
        )

    return add


class TestRoundTrip:
    @pytest.mark.parametrize("with_template", [False, True])
    @pytest.mark.parametrize("seed", [1, 2])
    def test_export_then_import_changes_nothing(self, seed, with_template, template):
        assessment = filled(seed)
        if with_template:
            template()

        plan = plan_of(assessment, export(assessment))

        assert (plan.changes, plan.faults) == ((), ())

    @pytest.mark.parametrize("with_template", [False, True])
    def test_through_libreoffice_too(self, with_template, template, recalculate, tmp_path):
        """LibreOffice writes "_x0041_" without the escape that it read; other text stays."""
        assessment = filled(texts=[text for text in NOTES if "_x" not in text])
        if with_template:
            template()

        again = through_libreoffice(recalculate, tmp_path / "lke.xlsx", export(assessment))

        plan = plan_of(assessment, again)
        assert (plan.changes, plan.faults) == ((), ())
        reading = read_workbook(again)
        assert reading.assessment == str(assessment.pk)
        assert reading.exported_at is not None

    def test_into_an_empty_assessment_everything_arrives(self):
        assessment = filled()
        other = make.make_assessment()

        plan = plan_of(other, export(assessment))

        stored = dict(
            Answer.objects.filter(assessment=assessment).values_list("question__code", "entered")
        )
        got = {each.question.code: dict(each.entered) for each in plan.answers}
        assert {c: e for c, e in got.items() if e and c != "B.I.a"} == {
            c: e for c, e in stored.items() if e and c != "B.I.a"
        }
        assert got["B.I.a"] == {"value": "3.12345678901235"}

    def test_an_empty_assessment(self):
        assessment = make.make_assessment()

        plan = plan_of(assessment, export(assessment))

        assert (plan.changes, plan.faults) == ((), ())


class TestOwnWorkbook:
    def test_computes_what_pmpzi_computes(self, recalculate, tmp_path):
        for seed in (1, 2, 3):
            assessment = filled(seed)
            path = tmp_path / f"lke{seed}.xlsx"

            reading = read_workbook(through_libreoffice(recalculate, path, export(assessment)))

            worksheet = load_worksheet(assessment.instrument_id)
            entries = load_entries(worksheet, assessment.pk, Tier.MANDIRI)
            evaluation = worksheet.evaluate(entries)
            assert set(reading.points) == set(layout().points)
            assert list(points_differences(reading, evaluation)) == []
            assert reading.remarks == ()

    def test_only_fill_in_cells_are_free_and_no_text_is_a_formula(self):
        sheet = cells(export(filled()))

        free = {
            cell.coordinate
            for row in sheet.iter_rows()
            for cell in row
            if not cell.protection.locked
        }
        of = layout()
        expected = {f"K{row.row}" for row in of.answers}
        expected |= {f"{column}{row}" for column in "OPQ" for row in of.note_rows}
        assert sheet.protection.sheet
        assert free == expected
        assert {sheet[place].data_type for place in free} <= {"s", "n"}
        assert all(
            cell.data_type != "f" or cell.column_letter in "KLM"
            for row in sheet.iter_rows()
            for cell in row
        )

    def test_lists_for_the_answers(self):
        sheet = cells(export(filled()))

        covered = {
            cell
            for rule in sheet.data_validations.dataValidation
            for area in rule.sqref.ranges
            for row in area.rows
            for cell in row
        }
        assert covered == {(row.row, 11) for row in layout().answers}

    def test_documents_and_links(self):
        sheet = cells(export(filled()))

        assert sheet["P8"].value == "SK_Tim.pdf\nBerita  acara (1).pdf"
        assert len(sheet["Q8"].value.split("\n")) == 2
        assert sheet["P128"].value == "SK_Tim.pdf"
        assert sheet["P129"].value is None


class TestTemplate:
    def test_look_formulas_and_protection_stay(self, shared, template):
        assessment = filled()
        template()

        sheet = cells(export(assessment))

        official = openpyxl.load_workbook(shared / OFFICIAL)["LKE ZI"]
        written = {f"K{row.row}" for row in layout().answers} | {"K185"}
        written |= {f"{column}{row}" for column in "OPQ" for row in layout().note_rows}
        for row in official.iter_rows():
            for cell in row:
                now = sheet[cell.coordinate]
                if cell.coordinate not in written:
                    assert (now.value, now.number_format) == (cell.value, cell.number_format)
                assert look(now) == look(cell)
                assert now.protection.locked == cell.protection.locked
        assert sheet.protection.hashValue == official.protection.hashValue
        assert len(sheet.data_validations.dataValidation) == 6
        assert sheet.merged_cells.ranges == official.merged_cells.ranges

    def test_recalculates_and_differs_only_where_its_formulas_are_faulty(
        self, template, recalculate, tmp_path
    ):
        template()
        worksheet = load_worksheet(make.shipped_instrument().pk)
        answers = make.best_answers(worksheet) | {
            "A.I.1.i.a": "Tidak",
            "A.II.5.iii.1.a.n1": 3,
            "A.II.5.iii.2.a.n1": 4,
            "A.II.5.iii.2.a.n4": 0,
            "A.II.3.iii.a.n1": 4,
            "A.II.3.iii.a.n2": 0,
        }
        assessment = make.make_assessment(answers=answers)
        path = tmp_path / "lke.xlsx"

        reading = read_workbook(through_libreoffice(recalculate, path, export(assessment)))

        evaluation = worksheet.evaluate(load_entries(worksheet, assessment.pk, Tier.MANDIRI))
        differences = {each.what for each in points_differences(reading, evaluation)}
        assert {"total", "A.I.1.i", "A.II.5.iii"} == differences
        assert reading.remarks == ()

    def test_the_second_layout_takes_answers_notes_and_documents(self):
        second = layout("lke-2021-jawaban")
        add_template(
            instrument=make.shipped_instrument(),
            name="Jawaban.xlsx",
            content=as_bytes(bare_workbook(of=second)),
            by=make.make_user(Role.ADMIN_PUSAT),
        )
        assessment = filled()

        content = export(assessment)

        assert openpyxl.load_workbook(BytesIO(content)).sheetnames == ["Jawaban"]
        plan = plan_of(assessment, content)
        assert (plan.changes, plan.faults) == ((), ())


class TestDownload:
    def get(self, client, role, place, assessment):
        client.force_login(make.person(role, place))
        return client.get(reverse("reports:lke_official", args=[assessment.pk]))

    def test_the_satker_and_its_verifier(self, client):
        draft, sent = make.make_assessment(), make.make_submitted()

        own = self.get(client, Role.OPERATOR, draft.satker, draft)
        assert own.status_code == 200
        assert f"LKE-resmi-2026-{draft.satker.code}.xlsx" in own["Content-Disposition"]
        verifier = sent.satker.verifier
        assert self.get(client, Role.VERIFIKATOR, verifier, sent).status_code == 200
        assert self.get(client, Role.VERIFIKATOR, verifier, draft).status_code == 403
        assert self.get(client, Role.OPERATOR, draft.satker, sent).status_code == 404

    def test_an_instrument_without_a_layout(self, client):
        old = make.make_period(2019, instrument=make.shipped_instrument("lke-2014"))
        assessment = make.make_assessment(period=old)

        assert self.get(client, Role.OPERATOR, assessment.satker, assessment).status_code == 404
        page = client.get(reverse("assessments:detail", args=[assessment.pk])).text
        assert "susunan resmi" not in page
        assert (
            client.get(reverse("assessments:import_workbook", args=[assessment.pk])).status_code
            == 200
        )
