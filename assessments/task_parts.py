"""How the team stands with a question, as a line of its card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from urllib.parse import urlencode

from django.utils.safestring import SafeString

from accounts.models import User
from assessments.models import Assessment
from assessments.task_state import Care
from assessments.worksheet import AreaRow, QuestionRow
from common.dates import print_date
from common.markup import address_of, html_join, html_of
from common.ui.badges import icon, tag

CHECK_FORM = "periksa"  # the id of the form that the buttons belong to


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks at a team's lines. leads: may give out and check on this page now."""

    user: User
    leads: bool
    today: date
    zone: str


def team_line(
    assessment: Assessment, question: QuestionRow, care: Care, looker: Looker
) -> SafeString:
    """Whose it is and until when, whether it is checked, and what a lead may do; "" for nothing."""
    parts = [_task(care, looker), _check(care, looker)]
    if looker.leads:
        parts.append(_acts(assessment, question, care))
    return html_join(" ", filter(None, parts))


def mine_html(
    questions: Sequence[QuestionRow], cares: Mapping[int, Care], user: User
) -> SafeString:
    """Links to the questions of a page that are the person's own task; "" for none."""
    mine = [question for question in questions if cares[question.pk].assignee == user]
    if not mine:
        return SafeString("")
    links = html_join(" ", (html_of('<a href="#{}">{}</a>', q.anchor, q.code) for q in mine))
    return html_of('<p class="team-mine">{} Tugas Anda di sini: {}</p>', icon("user"), links)


def share_url(assessment: Assessment, area: AreaRow | str, code: str = "") -> str:
    key = area if isinstance(area, str) else area.key
    query = {"area": key} | ({"soal": code} if code else {})
    return f"{address_of('assessments:share_out', assessment.pk)}?{urlencode(query)}"


def due_words(due: date, today: date) -> str:
    """ "tenggat 12 Desember 2026", with what a look at the calendar would tell."""
    days = (due - today).days
    words = f"tenggat {print_date(due)}"
    if days < 0:
        return f"{words}, lewat {-days} hari"
    return f"{words}, hari ini" if days == 0 else words


def _task(care: Care, looker: Looker) -> SafeString | str:
    if care.assignee is None:
        return ""
    mine = care.assignee == looker.user
    who = (
        _mine()
        if mine
        else html_of(
            '<span class="with-icon">{} <span>{}</span></span>', icon("user"), care.assignee.name
        )
    )
    when: SafeString | str = ""
    if care.due:
        late = care.due < looker.today
        words = due_words(care.due, looker.today)
        when = tag(words, "negative", "clock") if late else html_of("<span>{}</span>", words)
    message = html_of('<q class="typed">{}</q>', care.message) if care.message else ""
    return html_join(" ", filter(None, (who, when, message)))


def _check(care: Care, looker: Looker) -> SafeString | str:
    if care.checked_by is None or care.checked_at is None:
        return ""
    when = print_date(care.checked_at, looker.zone)
    return html_of(
        '<span data-checked{}>{} <span class="muted">{}, {}</span></span>'
        "<span data-lapsed{}>{}</span>",
        SafeString(" hidden") if care.lapsed else "",
        _checked(),
        care.checked_by.name,
        when,
        "" if care.lapsed else SafeString(" hidden"),
        _lapsed(),
    )


def _acts(assessment: Assessment, question: QuestionRow, care: Care) -> SafeString:
    url = address_of("assessments:check_question", assessment.pk, question.code)
    label = "Batalkan tanda periksa" if care.checked else "Tandai diperiksa"
    name, value = ("batal", "1") if care.checked else ("dilihat", care.facts)
    return html_of(
        '<button class="link-button" type="submit" form="{}" formaction="{}" name="{}" value="{}"'
        ' data-check>{}<span class="unseen"> {}</span></button> '
        '<a class="link-button" href="{}">Bagi tugas<span class="unseen"> {}</span></a>',
        CHECK_FORM,
        url,
        name,
        value,
        label,
        question.code,
        share_url(assessment, question.page, question.code),
        question.code,
    )


@cache
def _mine() -> SafeString:
    return tag("Tugas Anda", "info", "user")


@cache
def _checked() -> SafeString:
    return tag("Diperiksa", "positive", "circle-check")


@cache
def _lapsed() -> SafeString:
    return tag("Berubah sejak diperiksa", "warning", "alert")
