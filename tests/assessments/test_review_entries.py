"""What counts after a review: one rule for every page, report and check."""

import pytest

from assessments.worksheet import verified_entries

OWN = {"a": {"value": "A"}, "b": {"value": "A"}}


@pytest.mark.parametrize(
    ("verdict", "counts"),
    [
        ("", {"value": "A"}),
        ("sesuai", {"value": "A"}),
        ("kurang_sesuai", {"value": "C"}),
        ("tidak_sesuai", {"value": "C"}),
    ],
)
def test_only_a_lower_verdict_brings_an_entry_of_its_own(verdict, counts):
    entries = verified_entries(OWN, [("a", verdict, {"value": "C"})])

    assert entries == {"a": counts, "b": {"value": "A"}}
    assert OWN["a"] == {"value": "A"}


def test_a_verdict_on_what_the_satker_left_open():
    assert verified_entries({}, [("a", "tidak_sesuai", {"value": "C"})]) == {"a": {"value": "C"}}
