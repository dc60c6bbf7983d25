"""A database that was too busy: the same again, a little later, is likely to work."""

from django.db import OperationalError

RETRY_AFTER = 5  # seconds

# PostgreSQL: no lock in time, a deadlock, too many connections.
_STATES = frozenset({"55P03", "40P01", "53300"})


def is_busy(fault: BaseException | None) -> bool:
    """Whether the fault says so, or one that it came from."""
    while fault is not None:
        if isinstance(fault, OperationalError) and _says_so(fault):
            return True
        fault = fault.__cause__ or fault.__context__
    return False


def _says_so(fault: OperationalError) -> bool:
    return "is locked" in str(fault) or getattr(fault.__cause__, "sqlstate", None) in _STATES
