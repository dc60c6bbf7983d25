"""Last year's answer, what was granted, and the notes, beside each question."""

import json
import re

import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.last_year import _continuation
from assessments.services.lifecycle import submit
from assessments.worksheet import load_worksheet
from tests.assessments.versions import GONE, SAME, WORDED, change_some, make_version
from tests.factories_assessments import (
    attach,
    best_answers,
    fill,
    make_approved,
    make_assessment,
    make_centre,
    make_period,
    make_satker,
    make_submitted,
    make_user,
    person,
)

pytestmark = pytest.mark.django_db

COUNTS = "A.II.1.i.a"
INDEX = "B.I.a"


@pytest.fixture(autouse=True)
def forget_maps():
    _continuation.cache_clear()


@pytest.fixture
def satker():
    return make_satker()


def approved_2025(satker, **lower):
    return make_approved(
        satker,
        lower=lower or {SAME: {"value": "C"}},
        period=make_period(2025),
    )


def open_2026(satker, instrument=None):
    return make_assessment(satker, period=make_period(2026, instrument=instrument))


def area(client, assessment, key="1", user=None):
    client.force_login(user or person(Role.OPERATOR, assessment.satker))
    return client.get(reverse("assessments:area", args=[assessment.pk, key])).content.decode()


def card(text, code):
    """The article of a question."""
    start = text.index(f'data-question="{code}"')
    return text[start : text.index("</article>", start)]


def lines(text):
    """What is said of earlier years, without markup."""
    return re.findall(r"(?:<summary>|muted small\">)(20\d\d: [^<]+)<", text)


class TestOnTheCard:
    def test_answer_verified_value_and_note(self, client, satker):
        approved_2025(satker)
        assessment = open_2026(satker)

        text = card(area(client, assessment), SAME)

        assert lines(text) == ["2025: A (1,00), diverifikasi C (0,00)"]
        assert "<b>Catatan verifikator:</b> Bukti belum menunjukkan pelaksanaannya." in text

    def test_what_was_granted_in_full(self, client, satker):
        approved_2025(satker)

        text = card(area(client, open_2026(satker)), "A.I.1.i.a")

        assert lines(text) == ["2025: Ya (1,00), diverifikasi sesuai"]

    def test_sent_and_not_judged(self, client, satker):
        sheet = make_assessment(satker, period=make_period(2025))
        worksheet = load_worksheet(sheet.instrument_id)
        fill(sheet, best_answers(worksheet), notes={SAME: "Rapat <b>tiap</b> bulan."})
        attach(sheet, *worksheet.by_code)
        submit(assessment=sheet, by=person(Role.PIMPINAN, satker))

        text = card(area(client, open_2026(satker)), SAME)

        assert lines(text) == ["2025: A (1,00)"]
        assert "<b>Catatan satker:</b> Rapat &lt;b&gt;tiap&lt;/b&gt; bulan." in text

    def test_a_note_without_an_answer_is_no_answer(self, client, satker):
        snapshot = approved_2025(satker).snapshots.latest("pk")
        content = json.loads(snapshot.content)
        content["answers"][SAME] |= {"entered": {}, "note": "Belum sempat."}
        type(snapshot).objects.filter(pk=snapshot.pk).update(content=json.dumps(content))

        assert lines(card(area(client, open_2026(satker)), SAME)) == []

    @pytest.mark.parametrize(
        ("code", "page", "line"),
        [
            (COUNTS, "1", "2025: 100,00%, diverifikasi sesuai"),
            (INDEX, "hasil", "2025: 4, diverifikasi sesuai"),
        ],
    )
    def test_counts_and_an_index(self, client, satker, code, page, line):
        approved_2025(satker)

        assert lines(card(area(client, open_2026(satker), page), code)) == [line]

    def test_the_latest_year_alone(self, client, satker):
        make_approved(satker, lower={SAME: {"value": "B"}}, period=make_period(2024))
        approved_2025(satker)

        assert lines(card(area(client, open_2026(satker)), SAME)) == [
            "2025: A (1,00), diverifikasi C (0,00)"
        ]

    def test_over_a_new_version(self, client, satker):
        approved_2025(satker)
        assessment = open_2026(satker, make_version(change=change_some))

        text = area(client, assessment)

        assert lines(card(text, SAME)) == ["2025: A (1,00), diverifikasi C (0,00)"]
        assert lines(card(text, WORDED)) == [
            "2025: Ya (1,00), diverifikasi sesuai, pertanyaannya berubah"
        ]
        assert "Pertanyaan waktu itu:" in card(text, WORDED)
        assert GONE not in text

    def test_to_read_as_well(self, client, satker):
        approved_2025(satker)
        assessment = make_submitted(satker, period=make_period(2026))

        assert lines(card(area(client, assessment), SAME)) == [
            "2025: A (1,00), diverifikasi C (0,00)"
        ]


class TestWhoReadsIt:
    def test_nothing_of_a_neighbour(self, client, satker):
        approved_2025(make_satker())

        assert lines(area(client, open_2026(satker))) == []

    @pytest.mark.parametrize(
        ("role", "reads"), [(Role.KETUA, True), (Role.TPI, False), (Role.ADMIN_PUSAT, False)]
    )
    def test_the_satker_and_its_reviewer(self, client, satker, role, reads):
        approved_2025(satker)
        assessment = make_approved(satker, period=make_period(2026))
        place = satker.verifier if role == Role.KETUA else make_centre()

        text = area(client, assessment, user=make_user(role, place))

        assert bool(lines(text)) == reads

    def test_on_the_desk(self, client, satker):
        approved_2025(satker)
        assessment = make_submitted(satker, period=make_period(2026))
        client.force_login(person(Role.KETUA, satker.verifier))
        desk = reverse("assessments:desk", args=[assessment.pk])

        text = client.get(f"{desk}?soal={SAME}").content.decode()

        assert lines(text) == ["2025: A (1,00), diverifikasi C (0,00)"]


class TestQueries:
    @pytest.mark.parametrize("years", [0, 1, 3])
    def test_the_area_page(self, client, satker, django_assert_num_queries, years):
        for year in range(years):
            make_approved(satker, period=make_period(2025 - year))
        assessment = open_2026(satker)
        area(client, assessment)

        with django_assert_num_queries(9):
            client.get(reverse("assessments:area", args=[assessment.pk, "1"]))
