"""The parts of a question card, and of the pages that show an answer elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cache

from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString

import scoring
from assessments.worksheet import OptionRow, QuestionRow, Worksheet, load_worksheet
from common.dates import local, print_clock, print_date
from common.markup import address_of, html_join, html_of
from common.slots import Slotted, slot
from common.ui.answers import evidence_row
from common.ui.badges import icon, question_badge, save_state, verdict_badge
from common.ui.page import thread_entry
from evidence.models import EvidenceFile

Entered = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as its row shows it; detach_url "" where it may not be taken off.

    document: the item of the question's list that it is. choice: the field to say so.
    """

    file: EvidenceFile
    detach_url: str = ""
    document: str = ""
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A reviewer's verdict and note, as the satker reads it. reason: in words, "" for none."""

    verdict: str
    note: str
    author: str
    at: datetime
    reason: str = ""


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


def value_of(worksheet: Worksheet, question: QuestionRow, entered: Entered) -> Fraction | None:
    return scoring.value_of(worksheet.item(question.code), entered) if entered else None


def saved_state(
    at: datetime | None, zone: str, now: datetime | None = None, by: str = ""
) -> SafeString:
    """ "Tersimpan 14.03", with the date unless it was saved just now (`now` given).

    by: who saved it, where that is somebody else than who looks.
    """
    if at is None:
        return _empty_state()
    when = print_clock(at, zone)
    if now is None or local(at, zone).date() != local(now, zone).date():
        when = f"{print_date(at, zone)} pukul {when}"
    return _saved_on().fill({"when": when, "by": f" oleh {escape(by)}" if by else ""})


def result_html(worksheet: Worksheet, question: QuestionRow, entered: Entered) -> SafeString:
    """The computed percentage and its sum in words; what is missing while it is open."""
    value = value_of(worksheet, question, entered)
    if value is None:
        return _result_open()
    return html_of(
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
        return html_of('<p class="muted">{}</p>', "Belum dijawab.")
    if question.options:
        option = next(o for o in question.options if o.key == entered["value"])
        return _option_lines(worksheet.instrument_id)[question.pk, option.key]
    if question.inputs:
        rows = [
            html_of(
                "<div><dt>{}</dt><dd>{}</dd></div>", item.label, entered.get(item.key, "belum ada")
            )
            for item in question.inputs
        ]
        return html_of(
            '<dl class="facts">{}</dl><div class="counts-result">{}</div>',
            html_join("", rows),
            result_html(worksheet, question, entered),
        )
    return html_of(
        '<p class="option is-chosen is-locked">{} <b class="option-key">{}</b> '
        '<span class="option-text">dari {}</span></p>',
        _check_icon(),
        entered["value"].replace(".", ","),
        (question.maximum or "").replace(".", ","),
    )


def note_html(note: str) -> SafeString:
    if not note.strip():
        return SafeString("")
    return html_of(
        '<div class="quote"><p class="thread-who"><b>Catatan satker</b></p>'
        '<p class="typed">{}</p></div>',
        note,
    )


def files_html(rows: Sequence[FileRow], zone: str) -> SafeString:
    return html_join("", (file_html(row, zone) for row in rows))


def file_html(row: FileRow, zone: str) -> SafeString:
    file = row.file
    return evidence_row(
        name=file.name,
        size=file.size,
        title=file.title,
        date=file.document_date or local(file.uploaded_at, zone).date(),
        dated="bertanggal" if file.document_date else "diunggah",
        kind=file.get_kind_display(),
        until=file.valid_until,
        expired=file.is_expired(local(timezone.now(), zone).date()),
        sha256=file.sha256,
        view_url=address_of("assessments:library_preview", file.pk),
        download_url=address_of("assessments:download_evidence", file.pk),
        detach_action=f"{row.detach_url}?halaman=1" if row.detach_url else "",
        choice=row.choice,
    )


def file_count(count: int) -> str:
    return f"{count} berkas" if count else "belum ada berkas"


def thread_html(remark: Remark | None, zone: str) -> SafeString:
    if remark is None:
        return SafeString("")
    reason = html_of("<p><b>Alasan:</b> {}</p>", remark.reason) if remark.reason else ""
    body = html_of(
        '<p>{}</p>{}<p class="typed">{}</p>', _verdict(remark.verdict), reason, remark.note
    )
    entry = thread_entry(
        body,
        author=remark.author,
        role="verifikator",
        when=remark.at,
        reviewer=True,
        zone=zone,
    )
    return html_of('<div class="thread">{}</div>', entry)


@cache
def _option_lines(instrument_id: int) -> Mapping[tuple[int, str], SafeString]:
    return {
        (question.pk, option.key): _option_line(option)
        for question in load_worksheet(instrument_id).questions
        for option in question.options
    }


def _option_line(option: OptionRow) -> SafeString:
    return html_of(
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
def _verdict(verdict: str) -> SafeString:
    return verdict_badge(verdict)


@cache
def _empty_state() -> SafeString:
    return save_state("empty", "Belum dijawab")


@cache
def _saved_on() -> Slotted:
    return Slotted(save_state("saved", f"Tersimpan {slot('when')}{slot('by')}"))


@cache
def _result_open() -> SafeString:
    return SafeString('<p class="muted small">Persentase muncul setelah semua angka terisi.</p>')


@cache
def no_files_html() -> SafeString:
    return SafeString('<li class="muted small">Tidak ada berkas.</li>')


@cache
def _check_icon() -> SafeString:
    return icon("check")
