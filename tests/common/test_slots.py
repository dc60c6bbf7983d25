"""HTML rendered once and filled many times."""

import pytest
from django.utils.html import escape
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from common.slots import Slotted, slot, slotted

NAMES = st.text("abcdefghij:-_0123456789", min_size=1, max_size=8)
# What a slot is marked with is never part of a text: it is private to this module.
TEXTS = st.text(st.characters(exclude_characters="\ue000\ue001"), max_size=20)


def test_every_slot_is_filled_with_its_value():
    html = Slotted(f"<p class='{slot('edge')}'>{slot('name')}</p>")

    assert html.fill({"name": "Siti", "edge": "is-open"}) == "<p class='is-open'>Siti</p>"


def test_a_slot_without_value_is_empty():
    assert Slotted(f"a{slot('x')}b{slot('y')}c").fill({"y": "!"}) == "ab!c"


def test_a_name_may_stand_twice():
    assert Slotted(f"{slot('x')}, {slot('x')}").fill({"x": "ya"}) == "ya, ya"


def test_html_without_slots():
    html = Slotted("<p>tetap</p>")

    assert html.slots == frozenset()
    assert html.fill({}) == "<p>tetap</p>"


def test_an_unknown_name_is_a_programmers_error():
    with pytest.raises(ValueError, match="nama"):
        Slotted(slot("name")).fill({"nama": "Siti"})


def test_names_that_one_may_fill():
    assert Slotted(f"{slot('a')}{slot('checked:Ya')}").slots == {"a", "checked:Ya"}


def test_the_result_is_marked_safe():
    """Values go in as they are: escaping is the caller's."""
    filled = Slotted(slot("x")).fill({"x": str(escape("<b>"))})

    assert isinstance(filled, SafeString)
    assert filled == "&lt;b&gt;"


def test_escaping_leaves_a_slot_alone():
    assert escape(str(slot("checked:A"))) == slot("checked:A")


def test_marks_go_through_a_template():
    html = slotted(
        "ui/notice.html", {"title": slot("title"), "tone": "info", "content": slot("body")}
    )

    assert html.slots == {"title", "body"}
    assert "Judul <i>" in html.fill({"title": "Judul <i>"})


@given(parts=st.lists(st.tuples(TEXTS, NAMES, TEXTS), max_size=6), end=TEXTS)
def test_filling_is_replacing(parts, end):
    """Whatever the texts and names are: each mark is exchanged for its value, nothing else."""
    values = {name: value for _, name, value in parts}

    html = "".join(text + slot(name) for text, name, _ in parts) + end

    expected = "".join(text + values[name] for text, name, _ in parts) + end
    assert Slotted(html).fill(values) == expected
