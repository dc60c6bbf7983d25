"""What stands in and around a question: evidence, two answers to choose from, the areas."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any, Final

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from common import charts, dates, words
from common.markup import html_join, html_of
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
    shown = html_join(" ", (html_of("<span>{}</span>", fact) for fact in facts if fact))
    if until and expired:
        words_of_it = f"kedaluwarsa sejak {dates.print_date(until)}"
        shown = html_of("{} {}", shown, tag(words_of_it, "warning", "alert"))
    digest = (
        html_of(' <code title="{}">sha-256 {}</code>', sha256, words.print_short_hash(sha256))
        if sha256
        else ""
    )
    return html_of(
        '<li class="file">{} <b class="file-name">{}</b>{}<p class="file-facts">{}{}</p>{}{}</li>',
        _file_tile(name, picture_url),
        title or name,
        html_of(' <span class="file-name file-alias">{}</span>', name) if title else "",
        shown,
        digest,
        choice,
        _file_actions(name, view_url, download_url, detach_action, detach_form),
    )


def _file_tile(name: str, picture_url: str) -> SafeString:
    if picture_url:
        return html_of(
            '<img class="file-type" src="{}" alt="" width="48" height="44" loading="lazy">',
            picture_url,
        )
    return html_of('<span class="file-type" aria-hidden="true">{}</span>', file_type(name))


def file_type(name: str) -> str:
    """``PDF``: the letters on the tile."""
    ending = name.rpartition(".")[2] if "." in name else ""
    return ending.upper()[:LONGEST_TYPE] or "?"


def _file_actions(
    name: str, view_url: str, download_url: str, detach_action: str, detach_form: str
) -> SafeString | str:
    link = '<a class="link-button" href="{}">{}<span class="unseen"> {}</span></a>'
    acts = [
        html_of(link, url, word, name)
        for url, word in ((view_url, "Lihat"), (download_url, "Unduh"))
        if url
    ]
    if detach_action:
        owner = html_of(' form="{}"', detach_form) if detach_form else ""
        acts.append(
            html_of(
                '<button class="link-button" type="submit" formmethod="post" formnovalidate'
                ' formaction="{}"{}>Lepas<span class="unseen"> {}</span></button>',
                detach_action,
                owner,
                name,
            )
        )
    if not acts:
        return ""
    return html_of('<p class="file-actions">{}</p>', html_join(" ", acts))


@register.simple_tag
@cache
def upload_templates() -> SafeString:
    """Rows that script fills while a file is on its way, or after it was refused."""
    return render_to_string("ui/upload_templates.html")


@register.simple_tag
@cache
def save_state_templates() -> SafeString:
    """One template element per state of saving, for script to put in place."""
    return html_join(
        "\n",
        (
            html_of(
                '<template data-state="{}">{}</template>',
                state,
                save_state(state, retry=state in {"unsaved", "waiting"}),
            )
            for state in SAVE_STATE
        ),
    )


@register.simple_tag
@cache
def draft_template() -> SafeString:
    """What script fills to offer back what was typed on an earlier visit and not saved."""
    return render_to_string("ui/draft_template.html")


@register.inclusion_tag("ui/conflict.html")
def conflict(
    who: str, mine: Any, theirs: Any, code: str = "", noun: str = "jawaban"
) -> dict[str, Any]:
    """Two answers to one question. A side has title, when, answer, worth, note and value.

    A note may come from common.words.mark_differences; code makes the heading's id unique; noun
    is what there are two of.
    """
    return {"who": who, "sides": (mine, theirs), "code": code, "noun": noun}


@register.simple_tag
def area_nav(areas: Iterable[Any]) -> SafeString:
    """The parts of the form: number, name, answered, total, url, current, sections (name, href),
    and mine and word where they are to be shown.

    Written as strings, since it stands on the page that is opened most.
    """
    areas = list(areas)
    here = next((area.name for area in areas if area.current), None)
    return html_of(
        '<ol class="area-nav">{}</ol>{}',
        html_join("", map(_area_line, areas)),
        "" if here is None else html_of('<p class="area-here" aria-hidden="true">{}</p>', here),
    )


def _area_line(area: Any) -> SafeString:
    done, total = area.answered, area.total
    return html_of(
        '<li><a class="area-link" href="{}"{}><span class="area-number">{}</span> '
        '<span class="area-name">{}{}</span> '
        '<span class="area-count"><span data-slot="answered-{}">{}</span>'
        '<span class="unseen"> {}</span></span> '
        '<svg class="progress" aria-hidden="true">'
        '<rect class="meter-track" width="100%" height="100%" rx="3"/>'
        '<rect class="meter-fill" width="{}" height="100%" rx="3"/></svg></a>{}</li>\n',
        area.url,
        SafeString(' aria-current="page"') if area.current else "",
        area.number,
        area.name,
        _of_ones_pokja() if getattr(area, "mine", False) else "",
        area.number,
        f"{done}/{total}" if total else "\N{EN DASH}",
        getattr(area, "word", "") or "terjawab",
        charts.place(charts.share(done, total)) if total else "0%",
        _section_links(area.sections) if area.current and area.sections else "",
    )


def _section_links(sections: Iterable[tuple[str, str]]) -> SafeString:
    lines = (html_of('<li><a href="{}">{}</a></li>', href, name) for name, href in sections)
    return html_of('<ul class="area-sections">{}</ul>', html_join("", lines))


@cache
def _of_ones_pokja() -> SafeString:
    return html_of(" {}", icon("user", "pokja Anda"))


__all__ = ["area_nav", "conflict", "evidence_row", "file_type", "icon", "upload_templates"]
