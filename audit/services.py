"""The one writer of the audit trail."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection
from django.utils import timezone

from audit.models import Chain, Event
from common.request_id import current_request_id

GLOBAL_CHAIN = "global"


def locked_chain(key: str) -> Chain:
    """The head row of a chain, locked until the transaction ends; made where there is none."""
    chain = Chain.objects.select_for_update().filter(key=key).first()
    if chain is None:
        Chain.objects.bulk_create([Chain(key=key)], ignore_conflicts=True)
        chain = Chain.objects.select_for_update().get(key=key)
    return chain


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

    chain: locked by the caller (`locked_chain`, or joined into a locked row), so that two
    events never claim the same number. before, after: anything JSON can hold; None for nothing.

    Raises ValueError outside a transaction.
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
        before=_text(before),
        after=_text(after),
        request_id=current_request_id(),
        previous_hash=chain.hash,
    )
    event.hash = event_hash(chain.key, event)
    event.save(force_insert=True)
    chain.count, chain.hash = event.number, event.hash
    Chain.objects.filter(pk=chain.pk).update(count=chain.count, hash=chain.hash)
    return event


def anchor(*, chain: Chain, by: AbstractBaseUser | None) -> Event:
    """Write the head of `chain` into the global chain, so that a cut-off tail is found."""
    return record(
        chain=locked_chain(GLOBAL_CHAIN),
        action="jangkar",
        subject=chain.key,
        by=by,
        after={"count": chain.count, "hash": chain.hash},
    )


def event_hash(chain_key: str, event: Event) -> str:
    """SHA-256 over every stored field of the event and the hash of the one before, as hex."""
    fields: Mapping[str, object] = {
        "chain": chain_key,
        "number": event.number,
        "at": _instant(event.at),
        "by": event.by_id,
        "action": event.action,
        "subject": event.subject,
        "before": event.before,
        "after": event.after,
        "request": event.request_id,
        "previous": event.previous_hash,
    }
    return hashlib.sha256(_text(fields).encode()).hexdigest()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _text(value: object) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
