"""The frame of a page and what stands in it: heads, sheets, notices, stages, deadlines."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from common import dates
from common.menu import MenuItem, menu_items
from common.request_id import current_request_id
from common.ui.badges import icon

register = template.Library()


@register.simple_tag(takes_context=True)
def main_menu(context: Context) -> tuple[MenuItem, ...]:
    """The menu of who is signed in; empty for a stranger and on a page without a request."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ()
    match = request.resolver_match
    return menu_items(getattr(user, "role", ""), match.view_name if match else "")


@register.simple_tag
def request_code() -> str:
    """The start of the request's id, for a user to tell the admin: ``7F2A-19C4``."""
    digits = current_request_id()[:8].upper()
    return f"{digits[:4]}-{digits[4:]}" if digits else ""


@register.inclusion_tag("ui/crumbs.html")
def crumbs(*parts: str) -> dict[str, Any]:
    """Label and address in turn; the last label, without an address, is the page itself."""
    return {"links": list(zip(parts[:-1:2], parts[1::2], strict=True)), "here": parts[-1]}


@register.simple_block_tag
def page_head(content: str, title: str) -> SafeString:
    return render_to_string("ui/page_head.html", {"content": content, "title": title})


@register.simple_block_tag
def panel(content: str, title: str, note: str = "", id: str = "", extra: str = "") -> SafeString:
    """A sheet with a heading. id makes the heading its name; extra adds a class.

    A string and no template: the score panel comes with every save.
    """
    named = format_html(' aria-labelledby="{}"', id) if id else ""
    heading = format_html(' id="{}"', id) if id else ""
    aside = format_html(' <span class="muted small">{}</span>', note) if note else ""
    return format_html(
        '<section class="panel{}"{}>\n<div class="panel-head"><h2{}>{}</h2>{}</div>\n'
        "{}\n</section>",
        f" {extra}" if extra else "",
        named,
        heading,
        title,
        aside,
        mark_safe(content),  # noqa: S308  (the block's own output)
    )


NOTICE_ICONS: Final = {
    "plain": "info",
    "info": "info",
    "positive": "circle-check",
    "warning": "alert",
    "negative": "circle-x",
}


@register.simple_block_tag
def notice(content: str, tone: str, title: str, icon_name: str = "", role: str = "") -> SafeString:
    """What the page has to say. Raises ValueError for an unknown tone."""
    if tone not in NOTICE_ICONS:
        raise ValueError(f"no tone {tone!r}")
    return render_to_string(
        "ui/notice.html",
        {
            "content": content,
            "tone": tone,
            "title": title,
            "icon": icon(icon_name or NOTICE_ICONS[tone]),
            "role": role,
        },
    )


@register.filter
def message_tone(tags: str) -> str:
    """The tone of one of Django's messages, from its tags."""
    for level, tone in (("error", "negative"), ("warning", "warning"), ("success", "positive")):
        if level in tags.split():
            return tone
    return "info"


@register.simple_block_tag
def empty_state(content: str, title: str) -> SafeString:
    return render_to_string("ui/empty_state.html", {"content": content, "title": title})


@register.inclusion_tag("ui/loading.html")
def loading(text: str) -> dict[str, str]:
    return {"text": text}


@register.inclusion_tag("ui/timeline.html")
def timeline(steps: Iterable[tuple[str, str, str]]) -> dict[str, Any]:
    """Steps are (label, detail, state); state is done, now or next."""
    return {"steps": steps}


@register.inclusion_tag("ui/deadline.html")
def deadline(
    at: datetime, now: datetime, zone: str = "WIB", label: str = "Batas kirim"
) -> dict[str, Any]:
    return {
        "label": label,
        "day": dates.print_weekday_date(at, zone),
        "clock": f"{dates.print_clock(at, zone)} {zone}",
        "iso": at.isoformat(),
        "left": dates.print_time_left(at, now, zone),
    }


@register.inclusion_tag("ui/deadline_notice.html")
def deadline_notice(
    at: datetime, now: datetime, zone: str = "WIB", label: str = "Batas kirim"
) -> dict[str, Any]:
    """A warning from three days before the deadline; nothing earlier."""
    return {
        "near": dates.is_near(at, now, zone),
        "past": at < now,
        "label": label,
        "moment": dates.print_moment(at, zone),
        "left": dates.print_time_left(at, now, zone),
    }


@register.simple_block_tag
def thread_entry(
    content: str, author: str, role: str, when: datetime, reviewer: bool = False, zone: str = "WIB"
) -> SafeString:
    """One entry of a conversation; a reviewer's has an amber edge."""
    return render_to_string(
        "ui/thread_entry.html",
        {
            "content": content,
            "author": author,
            "role": role,
            "when": dates.print_date(when, zone),
            "reviewer": reviewer,
        },
    )


@register.simple_block_tag
def specimen(content: str, title: str) -> SafeString:
    """A part on the page of parts: how it looks, and the HTML it is made of."""
    return render_to_string("ui/specimen.html", {"content": content, "title": title})
