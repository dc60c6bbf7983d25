"""A database, or a part of the server, that was too busy: the same again, a little later, is likely
to work."""

from django.db import OperationalError

RETRY_AFTER = 5  # seconds

# PostgreSQL: no lock in time, a deadlock.
_STATES = frozenset({"55P03", "40P01"})
# SQLite; and too many connections to PostgreSQL (53300), whose code the driver does not tell of a
# connection that was never made.
_WORDS = (
    "is locked",
    "too many clients",
    "too many connections",
    "remaining connection slots are reserved",
)


class ServerBusy(Exception):
    """Too many people ask for the same costly thing; whoever waited gives the thread back."""


def is_busy(fault: BaseException | None) -> bool:
    """Whether the fault says so, or one that it came from."""
    while fault is not None:
        if isinstance(fault, ServerBusy):
            return True
        if isinstance(fault, OperationalError) and _says_so(fault):
            return True
        fault = fault.__cause__ or fault.__context__
    return False


def _says_so(fault: OperationalError) -> bool:
    said = str(fault)
    return (
        any(words in said for words in _WORDS)
        or getattr(fault.__cause__, "sqlstate", None) in _STATES
    )
