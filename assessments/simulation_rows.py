"""A question as a compact row of the simulation: rendered once per instrument, then filled."""

from collections.abc import Mapping
from functools import cache
from types import SimpleNamespace

from django.utils.html import escape
from django.utils.safestring import SafeString

import scoring
from assessments.answer_words import print_comma
from assessments.simulation import EntryFault
from assessments.simulation_forms import field_name
from assessments.worksheet import QuestionRow, Worksheet, load_worksheet
from common.slots import Slotted, slot, slotted

Entered = Mapping[str, str]

_FIELD_LENGTH = 12  # characters; longer ones that a page did not send are refused, not cut
_NOW = " data-now"  # marks the option that stands on the real sheet


def row_html(
    worksheet: Worksheet,
    question: QuestionRow,
    *,
    real: Entered,
    shown: Entered,
    typed: Entered | None,
    words: tuple[str, str] | None,
    fault: EntryFault | None,
) -> SafeString:
    """real: the stored answer. shown: what counts in the simulation; typed: what stands in the
    fields instead. words: the real answer and the tried one, where they differ."""
    values: dict[str, str] = {}
    for key in question.field_names:
        now, text = real.get(key, ""), shown.get(key, "")
        if question.options:
            picked = text if typed is None else typed.get(key, text)
            values |= {f"now:{now}": _NOW, f"checked:{picked}": " checked"}
            continue
        if not question.inputs:
            now, text = print_comma(now), print_comma(text)
        values[f"now:{key}"] = escape(now)
        values[f"in:{key}"] = escape(text if typed is None else typed.get(key, text))
    if words is not None:
        values |= {"state": " is-changed", "now": escape(words[0]), "then": escape(words[1])}
    if fault is not None:
        values["error"] = escape(fault.message)
        values["state"] = f"{values.get('state', '')} is-refused"
        for key in fault.inputs or question.field_names:
            values[f"fault:{key}"] = ' aria-invalid="true"'
    row = _rows(worksheet.instrument_id)[question.pk]
    return row.fill({name: text for name, text in values.items() if name in row.slots})


@cache
def _rows(instrument_id: int) -> Mapping[int, Slotted]:
    worksheet = load_worksheet(instrument_id)
    return {question.pk: _compile(question) for question in worksheet.questions}


def _compile(question: QuestionRow) -> Slotted:
    options = [
        SimpleNamespace(
            key=option.key,
            label=option.key,
            worth=scoring.print_points(option.value),
            text=option.text,
            now=slot(f"now:{option.key}"),
            checked=slot(f"checked:{option.key}"),
        )
        for option in question.options
    ]
    if question.options:
        options.append(
            SimpleNamespace(
                key="",
                label="Kosong",
                worth="",
                text="",
                now=slot("now:"),
                checked=slot("checked:"),
            )
        )
    labels = {item.key: item.label for item in question.inputs} or {
        "value": f"Angka dari 0 sampai {print_comma(question.maximum or '')}"
    }
    return slotted(
        "assessments/_simulation_row.html",
        {
            "q": question,
            "s": {name: slot(name) for name in ("state", "now", "then", "error")},
            "options": options,
            "inputs": ()
            if question.options
            else [
                SimpleNamespace(
                    key=key,
                    name=field_name(question.code, key),
                    label=label,
                    value=slot(f"in:{key}"),
                    now=slot(f"now:{key}"),
                    fault=slot(f"fault:{key}"),
                )
                for key, label in labels.items()
            ],
            "length": _FIELD_LENGTH,
        },
    )
