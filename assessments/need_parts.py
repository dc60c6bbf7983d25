"""The checklist of a question's documents as cards and the desk show it (decision 47)."""

from collections.abc import Iterable
from functools import lru_cache

from django.utils.safestring import SafeString

from assessments.needs import Proposal, listed_documents
from assessments.worksheet import QuestionRow
from common.markup import html_join, html_of
from common.ui.badges import icon
from evidence.models import EvidenceFile

NAMES_SHOWN = 3  # files named beside one item


def needs_html(question: QuestionRow, ticks: Iterable[tuple[str, EvidenceFile]]) -> SafeString:
    """The required documents with the files that are them, and those supporting ones that a file
    is. ticks: what each attached file was said to be ("" for nothing) and the file."""
    files: dict[str, list[EvidenceFile]] = {}
    for document, file in ticks:
        files.setdefault(document, []).append(file)
    shown = [
        *question.documents,
        *(document for document in question.supports if document in files),
    ]
    if not shown:
        return SafeString("")
    there = sum(document in files for document in question.documents)
    count = f"{there} dari {len(question.documents)} dokumen ada" if question.documents else ""
    return html_of(
        '<p class="small needs-count">{}</p><ul class="needs" aria-label="{}">{}</ul>',
        count,
        "Dokumen yang dibutuhkan",
        html_join("", (_need(item, files.get(item, [])) for item in shown)),
    )


def choice_html(
    question: QuestionRow,
    file: EvidenceFile,
    *,
    document: str,
    proposal: Proposal | None,
    action: str,
) -> SafeString:
    """Which listed document a file is, to be chosen; "" where the question lists none.

    action: where the choice is posted. A proposal counts only once somebody takes it.
    """
    listed = listed_documents(question)
    if not listed:
        return SafeString("")
    return html_of(
        '<div class="file-need"><label><span>Dokumen</span><span class="unseen"> {}</span> '
        '<select class="input" name="dokumen-{}" data-need="{}">{}</select></label> '
        '<button class="link-button need-send" formmethod="post" formnovalidate'
        ' formaction="{}?halaman=1">Tandai dokumen</button>{}</div>',
        file.name,
        file.pk,
        action,
        _options(question.documents, question.supports, document if document in listed else ""),
        action,
        _proposal(proposal, action) if proposal and not document else "",
    )


def _need(item: str, files: list[EvidenceFile]) -> SafeString:
    if not files:
        return html_of(
            '<li>{} <span>{} <span class="muted">belum ada</span></span></li>', icon("clip"), item
        )
    names = html_join(
        ", ",
        (html_of('<span class="file-name">{}</span>', each.label) for each in files[:NAMES_SHOWN]),
    )
    more = f" dan {len(files) - NAMES_SHOWN} lainnya" if len(files) > NAMES_SHOWN else ""
    return html_of(
        '<li class="is-met">{} <span>{} <span class="unseen">ada: </span>'
        '<span class="muted">— {}{}</span></span></li>',
        icon("check"),
        item,
        names,
        more,
    )


def _proposal(proposal: Proposal, action: str) -> SafeString:
    return html_of(
        '<p class="small">Usulan: {} <span class="muted">(kata yang sama: {})</span> '
        '<button class="link-button" name="dokumen" value="{}" formmethod="post" formnovalidate'
        ' formaction="{}?halaman=1" data-take>Pakai usulan</button></p>',
        proposal.document,
        ", ".join(proposal.words),
        proposal.document,
        action,
    )


@lru_cache(maxsize=2048)
def _options(documents: tuple[str, ...], supports: tuple[str, ...], chosen: str) -> SafeString:
    def option(text: str) -> SafeString:
        mark = SafeString(" selected") if text == chosen else ""
        return html_of('<option value="{}"{}>{}</option>', text, mark, text)

    groups = [
        html_of('<optgroup label="{}">{}</optgroup>', label, html_join("", map(option, items)))
        for label, items in (("Wajib", documents), ("Pendukung", supports))
        if items
    ]
    none = SafeString('<option value="">Belum ditandai</option>')
    return html_join("", [none, *groups])
