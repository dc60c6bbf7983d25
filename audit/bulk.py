"""Many events at once, for data that is made and not lived through (the demo).

The same rows as `audit.services` writes one at a time, for chains that are complete when they
are written.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import count
from operator import attrgetter
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection

from audit.anchors import ANCHOR, GLOBAL_CHAIN, Head, head_of
from audit.hashing import canonical_text, event_hash
from audit.models import Chain, Event
from audit.services import locked_chain
from common.tables import Table, keys_were_given, next_key


@dataclass(frozen=True, slots=True)
class _Anchor:
    at: datetime
    by: AbstractBaseUser | None
    key: str
    head: Head


class Trail:
    """Chains under construction. `write` after each group of them, `close` at the end, all in
    one transaction."""

    def __init__(self) -> None:
        self._chain_table = Table(Chain, "id", "key", "count", "hash")
        self._event_table = Table(
            Event,
            "chain",
            "number",
            "at",
            "by",
            "action",
            "subject",
            "before",
            "after",
            "request_id",
            "previous_hash",
            "hash",
        )
        self._keys = count(next_key(Chain))
        self._chains: list[Chain] = []
        self._events: list[tuple[Any, ...]] = []
        self._anchors: list[_Anchor] = []
        # What each event is hashed as; a new instance for each would take longer than hashing it.
        self._event = Event()

    def new_chain(self, key: str) -> Chain:
        """A chain that does not exist yet; its row is written with its events."""
        chain = Chain(pk=next(self._keys), key=key)
        self._chains.append(chain)
        return chain

    def record(
        self,
        *,
        chain: Chain,
        at: datetime,
        action: str,
        subject: str,
        by: AbstractBaseUser | None,
        before: object = None,
        after: object = None,
    ) -> None:
        """As `audit.services.record`, at a moment of the caller's choice."""
        event = self._event
        event.number = chain.count + 1
        event.at = at
        event.by_id = None if by is None else by.pk
        event.action = action
        event.subject = subject[:200]
        event.before = canonical_text(before)
        event.after = canonical_text(after)
        event.previous_hash = chain.hash
        chain.count, chain.hash = event.number, event_hash(chain.key, event)
        self._events.append(
            (
                chain.pk,
                event.number,
                at,
                event.by_id,
                action,
                event.subject,
                event.before,
                event.after,
                event.request_id,
                event.previous_hash,
                chain.hash,
            )
        )

    def anchor(self, *, chain: Chain, at: datetime, by: AbstractBaseUser | None) -> None:
        """As `audit.services.anchor`; the global chain gets it when the trail is closed."""
        self._anchors.append(_Anchor(at, by, chain.key, head_of(chain)))

    def write(self) -> None:
        """Write the chains made since the last call, with their events, and let go of them."""
        if not connection.in_atomic_block:
            raise ValueError("audit.bulk must share the transaction of the changes it records")
        self._chain_table.write((each.pk, each.key, each.count, each.hash) for each in self._chains)
        self._event_table.write(self._events)
        self._chains.clear()
        self._events.clear()

    def close(self) -> None:
        """Write what is left, and all anchors into the global chain, the earliest first."""
        self.write()
        keys_were_given([Chain])
        chain = locked_chain(GLOBAL_CHAIN)
        for each in sorted(self._anchors, key=attrgetter("at")):
            self.record(
                chain=chain,
                at=each.at,
                action=ANCHOR,
                subject=each.key,
                by=each.by,
                after=asdict(each.head),
            )
        self._anchors.clear()
        self.write()
        Chain.objects.filter(pk=chain.pk).update(count=chain.count, hash=chain.hash)
