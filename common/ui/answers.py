"""What stands in and around a question: evidence, two answers to choose from, the areas."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from common import charts, dates, words
from common.ui.badges import SAVE_STATE, icon, save_state, tag

register = template.Library()

LONGEST_TYPE: Final = 4  # letters that the tile of a file has room for


@register.simple_tag
def evidence_row(
    name: str,
    size: int,
    date: date,
    sha256: str = "",
    kind: str = "",
    until: date | None = None,
    expired: bool = False,
    picture_url: str = "",
    view_url: str = "",
    download_url: str = "",
    detach_action: str = "",
    detach_form: str = "",
    title: str = "",
    dated: str = "",
    choice: str = "",
) -> SafeString:
    """One file: type, title and name, facts, and what can be done with it.

    title: shown before the name. dated: the word before the date. choice: HTML of a field above
    the actions.
    until: the last day of its validity; expired: it has passed. picture_url: of its thumbnail, in
    place of the letters. detach_action: where the button
    that takes the file off the answer posts to; detach_form: the id of the form it belongs to, if
    it stands outside it.
    Written as strings, since an area page carries many of them.
    """
    facts = [
        kind,
        words.print_size(size),
        f"{dated} {dates.print_date(date)}" if dated else dates.print_date(date),
        f"berlaku sampai {dates.print_date(until)}" if until and not expired else "",
    ]
    shown = format_html_join(" ", "<span>{}</span>", ((fact,) for fact in facts if fact))
    if until and expired:
        words_of_it = f"kedaluwarsa sejak {dates.print_date(until)}"
        shown = format_html("{} {}", shown, tag(words_of_it, "warning", "alert"))
    digest = (
        format_html(' <code title="{}">sha-256 {}</code>', sha256, words.print_short_hash(sha256))
        if sha256
        else ""
    )
    return format_html(
        '<li class="file">{} <b class="file-name">{}</b>{}<p class="file-facts">{}{}</p>{}{}</li>',
        _file_tile(name, picture_url),
        title or name,
        format_html(' <span class="file-name file-alias">{}</span>', name) if title else "",
        shown,
        digest,
        choice,
        _file_actions(name, view_url, download_url, detach_action, detach_form),
    )


def _file_tile(name: str, picture_url: str) -> SafeString:
    if picture_url:
        return format_html(
            '<img class="file-type" src="{}" alt="" width="48" height="44" loading="lazy">',
            picture_url,
        )
    return format_html('<span class="file-type" aria-hidden="true">{}</span>', file_type(name))


def file_type(name: str) -> str:
    """``PDF``: the letters on the tile."""
    ending = name.rpartition(".")[2] if "." in name else ""
    return ending.upper()[:LONGEST_TYPE] or "?"


def _file_actions(
    name: str, view_url: str, download_url: str, detach_action: str, detach_form: str
) -> SafeString | str:
    link = '<a class="link-button" href="{}">{}<span class="unseen"> {}</span></a>'
    acts = [
        format_html(link, url, word, name)
        for url, word in ((view_url, "Lihat"), (download_url, "Unduh"))
        if url
    ]
    if detach_action:
        owner = format_html(' form="{}"', detach_form) if detach_form else ""
        acts.append(
            format_html(
                '<button class="link-button" type="submit" formmethod="post" formnovalidate'
                ' formaction="{}"{}>Lepas<span class="unseen"> {}</span></button>',
                detach_action,
                owner,
                name,
            )
        )
    if not acts:
        return ""
    return format_html('<p class="file-actions">{}</p>', format_html_join(" ", "{}", zip(acts)))


@register.inclusion_tag("ui/upload_templates.html")
def upload_templates() -> dict[str, Any]:
    """Rows that script fills while a file is on its way, or after it was refused."""
    return {}


@register.simple_tag
def save_state_templates() -> SafeString:
    """One template element per state of saving, for script to put in place."""
    return format_html_join(
        "\n",
        '<template data-state="{}">{}</template>',
        ((state, save_state(state, retry=state in {"unsaved", "waiting"})) for state in SAVE_STATE),
    )


@register.inclusion_tag("ui/draft_template.html")
def draft_template() -> dict[str, Any]:
    """What script fills to offer back what was typed on an earlier visit and not saved."""
    return {}


@register.inclusion_tag("ui/conflict.html")
def conflict(
    who: str, mine: Any, theirs: Any, code: str = "", noun: str = "jawaban"
) -> dict[str, Any]:
    """Two answers to one question. A side has title, when, answer, worth, note and value.

    A note may come from common.words.mark_differences; code makes the heading's id unique; noun
    is what there are two of.
    """
    return {"who": who, "sides": (mine, theirs), "code": code, "noun": noun}


@register.inclusion_tag("ui/area_nav.html")
def area_nav(areas: Iterable[Any]) -> dict[str, Any]:
    """The parts of the form: number, name, answered, total, url, current, sections (name, href)."""
    return {"areas": list(areas)}


@register.filter
def bar_width(done: int, total: int) -> str:
    """How much of a bar is full: ``81.25%``."""
    return charts.place(charts.share(done, total)) if total else "0%"


__all__ = ["area_nav", "conflict", "evidence_row", "file_type", "icon", "upload_templates"]
