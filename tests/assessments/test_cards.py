"""Question cards: what is rendered once is filled right, whatever stands in it."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from accounts.models import User
from assessments import cards
from assessments.card_parts import FileRow, Remark, badge_of, result_html, saved_state, sum_in_words
from assessments.cards import AnswerState, Place, Refused, fill_card, read_card
from assessments.worksheet import load_worksheet
from evidence.models import EvidenceFile
from tests.factories_assessments import shipped_instrument

pytestmark = pytest.mark.django_db

CHOICE = "A.I.1.i.b"
WORDS = "A.I.1.i.a"  # Ya or Tidak
COUNTS = "A.II.1.i.b"
INDEX = "B.I.a"
AT = datetime(2026, 3, 1, 7, 3, tzinfo=UTC)  # 14.03 in WIB

MARKUP = "</textarea></article><script>alert(1)</script>\"'&amp;\ue000note\ue001"
PLACE = Place(base="/penilaian/x/", csrf="token", zone="WIB")
SLOT_MARKS = ("\ue000", "\ue001")


@pytest.fixture
def worksheet():
    return load_worksheet(shipped_instrument().pk)


def a_file(name="Notulen.pdf"):
    return EvidenceFile(
        name=name, size=1_234_567, sha256="8f3a" + "0" * 60, uploaded_at=AT, uploaded_by=User()
    )


def filled(worksheet, code, state=None, **more):
    return str(
        fill_card(worksheet, worksheet.by_code[code], state or AnswerState({}), PLACE, **more)
    )


def read(worksheet, code, state=None, lock="Dikirim 1 Maret 2026"):
    return str(read_card(worksheet, worksheet.by_code[code], state or AnswerState({}), PLACE, lock))


class TestEveryCard:
    """All 113, empty and full: no mark is left over, and every field is there."""

    def test_no_mark_stays(self, worksheet):
        for question in worksheet.questions:
            for card in (filled(worksheet, question.code), read(worksheet, question.code)):
                assert not any(mark in card for mark in SLOT_MARKS), question.code

    def test_fields_are_those_that_are_saved(self, worksheet):
        for question in worksheet.questions:
            card = filled(worksheet, question.code)
            names = set(re.findall(r'<(?:input|textarea)[^>]* name="([^"]+)"', card))
            assert names == {
                "csrfmiddlewaretoken",
                "version",
                "note",
                "file",
                *question.field_names,
            }, question.code

    def test_every_option_with_its_meaning(self, worksheet):
        for question in worksheet.questions:
            card = filled(worksheet, question.code)
            found = re.findall(r'type="radio" name="value" value="([^"]+)"', card)
            assert found == [option.key for option in question.options], question.code

    def test_each_option_can_be_chosen(self, worksheet):
        for question in worksheet.questions:
            for option in question.options:
                card = filled(worksheet, question.code, AnswerState({"value": option.key}))
                chosen = re.findall(r'value="([^"]+)" checked', card)
                assert chosen == [option.key], question.code
                assert card.count("is-chosen") == 1

    def test_ids_are_once_on_a_page(self, worksheet):
        for area in worksheet.areas:
            page = "".join(filled(worksheet, question.code) for question in area.questions)
            ids = re.findall(r' id="([^"]+)"', page)
            assert len(ids) == len(set(ids)), area.key

    def test_labels_and_descriptions_point_at_something(self, worksheet):
        for question in worksheet.questions:
            card = filled(worksheet, question.code)
            ids = set(re.findall(r' id="([^"]+)"', card))
            named = re.findall(r' (?:for|aria-labelledby|aria-describedby)="([^"]+)"', card)
            assert {part for each in named for part in each.split()} <= ids, question.code

    def test_reading_has_nothing_to_send(self, worksheet):
        for question in worksheet.questions:
            card = read(worksheet, question.code)
            assert not re.search(r"<(form|input|textarea|button)", card), question.code


class TestFilling:
    def test_place_and_version(self, worksheet):
        card = filled(worksheet, CHOICE, AnswerState({}, version=7))

        assert f'action="/penilaian/x/jawaban/{CHOICE}/"' in card
        assert 'name="csrfmiddlewaretoken" value="token"' in card
        assert 'name="version" value="7"' in card

    def test_words_and_letters(self, worksheet):
        assert re.findall(
            r'value="([^"]+)" checked', filled(worksheet, WORDS, AnswerState({"value": "Tidak"}))
        ) == ["Tidak"]

    def test_counts_partly_entered(self, worksheet):
        card = filled(worksheet, COUNTS, AnswerState({"n1": "7"}))

        assert re.findall(r'name="(n\d)" value="(\d*)"', card) == [("n1", "7"), ("n2", "")]
        assert "Persentase muncul setelah semua angka terisi." in card

    def test_index_with_a_comma(self, worksheet):
        card = filled(worksheet, INDEX, AnswerState({"value": "3.61"}))

        assert 'name="value" value="3,61"' in card

    def test_a_marked_question_stands_out(self, worksheet):
        card = filled(worksheet, CHOICE, AnswerState({"value": "A"}, marked=True))

        assert 'class="question is-attention"' in card

    def test_files_are_counted(self, worksheet):
        state = AnswerState({}, files=[FileRow(a_file("a.pdf")), FileRow(a_file("b.pdf"))])

        assert "2 berkas" in filled(worksheet, CHOICE, state)
        assert "belum ada berkas" in filled(worksheet, CHOICE)

    def test_a_note_keeps_its_first_empty_line(self, worksheet):
        """A browser swallows the first line end of a textarea; one stands there for it."""
        card = filled(worksheet, CHOICE, AnswerState({}, note="\nbaris kedua"))

        assert ">\n\nbaris kedua</textarea>" in card


class TestRefused:
    def test_what_was_typed_stays(self, worksheet):
        refused = Refused({"n1": "0", "n2": "4"}, "Ketikan", "Penyebut nol.", ("n1",))

        card = filled(worksheet, COUNTS, AnswerState({"n1": "9", "n2": "1"}), refused=refused)

        assert re.findall(r'name="(n\d)" value="(\d*)"', card) == [("n1", "0"), ("n2", "4")]
        assert re.findall(r'name="(n\d)"[^>]*aria-invalid="true"', card) == ["n1"]
        assert ">\nKetikan</textarea>" in card
        assert "Penyebut nol." in card
        assert "is-refused" in card
        assert "Belum tersimpan" in card

    def test_an_index_off_the_scale(self, worksheet):
        refused = Refused({"value": "4.5"}, "", "Isi 0 sampai 4.")

        card = filled(worksheet, INDEX, refused=refused)

        assert 'value="4,5" aria-invalid="true"' in card

    def test_an_option_that_is_none(self, worksheet):
        card = filled(worksheet, CHOICE, refused=Refused({"value": "Z"}, "", "Pilih A, B, atau C."))

        assert " checked" not in card
        assert "Pilih A, B, atau C." in card

    def test_a_conflict_stands_out_otherwise(self, worksheet):
        refused = Refused({"value": "B"}, "", "Dua jawaban.", state="conflict")

        card = filled(worksheet, CHOICE, refused=refused)

        assert 'class="question is-attention"' in card


class TestEscaping:
    """Texts that end a tag, hold entities, or hold the very marks of a slot."""

    def is_clean(self, card):
        return "<script>" not in card and card.count("</article>") == 1

    @pytest.mark.parametrize("make", [filled, read])
    def test_note_file_and_remark(self, worksheet, make):
        state = AnswerState(
            {"value": "A"},
            note=f"Catatan {MARKUP}",
            files=[FileRow(a_file(f"Berkas {MARKUP}.pdf"), "/lepas/")],
            remark=Remark("kurang_sesuai", f"Telaah {MARKUP}", f"Budi {MARKUP}", AT),
        )

        card = make(worksheet, CHOICE, state)

        assert self.is_clean(card)
        for each in ("Catatan", "Berkas", "Telaah", "Budi"):
            assert f"{each} &lt;/textarea&gt;&lt;/article&gt;&lt;script&gt;" in card
        assert card.count("\ue000note\ue001") == card.count("&amp;amp;")

    @pytest.mark.parametrize("code", [CHOICE, COUNTS, INDEX])
    def test_what_was_typed_and_refused(self, worksheet, code):
        question = worksheet.by_code[code]
        refused = Refused(dict.fromkeys(question.field_names, MARKUP), MARKUP, f"Pesan {MARKUP}")

        card = filled(worksheet, code, refused=refused)

        assert self.is_clean(card)
        assert "&lt;/textarea&gt;" in card


class TestReading:
    def test_the_chosen_option_alone(self, worksheet):
        card = read(worksheet, CHOICE, AnswerState({"value": "B"}))

        options = worksheet.by_code[CHOICE].options
        assert options[1].text in card
        assert options[0].text not in card
        assert "0,50" in card

    def test_counts_with_their_sum(self, worksheet):
        card = read(worksheet, COUNTS, AnswerState({"n1": "7", "n2": "3"}))

        assert "42,86%" in card
        assert "3 ÷ 7" in card

    def test_counts_partly_entered(self, worksheet):
        card = read(worksheet, COUNTS, AnswerState({"n1": "7"}))

        assert "belum ada" in card

    def test_index(self, worksheet):
        card = read(worksheet, INDEX, AnswerState({"value": "3.61"}))

        assert "3,61" in card
        assert "dari 4" in card

    def test_nothing(self, worksheet):
        card = read(worksheet, CHOICE)

        assert "Belum dijawab." in card
        assert "Tidak ada berkas." in card

    @pytest.mark.parametrize("lock", ["Dikirim 1 Maret 2026", ""])
    def test_why_it_is_locked(self, worksheet, lock):
        card = read(worksheet, CHOICE, lock=lock)

        assert ('data-state="locked"' in card) == bool(lock)


class TestParts:
    @pytest.mark.parametrize(
        ("code", "entered", "words"),
        [
            (COUNTS, {"n1": "7", "n2": "3"}, "3 ÷ 7"),
            (COUNTS, {"n1": "0", "n2": "0"}, "0 ÷ 0: tidak ada yang dihitung"),
        ],
    )
    def test_ratio_in_words(self, worksheet, code, entered, words):
        assert sum_in_words(worksheet.by_code[code], worksheet, entered) == words

    def test_decrease_in_words(self, worksheet):
        question = next(each for each in worksheet.questions if each.kind == "decrease")
        scale = worksheet.item(question.code).scale

        def told(before, after):
            entered = {scale.before: before, scale.after: after}
            return sum_in_words(question, worksheet, entered)

        assert told("5", "2") == "(5 \N{MINUS SIGN} 2) ÷ 5"
        assert told("0", "1") == "tahun lalu 0, tahun ini 1"

    def test_sum_below_stands_in_brackets(self, worksheet):
        question = next(
            each
            for each in worksheet.questions
            if each.kind == "ratio" and len(worksheet.item(each.code).scale.denominator) > 1
        )
        scale = worksheet.item(question.code).scale
        entered = dict.fromkeys(question.field_names, "2")

        words = sum_in_words(question, worksheet, entered)

        assert words.endswith(f"÷ ({' + '.join('2' for _ in scale.denominator)})")

    def test_result_of_nothing(self, worksheet):
        html = result_html(worksheet, worksheet.by_code[COUNTS], {})

        assert "muncul setelah semua angka terisi" in html

    @pytest.mark.parametrize(
        ("entered", "marked", "words"),
        [
            ({}, False, "Belum dijawab"),
            ({"value": "A"}, False, "Terjawab"),
            ({"value": "A"}, True, "Dikembalikan"),
        ],
    )
    def test_badge(self, worksheet, entered, marked, words):
        assert words in badge_of(worksheet, worksheet.by_code[CHOICE], entered, marked=marked)

    def test_saved_state(self):
        same_day = datetime(2026, 3, 1, 16, 59, tzinfo=UTC)
        next_day = datetime(2026, 3, 1, 17, tzinfo=UTC)  # 2 March in WIB

        assert "Tersimpan 14.03<" in saved_state(AT, "WIB", same_day)
        assert "Tersimpan 1 Maret 2026 pukul 14.03<" in saved_state(AT, "WIB", next_day)
        assert "Tersimpan 1 Maret 2026 pukul 16.03<" in saved_state(AT, "WIT")
        assert "Belum dijawab" in saved_state(None, "WIB")


def test_cards_of_two_instruments_are_kept_apart(worksheet):
    older = load_worksheet(shipped_instrument("lke-2014").pk)
    question = older.questions[0]

    card = str(fill_card(older, question, AnswerState({}), PLACE))

    assert question.text in card
    assert cards._cards(older.instrument_id) is not cards._cards(worksheet.instrument_id)


def test_a_card_is_not_remembered_for_the_next_person(worksheet):
    state = AnswerState({"value": "A"}, note="Rahasia", files=[FileRow(a_file())])
    filled(worksheet, CHOICE, state)

    card = filled(worksheet, CHOICE, replace(state, entered={}, note="", files=()))

    assert "Rahasia" not in card
    assert "Notulen.pdf" not in card
    assert " checked" not in card
