from datetime import UTC, datetime
from fractions import Fraction

import pytest
from django.db import transaction

from accounts.models import Role
from assessments.enums import Target
from assessments.models import Assessment, Snapshot, Verification
from assessments.services.answers import NewAnswer, save_answer
from assessments.services.lifecycle import submit
from assessments.worksheet import load_worksheet
from reports.document import build_report
from tests import factories_assessments as make

pytestmark = pytest.mark.django_db

LOWER = {"A.I.1.i.b": {"value": "B"}}


def rows_of(report):
    """Every question of a report by its code."""
    found = {}

    def walk(part):
        found.update({row.code: row for row in part.rows})
        for child in part.parts:
            walk(child)

    for part in report.tree:
        walk(part)
    return found


class TestQueries:
    def test_an_empty_draft_takes_six(self, django_assert_num_queries):
        assessment = make.make_assessment()
        load_worksheet(assessment.instrument_id)

        with django_assert_num_queries(6):
            build_report(assessment)

    def test_a_full_approved_sheet_takes_six_too(self, django_assert_num_queries):
        assessment = make.make_approved(lower=LOWER)

        with django_assert_num_queries(6):
            build_report(assessment)


class TestResult:
    def test_draft_is_interim_and_has_no_verified_value(self):
        assessment = make.make_assessment(answers={"A.I.1.i.a": "Ya"})

        result = build_report(assessment).result

        assert (result.label, result.is_interim) == ("Nilai mandiri sementara", True)
        assert (result.total.own, result.total.verified) == (Fraction(1, 4), None)
        assert result.sentence == "12 dari 12 syarat nilai WBK belum terpenuhi."
        assert "1 dari 113 pertanyaan terjawab." in result.remarks

    def test_complete_sheet_without_verdict_is_final(self):
        result = build_report(make.make_submitted()).result

        assert (result.label, result.is_interim) == ("Nilai mandiri", False)
        assert result.sentence == "Memenuhi ke-12 syarat nilai WBK."

    def test_partly_judged_is_interim(self):
        assessment = make.make_submitted()
        make.judge(assessment, LOWER, codes=LOWER)

        result = build_report(assessment).result

        assert (result.label, result.is_interim) == ("Nilai verifikasi sementara", True)
        assert result.total.difference == Fraction(-1, 8)
        assert "113 dari 113 pertanyaan terjawab, 1 sudah diverifikasi." in result.remarks

    def test_approved(self):
        assessment = make.make_approved(lower=LOWER, target=Target.WBBM)

        report = build_report(assessment)

        assert (report.result.label, report.result.is_interim) == ("Nilai verifikasi", False)
        assert report.result.total.verified == Fraction(799, 8)
        assert report.result.sentence == "Memenuhi ke-12 syarat nilai WBBM."
        assert report.conclusion.startswith(
            "Syarat nilai WBBM (Wilayah Birokrasi Bersih dan Melayani) terpenuhi. "
            "Satker juga harus sudah berpredikat WBK."
        )


class TestFloors:
    def test_every_minimum_of_both_predikat(self):
        report = build_report(make.make_submitted(answers={"B.I.a": "3.62", "B.II.a": "3.31"}))

        assert [line.name for line in report.floors] == [
            "Nilai total",
            "Pengungkit",
            "Area 1, Manajemen Perubahan",
            "Area 2, Penataan Tatalaksana",
            "Area 3, Penataan Sistem Manajemen SDM Aparatur",
            "Area 4, Penguatan Akuntabilitas",
            "Area 5, Penguatan Pengawasan",
            "Area 6, Peningkatan Kualitas Pelayanan Publik",
            "Birokrasi yang Bersih dan Akuntabel",
            "Indeks Persepsi Anti Korupsi (IPAK): 3,62 dari 4",
            "Capaian kinerja",
            "Pelayanan Publik yang Prima",
        ]
        prima = report.floors[-1]
        wbk, wbbm = prima.checks
        assert prima.actual == Fraction("3.31") / 4 * Fraction("17.5")
        assert (wbk.required, wbk.met, wbk.gap) == (14, True, "")
        assert (wbbm.required, wbbm.met, wbbm.gap) == (Fraction("15.75"), False, "1,27")

    def test_a_predikat_without_a_minimum_for_it(self):
        period = make.make_period(2020, instrument=make.shipped_instrument("lke-2014"))

        report = build_report(make.make_assessment(period=period))

        by_codes = {line.codes: line.checks for line in report.floors}
        wbk, wbbm = by_codes[("B.II",)]
        assert wbk is None
        assert wbbm.required == 16


class TestRows:
    def test_every_question_stands_in_one_block(self):
        assessment = make.make_assessment()
        worksheet = load_worksheet(assessment.instrument_id)

        report = build_report(assessment)

        printed = [
            row.code for block in report.blocks for part in block.sections for row in part.rows
        ]
        assert sorted(printed) == sorted(worksheet.by_code)
        assert [block.title for block in report.blocks][:3] == [
            "Area 1. Manajemen Perubahan: pemenuhan",
            "Area 1. Manajemen Perubahan: reform",
            "Area 2. Penataan Tatalaksana: pemenuhan",
        ]
        assert report.blocks[-1].title == "Hasil"

    def test_answers_in_words(self):
        answers = {
            "A.I.1.iii.a": "B",
            "A.II.1.i.a.n1": 6,
            "A.II.1.i.a.n2": 4,
            "A.II.1.i.b.n1": 3,
            "A.II.3.iii.a.n1": 5,
            "A.II.3.iii.a.n2": 4,
            "A.II.3.iii.a.n3": 1,
            "A.II.5.iii.1.a.n1": 1,
            "A.II.5.iii.1.a.n2": 2,
            "A.II.5.iii.1.a.n3": 0,
            "A.II.5.iii.1.a.n4": 2,
            "B.I.a": "3.6",
        }

        rows = rows_of(build_report(make.make_assessment(answers=answers)))

        assert rows["A.I.1.iii.a"].own.worth == "B (0,67)"
        assert rows["A.I.1.iii.a"].own.sentence.startswith("B: ")
        assert rows["A.II.1.i.a"].own.sentence == "66,67% (4 ÷ 6)."
        assert rows["A.II.1.i.b"].own.short == "belum lengkap"
        assert rows["A.II.3.iii.a"].own.sentence == "20,00% ((5 \N{MINUS SIGN} 4) ÷ 5)."
        assert rows["A.II.5.iii.1.a"].own.sentence == "66,67% (2 ÷ (1 + 2 + 0))."
        assert rows["B.I.a"].own.sentence == "3,6 dari 4"
        assert rows["B.I.b"].own.short == "belum dijawab"

    def test_what_a_reviewer_changed(self):
        lower = {"A.I.1.i.b": {"value": "B"}, "A.I.1.iii.a": {"value": "A"}}
        assessment = make.make_submitted(answers={"A.I.1.iii.a": "B"})
        make.judge(assessment, lower, note="Lampirkan notulen.")

        rows = rows_of(build_report(assessment))

        lowered, raised, kept = rows["A.I.1.i.b"], rows["A.I.1.iii.a"], rows["A.I.1.i.a"]
        assert (lowered.change_word, raised.change_word) == ("turun 0,50", "naik 0,33")
        assert kept.change_word == ""
        assert (lowered.review.label, lowered.review.note) == (
            "Kurang sesuai",
            "Lampirkan notulen.",
        )
        assert (kept.review.label, kept.review.has_words) == ("Sesuai", False)
        assert lowered.counting.short == "B"

    def test_notes_and_files(self):
        assessment = make.make_assessment()
        make.fill(assessment, {}, notes={"A.I.1.i.a": "SK Nomor 112."})
        make.attach(assessment, "A.I.1.i.a", name="SK_112.pdf")

        row = rows_of(build_report(assessment))["A.I.1.i.a"]

        assert row.note == "SK Nomor 112."
        assert [(file.name, file.size) for file in row.files] == [("SK_112.pdf", 1_234_567)]


class TestStanding:
    def test_draft(self):
        at = datetime(2026, 11, 21, 7, 3, tzinfo=UTC)

        standing = build_report(make.make_assessment(), at=at).standing

        assert standing.sentence == (
            "Draf per 21 November 2026 pukul 14.03 WIB. Belum ada rekaman beku."
        )
        assert (standing.is_draft, standing.frozen) == (True, ())

    def test_submitted_is_what_was_frozen(self):
        assessment = make.make_submitted()

        standing = build_report(assessment).standing

        snapshot = Snapshot.objects.get()
        assert standing.sha256 == snapshot.sha256
        assert standing.sentence.startswith("Jawaban satker sama dengan rekaman beku (dikirim ")
        assert "belum dibekukan" not in standing.sentence

    def test_verdicts_after_submission_are_not_frozen_yet(self):
        assessment = make.make_submitted()
        make.judge(assessment, LOWER, codes=LOWER)

        assert "belum dibekukan" in build_report(assessment).standing.sentence

    def test_repair_makes_it_a_draft_again(self):
        assessment = make.make_returned(lower=LOWER)
        question = load_worksheet(assessment.instrument_id).by_code["A.I.1.i.b"]
        by = make.person(Role.OPERATOR, assessment.satker)
        with transaction.atomic():
            save_answer(
                assessment=Assessment.objects.locked().get(pk=assessment.pk),
                new=NewAnswer(question, {}, "Notulen sudah dilampirkan."),
                seen_version=1,
                by=by,
            )

        standing = build_report(assessment).standing

        assert standing.is_draft
        assert "1 jawaban berbeda dari rekaman beku terakhir" in standing.sentence

        submit(assessment=assessment, by=make.person(Role.PIMPINAN, assessment.satker))

        assert [each.round for each in build_report(assessment).standing.frozen] == [1, 2]

    def test_approved_is_what_was_frozen(self):
        assessment = make.make_approved(lower=LOWER)

        standing = build_report(assessment).standing

        assert standing.sha256 == Snapshot.objects.get(action="setujui").sha256
        assert standing.sentence.startswith("Sama dengan rekaman beku (disetujui ")
        assert [each.label for each in standing.frozen] == ["Dikirim", "Disetujui"]

    def test_a_verdict_changed_behind_the_snapshot_is_told(self):
        assessment = make.make_approved(lower=LOWER)
        Verification.objects.filter(note="").update(note="Ditambah kemudian.")

        standing = build_report(assessment).standing

        assert standing.is_draft
        assert standing.sentence.startswith("Verifikasi berbeda dari rekaman beku terakhir")

    def test_a_touched_snapshot_is_told(self):
        assessment = make.make_submitted()
        Snapshot.objects.update(content="{}")

        standing = build_report(assessment).standing

        assert standing.is_draft
        assert "tidak lagi cocok dengan sidiknya" in standing.sentence


class TestHeadAndSignatures:
    @pytest.mark.parametrize(
        ("made", "begins"),
        [
            (make.make_assessment, "Draf, dibuka "),
            (make.make_submitted, "Dikirim "),
            (make.make_returned, "Dikembalikan untuk diperbaiki "),
            (make.make_approved, "Disetujui "),
        ],
    )
    def test_status_in_words(self, made, begins):
        assert build_report(made()).head.status_sentence.startswith(begins)

    def test_who_signed_and_when(self):
        assessment = make.make_approved()

        sender, approver = build_report(assessment).signatures

        assert (sender.office, sender.place) == ("Pimpinan satker", assessment.satker.name)
        assert (sender.at, approver.at) == (assessment.submitted_at, assessment.approved_at)
        assert (approver.office, approver.place) == (
            "Ketua tim verifikasi",
            "Kanwil Provinsi Jawa Tengah",
        )

    def test_nobody_signed_a_draft(self):
        report = build_report(make.make_assessment())

        assert [(each.name, each.at) for each in report.signatures] == [("", None), ("", None)]

    def test_steps(self):
        steps = build_report(make.make_returned()).steps

        assert [(step.label, step.note) for step in steps] == [
            ("Penilaian dibuka", ""),
            ("Dikirim", ""),
            ("Verifikasi dimulai", ""),
            ("Dikembalikan", "Lengkapi notulen, lalu kirim lagi."),
        ]

    def test_a_satker_verified_by_the_centre(self):
        head = build_report(make.make_assessment(make.make_kanwil())).head

        assert (head.verifier_label, head.verifier) == ("Verifikator", "Kementerian Agama")
