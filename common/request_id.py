"""The id of the request being answered: in the log, in audit events, in the answer's headers."""

from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """32 hexadecimal digits; empty outside a request (in a command, say)."""
    return _current.get()


def set_request_id(value: str) -> None:
    _current.set(value)
