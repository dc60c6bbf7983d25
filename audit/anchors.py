"""Anchors: heads of chains, written down as events of the one global chain."""

import json
from dataclasses import dataclass

from audit.models import Chain, Event

GLOBAL_CHAIN = "global"
ANCHOR = "jangkar"


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stood: how many events it had, and the hash of the last."""

    count: int
    hash: str


def head_of(chain: Chain) -> Head:
    return Head(chain.count, chain.hash)


def anchored_head(event: Event) -> Head:
    """The head that an anchor names. Raises ValueError for an event that names none."""
    try:
        head = Head(**json.loads(event.after))
    except TypeError as error:
        raise ValueError(f"no head in {event.after!r}") from error
    if type(head.count) is not int or type(head.hash) is not str:
        raise ValueError(f"no head in {event.after!r}")
    return head
