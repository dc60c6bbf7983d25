"""An instrument file's content to what is scored: Sheet and RuleSet.

Reads the structure (codes, weights, scales, formulas, floors) and checks all of it; the texts of
questions and options are for whoever shows them. Every refusal is a ValueError that names the
code at fault.
"""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from scoring.rules import AREA, PENGUNGKIT, TOTAL, Floor, Predikat, RuleSet
from scoring.scales import Choice, Decrease, Input, Number, Ratio, Scale
from scoring.sheet import HASIL, Item, Node, Sheet

Json = Mapping[str, object]

_DECIMAL = re.compile(r"[0-9]+(\.[0-9]+)?")
_ROLES: Final = (PENGUNGKIT, HASIL)


class ParsedInstrument(NamedTuple):
    """The scored part of an instrument file."""

    sheet: Sheet
    rules: RuleSet


def parse_instrument(data: Json) -> ParsedInstrument:
    """The sheet and the rules of an instrument file, already read from JSON.

    Raises ValueError on weights that do not add up, an unknown scale or formula, a duplicate
    code, an empty node, or a floor that cannot be reached.
    """
    sheet = parse_sheet(data)
    return ParsedInstrument(sheet, parse_rules(data, sheet))


def parse_sheet(data: Json) -> Sheet:
    """The tree with its questions. Raises ValueError as parse_instrument does."""
    scales = {
        name: _scale(name, _object(raw, f"scales.{name}"))
        for name, raw in _object(data.get("scales"), "scales").items()
    }
    areas: set[int] = set()
    for raw in _list(data.get("areas"), "areas"):
        number = _object(raw, "areas").get("number")
        if not isinstance(number, int) or isinstance(number, bool) or number in areas:
            raise ValueError(f"areas: nomor area {number!r} tidak sah atau berulang.")
        areas.add(number)
    sheet = Sheet(tuple(_node(raw, scales) for raw in _list(data.get("nodes"), "nodes")))
    found = {area.number for area in sheet.areas}
    if found != areas:
        raise ValueError(f"areas: terdaftar {sorted(areas)}, dipakai simpul {sorted(found)}.")
    return sheet


def parse_rules(data: Json, sheet: Sheet) -> RuleSet:
    """The predikat with their floors in points. Raises ValueError as parse_instrument does."""
    weights = {line.code: line.weight for line in sheet.lines}
    weights.update({f"{AREA}{area.number}": area.weight for area in sheet.areas})
    if sheet.pengungkit is not None:
        weights[PENGUNGKIT] = weights[sheet.pengungkit]
    weights[TOTAL] = sheet.weight
    predikat: list[Predikat] = []
    for raw in _list(data.get("predikat"), "predikat"):
        fields = _object(raw, "predikat")
        code = _text(fields, "code", "predikat")
        known = [each.code for each in predikat]
        requires = fields.get("requires")
        if code in known:
            raise ValueError(f"Kode predikat {code} dipakai lebih dari sekali.")
        if requires is not None and requires not in known:
            raise ValueError(f"{code}: predikat prasyarat {requires!r} belum ditetapkan.")
        floors = tuple(
            _floor(_object(each, code), weights, code)
            for each in _list(fields.get("floors"), f"{code}.floors")
        )
        if len({floor.what for floor in floors}) < len(floors):
            raise ValueError(f"{code}: dua ambang untuk hal yang sama.")
        name = _text(fields, "name", code)
        predikat.append(Predikat(code, name, floors, str(requires) if requires else None))
    return RuleSet(tuple(predikat))


def _floor(raw: Json, weights: Mapping[str, Fraction], predikat: str) -> Floor:
    what = _text(raw, "what", f"{predikat}.floors")
    where = f"{predikat}, ambang {what}"
    if what not in weights:
        raise ValueError(f"{where}: tidak ada di instrumen ini.")
    share = raw.get("share") is not None
    if share == (raw.get("at_least") is not None):
        raise ValueError(f"{where}: isi salah satu dari share dan at_least.")
    if share:
        required = _fraction(raw, "share", where) * weights[what]
    else:
        required = _fraction(raw, "at_least", where)
    if required > weights[what]:
        raise ValueError(f"{where}: melebihi bobot {weights[what]}.")
    return Floor(what, required)


def _scale(name: str, raw: Json) -> Scale:
    kind = raw.get("kind")
    if kind == "choice":
        options = _object(raw.get("options"), f"scales.{name}.options")
        values = {key: _fraction(options, key, f"scales.{name}") for key in options}
        if len({key.lower() for key in values}) < len(values) or len(values) < 2:
            raise ValueError(f"scales.{name}: perlu dua pilihan atau lebih yang berlainan.")
        if any(value > 1 for value in values.values()):
            raise ValueError(f"scales.{name}: nilai pilihan melebihi 1.")
        return Choice(values)
    if kind == "number":
        maximum = _fraction(raw, "maximum", f"scales.{name}")
        if maximum == 0:
            raise ValueError(f"scales.{name}: batas atas harus lebih dari 0.")
        return Number(maximum)
    raise ValueError(f"scales.{name}: jenis skala {kind!r} tidak dikenal.")


def _node(raw: object, scales: Mapping[str, Scale]) -> Node:
    fields = _object(raw, "nodes")
    code = _text(fields, "code", "nodes")
    area, role = fields.get("area"), fields.get("role")
    if area is not None and (not isinstance(area, int) or isinstance(area, bool)):
        raise ValueError(f"{code}: nomor area {area!r} tidak sah.")
    if role is not None and role not in _ROLES:
        raise ValueError(f"{code}: peran {role!r} tidak dikenal.")
    return Node(
        code=code,
        weight=_fraction(fields, "weight", code),
        children=tuple(_node(each, scales) for each in _list(fields.get("children", []), code)),
        items=tuple(_item(each, scales) for each in _list(fields.get("questions", []), code)),
        area=area,
        role=str(role) if role is not None else None,
    )


def _item(raw: object, scales: Mapping[str, Scale]) -> Item:
    fields = _object(raw, "questions")
    code = _text(fields, "code", "questions")
    formula = fields.get("formula")
    if (formula is None) == (fields.get("scale") is None):
        raise ValueError(f"{code}: isi salah satu dari scale dan formula.")
    if formula is not None:
        scale = _formula(code, _object(formula, code), _inputs(code, fields))
    else:
        name = _text(fields, "scale", code)
        if name not in scales:
            raise ValueError(f"{code}: skala {name!r} tidak dikenal.")
        scale = scales[name]
        texts = fields.get("options")
        if texts is not None and (
            not isinstance(scale, Choice) or set(_object(texts, code)) != set(scale.options)
        ):
            raise ValueError(f"{code}: pilihannya tidak sama dengan pilihan skala {name}.")
    weight = None if fields.get("weight") is None else _fraction(fields, "weight", code)
    return Item(code, scale, weight)


def _formula(code: str, raw: Json, inputs: tuple[Input, ...]) -> Scale:
    keys = {each.key for each in inputs}
    empty = _fraction(raw, "zero_over_zero", code)
    if empty > 1:
        raise ValueError(f"{code}: nilai 0/0 melebihi 1.")
    kind = raw.get("kind")
    if kind == "ratio":
        above, below = (
            tuple(str(key) for key in _list(raw.get(side), f"{code}.{side}"))
            for side in ("numerator", "denominator")
        )
        if not above or not below or not keys.issuperset((*above, *below)):
            raise ValueError(f"{code}: rumus memakai isian yang tidak ada.")
        capped = raw.get("cap") is not None
        if capped and _fraction(raw, "cap", code) != 1:
            raise ValueError(f"{code}: batas rumus harus 1.")
        return Ratio(inputs, above, below, empty, capped)
    if kind == "decrease":
        before, after = _text(raw, "before", code), _text(raw, "after", code)
        if before == after or not keys.issuperset((before, after)):
            raise ValueError(f"{code}: rumus memakai isian yang tidak ada.")
        return Decrease(inputs, before, after, empty)
    raise ValueError(f"{code}: jenis rumus {kind!r} tidak dikenal.")


def _inputs(code: str, fields: Json) -> tuple[Input, ...]:
    raw = [_object(each, code) for each in _list(fields.get("inputs"), f"{code}.inputs")]
    return tuple(Input(_text(each, "key", code), _text(each, "label", code)) for each in raw)


def _object(raw: object, where: str) -> Json:
    if not isinstance(raw, Mapping):
        raise ValueError(f"{where}: harus berupa objek.")
    return raw


def _list(raw: object, where: str) -> Sequence[object]:
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise ValueError(f"{where}: harus berupa daftar.")
    return raw


def _text(fields: Json, key: str, where: str) -> str:
    text = fields.get(key)
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"{where}: {key} kosong atau bukan teks.")
    return text


def _fraction(fields: Json, key: str, where: str) -> Fraction:
    """A decimal written as text; a JSON number would already have passed through a float."""
    text = fields.get(key)
    if not isinstance(text, str) or _DECIMAL.fullmatch(text) is None:
        raise ValueError(f"{where}: {key} {text!r} bukan angka desimal dalam tanda kutip.")
    return Fraction(text)
