"""The one writer of the audit trail."""

from collections.abc import Collection
from dataclasses import asdict

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction
from django.utils import timezone

from audit.anchors import ANCHOR, GLOBAL_CHAIN, anchored_head, head_of
from audit.errors import ChainMoved
from audit.hashing import canonical_text, event_hash
from audit.models import Chain, Event
from audit.verification import verify
from common.request_id import current_request_id
from common.statements import insert_row, update_rows

__all__ = [
    "GLOBAL_CHAIN",
    "anchor",
    "anchor_moved_chains",
    "locked_chain",
    "locked_chains",
    "record",
    "verify",
]

_CHAINS_AT_ONCE = 200


def locked_chain(key: str) -> Chain:
    """The head row of a chain, locked until the transaction ends; made where there is none."""
    chain = Chain.objects.select_for_update().filter(key=key).first()
    if chain is None:
        Chain.objects.bulk_create([Chain(key=key)], ignore_conflicts=True)
        chain = Chain.objects.select_for_update().get(key=key)
    return chain


def locked_chains(keys: Collection[str]) -> list[Chain]:
    """As `locked_chain`, for several, in the order in which `anchor_moved_chains` locks them: so
    neither ever waits for the other in a circle."""
    Chain.objects.bulk_create([Chain(key=key) for key in sorted(keys)], ignore_conflicts=True)
    return list(Chain.objects.select_for_update().filter(key__in=keys).order_by("pk"))


def record(
    *,
    chain: Chain,
    action: str,
    subject: str,
    by: AbstractBaseUser | None,
    before: object = None,
    after: object = None,
) -> Event:
    """Append one event to `chain` and move its head, in the caller's transaction.

    chain: its head as it stands: locked by the caller (`locked_chain`, or joined into a locked
    row) or, where the caller is ready to begin anew, only read. before, after: anything JSON can
    hold; None for nothing.

    Raises ChainMoved where another event was appended since the head was read, before anything
    is written; ValueError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise ValueError("audit.record must share the transaction of the change it records")
    event = Event(
        chain=chain,
        number=chain.count + 1,
        at=timezone.now(),
        by_id=None if by is None else by.pk,
        action=action,
        subject=subject[:200],
        before=canonical_text(before),
        after=canonical_text(after),
        request_id=current_request_id(),
        previous_hash=chain.hash,
    )
    event.hash = event_hash(chain.key, event)
    # From here on the head is this transaction's: two events never claim the same number.
    seen = {"id": chain.pk, "count": chain.count}
    if not update_rows(Chain, seen, {"count": event.number, "hash": event.hash}):
        raise ChainMoved(chain.key)
    insert_row(event)
    chain.count, chain.hash = event.number, event.hash
    return event


def anchor(*, chain: Chain, by: AbstractBaseUser | None) -> Event:
    """Write the head of `chain` into the global chain, so that a cut-off tail is found.

    chain: locked by the caller, before the global chain; always in this order, so that two
    transactions never wait for each other.
    """
    return record(
        chain=locked_chain(GLOBAL_CHAIN),
        action=ANCHOR,
        subject=chain.key,
        by=by,
        after=asdict(head_of(chain)),
    )


def anchor_moved_chains() -> int:
    """Anchor every chain whose head moved since its last anchor; returns how many."""
    anchored = _anchored_counts()
    moved = [
        pk
        for pk, key, count in Chain.objects.exclude(key=GLOBAL_CHAIN)
        .order_by("pk")
        .values_list("pk", "key", "count")
        .iterator()
        if count > anchored.get(key, 0)
    ]
    for start in range(0, len(moved), _CHAINS_AT_ONCE):
        _anchor_all(moved[start : start + _CHAINS_AT_ONCE])
    return len(moved)


@transaction.atomic
def _anchor_all(chain_ids: list[int]) -> None:
    locked = Chain.objects.select_for_update().filter(pk__in=chain_ids).order_by("pk")
    for chain in list(locked):
        anchor(chain=chain, by=None)


def _anchored_counts() -> dict[str, int]:
    """The count at each chain's last anchor, by key."""
    anchors = Event.objects.filter(chain__key=GLOBAL_CHAIN, action=ANCHOR).order_by("number")
    return {event.subject: anchored_head(event).count for event in anchors.iterator()}
