"""Which questions of an earlier version those of a later one continue."""

from collections import Counter

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Role
from assessments.errors import MapRefused
from assessments.models import Instrument, InstrumentMap, QuestionMap
from assessments.services.version_maps import correct_map, load_continuation
from assessments.worksheet import load_worksheet
from audit.models import Event
from audit.services import verify
from tests.assessments.versions import (
    ADDED,
    ADDED_TOO,
    GONE,
    RESCALED,
    SAME,
    WORDED,
    change_some,
    make_version,
    question_in,
)
from tests.factories_assessments import (
    make_assessment,
    make_centre,
    make_period,
    make_user,
    shipped_instrument,
)

pytestmark = pytest.mark.django_db

Kind = QuestionMap.Kind


@pytest.fixture
def admin():
    return make_user(Role.ADMIN_PUSAT, make_centre())


def lines_of(version_map: InstrumentMap) -> dict[tuple[str | None, str | None], tuple[str, str]]:
    """(old code, new code): (kind, reason)."""
    rows = version_map.lines.select_related("old", "new")
    return {
        (row.old and row.old.code, row.new and row.new.code): (row.kind, row.reason) for row in rows
    }


def the_map() -> InstrumentMap:
    return InstrumentMap.objects.get()


class TestMade:
    def test_the_first_version_has_none(self):
        assert InstrumentMap.objects.count() == 0

    def test_by_taking_in_a_later_version(self):
        later = make_version(2, change_some)

        found = lines_of(the_map())

        assert the_map().from_instrument == shipped_instrument()
        assert the_map().to_instrument == later
        assert found.pop((WORDED, WORDED)) == (Kind.REWORDED, "")
        assert found.pop((RESCALED, None)) == (Kind.GONE, "Pilihan jawaban atau nilainya berubah.")
        assert found.pop((None, RESCALED)) == (Kind.NEW, "")
        assert found.pop((GONE, None)) == (Kind.GONE, "")
        assert found.pop((None, ADDED)) == (Kind.NEW, "")
        assert found.pop((None, ADDED_TOO)) == (Kind.NEW, "")
        assert set(found.values()) == {(Kind.SAME, "")}
        assert all(old == new for old, new in found)
        assert len(found) == 113 - 3

    def test_again_keeps_it(self):
        make_version(2, change_some)
        before = the_map().pk

        make_version(2, change_some)

        assert the_map().pk == before

    def test_a_replaced_version_has_a_map_of_its_own(self):
        make_version(2, change_some)

        make_version(2)

        assert {kind for kind, _ in lines_of(the_map()).values()} == {Kind.SAME}

    def test_a_version_in_between_is_mapped_on_both_sides(self):
        first, last = shipped_instrument(), make_version(4)
        middle = make_version(3, change_some)

        found = {(row.from_instrument, row.to_instrument) for row in InstrumentMap.objects.all()}

        assert found == {(first, last), (first, middle), (middle, last)}

    @pytest.mark.parametrize(
        ("code", "change", "kind", "reason"),
        [
            (SAME, {"help": "Baca dahulu."}, Kind.REWORDED, ""),
            (SAME, {"options": {"A": "Satu.", "B": "Dua.", "C": "Tiga."}}, Kind.REWORDED, ""),
            (SAME, {"documents": [{"text": "SK", "required": True}]}, Kind.SAME, ""),
            (SAME, {"evidence_required": False}, Kind.SAME, ""),
            ("A.II.1.i.a", {"zero": "1"}, Kind.SAME, ""),
            ("A.II.1.i.a", {"turned": True}, Kind.GONE, "Rumus persentase berubah."),
            ("A.II.1.i.a", {"label": "Lain"}, Kind.REWORDED, ""),
            (
                "A.II.1.i.a",
                {"scale": True},
                Kind.GONE,
                "Jenis jawaban berubah dari persentase menjadi pilihan.",
            ),
        ],
    )
    def test_what_counts_as_a_change(self, code, change, kind, reason):
        def spoil(document):
            question = question_in(document, code)
            match change:
                case {"zero": value}:
                    question["formula"]["zero_over_zero"] = value
                case {"turned": _}:
                    formula = question["formula"]
                    above, below = formula["numerator"], formula["denominator"]
                    formula |= {"numerator": below, "denominator": above}
                case {"label": label}:
                    question["inputs"][0]["label"] = label
                case {"scale": _}:
                    del question["formula"], question["inputs"]
                    question |= {"scale": "ya-tidak", "options": {"Ya": "Ada.", "Tidak": "Nihil."}}
                case _:
                    question |= change

        make_version(2, spoil)

        found = lines_of(the_map())
        sides = (code, None) if kind == Kind.GONE else (code, code)
        assert found[sides] == (kind, reason)

    def test_a_number_on_a_longer_scale(self):
        make_version(2, lambda document: document["scales"]["indeks-4"].update(maximum="5"))

        assert lines_of(the_map())["B.I.a", None] == (Kind.GONE, "Nilai tertinggi berubah.")


class TestDatabaseRefuses:
    @pytest.mark.parametrize(
        ("kind", "has_old", "has_new"),
        [
            (Kind.SAME, True, False),
            (Kind.SAME, False, True),
            (Kind.SPLIT, True, False),
            (Kind.GONE, True, True),
            (Kind.GONE, False, False),
            (Kind.NEW, True, True),
            (Kind.NEW, False, False),
        ],
    )
    def test_a_line_without_its_sides(self, kind, has_old, has_new):
        later = make_version(2)
        version_map = the_map()
        version_map.lines.all().delete()
        old, new = shipped_instrument().questions.first(), later.questions.first()

        with pytest.raises(IntegrityError), transaction.atomic():
            version_map.lines.create(
                kind=kind, old=old if has_old else None, new=new if has_new else None
            )

    def test_two_sources_of_a_question(self):
        make_version(2)
        line, other = the_map().lines.all()[:2]

        with pytest.raises(IntegrityError), transaction.atomic():
            the_map().lines.create(kind=Kind.SPLIT, old=other.old, new=line.new)

    def test_a_map_to_itself(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            InstrumentMap.objects.create(
                from_instrument=shipped_instrument(), to_instrument=shipped_instrument()
            )

    def test_two_drafts_of_one_instrument(self):
        make_version(2)
        make_version(3)

        with pytest.raises(IntegrityError), transaction.atomic():
            Instrument.objects.filter(version__gt=1).update(published_at=None)


class TestCorrecting:
    def test_one_question_became_two(self, admin):
        make_version(2, change_some)

        changed = correct_map(
            version_map=the_map(), sources={ADDED: GONE, ADDED_TOO: GONE}, by=admin
        )

        found = lines_of(the_map())
        assert changed
        assert found[GONE, ADDED] == found[GONE, ADDED_TOO] == (Kind.SPLIT, "")
        assert (GONE, None) not in found
        assert Counter(kind for kind, _ in found.values()) == {
            Kind.SAME: 110,
            Kind.REWORDED: 1,
            Kind.SPLIT: 2,
            Kind.GONE: 1,
            Kind.NEW: 1,
        }

    def test_a_question_under_another_code_is_the_same(self, admin):
        make_version(2, change_some)

        correct_map(version_map=the_map(), sources={ADDED: GONE}, by=admin)

        assert lines_of(the_map())[GONE, ADDED] == (Kind.SAME, "")

    def test_none_takes_the_source_away(self, admin):
        make_version(2)

        correct_map(version_map=the_map(), sources={SAME: None}, by=admin)

        found = lines_of(the_map())
        assert (found[None, SAME], found[SAME, None]) == ((Kind.NEW, ""), (Kind.GONE, ""))

    def test_is_audited(self, admin):
        make_version(2, change_some)

        correct_map(version_map=the_map(), sources={ADDED: GONE, SAME: SAME}, by=admin)

        event = Event.objects.get(chain__key="instrumen:lke-2021")
        assert (event.action, event.subject, event.by_id) == (
            "peta versi diubah",
            "versi 1 ke 2",
            admin.pk,
        )
        assert (event.before, event.after) == (f'{{"{ADDED}":null}}', f'{{"{ADDED}":"{GONE}"}}')
        assert verify().fault is None

    def test_nothing_new_changes_nothing(self, admin):
        make_version(2, change_some)

        assert not correct_map(version_map=the_map(), sources={SAME: SAME}, by=admin)
        assert not Event.objects.filter(chain__key="instrumen:lke-2021").exists()

    @pytest.mark.parametrize(
        ("sources", "message"),
        [
            ({"Z.9": None}, "Pertanyaan 'Z.9' tidak ada pada versi baru."),
            ({SAME: "Z.9"}, "Pertanyaan 'Z.9' tidak ada pada versi lama."),
            ({SAME: ADDED}, f"Pertanyaan '{ADDED}' tidak ada pada versi lama."),
            (
                {SAME: "B.I.a"},
                f"Jawaban B.I.a tidak dapat dibawa ke {SAME}. Jenis jawaban berubah dari angka "
                "menjadi pilihan.",
            ),
            ({SAME: "x" * 5000}, f"Pertanyaan '{'x' * 40}' tidak ada pada versi lama."),
        ],
    )
    def test_refused(self, admin, sources, message):
        make_version(2, change_some)
        before = lines_of(the_map())

        with pytest.raises(MapRefused) as caught:
            correct_map(version_map=the_map(), sources={WORDED: None} | sources, by=admin)

        assert str(caught.value) == message
        assert lines_of(the_map()) == before

    def test_not_once_an_assessment_was_opened(self, admin):
        later = make_version(2, change_some)
        make_assessment(period=make_period(instrument=later))

        with pytest.raises(MapRefused, match="sudah ada penilaian yang dibuka dengan versi 2"):
            correct_map(version_map=the_map(), sources={ADDED: GONE}, by=admin)


class TestContinuation:
    def test_a_version_continues_itself(self, django_assert_num_queries):
        pk = shipped_instrument().pk
        worksheet = load_worksheet(pk)

        with django_assert_num_queries(0):
            found = load_continuation(pk, pk)

        assert {found.new.by_pk[new].code: s.old.code for new, s in found.sources.items()} == {
            code: code for code in worksheet.by_code
        }
        assert found.gone == ()

    def test_over_two_maps(self, admin):
        first = shipped_instrument()
        make_version(2, change_some)
        correct_map(version_map=the_map(), sources={ADDED: GONE, ADDED_TOO: GONE}, by=admin)

        def next_change(document):
            change_some(document)
            question_in(document, ADDED)["text"] = "Bagian pertama?"
            question_in(document, SAME)["text"] = "Lain?"

        last = make_version(3, next_change)

        found = load_continuation(first.pk, last.pk)

        by_code = {found.new.by_pk[pk].code: source for pk, source in found.sources.items()}
        told = {code: (source.old.code, source.kind) for code, source in by_code.items()}
        assert told[ADDED] == told[ADDED_TOO] == (GONE, Kind.SPLIT)
        assert told[SAME] == (SAME, Kind.REWORDED)
        assert told[WORDED] == (WORDED, Kind.REWORDED)
        assert RESCALED not in told
        assert [(row.code, reason) for row, reason in found.gone] == [
            (RESCALED, "Pilihan jawaban atau nilainya berubah.")
        ]

    def test_no_way_back_nor_to_another_instrument(self):
        first, later = shipped_instrument(), make_version(2)

        assert load_continuation(later.pk, first.pk) is None
        assert load_continuation(shipped_instrument("lke-2014").pk, later.pk) is None
