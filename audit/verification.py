"""Walks the audit trail and says where it was touched.

Found: an event that was edited, deleted, inserted or put into another place (its number, the
hash of the one before, its own hash), a chain whose end was cut off (its head, and the heads
anchored in the global chain), a chain that was removed whole (its anchors), a record that was
given another chain, and a row that cannot be read. Who rewrites every
hash up to the head of the global chain is found only by comparing that head with a copy kept
elsewhere; `verify_audit` prints it for that purpose, and takes it back with `--kepala`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import DatabaseError
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from audit.anchors import ANCHOR, GLOBAL_CHAIN, Head, anchored_head
from audit.hashing import event_hash
from audit.models import Chain, Event

_EVENTS_AT_ONCE = 2000
_ANCHORS_AT_ONCE = 200

# What a value of the wrong kind leads to: SQLite keeps any bytes in any column.
_UNREADABLE = (ValueError, TypeError, AttributeError, OverflowError, DatabaseError)


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

    @property
    def is_unanchored(self) -> bool:
        """Nothing was ever anchored, or all of it was taken away: only `anchor_audit` knows."""
        return self.events > 0 and self.anchors == 0


class _UnreadableRow(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(slots=True)
class _Count:
    events: int = 0
    anchors: int = 0


def verify(kept: Head | None = None) -> Verification:
    """Walk every chain, in memory that does not grow with the trail; stops at the first fault.

    Events may be added meanwhile: what one query reads agrees with itself, and the walk looks
    no further than what it read. kept: the head of the global chain as it once was, from a copy
    kept elsewhere; its event has to be there unchanged.
    """
    count = _Count()
    try:
        fault = next(_faults(count, kept), None)
    except _UnreadableRow as unreadable:
        fault = unreadable.fault
    return Verification(count.events, count.anchors, fault)


def _faults(count: _Count, kept: Head | None) -> Iterator[Fault]:
    yield from _faults_in_chains(count)
    yield from _faults_of_missing_events()
    yield from _faults_of_missing_chains()
    yield from _faults_in_anchors(count)
    yield from _faults_of_other_chains()
    yield from _faults_of_kept_head(kept)


def _faults_in_chains(count: _Count) -> Iterator[Fault]:
    """Numbers, hashes and heads of all chains that have events."""
    chain: Chain | None = None
    walked = Head(0, "")
    for event in _events_in_order():
        if chain is not None and chain.pk != event.chain_id:
            yield from _readable(_faults_of_head(chain, walked), chain.key, walked.count)
            walked = Head(0, "")
        chain = event.chain  # read together with the event, so the two agree
        yield from _readable(_faults_of_event(event, walked), chain.key, event.number)
        walked = Head(event.number, event.hash)
        count.events += 1
    if chain is not None:
        yield from _readable(_faults_of_head(chain, walked), chain.key, walked.count)


def _events_in_order() -> Iterator[Event]:
    """All events by chain and number, each with its chain, a page at a time."""
    events = Event.objects.select_related("chain").order_by("chain_id", "number")
    # From the very first row, whatever its key: a chain can be moved to a key below 0.
    page = _read(events[:_EVENTS_AT_ONCE])
    while page:
        yield from page
        chain_id, number = page[-1].chain_id, page[-1].number
        page = _read(events.filter(chain_id=chain_id, number__gt=number)[:_EVENTS_AT_ONCE])
        if len(page) < _EVENTS_AT_ONCE:
            page += _read(events.filter(chain_id__gt=chain_id)[:_EVENTS_AT_ONCE])


def _read(events: QuerySet[Event]) -> list[Event]:
    """Raises _UnreadableRow for the first row that is no event at all."""
    try:
        return list(events)
    except _UNREADABLE:
        for pk, key, number in events.values_list("pk", "chain__key", "number"):
            try:
                Event.objects.select_related("chain").get(pk=pk)
            except _UNREADABLE as error:
                raise _UnreadableRow(Fault(key, number, "tidak terbaca (diubah)")) from error
        raise


def _readable(faults: Iterator[Fault], key: str, number: int) -> list[Fault]:
    """All of them; one that says so where a value is of a kind that cannot be compared."""
    try:
        return list(faults)
    except _UNREADABLE:
        return [Fault(key, number, "tidak terbaca (diubah)")]


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
        yield from _readable(_faults_of_head(chain, Head(0, "")), chain.key, 0)


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
    named = []
    for anchor in anchors:
        try:
            named.append((anchor.subject, anchored_head(anchor)))
        except ValueError:
            yield Fault(GLOBAL_CHAIN, anchor.number, "bukan jangkar yang terbaca")
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
            yield Fault(key, head.count, "tidak ada lagi seperti yang ditambatkan")


def _faults_of_other_chains() -> Iterator[Fault]:
    """Records whose chain is not the one named after them, or has no events: it begins with the
    record itself."""
    for relation in Chain._meta.get_fields(include_hidden=True):
        if not relation.one_to_one or relation.related_model is None:
            continue
        model, name = relation.related_model, relation.field.name
        chain = OuterRef(f"{name}_id")
        rows = model._base_manager.annotate(
            chain_key=Subquery(Chain.objects.filter(pk=chain).values("key")),
            begun=Exists(Event.objects.filter(chain_id=chain)),
        )
        for pk, key, begun in rows.values_list("pk", "chain_key", "begun").iterator():
            own = f"{model._meta.model_name}:{pk}"
            if key != own:
                yield Fault(own, 1, f"datanya kini menunjuk rantai {key}")
            elif not begun:
                yield Fault(own, 1, "datanya ada, tetapi tidak satu pun peristiwanya")


def _faults_of_kept_head(kept: Head | None) -> Iterator[Fault]:
    if kept is None:
        return
    same = Event.objects.filter(chain__key=GLOBAL_CHAIN, number=kept.count, hash=kept.hash)
    if not same.exists():
        yield Fault(GLOBAL_CHAIN, kept.count, "tidak ada lagi seperti pada baris yang disimpan")
