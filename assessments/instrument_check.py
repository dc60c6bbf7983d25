"""Whether a file from outside has the shape of an instrument file: names, types, lengths.

`scoring.parse_instrument` checks what is scored (weights, scales, formulas, floors); this checks
the rest, so that whatever passes both can be stored and shown.
"""

import re
from collections.abc import Callable, Mapping
from typing import cast

from django.db.models import Model

from assessments.enums import NodeKind, Target
from assessments.errors import InstrumentRefused
from assessments.instrument_file import Content
from assessments.models import (
    ChangeArea,
    Guidance,
    Input,
    Instrument,
    Node,
    Option,
    PredikatRule,
    Question,
)
from common.text import has_control_characters

MAXIMUM_VERSION = 32_767
MAXIMUM_TEXT = 5000  # characters of a question, a help text, what an option means
MAXIMUM_DEPTH = 8  # nodes below nodes
MAXIMUM_ROWS = 2000  # nodes and questions
MAXIMUM_INPUTS = 10  # of one question
AREAS = range(1, 7)

# Codes stand in addresses.
_CODE = re.compile(r"[0-9A-Za-z]+(\.[0-9A-Za-z]+)*")
_INPUT_KEY = re.compile(r"n[1-9][0-9]?")
_DECIMAL = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")

Check = Callable[[object, str], None]


def check_shape(content: object) -> Content:
    """The same content, of which every part is what it should be.

    Raises InstrumentRefused that names the part.
    """
    _INSTRUMENT(content, "")
    checked = cast(Content, content)
    codes = {predikat["code"] for predikat in checked["predikat"]}
    if codes != set(Target.values):
        raise _refuse("predikat", f"harus memuat {' dan '.join(Target.values)}, tidak yang lain.")
    if _count(checked["nodes"]) > MAXIMUM_ROWS:
        raise _refuse("", f"lebih dari {MAXIMUM_ROWS} bagian dan pertanyaan.")
    return checked


def _count(nodes: list[Content]) -> int:
    """Nodes and questions, all the way down."""
    return sum(
        1 + len(node.get("questions", [])) + _count(node.get("children", [])) for node in nodes
    )


def _refuse(where: str, message: str) -> InstrumentRefused:
    return InstrumentRefused(f"{where or 'Berkas instrumen'}: {message}")


def _shown(code: str) -> str:
    """A code from outside, short and printable."""
    return code[:40] if code.isprintable() else ascii(code[:40])


def _fields(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these fields and no others."""
    known = {**required, **(optional or {})}

    def check(value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise _refuse(where, "harus berupa objek.")
        code = value.get("code")
        named = _shown(code) if isinstance(code, str) else where
        for name in required:
            if name not in value:
                raise _refuse(named, f'"{name}" tidak ada.')
        for name, part in value.items():
            if name not in known:
                raise _refuse(named, f"{name[:40]!a} tidak dikenal.")
            known[name](part, f"{named} {name}".strip())

    return check


def _each(one: Check, most: int = MAXIMUM_ROWS) -> Check:
    def check(value: object, where: str) -> None:
        if not isinstance(value, list):
            raise _refuse(where, "harus berupa daftar.")
        if len(value) > most:
            raise _refuse(where, f"paling banyak {most}.")
        for part in value:
            one(part, where)

    return check


def _mapping(key: Check, one: Check) -> Check:
    def check(value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise _refuse(where, "harus berupa objek.")
        for name, part in value.items():
            key(name, where)
            one(part, f"{where} {name}")

    return check


def _text(longest: int, pattern: re.Pattern[str] | None = None) -> Check:
    def check(value: object, where: str) -> None:
        if not isinstance(value, str) or not value.strip():
            raise _refuse(where, "harus berupa teks yang tidak kosong.")
        if len(value) > longest:
            raise _refuse(where, f"paling panjang {longest} karakter.")
        if has_control_characters(value.replace("\n", "").replace("\t", "")):
            raise _refuse(where, "memuat karakter yang tidak dapat dicetak.")
        if pattern and not pattern.fullmatch(value):
            raise _refuse(where, f"{value[:40]!a} tidak sah.")

    return check


def _of(model: type[Model], field: str, pattern: re.Pattern[str] | None = None) -> Check:
    """A text that fits into the column."""
    return _text(model._meta.get_field(field).max_length or MAXIMUM_TEXT, pattern)


def _whole(low: int, high: int) -> Check:
    def check(value: object, where: str) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise _refuse(where, f"harus berupa bilangan bulat {low} sampai {high}.")

    return check


def _one_of(*values: str) -> Check:
    def check(value: object, where: str) -> None:
        if value not in values:
            raise _refuse(where, f"harus salah satu dari {', '.join(values)}.")

    return check


def _or_null(one: Check) -> Check:
    def check(value: object, where: str) -> None:
        if value is not None:
            one(value, where)

    return check


def _boolean(value: object, where: str) -> None:
    if not isinstance(value, bool):
        raise _refuse(where, "harus true atau false.")


def _node(depth: int) -> Check:
    def check(value: object, where: str) -> None:
        if depth > MAXIMUM_DEPTH:
            raise _refuse(where, f"bagian bersarang lebih dari {MAXIMUM_DEPTH} tingkat.")
        _fields(
            {
                "code": _of(Node, "code", _CODE),
                "kind": _one_of(*NodeKind.values),
                "name": _of(Node, "name"),
                "weight": _NUMBER,
            },
            {
                "role": _of(Node, "role"),
                "aspect": _of(Node, "aspect"),
                "area": _whole(AREAS[0], AREAS[-1]),
                "questions": _each(_QUESTION),
                "children": _each(_node(depth + 1)),
            },
        )(value, "")

    return check


_NUMBER = _text(8, _DECIMAL)
_LONG = _text(MAXIMUM_TEXT)
_LINE = _of(Guidance, "text")
_KEYS = _each(_of(Input, "key", _INPUT_KEY), MAXIMUM_INPUTS)

_FORMULA = _fields(
    {"kind": _one_of("ratio", "decrease"), "zero_over_zero": _NUMBER},
    {
        "numerator": _KEYS,
        "denominator": _KEYS,
        "cap": _NUMBER,
        "before": _of(Input, "key", _INPUT_KEY),
        "after": _of(Input, "key", _INPUT_KEY),
    },
)
_QUESTION = _fields(
    {
        "code": _of(Question, "code", _CODE),
        "text": _LONG,
        "documents": _each(_fields({"text": _LINE, "required": _boolean})),
        "pitfalls": _each(_LINE),
        "evidence_required": _boolean,
    },
    {
        "scale": _of(Question, "scale"),
        "formula": _FORMULA,
        "weight": _NUMBER,
        "name": _of(Question, "name"),
        "help": _LONG,
        "options": _mapping(_of(Option, "key", _CODE), _LONG),
        "inputs": _each(
            _fields({"key": _of(Input, "key", _INPUT_KEY), "label": _of(Input, "label")}),
            MAXIMUM_INPUTS,
        ),
    },
)
_SCALE = _fields(
    {"kind": _one_of("choice", "number")},
    {"options": _mapping(_of(Option, "key", _CODE), _NUMBER), "maximum": _NUMBER},
)
_PREDIKAT = _fields(
    {
        "code": _of(PredikatRule, "code"),
        "name": _of(PredikatRule, "name"),
        "requires": _or_null(_of(PredikatRule, "requires")),
        "source": _of(PredikatRule, "source"),
        "floors": _each(_fields({"what": _text(40)}, {"at_least": _NUMBER, "share": _NUMBER})),
    }
)
_INSTRUMENT = _fields(
    {
        "code": _of(Instrument, "code", re.compile(r"[0-9a-z]+(-[0-9a-z]+)*")),
        "version": _whole(1, MAXIMUM_VERSION),
        "name": _of(Instrument, "name"),
        "title": _of(Instrument, "title"),
        "source": _of(Instrument, "source"),
        "decided": _each(_LONG),
        "scales": _mapping(_of(Question, "scale"), _SCALE),
        "areas": _each(
            _fields(
                {
                    "number": _whole(AREAS[0], AREAS[-1]),
                    "name": _of(ChangeArea, "name"),
                    "short_name": _of(ChangeArea, "short_name"),
                }
            )
        ),
        "predikat": _each(_PREDIKAT),
        "nodes": _each(lambda value, where: _node(1)(value, where)),
    }
)
