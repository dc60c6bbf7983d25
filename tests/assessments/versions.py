"""Later versions of the shipped instrument, for tests."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from assessments.models import Instrument
from assessments.services.instruments import load_instrument
from tests.scoring.instruments import content

Document = dict[str, Any]

SAME = "A.I.1.i.b"
WORDED = "A.I.1.i.a"
RESCALED = "A.I.1.ii.a"
GONE = "A.I.1.ii.b"
ADDED = "A.I.1.ii.z"  # asks what GONE asked, in two parts
ADDED_TOO = "A.I.1.ii.y"


def make_version(
    number: int = 2, change: Callable[[Document], object] = lambda document: None
) -> Instrument:
    """The shipped lke-2021 under another number, changed by `change`."""
    document = deepcopy(content("lke-2021")) | {"version": number}
    change(document)
    return load_instrument(document).instrument


def question_in(document: Document, code: str) -> Document:
    """The question of that code, to be changed in place."""
    return next(each for each in _siblings(document, code) if each["code"] == code)


def change_some(document: Document) -> None:
    """One question worded anew, one on another scale, one gone, and two in its place."""
    question_in(document, WORDED)["text"] = "Sudahkah tim kerja dibentuk?"
    rescaled = question_in(document, RESCALED)
    words = "Sudah."
    if "Ya" in rescaled["options"]:
        rescaled |= {"scale": "abc", "options": dict.fromkeys("ABC", words)}
    else:
        rescaled |= {"scale": "ya-tidak", "options": dict.fromkeys(("Ya", "Tidak"), words)}
    siblings = _siblings(document, GONE)
    old = question_in(document, GONE)
    place = siblings.index(old)
    siblings[place : place + 1] = [old | {"code": ADDED}, old | {"code": ADDED_TOO}]


def _siblings(document: Document, code: str) -> list[Document]:
    waiting = list(document["nodes"])
    while waiting:
        node = waiting.pop()
        questions = node.get("questions", [])
        if any(each["code"] == code for each in questions):
            return questions
        waiting += node.get("children", [])
    raise ValueError(code)
