"""Question cards: what never changes is rendered once per instrument, the rest filled in.

`common.slots` says how. A card is for filling (a form) or for reading.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cache
from types import SimpleNamespace

from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

import scoring
from assessments.models import NOTE_LENGTH
from assessments.worksheet import OptionRow, QuestionRow, Worksheet, load_worksheet
from common.dates import local, print_clock, print_date
from common.slots import Slotted, slot, slotted
from common.ui.answers import evidence_row
from common.ui.badges import icon, question_badge, save_state, verdict_badge
from common.ui.page import thread_entry
from common.words import print_size
from evidence.kinds import ACCEPTED, MAXIMUM_SIZE
from evidence.models import EvidenceFile

FORMATS = ", ".join(ACCEPTED)
ACCEPT = ",".join(f".{extension}" for extension in ACCEPTED)

Entered = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as its row shows it; detach_url "" where it may not be taken off."""

    file: EvidenceFile
    detach_url: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A reviewer's verdict and note, as the satker reads it."""

    verdict: str
    note: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AnswerState:
    """Everything about one answer that a card shows."""

    entered: Entered
    note: str = ""
    version: int = 0
    saved_at: datetime | None = None
    files: Sequence[FileRow] = ()
    remark: Remark | None = None
    marked: bool = False
    carried_year: int | None = None


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
        "thread": _thread(state.remark, place.zone),
        "carried": _to_confirm(state.carried_year) if state.carried_year else "",
        "conflict": conflict,
        "note": escape(note),
        "files": files_html(state.files, place.zone),
        "file_count": file_count(len(state.files)),
        "state": refused.state_html() if refused else saved_state(state.saved_at, place.zone),
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
            "thread": _thread(state.remark, place.zone),
            "carried": _carried_from(state.carried_year) if state.carried_year else "",
            "answer": answer_html(worksheet, question, state.entered),
            "note": note_html(state.note),
            "files": files_html(state.files, place.zone) or _no_files(),
            "file_count": file_count(len(state.files)),
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
        return save_state(self.state, f"Belum tersimpan. {self.message}", alert=True)


def badge_of(
    worksheet: Worksheet,
    question: QuestionRow,
    entered: Entered,
    *,
    marked: bool = False,
    carried: bool = False,
) -> SafeString:
    if marked:
        return _badge("dikembalikan")
    if carried:
        return _badge("dibawa")
    return _badge("terjawab" if value_of(worksheet, question, entered) is not None else "belum")


def _badge_of_state(worksheet: Worksheet, question: QuestionRow, state: AnswerState) -> SafeString:
    carried = state.carried_year is not None
    return badge_of(worksheet, question, state.entered, marked=state.marked, carried=carried)


def value_of(worksheet: Worksheet, question: QuestionRow, entered: Entered) -> Fraction | None:
    return scoring.value_of(worksheet.item(question.code), entered) if entered else None


def saved_state(at: datetime | None, zone: str, now: datetime | None = None) -> SafeString:
    """ "Tersimpan 14.03", with the date unless it was saved just now (`now` given)."""
    if at is None:
        return _empty_state()
    clock = print_clock(at, zone)
    if now is None or local(at, zone).date() != local(now, zone).date():
        return _saved_on().fill({"when": f"{print_date(at, zone)} pukul {clock}"})
    return _saved_on().fill({"when": clock})


def result_html(worksheet: Worksheet, question: QuestionRow, entered: Entered) -> SafeString:
    """The computed percentage and its sum in words; what is missing while it is open."""
    value = value_of(worksheet, question, entered)
    if value is None:
        return _result_open()
    return format_html(
        '<p class="muted small">Persentase dihitung otomatis</p>'
        '<p class="counts-percent">{}</p><p class="small">{}</p>',
        scoring.print_percent(value),
        sum_in_words(question, worksheet, entered),
    )


def sum_in_words(question: QuestionRow, worksheet: Worksheet, entered: Entered) -> str:
    """ "4 ÷ 6"; for a decrease "(5 less 2) ÷ 5"; says so where nothing stands over nothing."""
    scale = worksheet.item(question.code).scale
    if isinstance(scale, scoring.Decrease):
        before, after = entered[scale.before], entered[scale.after]
        if before == "0":
            return f"tahun lalu {before}, tahun ini {after}"
        return f"({before} \N{MINUS SIGN} {after}) ÷ {before}"
    above = " + ".join(entered[key] for key in scale.numerator)
    below = " + ".join(entered[key] for key in scale.denominator)
    if len(scale.denominator) > 1:
        below = f"({below})"
    text = f"{above} ÷ {below}"
    if all(entered[key] == "0" for key in (*scale.numerator, *scale.denominator)):
        return f"{text}: tidak ada yang dihitung"
    return text


def answer_html(worksheet: Worksheet, question: QuestionRow, entered: Entered) -> SafeString:
    """The answer as text: the chosen option, the counts, the index."""
    if not entered:
        return format_html('<p class="muted">{}</p>', "Belum dijawab.")
    if question.options:
        option = next(o for o in question.options if o.key == entered["value"])
        return _option_lines(worksheet.instrument_id)[question.pk, option.key]
    if question.inputs:
        rows = [
            format_html(
                "<div><dt>{}</dt><dd>{}</dd></div>", item.label, entered.get(item.key, "belum ada")
            )
            for item in question.inputs
        ]
        return format_html(
            '<dl class="facts">{}</dl><div class="counts-result">{}</div>',
            SafeString("".join(rows)),
            result_html(worksheet, question, entered),
        )
    return format_html(
        '<p class="option is-chosen is-locked">{} <b class="option-key">{}</b> '
        '<span class="option-text">dari {}</span></p>',
        _check_icon(),
        entered["value"].replace(".", ","),
        (question.maximum or "").replace(".", ","),
    )


def note_html(note: str) -> SafeString:
    if not note.strip():
        return SafeString("")
    return format_html(
        '<div class="quote"><p class="thread-who"><b>Catatan satker</b></p>'
        '<p class="typed">{}</p></div>',
        note,
    )


def files_html(rows: Sequence[FileRow], zone: str) -> SafeString:
    return SafeString("".join(file_html(row, zone) for row in rows))


def file_html(row: FileRow, zone: str) -> SafeString:
    file = row.file
    return evidence_row(
        name=file.name,
        size=file.size,
        date=file.document_date or local(file.uploaded_at, zone).date(),
        kind=file.get_kind_display(),
        until=file.valid_until,
        expired=file.is_expired(local(timezone.now(), zone).date()),
        sha256=file.sha256,
        download_url=reverse("assessments:download_evidence", args=[file.pk]),
        detach_action=f"{row.detach_url}?halaman=1" if row.detach_url else "",
    )


def file_count(count: int) -> str:
    return f"{count} berkas" if count else "belum ada berkas"


def _thread(remark: Remark | None, zone: str) -> SafeString:
    if remark is None:
        return SafeString("")
    body = format_html('<p>{}</p><p class="typed">{}</p>', _verdict(remark.verdict), remark.note)
    entry = thread_entry(
        body,
        author=remark.author,
        role="verifikator",
        when=remark.at,
        reviewer=True,
        zone=zone,
    )
    return format_html('<div class="thread">{}</div>', entry)


def _edge(state: AnswerState, refused: Refused | None) -> str:
    if refused is not None:
        return " is-attention" if refused.state == "conflict" else " is-refused"
    return " is-attention" if state.marked else ""


@cache
def _cards(instrument_id: int) -> Mapping[int, _Card]:
    worksheet = load_worksheet(instrument_id)
    return {question.pk: _compile(question) for question in worksheet.questions}


def _compile(question: QuestionRow) -> _Card:
    names = "base csrf version edge badge thread carried conflict note files file_count state value"
    names += " fault error result answer"
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
def _option_lines(instrument_id: int) -> Mapping[tuple[int, str], SafeString]:
    return {
        (question.pk, option.key): _option_line(option)
        for question in load_worksheet(instrument_id).questions
        for option in question.options
    }


def _option_line(option: OptionRow) -> SafeString:
    return format_html(
        '<p class="option is-chosen is-locked">{} <b class="option-key">{}</b> '
        '<span class="option-text">{}</span> <span class="option-worth">{}</span></p>',
        _check_icon(),
        option.key,
        option.text,
        scoring.print_points(option.value),
    )


@cache
def _badge(state: str) -> SafeString:
    return question_badge(state)


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


@cache
def _verdict(verdict: str) -> SafeString:
    return verdict_badge(verdict)


@cache
def _empty_state() -> SafeString:
    return save_state("empty", "Belum dijawab")


@cache
def _saved_on() -> Slotted:
    return Slotted(save_state("saved", f"Tersimpan {slot('when')}"))


@cache
def _result_open() -> SafeString:
    return SafeString('<p class="muted small">Persentase muncul setelah semua angka terisi.</p>')


@cache
def _no_files() -> SafeString:
    return SafeString('<li class="muted small">Tidak ada berkas.</li>')


@cache
def _check_icon() -> SafeString:
    return icon("check")
