"""Question cards: what never changes is rendered once per instrument, the rest filled in.

`common.slots` says how. A card is for filling (a form) or for reading.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import SimpleNamespace

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

import scoring
from assessments.card_parts import (
    Entered,
    FileRow,
    Remark,
    answer_html,
    badge_of,
    file_count,
    files_html,
    no_files_html,
    note_html,
    result_html,
    saved_state,
    thread_html,
)
from assessments.models import NOTE_LENGTH
from assessments.need_parts import needs_html
from assessments.rejections import frequent_reasons
from assessments.worksheet import QuestionRow, Worksheet, load_worksheet
from common.slots import Slotted, slot, slotted
from common.ui.badges import icon, save_state
from common.words import print_size
from evidence.kinds import ACCEPTED, MAXIMUM_SIZE

FORMATS = ", ".join(ACCEPTED)
ACCEPT = ",".join(f".{extension}" for extension in ACCEPTED)


@dataclass(frozen=True, slots=True)
class AnswerState:
    """Everything about one answer that a card shows. saved_by: the name of who saved it, "" for
    who looks. team: its line, before: what was answered the year before, talk: its thread, all as
    HTML (`task_parts`, `last_year`, `comment_page`)."""

    entered: Entered
    note: str = ""
    version: int = 0
    saved_at: datetime | None = None
    saved_by: str = ""
    files: Sequence[FileRow] = ()
    remark: Remark | None = None
    marked: bool = False
    carried_year: int | None = None
    team: str = ""
    before: str = ""
    talk: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a card stands: the assessment's address, the form token, the satker's zone."""

    base: str
    csrf: str
    zone: str


@dataclass(frozen=True, slots=True)
class _Card:
    fill: Slotted
    read: Slotted


def fill_card(
    worksheet: Worksheet,
    question: QuestionRow,
    state: AnswerState,
    place: Place,
    *,
    refused: "Refused | None" = None,
    conflict: str = "",
) -> SafeString:
    """The form of one question. refused: what was typed and not saved stays in the fields."""
    shown = state.entered if refused is None else refused.fields
    note = state.note if refused is None else refused.note
    values = {
        "base": place.base,
        "csrf": place.csrf,
        "version": str(state.version),
        "edge": _edge(state, refused),
        "badge": _badge_of_state(worksheet, question, state),
        "team": state.team,
        "thread": thread_html(state.remark, place.zone),
        "carried": _to_confirm(state.carried_year) if state.carried_year else "",
        "before": state.before,
        "rejections": frequent_reasons(worksheet.code).get(question.code, ""),
        "conflict": conflict,
        "note": escape(note),
        "files": files_html(state.files, place.zone),
        "file_count": file_count(len(state.files)),
        "needs": needs_html(question, ((row.document, row.file) for row in state.files)),
        "talk": state.talk,
        "state": refused.state_html()
        if refused
        else saved_state(state.saved_at, place.zone, by=state.saved_by),
    }
    if question.options:
        values[f"checked:{shown.get('value', '')}"] = " checked"
        values[f"chosen:{shown.get('value', '')}"] = " is-chosen"
        values.pop("checked:", None)
        values.pop("chosen:", None)
    elif question.inputs:
        for item in question.inputs:
            values[f"in:{item.key}"] = escape(shown.get(item.key, ""))
        values["result"] = result_html(worksheet, question, state.entered)
    else:
        values["value"] = escape(shown.get("value", "").replace(".", ","))
    if refused is not None and not question.options:
        values["error"] = escape(refused.message)
        faults = [f"fault:{key}" for key in refused.inputs] if question.inputs else ["fault"]
        values |= dict.fromkeys(faults, ' aria-invalid="true"')
    card = _cards(worksheet.instrument_id)[question.pk].fill
    return card.fill({name: text for name, text in values.items() if name in card.slots})


def read_card(
    worksheet: Worksheet, question: QuestionRow, state: AnswerState, place: Place, lock: str
) -> SafeString:
    """One question to read. lock: why it cannot be changed, as the foot says it; may be ""."""
    return _cards(worksheet.instrument_id)[question.pk].read.fill(
        {
            "base": place.base,
            "edge": _edge(state, None),
            "badge": _badge_of_state(worksheet, question, state),
            "team": state.team,
            "thread": thread_html(state.remark, place.zone),
            "carried": _carried_from(state.carried_year) if state.carried_year else "",
            "before": state.before,
            "answer": answer_html(worksheet, question, state.entered),
            "note": note_html(state.note),
            "files": files_html(state.files, place.zone) or no_files_html(),
            "file_count": file_count(len(state.files)),
            "needs": needs_html(question, ((row.document, row.file) for row in state.files)),
            "talk": state.talk,
            "state": save_state("locked", lock) if lock else "",
        }
    )


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that was typed and could not be saved."""

    fields: Entered
    note: str
    message: str
    inputs: tuple[str, ...] = ()
    state: str = "refused"

    def state_html(self) -> SafeString:
        return save_state(self.state, f"Belum tersimpan. {self.message}")


def _badge_of_state(worksheet: Worksheet, question: QuestionRow, state: AnswerState) -> SafeString:
    carried = state.carried_year is not None
    return badge_of(worksheet, question, state.entered, marked=state.marked, carried=carried)


def _edge(state: AnswerState, refused: Refused | None) -> str:
    if refused is not None:
        return " is-attention" if refused.state == "conflict" else " is-refused"
    return " is-attention" if state.marked else ""


@cache
def _cards(instrument_id: int) -> Mapping[int, _Card]:
    worksheet = load_worksheet(instrument_id)
    return {question.pk: _compile(question) for question in worksheet.questions}


def _compile(question: QuestionRow) -> _Card:
    names = "base csrf version edge badge team thread carried before conflict note files"
    names += " file_count state value fault error result answer rejections needs talk"
    context = {
        "q": question,
        "s": {name: slot(name) for name in names.split()},
        "words": any(len(option.key) > 1 for option in question.options),
        "options": [
            SimpleNamespace(
                key=option.key,
                text=option.text,
                worth=scoring.print_points(option.value),
                chosen=slot(f"chosen:{option.key}"),
                checked=slot(f"checked:{option.key}"),
            )
            for option in question.options
        ],
        "inputs": [
            SimpleNamespace(
                id=f"{item.key}-{question.anchor}",
                key=item.key,
                label=item.label,
                value=slot(f"in:{item.key}"),
                fault=slot(f"fault:{item.key}"),
            )
            for item in question.inputs
        ],
        "maximum": (question.maximum or "").replace(".", ","),
        "note_length": NOTE_LENGTH,
        "formats": FORMATS,
        "accept": ACCEPT,
        "limit": print_size(MAXIMUM_SIZE),
    }
    return _Card(
        fill=slotted("assessments/_card.html", context),
        read=slotted("assessments/_card_locked.html", context),
    )


@cache
def _to_confirm(year: int) -> SafeString:
    """The line of a carried answer with the button that confirms it as it stands."""
    return format_html(
        '{}<button class="button button-quiet" name="halaman" value="1">{} Konfirmasi</button>',
        _carried_from(year),
        icon("check"),
    )


@cache
def _carried_from(year: int) -> SafeString:
    return format_html("<p>Dibawa dari {}, perlu dikonfirmasi.</p>", year)
