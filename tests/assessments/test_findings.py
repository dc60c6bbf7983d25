"""What the check before sending finds: the rules, from plain facts."""

from datetime import UTC, date, datetime

import pytest

from assessments.check_rules import load_check_rules
from assessments.enums import FindingKind
from assessments.findings import FileFacts, GivenReason, SheetFacts, build_findings
from assessments.worksheet import load_worksheet
from tests.factories_assessments import shipped_instrument

pytestmark = pytest.mark.django_db

CHOICE = "A.I.1.i.b"  # A, B, C
YEAR_BEFORE = "A.I.4.ii.e"  # proved by a report of the year before
MADE = "A.II.1.i.a"  # agents, changes made
MERGED = "A.II.1.i.b"  # changes made, of them merged
COMPLAINTS = "A.II.5.ii.a"  # to handle, in process, done
LHKPN = "A.II.5.iii.1.a"
TODAY = date(2026, 11, 20)
DATED = FileFacts("1", "SK Tim.pdf", date(2026, 3, 1), None)


@pytest.fixture
def worksheet():
    return load_worksheet(shipped_instrument().pk)


@pytest.fixture
def found(worksheet):
    """``found(code, entered, …)``: kinds and words on that question, of a sheet with no more."""

    def find(code, entered, *files, noted=True, others=None, today=TODAY, missing=()):
        pk = worksheet.by_code[code].pk
        facts = SheetFacts(
            year=2026,
            today=today,
            entries={code: entered} | (others or {}),
            noted=frozenset({pk}) if noted else frozenset(),
            files={pk: files} if files else {},
            missing_documents={pk: missing},
        )
        return [
            (finding.kind, finding.what)
            for finding in build_findings(worksheet, facts)
            if finding.question.code == code
        ]

    return find


def file(dated=None, until=None):
    return FileFacts("1", "SK Tim.pdf", dated, until)


class TestErrors:
    def test_every_open_question(self, worksheet):
        found = build_findings(worksheet, SheetFacts(year=2026, today=TODAY, entries={}))

        assert [(each.kind, each.question) for each in found] == [
            (FindingKind.ANSWER, question) for question in worksheet.questions
        ]
        assert all(each.blocks for each in found)

    def test_above_0_without_evidence(self, found):
        assert found(CHOICE, {"value": "B"}) == [(FindingKind.EVIDENCE, "")]
        assert found(CHOICE, {"value": "C"}) == []

    def test_carried_and_not_confirmed(self, worksheet, found):
        pk = worksheet.by_code[CHOICE].pk
        facts = SheetFacts(
            year=2026,
            today=TODAY,
            entries={CHOICE: {"value": "C"}},
            carried=frozenset({pk}),
        )

        kinds = [each.kind for each in build_findings(worksheet, facts) if each.question.pk == pk]

        assert kinds == [FindingKind.CONFIRMATION]

    @pytest.mark.parametrize(
        ("code", "entered", "words"),
        [
            (MERGED, {"n1": "2", "n2": "3"}, "berisi 3, padahal"),
            (COMPLAINTS, {"n1": "2", "n2": "0", "n3": "3"}, "berisi 3, padahal"),
            (COMPLAINTS, {"n1": "2", "n2": "4", "n3": "1"}, "berisi 4, padahal"),
            (LHKPN, {"n1": "1", "n2": "1", "n3": "1", "n4": "4"}, "berjumlah 3"),
        ],
    )
    def test_a_part_above_the_whole(self, found, code, entered, words):
        (kind, what), *others = found(code, entered, DATED)

        assert (kind, others) == (FindingKind.FIGURES, [])
        assert words in what

    @pytest.mark.parametrize(
        ("code", "entered"),
        [
            (MADE, {"n1": "2", "n2": "9"}),  # an agent may make several changes
            (MERGED, {"n1": "3", "n2": "3"}),
            (COMPLAINTS, {"n1": "5", "n2": "2", "n3": "3"}),
            (LHKPN, {"n1": "1", "n2": "1", "n3": "1", "n4": "3"}),
        ],
    )
    def test_figures_that_can_be(self, found, code, entered):
        assert found(code, entered, DATED) == []

    def test_what_a_return_does_not_open_only_warns(self, worksheet):
        facts = SheetFacts(
            year=2026,
            today=TODAY,
            entries={MERGED: {"n1": "2", "n2": "3"}},
            files={worksheet.by_code[MERGED].pk: (DATED,)},
            fixed=frozenset(worksheet.by_pk),
        )

        found = [each for each in build_findings(worksheet, facts) if each.question.code == MERGED]

        assert [(each.kind, each.blocks) for each in found] == [(FindingKind.FIGURES_DIFFER, False)]


class TestWarnings:
    @pytest.mark.parametrize(
        ("code", "entered", "words"),
        [
            # A complaint may be counted in process and settled.
            (COMPLAINTS, {"n1": "5", "n2": "5", "n3": "5"}, "berjumlah 10, padahal"),
            # A sanction may punish a violation of the year before.
            ("A.II.3.iii.a", {"n1": "2", "n2": "0", "n3": "1"}, "berisi 1, padahal"),
        ],
    )
    def test_figures_that_may_have_a_reason(self, found, code, entered, words):
        (kind, what), *others = found(code, entered, DATED)

        assert (kind, others) == (FindingKind.FIGURES_DIFFER, [])
        assert words in what

    def test_two_questions_that_disagree(self, found):
        others = {MADE: {"n1": "2", "n2": "8"}}

        (kind, what), *_ = found(MERGED, {"n1": "3", "n2": "0"}, DATED, others=others)

        assert kind == FindingKind.FIGURES_DIFFER
        assert f"berisi 3 di sini dan 8 pada {MADE}" in what

    def test_the_best_option_without_a_note(self, found):
        best = {"value": "A"}

        assert found(CHOICE, best, DATED, noted=False) == [(FindingKind.NOTE, "")]
        assert found(CHOICE, best, DATED) == []
        assert found(CHOICE, {"value": "B"}, DATED, noted=False) == []

    @pytest.mark.parametrize(
        ("code", "dated", "until", "words"),
        [
            (CHOICE, date(2025, 12, 31), None, "bertanggal 31 Desember 2025"),
            (CHOICE, date(2026, 1, 1), None, ""),
            (YEAR_BEFORE, date(2025, 1, 1), None, ""),
            (YEAR_BEFORE, date(2024, 12, 31), None, "bertanggal 31 Desember 2024"),
            (CHOICE, date(2023, 5, 5), date(2026, 11, 20), ""),  # in force today
            (CHOICE, date(2023, 5, 5), date(2026, 11, 19), "berlaku sampai 19 November 2026"),
            (CHOICE, None, date(2027, 1, 1), ""),
        ],
    )
    def test_evidence_of_another_period(self, found, code, dated, until, words):
        entered = {"value": "B"} if code == CHOICE else {"value": "Ya"}
        expected = [(FindingKind.OLD, f"SK Tim.pdf ({words})")] if words else []

        assert found(code, entered, file(dated, until)) == expected

    def test_what_expired_after_the_year_held_all_through_it(self, found):
        until = file(date(2026, 1, 5), date(2026, 12, 31))

        assert found(CHOICE, {"value": "B"}, until, today=date(2027, 2, 1)) == []

    def test_evidence_without_a_date(self, found):
        assert found(CHOICE, {"value": "B"}, file(), DATED) == [(FindingKind.UNDATED, "SK Tim.pdf")]

    def test_many_files_are_counted(self, found):
        files = [FileFacts(str(n), f"{n}.pdf", None, None) for n in range(5)]

        ((_, what),) = found(CHOICE, {"value": "B"}, *files)

        assert what == "0.pdf; 1.pdf; 2.pdf; dan 2 lagi"

    def test_a_document_that_is_missing(self, found):
        missing = ("Notulen rapat",)

        assert found(CHOICE, {"value": "B"}, DATED, missing=missing) == [
            (FindingKind.DOCUMENT, "Notulen rapat")
        ]

    def test_unchecked(self, worksheet):
        question = worksheet.by_code[CHOICE]
        facts = SheetFacts(
            year=2026,
            today=TODAY,
            entries={CHOICE: {"value": "C"}},
            unchecked=frozenset(worksheet.by_pk),
        )

        found = [each for each in build_findings(worksheet, facts) if not each.blocks]

        assert [(each.kind, each.question) for each in found] == [(FindingKind.UNCHECKED, question)]


class TestReasons:
    def finding(self, worksheet, files, given):
        pk = worksheet.by_code[CHOICE].pk
        facts = SheetFacts(
            year=2026,
            today=TODAY,
            entries={CHOICE: {"value": "B"}},
            files={pk: files},
            reasons={(pk, FindingKind.UNDATED): given} if given else {},
        )
        return next(e for e in build_findings(worksheet, facts) if e.kind == FindingKind.UNDATED)

    def test_holds_while_the_facts_are_the_same(self, worksheet):
        first = self.finding(worksheet, (file(),), None)
        given = GivenReason(first.facts, "Naskah lama.", "Siti", datetime(2026, 11, 1, tzinfo=UTC))

        again = self.finding(worksheet, (DATED, file()), given)

        assert (first.asks, again.asks) == (True, False)
        assert (again.reason, again.lapsed) == (given, None)

    def test_lapses_with_another_file(self, worksheet):
        first = self.finding(worksheet, (file(),), None)
        given = GivenReason(first.facts, "Naskah lama.", "Siti", datetime(2026, 11, 1, tzinfo=UTC))
        other = FileFacts("2", "Foto.jpg", None, None)

        again = self.finding(worksheet, (file(), other), given)

        assert again.asks
        assert (again.reason, again.lapsed) == (None, given)

    def test_lapses_with_the_figure_of_the_other_question(self, worksheet):
        def facts_beside(changes):
            entries = {MERGED: {"n1": "3", "n2": "0"}, MADE: {"n1": "2", "n2": changes}}
            facts = SheetFacts(year=2026, today=TODAY, entries=entries)
            found = build_findings(worksheet, facts)
            return [
                each.facts
                for each in found
                if (each.kind, each.question.code) == (FindingKind.FIGURES_DIFFER, MERGED)
            ]

        first, again, other = facts_beside("8"), facts_beside("8"), facts_beside("9")

        assert len(first) == 1
        assert (first == again, first == other) == (True, False)


class TestRules:
    def test_name_questions_and_inputs_of_the_instrument(self, worksheet):
        rules = load_check_rules("lke-2021")

        def inputs(code):
            return {item.key for item in worksheet.by_code[code].inputs}

        assert rules.year_before <= worksheet.by_code.keys()
        for code, lines in rules.parts.items():
            assert all({*line.parts, *line.whole} <= inputs(code) for line in lines)
        for code, lines in rules.same.items():
            assert all(line.input in inputs(code) for line in lines)
            assert all(line.as_input in inputs(line.as_question) for line in lines)

    @pytest.mark.parametrize("code", ["lke-2014", "../instruments/lke-2021", ""])
    def test_an_instrument_without_any(self, code):
        assert load_check_rules(code).parts == {}
