"""What holds for every sheet, every figure and every text."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scoring
from tests.scoring.instruments import evaluate, instrument, naive_points

INSTRUMENTS = ["lke-2021", "lke-2014"]


def entries_of(item: scoring.Item) -> st.SearchStrategy[dict[str, str]]:
    """Complete entries that the question's scale accepts."""
    match item.scale:
        case scoring.Choice(options=options):
            return st.sampled_from(sorted(options)).map(lambda key: {"value": key})
        case scoring.Number(maximum=maximum):
            hundredths = st.integers(0, int(maximum) * 100)
            return hundredths.map(lambda n: {"value": scoring.to_decimal_string(Fraction(n, 100))})
        case _:
            keys = [each.key for each in item.inputs]
            counts = st.lists(st.integers(0, 40), min_size=len(keys), max_size=len(keys))
            return (
                counts.map(lambda found: dict(zip(keys, map(str, found), strict=True)))
                .map(lambda entry: _accepted(item, entry))
                .filter(bool)
            )


def _accepted(item: scoring.Item, entry: dict[str, str]) -> dict[str, str]:
    try:
        return scoring.parse_entry(item, entry)
    except scoring.EntryError:
        return {}


def sheets(code: str) -> st.SearchStrategy[dict[str, dict[str, str]]]:
    """Sheets filled here and there; about a fifth of the questions stay open."""
    items = instrument(code).sheet.items

    def filled(seed: int) -> dict[str, dict[str, str]]:
        random = Random(seed)
        return {item.code: _random_entry(item, random) for item in items if random.random() < 0.8}

    return st.integers(0, 2**32).map(filled)


def _random_entry(item: scoring.Item, random: Random) -> dict[str, str]:
    match item.scale:
        case scoring.Choice(options=options):
            return {"value": random.choice(list(options))}
        case scoring.Number(maximum=maximum):
            figure = Fraction(random.randrange(int(maximum) * 1000 + 1), 1000)
            return {"value": scoring.to_decimal_string(figure)}
        case _:
            top = random.choice([1, 3, 12, 400])
            entry: dict[str, str] = {}
            while not entry:
                counts = {each.key: str(random.randint(0, top)) for each in item.inputs}
                entry = _accepted(item, counts)
            return entry


@pytest.mark.parametrize("code", INSTRUMENTS)
@given(data=st.data())
def test_a_better_answer_never_lowers_a_figure(code, data):
    entries = data.draw(sheets(code))
    item = data.draw(st.sampled_from(instrument(code).sheet.items))
    worse, better = sorted(
        (data.draw(entries_of(item)) for _ in range(2)),
        key=lambda entry: scoring.value_of(item, entry),
    )

    before = evaluate(code, {**entries, item.code: worse})
    after = evaluate(code, {**entries, item.code: better})

    assert before.total <= after.total
    assert all(before.nodes[each].points <= after.nodes[each].points for each in before.nodes)
    assert all(before.areas[each].points <= after.areas[each].points for each in before.areas)
    for predikat, verdict in before.verdicts.items():
        short = {each.what for each in verdict.shortfalls}
        assert {each.what for each in after.verdicts[predikat].shortfalls} <= short


@pytest.mark.parametrize("code", INSTRUMENTS)
@given(data=st.data())
def test_answering_an_open_question_never_lowers_a_figure(code, data):
    entries = data.draw(sheets(code))
    item = data.draw(st.sampled_from(instrument(code).sheet.items))
    entry = data.draw(entries_of(item))

    before = evaluate(code, {**entries, item.code: {}})
    after = evaluate(code, {**entries, item.code: entry})

    assert before.total <= after.total
    assert after.answered == before.answered + 1


@pytest.mark.parametrize("code", INSTRUMENTS)
@given(data=st.data())
def test_every_figure_is_the_sum_of_its_parts(code, data):
    sheet = instrument(code).sheet
    result = evaluate(code, data.draw(sheets(code)))

    expected = {}
    for component in sheet.components:
        expected |= naive_points(component, result.values)
    assert {each: node.points for each, node in result.nodes.items()} == expected
    assert result.total == sum(expected[component.code] for component in sheet.components)
    areas = sum(area.points for area in result.areas.values())
    assert areas == result.nodes["A"].points
    assert all(0 <= node.value <= 1 for node in result.nodes.values())
    assert result.answered == sum(value is not None for value in result.values.values())
    assert result.complete == (result.answered == result.questions)


@pytest.mark.parametrize("code", INSTRUMENTS)
@given(data=st.data())
def test_the_order_of_answers_does_not_matter(code, data):
    entries = data.draw(sheets(code))
    turned = dict(data.draw(st.permutations(list(entries.items()))))

    assert evaluate(code, turned) == evaluate(code, entries)


@pytest.mark.parametrize("code", INSTRUMENTS)
@given(data=st.data())
def test_verdicts_follow_from_exact_comparison(code, data):
    result = evaluate(code, data.draw(sheets(code)))

    for verdict in result.verdicts.values():
        assert all(each.met == (each.actual >= each.required) for each in verdict.floors)
        assert [each.what for each in verdict.shortfalls] == [
            each.what for each in verdict.floors if not each.met
        ]
        assert all(each.gap > 0 for each in verdict.shortfalls)


points = st.fractions(min_value=0, max_value=100)
tiny = st.integers(0, 60).map(lambda exponent: Fraction(1, 2**exponent))


@given(floor=points, below=st.one_of(points, tiny).filter(bool))
def test_print_never_shows_a_value_below_a_floor_as_the_floor(floor, below):
    value = max(Fraction(0), floor - below)
    if value >= floor:
        return

    for written in (
        scoring.print_points(value, [floor]).replace(",", "."),
        scoring.to_decimal_string(value, floors=[floor]),
        scoring.to_decimal(value, [floor]),
    ):
        assert Fraction(written) < floor
        assert abs(Fraction(written) - value) < Fraction(1, 100)
    assert Fraction(scoring.print_gap(floor, value).replace(",", ".")) >= floor - value
    assert scoring.print_gap(floor, value) != "0,00"


@given(value=points, floors=st.lists(points, max_size=3))
def test_print_shows_a_value_at_or_above_its_floors_rounded_half_up(value, floors):
    met = [floor for floor in floors if floor <= value]

    printed = Fraction(scoring.print_points(value, met).replace(",", "."))

    assert -Fraction(1, 200) < printed - value <= Fraction(1, 200)


figures = st.one_of(
    st.text(max_size=80),
    st.text("0123456789.,eE+-_/ \0NaInfty", max_size=12),
    st.integers(-5, 2 * 10**9).map(str),
    st.floats().map(str),
    st.decimals().map(str),
    st.sampled_from(["Ya", "tidak", "a", "E", "3,75", "٣", "\ud800"]),
)
KINDS = ["A.I.1.i.a", "A.I.2.i.b", "A.II.1.i.a", "A.II.3.iii.a", "A.II.5.iii.1.a", "B.I.a"]


@given(
    code=st.sampled_from(KINDS),
    raw=st.dictionaries(
        st.sampled_from(["value", "n1", "n2", "n3", "n4", "n5", ""]), figures, max_size=5
    ),
)
def test_any_text_is_taken_in_canonical_form_or_refused(code, raw):
    item = instrument("lke-2021").sheet.by_code[code]

    entry, refusal = {}, None
    try:
        entry = scoring.parse_entry(item, raw)
    except scoring.EntryError as error:
        refusal = error

    assert refusal is None or (refusal.code == code and refusal.message.isprintable())
    assert scoring.parse_entry(item, entry) == entry
    value = scoring.value_of(item, entry)
    assert value is None or 0 <= value <= 1
