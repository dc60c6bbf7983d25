"""Walks the audit trail and says where it was touched.

Found: an event that was edited, deleted, inserted or put into another place (its number, the
hash of the one before, its own hash), a chain whose end was cut off (its head, and the heads
anchored in the global chain), and a chain that was removed whole (its anchors). Who rewrites
every hash up to the head of the global chain is found only by comparing that head with a copy
kept elsewhere; `verify_audit` prints it for that purpose.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from audit.anchors import ANCHOR, GLOBAL_CHAIN, Head, anchored_head
from audit.hashing import event_hash
from audit.models import Chain, Event

_EVENTS_AT_ONCE = 2000
_ANCHORS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """The first entry that is not as it was written."""

    chain: str
    number: int
    reason: str

    def __str__(self) -> str:
        return f"rantai {self.chain}, nomor {self.number}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Verification:
    """What was walked; `fault` is None where everything is as it was written."""

    events: int
    anchors: int
    fault: Fault | None


@dataclass(slots=True)
class _Count:
    events: int = 0
    anchors: int = 0


def verify() -> Verification:
    """Walk every chain, in memory that does not grow with the trail; stops at the first fault.

    Events may be added meanwhile: what one query reads agrees with itself, and the walk looks
    no further than what it read.
    """
    count = _Count()
    fault = next(_faults(count), None)
    return Verification(count.events, count.anchors, fault)


def _faults(count: _Count) -> Iterator[Fault]:
    yield from _faults_in_chains(count)
    yield from _faults_of_missing_events()
    yield from _faults_of_missing_chains()
    yield from _faults_in_anchors(count)


def _faults_in_chains(count: _Count) -> Iterator[Fault]:
    """Numbers, hashes and heads of all chains that have events."""
    chain: Chain | None = None
    walked = Head(0, "")
    for event in _events_in_order():
        if chain is not None and chain.pk != event.chain_id:
            yield from _faults_of_head(chain, walked)
            walked = Head(0, "")
        chain = event.chain  # read together with the event, so the two agree
        yield from _faults_of_event(event, walked)
        walked = Head(event.number, event.hash)
        count.events += 1
    if chain is not None:
        yield from _faults_of_head(chain, walked)


def _events_in_order() -> Iterator[Event]:
    """All events by chain and number, each with its chain, a page at a time."""
    events = Event.objects.select_related("chain").order_by("chain_id", "number")
    # From the very first row, whatever its key: a chain can be moved to a key below 0.
    page = list(events[:_EVENTS_AT_ONCE])
    while page:
        yield from page
        chain_id, number = page[-1].chain_id, page[-1].number
        page = list(events.filter(chain_id=chain_id, number__gt=number)[:_EVENTS_AT_ONCE])
        if len(page) < _EVENTS_AT_ONCE:
            page += events.filter(chain_id__gt=chain_id)[:_EVENTS_AT_ONCE]


def _faults_of_event(event: Event, before: Head) -> Iterator[Fault]:
    key, expected = event.chain.key, before.count + 1
    if event.number > expected:
        yield Fault(key, expected, "peristiwa ini tidak ada lagi (dihapus atau dipindahkan)")
    if event.number < expected:
        yield Fault(key, event.number, "peristiwa ini disisipkan")
    if event.previous_hash != before.hash:
        yield Fault(key, event.number, "tidak menyambung dengan peristiwa sebelumnya")
    if event.hash != event_hash(key, event):
        yield Fault(key, event.number, "isinya tidak sesuai dengan sidiknya (diubah)")


def _faults_of_head(chain: Chain, walked: Head) -> Iterator[Fault]:
    if chain.count > walked.count:
        yield Fault(chain.key, walked.count + 1, "akhir rantai dipotong sejak peristiwa ini")
    elif chain.count < walked.count:
        yield Fault(chain.key, chain.count + 1, "ditambahkan di luar pencatatan")
    elif chain.hash != walked.hash:
        yield Fault(chain.key, chain.count, "kepala rantai menyebut sidik lain")


def _faults_of_missing_events() -> Iterator[Fault]:
    """Chains whose head has moved but which have no events left."""
    any_event = Event.objects.filter(chain_id=OuterRef("pk"))
    emptied = Chain.objects.filter(~Q(count=0) | ~Q(hash="")).exclude(Exists(any_event))
    for chain in emptied.order_by("pk")[:1]:
        yield from _faults_of_head(chain, Head(0, ""))


def _faults_of_missing_chains() -> Iterator[Fault]:
    """Events whose chain row is gone (the database allows it only with its checks off)."""
    chain = Chain.objects.filter(pk=OuterRef("chain_id"))
    orphans = Event.objects.exclude(Exists(chain)).order_by("chain_id", "number")
    for event in orphans[:1]:
        yield Fault(f"(baris {event.chain_id})", event.number, "rantainya tidak ada lagi")


def _faults_in_anchors(count: _Count) -> Iterator[Fault]:
    """Every anchored head is still the event that it was."""
    anchors = Event.objects.filter(chain__key=GLOBAL_CHAIN, action=ANCHOR).order_by("number")
    number = 0
    while page := list(anchors.filter(number__gt=number)[:_ANCHORS_AT_ONCE]):
        yield from _faults_in_page(page)
        number = page[-1].number
        count.anchors += len(page)


def _faults_in_page(anchors: list[Event]) -> Iterator[Fault]:
    named = [(anchor.subject, anchored_head(anchor)) for anchor in anchors]
    wanted = Q()
    for key, head in named:
        wanted |= Q(chain__key=key, number=head.count)
    hashes = {
        (key, number): hash
        for key, number, hash in Event.objects.filter(wanted).values_list(
            "chain__key", "number", "hash"
        )
    }
    for key, head in named:
        if hashes.get((key, head.count)) != head.hash:
            yield Fault(key, head.count, "tidak ada lagi seperti yang dijangkarkan")
