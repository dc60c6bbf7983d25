"""The thread of a question, on the area page and on its own: read in one query for any number.

Written as strings, since an area page carries one per question.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from django.db.models import (
    CharField,
    DateTimeField,
    F,
    IntegerField,
    QuerySet,
    TextField,
    Value,
)
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from accounts.models import Role, User
from assessments.mentions import find_mentions
from assessments.models import Assessment, Comment
from assessments.permissions import can_withdraw
from assessments.worksheet import QuestionRow
from common.composed import rows_of
from common.dates import print_moment
from common.markup import html_join, html_of
from common.slots import Slotted, slot, slotted
from common.ui.badges import tag
from satker.models import Satker
from teams.services import people_of

TOPICS_SHOWN = 3  # on an area page, and of each its latest answers:
ANSWERS_SHOWN = 2
WORDS_HEARD, LETTERS_HEARD = 8, 60  # of a comment, by who has its buttons read out


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a comment can mention."""

    username: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Said:
    """One comment as it is read; `Comment` says what the fields mean."""

    pk: int
    topic_id: int | None
    by_id: int
    author: str
    role: str
    text: str
    mentioned: tuple[str, ...]
    at: datetime
    done_at: datetime | None
    done_by: str | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Topic:
    first: Said
    answers: tuple[Said, ...]

    @property
    def is_gone(self) -> bool:
        """All of it was taken back."""
        return all(each.withdrawn_at is not None for each in (self.first, *self.answers))

    @property
    def is_open(self) -> bool:
        """Somebody still has something to do about it."""
        return self.first.done_at is None and not self.is_gone


@dataclass(frozen=True, slots=True)
class Thread:
    """What was said about one question, by topic, oldest first. count: without what was
    withdrawn."""

    topics: tuple[Topic, ...] = ()
    count: int = 0

    @property
    def open(self) -> int:
        return sum(topic.is_open for topic in self.topics)


@dataclass(frozen=True, slots=True)
class Talk:
    """What a person of the satker reads and writes: threads by question, whom to mention.

    base: the assessment's address. csrf: the form token.
    """

    threads: Mapping[int, Thread]
    people: tuple[Person, ...]
    user: User
    assessment: Assessment
    base: str
    csrf: str
    now: datetime

    def thread(self, question: QuestionRow) -> Thread:
        return self.threads.get(question.pk, Thread())

    def block(self, question: QuestionRow) -> SafeString:
        """Below a card: closed, with the latest of the thread and a form."""
        return _block().fill(
            {
                "summary": summary_html(question, self.thread(question)),
                "thread": self.thread_html(question, short=True),
                "form": self.form_html(question, short=True),
            }
        )

    def thread_html(self, question: QuestionRow, *, short: bool) -> SafeString:
        """short: the latest TOPICS_SHOWN topics, open ones first, and a link to the rest."""
        thread = self.thread(question)
        topics = _latest(thread.topics) if short else thread.topics
        rows = html_join("", (self._topic(question, each, short) for each in topics))
        more = ""
        if len(topics) < len(thread.topics):
            more = html_of(
                '<p><a class="link-button" href="{}">Lihat seluruh percakapan ({})</a></p>',
                self._path(question),
                thread.count,
            )
        return html_of('{}<ul class="talk-topics">{}</ul>', more, rows) if rows else rows

    def form_html(
        self, question: QuestionRow, *, short: bool, written: "Written | None" = None
    ) -> SafeString:
        """Where a comment is written. written: what was typed, and why it was not stored."""
        written = written or Written()
        return _form().fill(
            {
                "code": question.code,
                "anchor": question.anchor,
                "base": self.base,
                "csrf": self.csrf,
                "short": "1" if short else "",
                "save_id": uuid4().hex,
                "text": conditional_escape(written.text),
                "error": conditional_escape(written.error),
                "fault": ' aria-invalid="true"' if written.error else "",
                "topic": "" if written.topic is None else str(written.topic.pk),
                "answering": self._answering(question, written.topic),
            }
        )

    def _topic(self, question: QuestionRow, topic: Topic, short: bool) -> SafeString:
        answers = topic.answers[-ANSWERS_SHOWN:] if short else topic.answers
        hidden = len(topic.answers) - len(answers)
        before = ""
        if hidden:
            before = html_of(
                '<li><a class="link-button" href="{}">{} balasan sebelumnya</a></li>',
                self._path(question, topic.first),
                hidden,
            )
        line = '<li id="komentar-{}">{}{}</li>'
        rows = html_join(
            "",
            (html_of(line, each.pk, self._said(each), self._acts(question, each))
             for each in answers),
        )  # fmt: skip
        first = topic.first
        acts = self._topic_acts(question, topic)
        return html_of(
            '<li class="talk-topic{}" id="komentar-{}">{}{}{}</li>',
            " is-done" if first.done_at else "",
            first.pk,
            self._said(first),
            html_of(
                '{}<ul class="talk-answers">{}{}</ul>', self._acts(question, first), before, rows
            )
            if rows
            else "",
            self._acts(question, first, acts) if not rows else _in_a_row(acts),
        )

    def _topic_acts(self, question: QuestionRow, topic: Topic) -> list[SafeString]:
        first = topic.first
        if first.done_at is not None:
            return [self._button(question, first, "buka", "Buka lagi")]
        if topic.is_gone:
            return []
        done = self._button(question, first, "selesai", "Selesai")
        return [self._answer_link(question, first), done]

    def _said(self, said: Said) -> SafeString:
        zone = self.assessment.satker.zone
        done = ""
        if said.done_at is not None:
            done = html_of(
                '<p class="small">{} oleh {}, {}</p>',
                tag("Selesai", "positive", "check"),
                said.done_by,
                print_moment(said.done_at, zone),
            )
        text = (
            html_of('<p class="typed">{}</p>', self._with_names(said))
            if said.withdrawn_at is None
            else SafeString('<p class="muted">Komentar ditarik oleh penulisnya.</p>')
        )
        return html_of(
            '<p class="thread-who"><b>{}</b>, {}, {}</p>{}{}',
            said.author,
            Role(said.role).label,
            print_moment(said.at, zone),
            text,
            done,
        )

    def _with_names(self, said: Said) -> SafeString:
        """The text, escaped; who is mentioned stands by name."""
        names = {person.username: person.name for person in self.people}
        pieces: list[SafeString] = []
        at = 0
        for each in find_mentions(said.text, said.mentioned):
            shown = names.get(each.username, each.username)
            mark = '<b class="mention{}" title="@{}">@{}</b>'
            own = " is-own" if each.username == self.user.username else ""
            pieces.append(conditional_escape(said.text[at : each.start]))
            pieces.append(html_of(mark, own, each.username, shown))
            at = each.end
        pieces.append(conditional_escape(said.text[at:]))
        return SafeString("".join(pieces))

    def _acts(
        self, question: QuestionRow, said: Said, acts: Iterable[SafeString] = ()
    ) -> SafeString:
        """acts: beside taking it back, which every comment of one's own offers."""
        own = can_withdraw(self.user, by_id=said.by_id, at=said.at, now=self.now)
        if own and said.withdrawn_at is None:
            return _in_a_row([*acts, self._button(question, said, "tarik", "Tarik")])
        return _in_a_row([*acts])

    def _answering(self, question: QuestionRow, topic: Said | None) -> SafeString:
        if topic is None:
            return SafeString("")
        return html_of(
            'Membalas {}. <a class="link-button" href="{}#tulis" data-no-answer>Batal</a>',
            topic.author,
            self._path(question),
        )

    def _answer_link(self, question: QuestionRow, said: Said) -> SafeString:
        return html_of(
            '<a class="link-button" href="{}?balas={}#tulis" data-answer="{}">'
            'Balas<span class="unseen"> {}</span></a>',
            self._path(question),
            said.pk,
            said.pk,
            self._which(said),
        )

    def _button(self, question: QuestionRow, said: Said, act: str, words: str) -> SafeString:
        """It belongs to a form of its own, so that a comment being typed is not sent along."""
        return html_of(
            '<button class="link-button" form="tindak-{}" formaction="{}{}/{}/">{}'
            '<span class="unseen"> {}</span></button>',
            question.anchor,
            self._path(question),
            said.pk,
            act,
            words,
            self._which(said),
        )

    def _which(self, said: Said) -> str:
        """Which comment a button is about, for who does not see where it stands."""
        if said.withdrawn_at is not None:
            return f"{said.author}, {print_moment(said.at, self.assessment.satker.zone)}"
        begins = Truncator(said.text).words(WORDS_HEARD, truncate=" …")
        return f"{said.author}: {Truncator(begins).chars(LETTERS_HEARD)}"

    def _path(self, question: QuestionRow, comment: Said | None = None) -> str:
        """The page of the thread; comment: where on it."""
        path = f"{self.base}jawaban/{question.code}/percakapan/"
        return path if comment is None else f"{path}#komentar-{comment.pk}"


@dataclass(frozen=True, slots=True)
class Written:
    """A comment on its way: text and topic as sent, error why it was not stored."""

    text: str = ""
    topic: Said | None = None
    error: str = ""


def load_talk(
    assessment: Assessment, questions: Collection[int], *, user: User, base: str, csrf: str,
    now: datetime,
) -> Talk:  # fmt: skip
    """Threads of these questions and the people of the satker, in one query.

    assessment: with its satker. user: may talk (`permissions.can_talk`).
    """
    found: list[Person] = []
    rows: dict[int, list[Said]] = {}
    rows_found = rows_of(_said_and_people, assessment.pk, assessment.satker_id, *questions)
    for question, pk, topic, by, name, role, text, mentioned, *moments in rows_found:
        if question is None:
            found.append(Person(text, name, Role(role).label))
        else:
            each = Said(pk, topic, by, name, role, text, tuple(mentioned.split()), *moments)
            rows.setdefault(question, []).append(each)
    return Talk(
        threads={question: _thread(each) for question, each in rows.items()},
        people=tuple(sorted(found, key=lambda person: (person.name.lower(), person.username))),
        user=user,
        assessment=assessment,
        base=base,
        csrf=csrf,
        now=now,
    )


def _said_and_people(
    assessment: UUID, satker: int, *questions: int
) -> QuerySet[Comment, tuple[Any, ...]]:
    """Comments on these questions, and with no question the people of the satker."""
    nothing = Value(None, output_field=IntegerField())
    never = Value(None, output_field=DateTimeField())
    empty = Value("", output_field=TextField())
    nobody = Value(None, output_field=CharField())
    said = (
        Comment.objects.filter(assessment_id=assessment, question_id__in=questions)
        .order_by()
        .values_list(
            "question_id", "pk", "topic_id", "by_id", "by__name", "by__role", "text", "mentioned",
            "at", "done_at", "done_by__name", "withdrawn_at",
        )
    )  # fmt: skip
    people = (
        people_of(Satker(pk=satker))
        .order_by()
        .annotate(none=nothing, text=F("username"), empty=empty, never=never, nobody=nobody)
        .values_list(
            "none", "none", "none", "pk", "name", "role", "text", "empty", "never", "never",
            "nobody", "never",
        )
    )  # fmt: skip
    return said.union(people, all=True)


def summary_html(question: QuestionRow, thread: Thread) -> SafeString:
    """ "Percakapan (3, 1 belum selesai)"; "Mulai percakapan" where nobody has said anything."""
    if not thread.topics:
        words = "Mulai percakapan"
    elif thread.open:
        words = f"Percakapan ({thread.count}, {thread.open} belum selesai)"
    else:
        words = f"Percakapan ({thread.count}, selesai)"
    return html_of('{}<span class="unseen"> {}</span>', words, question.code)


def _in_a_row(acts: list[SafeString]) -> SafeString:
    if not acts:
        return SafeString("")
    return html_of('<p class="talk-acts">{}</p>', html_join(" ", acts))


def _thread(said: list[Said]) -> Thread:
    said = sorted(said, key=lambda each: each.pk)
    answers: dict[int | None, list[Said]] = {}
    for each in said:
        answers.setdefault(each.topic_id, []).append(each)
    return Thread(
        topics=tuple(Topic(each, tuple(answers.get(each.pk, ()))) for each in answers[None]),
        count=sum(each.withdrawn_at is None for each in said),
    )


def _latest(topics: tuple[Topic, ...]) -> tuple[Topic, ...]:
    chosen = sorted(topics, key=lambda topic: (topic.is_open, topic.first.pk))[-TOPICS_SHOWN:]
    return tuple(sorted(chosen, key=lambda topic: topic.first.pk))


@cache
def _block() -> Slotted:
    names = ("summary", "thread", "form")
    return slotted("assessments/_talk.html", {"s": {name: slot(name) for name in names}})


@cache
def _form() -> Slotted:
    names = "code anchor base csrf short save_id text error fault topic answering"
    context = {"s": {name: slot(name) for name in names.split()}}
    return slotted("assessments/_talk_form.html", context)
