"""The figures people and machines see."""

from decimal import Decimal
from fractions import Fraction

import pytest

import scoring


@pytest.mark.parametrize(
    ("value", "floors", "printed"),
    [
        ("82.451", [], "82,45"),
        ("82.455", [], "82,46"),
        ("82.4549999", [], "82,45"),
        ("0", [], "0,00"),
        ("100", [75, 85], "100,00"),
        ("75", [75, 85], "75,00"),
        ("74.996", [], "75,00"),
        ("74.996", [75], "74,99"),
        ("74.996", [75, 85], "74,99"),
        ("84.9999999999999", [75, 85], "84,99"),
        ("75.004", [75, 85], "75,00"),
        ("74.994", [75], "74,99"),
        ("0.004", [Fraction(1, 200)], "0,00"),
        ("4.799", ["4.8"], "4,79"),
        ("5.2496", ["4.2", "5.25"], "5,24"),
    ],
)
def test_points(value, floors, printed):
    assert scoring.print_points(Fraction(value), [Fraction(each) for each in floors]) == printed


def test_points_take_decimals_from_the_database():
    assert scoring.print_points(Decimal("74.999999999999"), [Decimal(75)]) == "74,99"
    assert scoring.print_points(Decimal("82.451000000000")) == "82,45"


@pytest.mark.parametrize(
    ("required", "actual", "printed"),
    [
        ("75", "74.01", "0,99"),
        ("75", "74.996", "0,01"),
        ("75", "74.999999999999999", "0,01"),
        ("75", "74.989", "0,02"),
        ("75", "75", "0,00"),
        ("75", "80", "0,00"),
        ("9", "0", "9,00"),
    ],
)
def test_gap_is_rounded_up(required, actual, printed):
    assert scoring.print_gap(Fraction(required), Fraction(actual)) == printed


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (Fraction(2, 3), "66,67%"),
        (Fraction(1), "100,00%"),
        (Fraction(0), "0,00%"),
        (Decimal("0.125"), "12,50%"),
    ],
)
def test_percent(value, printed):
    assert scoring.print_percent(value) == printed


@pytest.mark.parametrize(
    ("value", "printed"),
    [(Fraction(1, 3), "33,34%"), (Fraction(2, 3), "66,67%"), (Fraction(1, 2), "50,00%")],
)
def test_share_to_reach_is_rounded_up(value, printed):
    assert scoring.print_share_to_reach(value) == printed


def test_percent_below_its_floor_never_prints_as_the_floor():
    assert scoring.print_percent(Fraction("0.599999"), [Fraction("0.6")]) == "59,99%"


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("1.25", "+1,25"),
        ("-0.665", "−0,67"),
        ("-1.92", "−1,92"),
        ("0", "0,00"),
        ("0.001", "0,00"),
        ("-0.001", "0,00"),
    ],
)
def test_difference(value, printed):
    assert scoring.print_difference(Fraction(value)) == printed


@pytest.mark.parametrize(("value", "printed"), [("3.6", "3,6"), ("4", "4"), ("69.25", "69,25")])
def test_number_as_entered(value, printed):
    assert scoring.print_number(Fraction(value)) == printed


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Fraction(0), "0"),
        (Fraction(100), "100"),
        (Fraction("82.45"), "82.45"),
        (Fraction(1, 3), "0.333333333333"),
        (Fraction(2, 3), "0.666666666667"),
        (Fraction(1, 10**12), "0.000000000001"),
        (Fraction(1, 10**13), "0"),
        (Fraction(10**9), "1000000000"),
        (Fraction("-0.5"), "-0.5"),
        (Fraction(-1, 10**13), "0"),
    ],
)
def test_decimal_string(value, written):
    assert scoring.to_decimal_string(value) == written


def test_decimal_string_with_fewer_places():
    assert scoring.to_decimal_string(Fraction(2, 3), places=2) == "0.67"
    assert scoring.to_decimal_string(Fraction(200, 3), places=0) == "67"


def test_decimal_string_below_a_floor_never_comes_out_as_the_floor():
    just_below = 75 - Fraction(1, 10**20)

    assert scoring.to_decimal_string(just_below) == "75"
    assert scoring.to_decimal_string(just_below, floors=[75]) == "74.999999999999"


def test_decimal_for_the_database():
    stored = scoring.to_decimal(Fraction(2, 3))

    assert stored == Decimal("0.666666666667")
    assert stored.as_tuple().exponent == -12
    assert scoring.to_decimal(Fraction(1, 2 * 10**12)) == Decimal("1e-12")
    assert scoring.to_decimal(75 - Fraction(1, 10**20), [75]) == Decimal("74.999999999999")
