"""The overview of one assessment."""

import re

import pytest

from accounts.models import Role
from assessments.models import Answer
from assessments.overview import build_overview
from assessments.services.lifecycle import submit
from assessments.worksheet import load_worksheet
from common.dates import print_moment
from tests.assessments.overview_pages import CODE, JUST_BELOW, address, count_queries, get, main
from tests.factories_assessments import (
    attach,
    best_answers,
    fill,
    judge,
    make_approved,
    make_assessment,
    make_centre,
    make_kanwil,
    make_period,
    make_returned,
    make_satker,
    make_submitted,
    person,
    shipped_instrument,
)

pytestmark = pytest.mark.django_db


class TestWho:
    @pytest.mark.parametrize(
        ("role", "where", "draft", "approved"),
        [
            (Role.OPERATOR, "own", 200, 200),
            (Role.PIMPINAN, "own", 200, 200),
            (Role.OPERATOR, "neighbour", 404, 404),
            (Role.PIMPINAN, "neighbour", 404, 404),
            (Role.VERIFIKATOR, "kanwil", 200, 200),
            (Role.KETUA, "kanwil", 200, 200),
            (Role.KETUA, "other kanwil", 404, 404),
            (Role.KETUA, "centre", 404, 404),
            (Role.TPI, "centre", 404, 200),
            (Role.ADMIN_PUSAT, "centre", 200, 200),
            (Role.PEMANTAU, "centre", 200, 200),
            (Role.PEMANTAU, "kanwil", 200, 200),
            (Role.PEMANTAU, "other kanwil", 404, 404),
        ],
    )
    def test_by_role_and_place(self, client, role, where, draft, approved):
        first, last = make_assessment(), make_approved(make_satker())
        places = {
            "own": None,
            "neighbour": make_satker(),
            "kanwil": first.satker.verifier,
            "other kanwil": make_kanwil("82", "Kanwil Provinsi Maluku Utara"),
            "centre": make_centre(),
        }

        answers = [get(client, each, role, places[where]) for each in (first, last)]

        assert [answer.status_code for answer in answers] == [draft, approved]


class TestDraft:
    def test_what_is_missing_with_links_to_each(self, client):
        assessment = make_assessment()
        worksheet = load_worksheet(assessment.instrument_id)
        fill(assessment, best_answers(worksheet) | {CODE: "C"})
        attach(assessment, *(code for code in worksheet.by_code if code != "A.I.2.i.a"))
        Answer.objects.filter(question__code="B.I.a").update(entered={})

        text = main(get(client, assessment))

        assert "1 pertanyaan belum dijawab" in text
        assert "1 jawaban tanpa bukti wajib" in text
        assert f"{address('area', assessment, 'hasil')}#B-I-a" in text
        assert f"{address('area', assessment, '2')}#A-I-2-i-a" in text

    def test_an_empty_sheet(self, client):
        text = main(get(client, make_assessment()))

        assert "113 pertanyaan belum dijawab" in text
        assert "107 lagi" in text

    def test_nothing_missing(self, client):
        assessment = make_assessment()
        worksheet = load_worksheet(assessment.instrument_id)
        fill(assessment, best_answers(worksheet))
        attach(assessment, *worksheet.by_code)

        text = main(get(client, assessment))

        assert "Tidak ada yang menghalangi pengiriman" in text

    def test_continues_where_something_is_missing(self, client):
        assessment = make_assessment()
        worksheet = load_worksheet(assessment.instrument_id)
        fill(
            assessment,
            {
                code: value
                for code, value in best_answers(worksheet).items()
                if not code.startswith(("A.I.4.", "A.II.4."))
            },
        )

        text = main(get(client, assessment))

        button = re.search(r'<a class="button" href="([^"]+)">Lanjutkan mengisi', text)
        assert button.group(1) == address("area", assessment, "4")

    @pytest.mark.parametrize(
        ("role", "offers"),
        [
            (Role.OPERATOR, "Lanjutkan mengisi"),
            (Role.PIMPINAN, "Periksa dan kirim"),
        ],
    )
    def test_the_satkers_next_act(self, client, role, offers):
        assert offers in main(get(client, make_assessment(), role))

    def test_a_kanwil_reads_progress_and_score_and_nothing_else(self, client):
        """Decision 14: before the first submission."""
        assessment = make_assessment()
        fill(assessment, {CODE: "B"}, notes={CODE: "Catatan satker"})

        text = main(get(client, assessment, Role.KETUA, assessment.satker.verifier))

        assert "0,13" in text  # 0.125 points
        assert "1 dari 113 pertanyaan terjawab" in text
        assert "/area/" not in text
        assert "lke.pdf" not in text
        assert "belum dijawab</a>" not in text
        assert "Meja" not in text


class TestAfterSending:
    def test_the_reviewers_score_is_hidden_while_they_are_at_work(self, client):
        assessment = make_submitted()
        judge(assessment, {CODE: {"value": "C"}}, codes=[CODE])

        seen = {
            role: "99,75" in main(get(client, assessment, role, satker))
            for role, satker in (
                (Role.OPERATOR, assessment.satker),
                (Role.PIMPINAN, assessment.satker),
                (Role.KETUA, assessment.satker.verifier),
                (Role.PEMANTAU, assessment.satker.verifier),
                (Role.ADMIN_PUSAT, make_centre()),
            )
        }

        assert seen == {
            Role.OPERATOR: False,
            Role.PIMPINAN: False,
            Role.KETUA: True,
            Role.PEMANTAU: True,
            Role.ADMIN_PUSAT: True,
        }

    def test_it_is_interim_until_all_are_judged(self, client):
        assessment = make_submitted()
        judge(assessment, {CODE: {"value": "C"}}, codes=[CODE])

        text = main(get(client, assessment, Role.KETUA, assessment.satker.verifier))

        assert "sementara, 1/113" in text

    def test_both_scores_and_their_difference_once_approved(self, client):
        assessment = make_approved(lower={CODE: {"value": "C"}})

        text = main(get(client, assessment))

        assert re.findall(r'class="figure"><span>([^<]+)</span> <b>([^<]+)</b>', text)[:3] == [
            ("Mandiri", "100,00"),
            ("Verifikasi", "99,75"),
            ("Selisih", "\N{MINUS SIGN}0,25"),
        ]

    def test_the_floors_are_listed_once(self, client):
        text = main(get(client, make_approved(lower={CODE: {"value": "C"}})))

        assert text.count("Semua 12 syarat nilai WBK terpenuhi") == 1
        assert text.count("Semua syarat nilai WBK terpenuhi menurut nilai ini.") == 1

    def test_totals_below_a_floor_are_not_printed_as_the_floor(self, client):
        text = main(get(client, make_approved(answers=JUST_BELOW)))

        assert "74,99" in text
        assert "75,00" not in text

    def test_returned_says_why_and_offers_the_repair(self, client):
        assessment = make_returned(lower={CODE: {"value": "C"}})

        text = main(get(client, assessment))

        assert "Lengkapi notulen, lalu kirim lagi." in text
        assert "Perbaiki" in text

    def test_returned_lists_what_to_repair(self, client):
        assessment = make_returned(lower={"A.I.2.i.a": {"value": "D"}, CODE: {"value": "B"}})

        text = main(get(client, assessment))

        assert "2 pertanyaan diminta diperbaiki" in text
        assert f'href="{address("area", assessment, "2")}#A-I-2-i-a">A.I.2.i.a</a>' in text
        assert f'class="button" href="{address("area", assessment, "1")}#A-I-1-i-b"' in text
        assert "Pimpinan dapat mengirim penilaian" not in text

    def test_the_note_of_a_return_goes_with_the_next_submission(self, client):
        assessment = make_returned()
        submit(assessment=assessment, by=person(Role.PIMPINAN, assessment.satker))

        assert "Dikembalikan untuk diperbaiki" not in main(get(client, assessment))

    def test_receipt_and_fingerprint(self, client):
        assessment = make_submitted()

        text = main(get(client, assessment))

        digest = assessment.snapshots.get().sha256
        assert address("receipt", assessment) in text
        assert digest[:4] in text

    def test_every_step_is_listed(self, client):
        text = main(get(client, make_approved()))

        assert re.findall(r"<li><b>([^<]+)</b> <span", text) == [
            "Penilaian dibuka",
            "Dikirim",
            "Verifikasi dimulai",
            "Disetujui",
        ]

    def test_a_pemantau_reads_no_note_and_opens_nothing(self, client):
        assessment = make_returned()

        text = main(get(client, assessment, Role.PEMANTAU, make_centre()))

        assert "Lengkapi notulen" not in text
        for link in ("/area/", "lke.pdf", "lke.xlsx", "/tanda-terima/", "/verifikasi/"):
            assert link not in text


class TestCost:
    def test_answers_files_and_verdicts_cost_no_query_each(self, client):
        counts = []
        for assessment in (
            make_submitted(),
            make_approved(make_satker(), lower={CODE: {"value": "C"}}),
        ):
            client.force_login(person(Role.OPERATOR, assessment.satker))
            counts.append(count_queries(client, address("detail", assessment)))

        assert counts[0] == counts[1]
        assert max(counts) <= 10

    def test_a_full_draft_costs_what_an_empty_one_does(self, client):
        empty, full = make_assessment(), make_assessment(make_satker())
        worksheet = load_worksheet(full.instrument_id)
        fill(full, best_answers(worksheet))
        attach(full, *worksheet.by_code)

        counts = []
        for assessment in (empty, full):
            client.force_login(person(Role.OPERATOR, assessment.satker))
            counts.append(count_queries(client, address("detail", assessment)))

        assert counts[0] == counts[1] <= 11


def test_an_older_instrument_has_its_own_floors(client):
    """LKE 52/2014 knows no floors for the areas."""
    period = make_period(2019, instrument=shipped_instrument("lke-2014"))
    assessment = make_assessment(period=period)

    answer = get(client, assessment)

    assert answer.status_code == 200
    assert "84 pertanyaan belum dijawab" in main(answer)


def test_the_timeline_of_a_return_names_the_deadline_of_the_repair():
    assessment = make_returned(lower={CODE: {"value": "B"}})

    labels = [(label, state) for label, _, state in build_overview(assessment).steps[:2]]
    details = [detail for _, detail, _ in build_overview(assessment).steps[:2]]

    assert [state for _, state in labels] == ["now", "next"]
    assert labels[0][0] == "Perbaikan"
    assert details[0].startswith("Pernah dikirim")
    until = print_moment(assessment.period.repair_until, assessment.satker.zone)
    assert details[1] == f"Paling lambat {until}"
