"""What was submitted or approved, frozen: its text, its hash, and every figure from it alone."""

import hashlib
import json
from dataclasses import replace
from fractions import Fraction

import pytest
from django.db import IntegrityError

import scoring
from accounts.models import Role
from assessments.enums import Action, Status, Tier, Verdict
from assessments.instrument_file import canonical
from assessments.models import Answer, Assessment, Score, Snapshot
from assessments.services.instruments import content_digest
from assessments.services.lifecycle import submit
from assessments.services.snapshots import build_content, changed_questions, submissions
from assessments.worksheet import load_worksheet
from evidence.models import EvidenceFile
from tests.factories_assessments import (
    FIXTURES,
    attach,
    fill,
    make_approved,
    make_returned,
    make_submitted,
    person,
)

pytestmark = pytest.mark.django_db

CODE = "A.I.1.i.b"

# Letters below the best, counts that make no whole percentage, an index with decimals: figures
# that a rounding on the way would change.
MIXED = {
    "A.I.1.i.b": "B",
    "A.I.1.ii.b": "B",
    "A.I.2.i.a": "C",
    "A.II.1.i.b.n1": 7,
    "A.II.1.i.b.n2": 3,
    "B.I.a": "3.61",
}
LOWER = {"A.I.1.i.b": {"value": "C"}, "A.II.1.i.b": {"n1": "7", "n2": "2"}}


def contents(assessment):
    return [json.loads(row.content) for row in assessment.snapshots.order_by("at", "pk")]


def evaluated(content, tier):
    """The score of a tier, from nothing but the content and the shipped instrument file."""
    file = json.loads((FIXTURES / f"{content['instrument']['code']}.json").read_text("utf-8"))
    instrument = scoring.parse_instrument(file)
    entries = {code: answer["entered"] for code, answer in content["answers"].items()}
    if tier == Tier.PENDAHULUAN:
        entries |= {
            code: verification["entered"]
            for code, verification in content["verifications"].items()
            if verification["verdict"] != Verdict.SESUAI
        }
    return scoring.evaluate(instrument.sheet, instrument.rules, entries)


class TestText:
    def test_hash_is_of_the_text_as_stored(self):
        assessment = make_approved()

        for snapshot in assessment.snapshots.all():
            assert snapshot.sha256 == hashlib.sha256(snapshot.content.encode()).hexdigest()

    def test_text_is_canonical(self):
        """The same content gives the same text: sorted keys, no spaces, letters as they are."""
        assessment = make_submitted()
        text = assessment.snapshots.get().content

        again = json.dumps(
            json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )

        assert again == text

    def test_text_keeps_every_letter(self):
        assessment = make_returned(lower={CODE: {"value": "C"}})
        fill(assessment, {}, notes={CODE: 'Petikan “é” 😀 "\\\n\t</script>'})

        snapshot = submit(assessment=assessment, by=person(Role.PIMPINAN, assessment.satker))

        stored = Snapshot.objects.get(pk=snapshot.pk)
        assert json.loads(stored.content)["answers"][CODE]["note"] == (
            'Petikan “é” 😀 "\\\n\t</script>'
        )
        assert stored.sha256 == hashlib.sha256(stored.content.encode()).hexdigest()

    def test_once_a_round(self):
        snapshot = make_submitted().snapshots.get()
        snapshot.pk = None

        with pytest.raises(IntegrityError):
            snapshot.save(force_insert=True)


class TestSubmitted:
    def test_head_of_the_content(self):
        assessment = make_submitted()
        [content] = contents(assessment)
        by = person(Role.PIMPINAN, assessment.satker)

        assert {
            key: value
            for key, value in content.items()
            if key not in {"answers", "scores", "verifications"}
        } == {
            "format": 1,
            "action": "ajukan",
            "round": 1,
            "at": assessment.submitted_at.isoformat(timespec="microseconds"),
            "by": {"username": by.username, "name": by.name, "role": "pimpinan"},
            "assessment": str(assessment.pk),
            "year": 2026,
            "target": "WBK",
            "satker": {
                "code": assessment.satker.code,
                "name": assessment.satker.name,
                "kind": "kankemenag",
            },
            "instrument": {
                "code": "lke-2021",
                "version": 1,
                "digest": assessment.instrument.digest,
            },
        }

    def test_names_the_instrument_by_its_content(self):
        [content] = contents(make_submitted())

        file = json.loads((FIXTURES / "lke-2021.json").read_text("utf-8"))
        assert content["instrument"]["digest"] == content_digest(canonical(file))

    def test_an_answer_with_note_and_evidence(self):
        assessment = make_returned(lower={CODE: {"value": "C"}})
        fill(assessment, {CODE: "B"}, notes={CODE: "Notulen menyusul."})
        EvidenceFile.objects.update(document_date="2026-02-01", valid_until="2027-01-31")
        added = attach(assessment, CODE, name="Notulen.pdf")
        submit(assessment=assessment, by=person(Role.PIMPINAN, assessment.satker))

        content = contents(assessment)[-1]

        first = EvidenceFile.objects.exclude(pk=added.pk).get()
        assert content["answers"][CODE] == {
            "entered": {"value": "B"},
            "note": "Notulen menyusul.",
            "version": 2,
            "evidence": [
                {
                    "id": str(file.pk),
                    "name": file.name,
                    "size": file.size,
                    "sha256": file.sha256,
                    "document_date": dated,
                    "valid_until": until,
                }
                for file, dated, until in (
                    (first, "2026-02-01", "2027-01-31"),
                    (added, "", ""),
                )
            ],
        }

    def test_has_every_answer_and_no_verdict(self):
        [content] = contents(make_submitted())

        assert len(content["answers"]) == 113
        assert content["verifications"] == {}
        assert list(content["scores"]) == ["mandiri"]

    def test_stays_when_the_answer_changes(self):
        assessment = make_returned(lower={CODE: {"value": "C"}})
        before = Snapshot.objects.get().content

        fill(assessment, {CODE: "C"}, notes={CODE: "Diubah"})
        assessment.evidence.all().delete()

        assert Snapshot.objects.get().content == before


class TestApproved:
    def test_has_both_scores_and_every_verdict(self):
        assessment = make_approved(answers=MIXED, lower=LOWER)
        content = contents(assessment)[-1]
        by = person(Role.KETUA, assessment.satker.verifier)

        assert content["action"] == "setujui"
        assert list(content["scores"]) == ["mandiri", "pendahuluan"]
        assert len(content["verifications"]) == 113
        assert content["verifications"][CODE] == {
            "verdict": "kurang_sesuai",
            "entered": {"value": "C"},
            "note": "Bukti belum menunjukkan pelaksanaannya.",
            "by": by.username,
        }


@pytest.mark.parametrize("tier", [Tier.MANDIRI, Tier.PENDAHULUAN])
class TestRecomputed:
    @pytest.fixture
    def content(self, db):
        return contents(make_approved(answers=MIXED, lower=LOWER))[-1]

    def test_every_figure(self, content, tier):
        evaluation = evaluated(content, tier)

        assert content["scores"][tier] == {
            "total": scoring.to_decimal_string(evaluation.total),
            "answered": 113,
            "nodes": {
                code: scoring.to_decimal_string(node.points)
                for code, node in evaluation.nodes.items()
            },
            "areas": {
                str(number): scoring.to_decimal_string(area.points)
                for number, area in evaluation.areas.items()
            },
            "predikat": {"WBK": True, "WBBM": True},
        }

    def test_the_stored_score(self, content, tier):
        evaluation = evaluated(content, tier)
        score = Score.objects.get(tier=tier)

        stored = [score.total, *(getattr(score, f"area{number}") for number in range(1, 7))]
        assert stored == [
            scoring.to_decimal(points)
            for points in (evaluation.total, *(evaluation.areas[n].points for n in range(1, 7)))
        ]

    def test_the_tiers_differ(self, content, tier):
        other = ({Tier.MANDIRI, Tier.PENDAHULUAN} - {tier}).pop()

        assert content["scores"][tier]["total"] != content["scores"][other]["total"]


def test_submissions_oldest_first():
    assessment = make_returned(lower={CODE: {"value": "C"}})
    fill(assessment, {CODE: "B"})
    submit(assessment=assessment, by=person(Role.PIMPINAN, assessment.satker))

    assert [
        (content["round"], content["answers"][CODE]["entered"])
        for content in submissions(assessment)
    ] == [(1, {"value": "A"}), (2, {"value": "B"})]


def test_a_figure_just_below_a_floor_is_frozen_below_it():
    """75 less a billionth of a billionth has more places than are kept."""
    assessment = make_submitted()
    worksheet = load_worksheet(assessment.instrument_id)
    total = Fraction(75) - Fraction(1, 10**18)
    evaluation = replace(worksheet.evaluate({}), total=total)

    content = build_content(
        assessment,
        assessment.instrument,
        action=Action.SUBMIT,
        by=assessment.submitted_by,
        at=assessment.submitted_at,
        answers={},
        verifications={},
        evaluations={Tier.MANDIRI: evaluation},
    )

    assert worksheet.floors_of("total") == (75, 85)
    assert content["scores"]["mandiri"]["total"] == "74.999999999999"


class TestChangedQuestions:
    def content(self, **answers):
        return {"answers": answers}

    def answer(self, value="A", note="", version=1, files=()):
        return {
            "entered": {"value": value},
            "note": note,
            "version": version,
            "evidence": [{"id": file, "name": "x", "size": 1, "sha256": "y"} for file in files],
        }

    @pytest.mark.parametrize(
        ("after", "changed"),
        [
            ({}, False),
            ({"version": 9}, False),
            ({"value": "B"}, True),
            ({"note": "baru"}, True),
            ({"files": ("1", "2")}, True),
            ({"files": ()}, True),
        ],
    )
    def test_answer_note_and_evidence_count(self, after, changed):
        before = self.content(q=self.answer(files=("1",)), other=self.answer())
        now = self.content(q=self.answer(**{"files": ("1",)} | after), other=self.answer())

        assert changed_questions(before, now) == ({"q"} if changed else frozenset())

    def test_order_of_files_does_not_count(self):
        before = self.content(q=self.answer(files=("1", "2")))
        now = self.content(q=self.answer(files=("2", "1")))

        assert changed_questions(before, now) == frozenset()

    def test_an_answer_that_was_not_there(self):
        now = self.content(q=self.answer())

        assert changed_questions(self.content(), now) == {"q"}
        assert changed_questions(now, self.content()) == {"q"}


def test_status_at_the_time_is_not_what_a_snapshot_is_about():
    """Only the steps that freeze leave one."""
    assessment = make_returned()

    assert Assessment.objects.get().status == Status.RETURNED
    assert [row.action for row in Snapshot.objects.all()] == [Action.SUBMIT]
    assert Answer.objects.filter(assessment=assessment).count() == 113
