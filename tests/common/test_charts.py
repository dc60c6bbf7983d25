"""Places on charts: exact where figures are compared, never off the chart."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.bundle import source_dir
from common.charts import (
    CENTRE,
    HEIGHT,
    RADAR_COLOURS,
    RADIUS,
    WIDTH,
    Axis,
    Flag,
    Meter,
    Stage,
    build_meter,
    build_radar,
    build_stage,
    heat_level,
    share,
    whole_percent,
)

TOTAL = (("WBK", 75), ("WBBM", 85))
AREA = (("WBK", Decimal("4.8")), ("WBBM", 6))

points = st.fractions(min_value=0, max_value=100)


class TestMeter:
    def test_a_value_short_of_its_target(self):
        assert build_meter(Decimal("74.01"), 100, TOTAL, "WBK") == Meter(
            fill="74.01%",
            gap="74.01%",
            gap_width="0.99%",
            flags=(
                Flag("75%", "WBK 75", above=True, label_right=False),
                Flag("85%", "WBBM 85", above=False, label_right=False),
            ),
        )

    @pytest.mark.parametrize(
        ("value", "target", "gap_width"),
        [
            (74, "WBK", "1%"),
            (75, "WBK", ""),
            (75, "WBBM", "10%"),
            (90, "WBBM", ""),
            (74, "", "1%"),
        ],
    )
    def test_the_gap_reaches_up_to_the_target(self, value, target, gap_width):
        assert build_meter(value, 100, TOTAL, target).gap_width == gap_width

    def test_a_gap_too_small_to_see_is_still_a_gap(self):
        value = Fraction(75) - Fraction(1, 10**9)

        assert build_meter(value, 100, TOTAL).gap_width == "0%"

    def test_floors_may_come_as_a_mapping_and_may_be_missing(self):
        assert build_meter(1, 8, dict(AREA)) == build_meter(1, 8, AREA)
        assert build_meter(1, 8, ()).flags == ()
        assert build_meter(1, 8, ()).gap_width == ""

    def test_equal_floors_still_have_places_of_their_own(self):
        first, second = build_meter(15, Decimal("17.5"), (("WBK", 15), ("WBBM", 15))).flags

        assert first.place == second.place
        assert (first.above, second.above) == (True, False)

    def test_three_floors_have_no_room(self):
        with pytest.raises(ValueError, match="room for 2"):
            build_meter(1, 8, (("A", 1), ("B", 2), ("C", 3)))

    @given(first=points, second=points, weight=st.integers(1, 100))
    def test_labels_never_collide_and_stay_on_the_chart(self, first, second, weight):
        """One row a label; each flies to the side where at least 45 % of the bar lie."""
        flags = build_meter(
            0, weight, sorted((("A", first), ("B", second)), key=lambda f: f[1])
        ).flags

        assert [flag.above for flag in flags] == [True, False]
        for flag in flags:
            at = Decimal(flag.place.rstrip("%"))
            room = 100 - at if flag.label_right else at
            assert room >= Decimal("44.99")

    @given(value=st.fractions(min_value=-10, max_value=200), weight=st.integers(1, 100))
    def test_nothing_leaves_the_bar(self, value, weight):
        meter = build_meter(value, weight, (("A", weight),))

        assert 0 <= Decimal(meter.fill.rstrip("%")) <= 100
        assert Decimal(meter.fill.rstrip("%")) + Decimal(meter.gap_width.rstrip("%") or 0) <= 101

    @pytest.mark.parametrize("weight", [0, -1])
    def test_a_weight_is_more_than_nothing(self, weight):
        with pytest.raises(ValueError, match="more than 0"):
            share(1, weight)


class TestHeat:
    @pytest.mark.parametrize(
        ("value", "level"),
        [
            ("0", 1),
            ("3.999", 1),
            ("4", 2),
            ("4.799", 2),
            ("4.8", 3),
            ("5.999", 3),
            ("6", 4),
            ("7.199", 4),
            ("7.2", 5),
            ("8", 5),
        ],
    )
    def test_levels_turn_exactly_at_the_floors(self, value, level):
        assert heat_level(Decimal(value), 8, AREA) == level

    def test_a_second_floor_above_ninety_percent_counts_first(self):
        floors = (("WBK", 14), ("WBBM", Decimal("16.5")))

        assert heat_level(Decimal("16.4"), Decimal("17.5"), floors) == 3

    def test_without_a_second_floor_there_is_no_level_four(self):
        assert [heat_level(v, 10, (("WBK", 6),)) for v in (5, 6, 8, 9)] == [2, 3, 3, 5]

    @pytest.mark.parametrize(
        ("value", "printed"), [("4.799", "59"), ("4.8", "60"), ("5.14", "64"), ("5.16", "65")]
    )
    def test_a_percentage_below_a_floor_never_prints_as_the_floor(self, value, printed):
        assert whole_percent(Decimal(value), 8, AREA) == printed


class TestFunnel:
    @pytest.mark.parametrize(
        ("counts", "stage"),
        [
            ((92, 6, 92), Stage("93.48%", "6.52%")),
            ((19, 19, 92), Stage("0%", "20.65%")),
            ((0, 0, 92), Stage("0%", "0%")),
            ((0, 0, 0), Stage("0%", "0%")),
        ],
    )
    def test_what_went_further_and_what_stands_here(self, counts, stage):
        assert build_stage(*counts) == stage


class TestRadar:
    def axes(self, own=Decimal("4.96"), verified=None, count=6):
        return [Axis(f"{n} Area", 8, own, verified, AREA) for n in range(1, count + 1)]

    def test_the_first_axis_points_up_and_the_rest_follow_clockwise(self):
        radar = build_radar(self.axes(own=8))

        top, right = radar.own[0], radar.own[1]
        assert (top.x, top.y) == (f"{CENTRE[0]:.1f}", f"{CENTRE[1] - RADIUS:.1f}")
        assert float(right.x) > CENTRE[0]
        assert radar.own == radar.spokes

    def test_rings_say_their_share_when_it_is_the_same_everywhere(self):
        assert [ring.name for ring in build_radar(self.axes()).rings] == [
            "ambang WBK 60%",
            "ambang WBBM 75%",
        ]

    def test_rings_of_unequal_shares_say_only_their_name(self):
        axes = [*self.axes(count=2), Axis("3 Lain", 10, 1, None, AREA)]

        assert [ring.name for ring in build_radar(axes).rings] == ["ambang WBK", "ambang WBBM"]

    @pytest.mark.parametrize(("verified", "drawn"), [(None, 0), (Decimal(0), 6), (Decimal(5), 6)])
    def test_verified_values_are_drawn_when_there_are_any(self, verified, drawn):
        assert len(build_radar(self.axes(verified=verified)).verified) == drawn

    def test_two_axes_are_no_radar(self):
        with pytest.raises(ValueError, match="three axes"):
            build_radar(self.axes(count=2))

    @given(
        own=st.lists(st.fractions(min_value=0, max_value=8), min_size=6, max_size=6),
        label=st.text(alphabet="abc ", min_size=1, max_size=28),
    )
    def test_everything_lies_on_the_sheet(self, own, label):
        radar = build_radar([Axis(label, 8, value, None, AREA) for value in own])

        places = [*radar.own, *radar.spokes, *(at for each in radar.labels for at, _ in each.lines)]
        assert all(0 <= float(at.x) <= WIDTH and 0 <= float(at.y) <= HEIGHT for at in places)

    def test_its_colours_are_those_of_the_tokens(self):
        css = (source_dir() / "tokens.css").read_text("utf-8")

        tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css))

        assert {name: tokens[name] for name in RADAR_COLOURS} == RADAR_COLOURS
