"""``import_lke``: a filled workbook into an assessment, all of it or nothing."""

import io
import json
import random

import pytest
from django.core.management import call_command

import scoring
from accounts.models import Role
from assessments.enums import Target, Tier
from assessments.models import Answer, AnswerChange, Assessment, Period
from assessments.services.instruments import load_instrument
from assessments.services.scores import score_fields
from assessments.worksheet import load_entries, load_worksheet
from audit.models import Event
from satker.models import Satker
from tests.assessments.imports import Run, satker_in_a_period, stored
from tests.assessments.workbooks import as_bytes, bare_workbook, filled_official, layout
from tests.factories_assessments import best_answers, fill, make_assessment, make_user, person
from tests.scoring.instruments import REFERENCE, content, instrument

pytestmark = pytest.mark.django_db

KNOWN = REFERENCE / "known-answers.json"
CASES = [
    case
    for case in (json.loads(KNOWN.read_text("utf-8"))["cases"] if KNOWN.exists() else [])
    if case["instrument"] == "lke-2021"
]


@pytest.fixture
def satker() -> Satker:
    return satker_in_a_period()


@pytest.fixture
def run(satker, tmp_path):
    return Run(satker, tmp_path / "lke.xlsx")


def score_command(tmp_path, answers) -> dict:
    path = tmp_path / "answers.json"
    path.write_text(json.dumps({"answers": answers}), encoding="utf-8")
    out = io.StringIO()
    call_command("score", str(path), instrument="lke-2021", stdout=out)
    return json.loads(out.getvalue())


def any_answers(rng: random.Random) -> dict[str, object]:
    """An answer to every fill-in row, as the score command takes it."""
    answers: dict[str, object] = {}
    for item in instrument("lke-2021").sheet.items:
        match item.scale:
            case scoring.Choice(options=options):
                answers[item.code] = rng.choice(list(options))
            case scoring.Number():
                answers[item.code] = rng.choice([0, 4, 3.6, 2.75, 3.1, round(rng.uniform(0, 4), 3)])
            case _:
                # No denominator of 0, so that any numerator will do.
                answers |= {f"{item.code}.{i.key}": rng.randint(1, 30) for i in item.inputs}
    return answers


def as_typed(rng: random.Random, answer: object) -> object:
    if isinstance(answer, str):
        return rng.choice([answer, answer.lower(), f" {answer} "])
    return rng.choice([answer, str(answer), str(answer).replace(".", ",")])


class TestOfficialWorkbook:
    @pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
    def test_scores_as_the_score_command_does(self, case, shared, run, tmp_path):
        lines = run(filled_official(shared, case["answers"]))

        expected = score_command(tmp_path, case["answers"])
        assessment = Assessment.objects.get()
        worksheet = load_worksheet(assessment.instrument_id)
        evaluation = worksheet.evaluate(load_entries(worksheet, assessment.pk, Tier.MANDIRI))
        assert scoring.evaluation_to_json("lke-2021", evaluation) == expected
        score = assessment.scores.get(tier=Tier.MANDIRI)
        fields = score_fields(worksheet, evaluation)
        assert {name: getattr(score, name) for name in fields} == fields
        assert any(line.startswith("Nilai: ") for line in lines)

    @pytest.mark.parametrize("seed", range(3))
    def test_however_the_answers_are_typed(self, seed, shared, run, tmp_path):
        """Letters in any case, numbers as text, a decimal comma, and some cells left blank."""
        rng = random.Random(seed)
        answers = {code: value for code, value in any_answers(rng).items() if rng.random() > 0.1}

        run(filled_official(shared, {code: as_typed(rng, answers[code]) for code in answers}))

        assessment = Assessment.objects.get()
        worksheet = load_worksheet(assessment.instrument_id)
        evaluation = worksheet.evaluate(load_entries(worksheet, assessment.pk, Tier.MANDIRI))
        expected = score_command(tmp_path, answers)
        assert scoring.evaluation_to_json("lke-2021", evaluation) == expected

    def test_again_changes_nothing(self, shared, run, satker):
        book = as_bytes(
            filled_official(
                shared,
                best_answers(load_worksheet(Period.objects.get().instrument_id)),
                lambda sheet: sheet.__setitem__("O8", "SK ada"),
            )
        )
        run(book)
        before = stored(), Event.objects.count(), AnswerChange.objects.count()

        lines = run(book)

        assert lines[1:] == [f"{satker.name}, 2026.", "Tidak ada yang berubah.", "Nilai: 100,00"]
        assert (stored(), Event.objects.count(), AnswerChange.objects.count()) == before

    def test_totals_that_differ_are_told_with_the_known_reason(
        self, shared, run, recalculate, tmp_path
    ):
        answers = best_answers(load_worksheet(Period.objects.get().instrument_id))
        book = filled_official(
            shared,
            answers | {"A.I.1.i.a": "Tidak", "A.II.5.iii.2.a.n4": 0},
            lambda sheet: sheet.__setitem__("K185", 3),
        )
        book.save(tmp_path / "filled.xlsx")

        lines = run(recalculate(tmp_path / "filled.xlsx"))

        assert lines[-4:] == [
            "Nilai: 98,75",
            "Berbeda dari buku kerja: Nilai: buku kerja 100, di sini 98,75.",
            "Berbeda dari buku kerja: A.I.1.i: buku kerja 0,5, di sini 0,25. "
            f"{layout().faults['A.I.1.i']}",
            "Berbeda dari buku kerja: A.II.5.iii: buku kerja 2, di sini 1. "
            f"{layout().faults['A.II.5.iii']}",
        ]


class TestWhatIsStored:
    def test_first_import_opens_the_assessment(self, run, satker):
        lines = run(
            bare_workbook({"A.I.1.i.a": "ya", "A.II.1.i.a.n1": "3", "B.I.a": "3,60"}),
            target=Target.WBBM,
        )

        assessment = Assessment.objects.get()
        assert (assessment.satker, assessment.target) == (satker, Target.WBBM)
        assert assessment.opened_by == person(Role.OPERATOR, satker)
        assert stored() == {
            "A.I.1.i.a": ({"value": "Ya"}, "", 1),
            "A.II.1.i.a": ({"n1": "3"}, "", 1),
            "B.I.a": ({"value": "3.6"}, "", 1),
        }
        assert lines == [
            "LKE PermenPANRB 90/2021, lembar LKE ZI: 3 dari 127 isian terisi.",
            f"{satker.name}, 2026. Penilaian dibuka.",
            "A.I.1.i.a: (kosong) -> Ya",
            "A.II.1.i.a.n1: (kosong) -> 3",
            "B.I.a: (kosong) -> 3.6",
            "3 perubahan.",
            "Nilai: 16,00 (sementara: 2 dari 113)",
        ]

    def test_blank_cells_leave_what_is_stored(self, run, satker):
        fill(
            make_assessment(satker),
            {"A.I.1.i.a": "Ya", "A.II.1.i.a.n1": 4, "A.II.1.i.a.n2": 1},
            notes={"A.I.1.i.a": "SK nomor 1"},
        )

        lines = run(bare_workbook({"A.II.1.i.a.n2": 2, "A.I.1.i.b": "C"}))

        assert stored() == {
            "A.I.1.i.a": ({"value": "Ya"}, "SK nomor 1", 1),
            "A.I.1.i.b": ({"value": "C"}, "", 1),
            "A.II.1.i.a": ({"n1": "4", "n2": "2"}, "", 2),
        }
        assert lines[2:4] == ["A.I.1.i.b: (kosong) -> C", "A.II.1.i.a.n2: 1 -> 2"]

    def test_notes(self, run):
        def edit(sheet):
            sheet["O8"], sheet["P8"], sheet["Q8"] = "Ada " + "x" * 80, "SK.pdf", "https://a.go.id"

        lines = run(bare_workbook(edit=edit))

        note = "Ada " + "x" * 80 + "\nDokumen: SK.pdf\nTautan: https://a.go.id"
        assert stored() == {"A.I.1.i.a": ({}, note, 1)}
        assert lines[2] == f"A.I.1.i.a catatan: (kosong) -> Ada {'x' * 55}…"

    def test_dry_run_tells_and_stores_nothing(self, run, satker):
        before = Event.objects.count()

        lines = run(bare_workbook({"A.I.1.i.a": "Ya"}), dry_run=True)

        assert lines[1:] == [
            f"{satker.name}, 2026. Penilaian dibuka.",
            "A.I.1.i.a: (kosong) -> Ya",
            "1 perubahan.",
            "Uji coba: tidak ada yang disimpan.",
            "Nilai: 0,25 (sementara: 1 dari 113)",
        ]
        assert (Assessment.objects.count(), stored(), Event.objects.count()) == (0, {}, before)

    def test_dry_run_of_an_open_assessment(self, run, satker):
        make_assessment(satker, {"A.I.1.i.a": "Ya"})

        run(bare_workbook({"A.I.1.i.a": "Tidak"}), dry_run=True)

        assert stored() == {"A.I.1.i.a": ({"value": "Ya"}, "", 1)}

    def test_a_later_version_of_the_instrument(self, run):
        later = load_instrument(content("lke-2021") | {"version": 2}).instrument
        Period.objects.update(instrument=later)

        run(bare_workbook({"A.I.1.i.a": "Ya"}))

        assert Assessment.objects.get().instrument == later
        assert stored() == {"A.I.1.i.a": ({"value": "Ya"}, "", 1)}

    def test_who_saved(self, run, satker):
        admin = make_user(Role.ADMIN_PUSAT)

        run(bare_workbook({"A.I.1.i.a": "Ya"}), user=admin.username.upper())

        assert Answer.objects.get().saved_by == admin
