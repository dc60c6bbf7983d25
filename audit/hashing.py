"""The hash of an event, and the canonical text it is taken over."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from audit.models import Event


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
    return hashlib.sha256(canonical_text(fields).encode()).hexdigest()


def canonical_text(value: object) -> str:
    """JSON in ASCII with sorted keys; empty for None."""
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
