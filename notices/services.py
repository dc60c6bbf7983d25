"""Telling people: the one door for everything that should reach somebody.

A notice is written in the transaction of the act it tells of, so that neither is ever there
without the other.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.text import Truncator

from accounts.models import MailRhythm, User
from accounts.services import change_own_mail
from common.jobs import enqueue
from notices.enums import Kind
from notices.mailing import SENT_AT_ONCE, deliver, mail_is_on
from notices.models import KEY_LENGTH, TEXT_LENGTH, URL_LENGTH, Mail, Notice, NoticeQuerySet

Told = tuple[int, list["News"]]  # a person's key, and what to tell them

_PEOPLE_AT_ONCE = 5000  # what one query names; a person's news are never parted
_ROWS_AT_ONCE = 1000

KEPT_DAYS = 365  # after it was read


@dataclass(frozen=True, slots=True)
class News:
    """One thing to be told. key: not told again to whom it was told under the same key.

    at: when it came about; None for now.
    """

    recipients: Collection[User]
    kind: Kind
    text: str
    url: str
    key: str = ""
    at: datetime | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for an address that is no path of this site."""
        if not self.url.startswith("/") or self.url.startswith("//"):
            raise ValueError(f"not a path: {self.url!r}")
        if len(self.url) > URL_LENGTH or len(self.key) > KEY_LENGTH:
            raise ValueError("url or key too long")


def notify(recipients: Collection[User], kind: Kind, text: str, url: str) -> None:
    """Tell people something, once each; who has a closed account hears nothing.

    text: one sentence for the screen, cut at TEXT_LENGTH. url: the path it leads to. Belongs
    into the transaction of the act; three queries, whatever the number of people.
    """
    notify_all([News(recipients, kind, text, url)])


@transaction.atomic
def notify_all(news: Iterable[News]) -> int:
    """Tell several things at once, each to its own people; returns how many notices were new.

    Queries per 5,000 people: the same for one piece of news and for thousands.
    """
    by_person: dict[int, list[News]] = {}
    for each in news:
        for key in sorted({person.pk for person in each.recipients}):
            by_person.setdefault(key, []).append(each)
    at = timezone.now()
    return sum(_tell(dict(part), at) for part in _parts(sorted(by_person.items())))


def _tell(by_person: dict[int, list[News]], at: datetime) -> int:
    people = _locked(by_person)
    told = _told_before(by_person)
    notices = [
        Notice(
            recipient=person,
            kind=each.kind,
            text=Truncator(each.text).chars(TEXT_LENGTH),
            url=each.url,
            key=each.key,
            at=each.at or at,
        )
        for person in people
        for each in by_person[person.pk]
        if not each.key or (person.pk, each.key) not in told
    ]
    if not notices:
        return 0
    mails = _make_mails(notices, at)
    Notice.objects.bulk_create(notices, batch_size=_ROWS_AT_ONCE)
    _enqueue(mails)
    _count_unread(notices)
    return len(notices)


def _enqueue(mails: Sequence[Mail]) -> None:
    """Without a worker as one job, so that whoever waits for it waits once for a server that
    does not answer."""
    size = SENT_AT_ONCE if settings.JOB_WORKER else max(len(mails), 1)
    for start in range(0, len(mails), size):
        enqueue(deliver, *(mail.pk for mail in mails[start : start + size]))


def _locked(by_person: Collection[int]) -> Sequence[User]:
    """The people as they are now, their rows held in one order, so that two who tell things to
    the same people never wait for each other crosswise."""
    rows = User.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.filter(pk__in=list(by_person), is_active=True).order_by("pk"))


def hold(people: QuerySet[User]) -> list[User]:
    """The people to be told, their rows held till the end of the transaction: for an act that
    then waits for something which whoever changes a person waits for after the person."""
    return list(_locked(people.values_list("pk", flat=True)))


def _told_before(by_person: dict[int, list[News]]) -> set[tuple[int, str]]:
    keys = {each.key for news in by_person.values() for each in news if each.key}
    if not keys:
        return set()
    rows = Notice.objects.filter(recipient_id__in=list(by_person)).exclude(key="")
    return set(rows.values_list("recipient_id", "key"))


def _count_unread(notices: Iterable[Notice]) -> None:
    """One update for each number of news that somebody gets, nearly always one."""
    counts: dict[int, int] = {}
    for notice in notices:
        counts[notice.recipient_id] = counts.get(notice.recipient_id, 0) + 1
    for more in sorted(set(counts.values())):
        keys = [person for person, count in counts.items() if count == more]
        User.objects.filter(pk__in=keys).update(unread_notices=F("unread_notices") + more)


def _make_mails(notices: Iterable[Notice], at: datetime) -> list[Mail]:
    """Puts every unsaved notice into a mail of its person's, or in line for the next digest."""
    if not mail_is_on():
        return []
    mails: dict[int, Mail] = {}
    for notice in notices:
        person = notice.recipient
        if person.email and person.mail_rhythm == MailRhythm.EACH:
            mails.setdefault(person.pk, Mail(recipient=person, made_at=at))
        notice.for_digest = bool(person.email) and person.mail_rhythm == MailRhythm.DIGEST
    made = Mail.objects.bulk_create(list(mails.values()), batch_size=_ROWS_AT_ONCE) if mails else []
    for notice in notices:
        notice.mail = mails.get(notice.recipient_id)
    return made


def _parts(items: Iterable[Told]) -> Iterator[list[Told]]:
    rest = iter(items)
    while part := list(islice(rest, _PEOPLE_AT_ONCE)):
        yield part


@transaction.atomic
def mark_read(*, user: User, notice: Notice) -> None:
    """The person has opened it; a second time changes nothing."""
    _mark(user, Notice.objects.filter(pk=notice.pk))


@transaction.atomic
def mark_all_read(*, user: User) -> int:
    """Returns how many were unread."""
    return _mark(user, Notice.objects.all())


def _mark(user: User, notices: NoticeQuerySet) -> int:
    """In the order of `notify`: the person's row first, then the notices."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    read = notices.of(user).unread().update(read_at=timezone.now(), for_digest=False)
    if read:
        User.objects.filter(pk=user.pk).update(unread_notices=F("unread_notices") - read)
    return read


@transaction.atomic
def choose_mail(*, user: User, email: str, rhythm: str) -> User:
    """A person's own address, and how often to write there. Raises UserRefused.

    What waits for a digest stays out of the mail where none is wanted any more.
    """
    stored = change_own_mail(user=user, email=email, rhythm=rhythm)
    if rhythm == MailRhythm.NONE or not stored.email:
        Notice.objects.of(user).filter(for_digest=True).update(for_digest=False)
    return stored


@transaction.atomic
def delete_old(now: datetime) -> int:
    """Notices that were read more than KEPT_DAYS ago, and mails made before; returns how many
    notices."""
    before = now - timedelta(days=KEPT_DAYS)
    deleted = Notice.objects.filter(read_at__lt=before).delete()[0]
    Mail.objects.filter(made_at__lt=before).delete()
    return deleted


@transaction.atomic
def make_digests(now: datetime) -> int:
    """One mail for everybody with unread news since their last; returns how many.

    Only the rows are made; `mailing.send_waiting` sends them.
    """
    waiting = Notice.objects.unread().filter(
        for_digest=True, recipient__is_active=True, recipient__email__gt=""
    )
    people = list(waiting.order_by("recipient").values_list("recipient", flat=True).distinct())
    mails = Mail.objects.bulk_create(
        [Mail(recipient_id=key, made_at=now) for key in people], batch_size=_ROWS_AT_ONCE
    )
    for part in _parts([(mail.recipient_id, mail.pk) for mail in mails]):
        own = Mail.objects.filter(pk__in=[key for _, key in part], recipient=OuterRef("recipient"))
        Notice.objects.unread().filter(
            for_digest=True, recipient__in=[person for person, _ in part]
        ).update(mail=Subquery(own.values("pk")[:1]), for_digest=False)
    return len(mails)
