"""Drafts of an instrument: made from a published version, edited, checked, published."""

import json
from decimal import Decimal

import pytest

from accounts.models import Role
from assessments.errors import DraftRefused, InstrumentInUse, InstrumentRefused, PeriodRefused
from assessments.instrument_file import canonical, export_instrument
from assessments.models import (
    Floor,
    Guidance,
    Instrument,
    InstrumentMap,
    Node,
    Option,
    Period,
    Question,
    QuestionMap,
    Score,
)
from assessments.services.drafts import (
    Edit,
    discard_draft,
    draft_faults,
    edit_draft,
    make_draft,
    publish_draft,
)
from assessments.services.instrument_import import import_instrument
from assessments.services.instruments import content_digest, load_instrument
from assessments.services.periods import change_period, create_period
from assessments.services.score_check import Count, find_differences
from assessments.worksheet import load_worksheet
from audit.models import Event
from audit.services import verify
from tests.assessments.versions import SAME, make_version
from tests.factories_assessments import (
    best_answers,
    fill,
    make_assessment,
    make_centre,
    make_period,
    make_user,
    shipped_instrument,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return make_user(Role.ADMIN_PUSAT, make_centre())


@pytest.fixture
def draft(admin):
    return make_draft(source=shipped_instrument(), by=admin)


def question(draft, code=SAME):
    return Question.objects.get(instrument=draft, code=code)


def node(draft, code):
    return Node.objects.get(instrument=draft, code=code)


def change(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    return Edit(row, tuple(values))


def events():
    return Event.objects.filter(chain__key="instrumen:lke-2021").order_by("number")


class TestMaking:
    def test_is_a_copy_under_the_next_number(self, draft):
        assert (draft.version, draft.is_draft, draft.digest) == (2, True, "")
        assert export_instrument(draft) == export_instrument(shipped_instrument()) | {"version": 2}

    def test_is_audited(self, draft, admin):
        event = events().get()

        assert (event.action, event.subject, event.by_id) == (
            "draf instrumen dibuat",
            "lke-2021 versi 2",
            admin.pk,
        )
        assert verify().fault is None

    def test_one_at_a_time(self, draft, admin):
        with pytest.raises(DraftRefused, match="lke-2021 sudah memiliki draf, versi 2"):
            make_draft(source=shipped_instrument(), by=admin)

    def test_each_code_has_its_own(self, draft, admin):
        assert make_draft(source=shipped_instrument("lke-2014"), by=admin).version == 2

    def test_not_from_a_draft(self, draft, admin):
        with pytest.raises(DraftRefused):
            make_draft(source=draft, by=admin)


class TestNotUsed:
    def test_no_period_takes_it(self, draft, admin):
        period = make_period()
        instants = {
            name: getattr(period, name)
            for name in ("opens_at", "fill_until", "repair_until", "review_until")
        }

        with pytest.raises(PeriodRefused, match="masih draf"):
            create_period(year=2027, instrument=draft, by=admin, **instants)
        with pytest.raises(PeriodRefused, match="masih draf"):
            change_period(period=period, changes={"instrument": draft}, by=admin)

        assert list(Period.objects.values_list("year", "instrument")) == [
            (2026, shipped_instrument().pk)
        ]

    def test_nothing_is_scored_with_it(self, draft):
        with pytest.raises(ValueError, match="is a draft"):
            load_worksheet(draft.pk)

    def test_no_file_takes_its_place(self, draft):
        content = export_instrument(draft)

        for title in (content["title"], "Lain"):
            with pytest.raises(InstrumentInUse, match="sedang disusun sebagai draf"):
                load_instrument(content | {"title": title})
        assert import_instrument(content | {"version": 3}, master_for="").version == 3

    def test_it_has_no_map(self, draft):
        assert not InstrumentMap.objects.exists()

    def test_editing_it_touches_no_score(self, draft, admin):
        assessment = make_assessment()
        fill(assessment, best_answers(load_worksheet(assessment.instrument_id)))
        before = list(Score.objects.values())
        stored = export_instrument(shipped_instrument())

        edit_draft(
            draft=draft,
            changed=[
                change(node(draft, "A.I.1.i"), weight=Decimal(1)),
                change(node(draft, "A.I.1.ii"), weight=Decimal("0.5")),
                change(question(draft), text="Lain?"),
            ],
            by=admin,
        )
        publish_draft(draft=draft, by=admin)

        assert list(Score.objects.values()) == before
        assert list(find_differences(Count())) == []
        assert export_instrument(shipped_instrument()) == stored


class TestEditing:
    def test_one_page_is_one_event(self, draft, admin):
        asked = question(draft)
        before = asked.text
        option = Option.objects.get(question=asked, key="B")
        meant = option.text

        differences = edit_draft(
            draft=draft,
            changed=[change(asked, text="Lain?"), change(option, text="Kadang.")],
            by=admin,
        )

        assert len(differences) == 2
        event = events().last()
        assert event.action == "draf instrumen diubah"
        assert json.loads(event.before) == {
            f"{SAME} pertanyaan": before,
            f"{SAME} pilihan B": meant,
        }
        assert json.loads(event.after) == {
            f"{SAME} pertanyaan": "Lain?",
            f"{SAME} pilihan B": "Kadang.",
        }
        assert question(draft).text == "Lain?"

    def test_guidance_comes_and_goes(self, draft, admin):
        asked = question(draft)
        old = list(asked.guidance.all())
        line = Guidance(question=asked, kind=Guidance.Kind.PITFALL, text="Tanpa tanggal.")

        edit_draft(draft=draft, added=[line], removed=old[:1], by=admin)

        assert [each.text for each in asked.guidance.all()] == [
            *(each.text for each in old[1:]),
            "Tanpa tanggal.",
        ]

    def test_nothing_new_is_no_event(self, draft, admin):
        asked = question(draft)

        assert edit_draft(draft=draft, changed=[change(asked, text=asked.text)], by=admin) == ()
        assert events().count() == 1

    def test_what_a_file_could_not_hold_is_refused(self, draft, admin):
        before = export_instrument(draft)

        with pytest.raises(InstrumentRefused, match=f"{SAME} text: memuat karakter"):
            edit_draft(
                draft=draft,
                changed=[
                    change(node(draft, "A"), name="Lain"),
                    change(question(draft), text="a\x07b"),
                ],
                by=admin,
            )

        assert export_instrument(draft) == before

    def test_rows_of_a_published_version_stay(self, draft, admin):
        theirs = question(shipped_instrument())
        before = export_instrument(shipped_instrument())
        line = Guidance(question=theirs, kind=Guidance.Kind.PITFALL, text="Lain.")

        with pytest.raises(DraftRefused, match="bukan bagian draf"):
            edit_draft(draft=draft, changed=[change(theirs, text="Lain?")], by=admin)
        with pytest.raises(DraftRefused, match="bukan bagian draf"):
            edit_draft(draft=draft, added=[line], by=admin)
        edit_draft(draft=draft, removed=[theirs.guidance.first()], by=admin)
        with pytest.raises(DraftRefused, match="sudah terbit"):
            edit_draft(draft=shipped_instrument(), changed=[change(theirs, text="x")], by=admin)

        assert export_instrument(shipped_instrument()) == before

    def test_structure_is_not_for_editing(self, draft, admin):
        with pytest.raises(ValueError, match="scale"):
            edit_draft(draft=draft, changed=[change(question(draft), scale="abc")], by=admin)


class TestPublishing:
    def test_freezes_and_maps(self, draft, admin):
        edit_draft(draft=draft, changed=[change(question(draft), text="Lain?")], by=admin)

        published = publish_draft(draft=draft, by=admin)

        assert not published.is_draft
        assert published.digest == content_digest(canonical(export_instrument(published)))
        lines = InstrumentMap.objects.get().lines
        assert lines.get(kind=QuestionMap.Kind.REWORDED).new.code == SAME
        assert lines.filter(kind=QuestionMap.Kind.SAME).count() == 112
        assert load_worksheet(published.pk).by_code[SAME].text == "Lain?"
        assert events().last().action == "instrumen diterbitkan"
        assert verify().fault is None
        with pytest.raises(DraftRefused, match="sudah terbit"):
            publish_draft(draft=draft, by=admin)

    def test_a_period_may_name_it(self, draft, admin):
        period = make_period()

        change_period(
            period=period,
            changes={"instrument": publish_draft(draft=draft, by=admin)},
            by=admin,
        )

        assert Period.objects.get().instrument_id == draft.pk

    def test_every_weight_that_does_not_add_up_is_named(self, draft, admin):
        edit_draft(
            draft=draft,
            changed=[
                change(node(draft, "A.I.1.i"), weight=Decimal("0.6")),
                change(node(draft, "B.I"), weight=Decimal("22.51")),
            ],
            by=admin,
        )

        faults = draft_faults(draft)

        assert faults == (
            "A.I.1: bobot isinya berjumlah 4,1, seharusnya 4.",
            "B: bobot isinya berjumlah 40,01, seharusnya 40.",
            "B.I: bobot isinya berjumlah 22,5, seharusnya 22,51.",
        )
        with pytest.raises(DraftRefused, match=r"3 hal harus diperbaiki\. A\.I\.1: bobot isinya"):
            publish_draft(draft=draft, by=admin)
        assert Instrument.objects.get(pk=draft.pk).is_draft

    def test_the_whole_is_100(self, draft):
        Node.objects.filter(instrument=draft, code="A").update(weight=61)

        assert draft_faults(draft) == (
            "A: bobot isinya berjumlah 60, seharusnya 61.",
            "Bobot seluruh komponen berjumlah 101, seharusnya 100.",
        )

    def test_what_cannot_be_scored(self, draft):
        Floor.objects.filter(predikat__instrument=draft, what="total").update(at_least=101)

        (fault,) = draft_faults(draft)

        assert fault.endswith("melebihi bobot 100.")

    def test_after_a_version_with_a_higher_number(self, draft, admin):
        make_version(3)

        published = publish_draft(draft=draft, by=admin)

        assert published.version == 4
        assert InstrumentMap.objects.get(to_instrument=published).from_instrument.version == 3


class TestDiscarding:
    def test_leaves_its_trail(self, draft, admin):
        discard_draft(draft=draft, by=admin)

        assert not Instrument.objects.filter(pk=draft.pk).exists()
        assert [event.action for event in events()] == [
            "draf instrumen dibuat",
            "draf instrumen dihapus",
        ]
        with pytest.raises(DraftRefused, match="sudah dihapus"):
            discard_draft(draft=draft, by=admin)

    def test_never_a_published_version(self, admin):
        with pytest.raises(DraftRefused, match="sudah terbit"):
            discard_draft(draft=shipped_instrument(), by=admin)
