import io
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.enums import Tier, Verdict
from assessments.models import Answer, Assessment, Score, Verification
from tests.factories_assessments import make_assessment, make_returned, shipped_instrument

LOWER = {"A.I.1.i.b": {"value": "B"}}

pytestmark = pytest.mark.django_db


@pytest.fixture
def returned() -> Assessment:
    """With a score at both tiers."""
    return make_returned(lower=LOWER)


def check() -> str:
    printed = io.StringIO()
    call_command("check_scores", stdout=printed)
    return printed.getvalue()


def refused() -> list[str]:
    """What was listed; the command has ended with 1."""
    printed = io.StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("check_scores", stdout=printed)
    assert refusal.value.returncode == 1
    return printed.getvalue().splitlines()


def place_of(assessment: Assessment, tier: Tier) -> str:
    return f"{assessment.satker.code}, {assessment.period.year}, {tier.label.lower()}"


def test_nothing_to_check():
    assert check() == "Semua nilai cocok: 0 nilai dari 0 penilaian diperiksa.\n"


def test_everything_agrees(returned):
    make_assessment(answers={"A.I.1.i.a": "Ya"})

    assert check() == "Semua nilai cocok: 3 nilai dari 2 penilaian diperiksa.\n"


@pytest.mark.parametrize("tier", [Tier.MANDIRI, Tier.PENDAHULUAN])
@pytest.mark.parametrize(
    ("field", "value"),
    [("total", Decimal("99.5")), ("area5", 0), ("answered", 7), ("wbbm_shortfalls", 9)],
)
def test_a_figure_that_was_changed(returned, tier, field, value):
    score = returned.scores.get(tier=tier)
    before = getattr(score, field)
    returned.scores.filter(tier=tier).update(**{field: value})
    score.refresh_from_db()

    assert refused() == [
        f"{place_of(returned, tier)}: {field} tersimpan {getattr(score, field)}, terhitung {before}"
    ]


def test_the_smallest_difference(returned):
    total = returned.scores.get(tier=Tier.MANDIRI).total
    returned.scores.filter(tier=Tier.MANDIRI).update(total=total - Decimal("0.000000000001"))

    assert len(refused()) == 1


def test_an_answer_changed_behind_the_score(returned):
    Answer.objects.filter(assessment=returned, question__code="A.I.1.i.a").update(
        entered={"value": "Tidak"}
    )

    listed = refused()

    assert [line.partition(": ")[0] for line in listed] == [
        place_of(returned, Tier.MANDIRI),
        place_of(returned, Tier.PENDAHULUAN),
    ]
    assert "total tersimpan" in listed[0]


def test_a_verdict_changed_behind_the_score(returned):
    Verification.objects.filter(assessment=returned).update(verdict=Verdict.SESUAI)

    listed = refused()

    assert [line.partition(": ")[0] for line in listed] == [place_of(returned, Tier.PENDAHULUAN)]


def test_a_score_that_is_missing(returned):
    Score.objects.filter(assessment=returned, tier=Tier.PENDAHULUAN).delete()

    listed = refused()

    assert len(listed) == 1
    assert "total tersimpan tidak ada, terhitung" in listed[0]


def test_an_answer_that_cannot_be_scored(returned):
    Answer.objects.filter(assessment=returned, question__code="A.I.1.i.a").update(
        entered={"value": "Mungkin"}
    )

    listed = refused()

    assert len(listed) == 2
    assert all("tidak dapat dihitung" in line for line in listed)


def test_an_answer_to_a_question_of_another_instrument(returned):
    other = shipped_instrument("lke-2014").questions.first()
    Answer.objects.filter(assessment=returned, question__code="A.I.1.i.a").update(question=other)

    assert all("tidak dapat dihitung" in line for line in refused())


def test_no_query_for_each_assessment(django_assert_num_queries, returned):
    with CaptureQueriesContext(connection) as one:
        check()
    make_assessment()
    make_returned()

    with django_assert_num_queries(len(one)):
        check()
