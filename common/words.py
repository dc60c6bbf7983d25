"""Small texts that several pages print the same way."""

import re
from difflib import SequenceMatcher
from typing import Final

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

KIB: Final = 1024
MIB: Final = KIB * KIB
SHORT_HASH: Final = 4  # characters at either end

_TOKEN = re.compile(r"\s*\S+|\s+")
# A page may compare a hundred pairs, and the work grows with the square; beyond this, which is
# more than two notes of ordinary words have, the whole text counts as different.
_MOST_TOKENS: Final = 2000


def print_size(size: int) -> str:
    """``86 kB`` or ``1,2 MB`` for a number of bytes.

    Rounded up, so that a file over the limit never prints as the limit.
    """
    if size < MIB:
        return f"{-(-size // KIB)} kB"
    tenths = -(-size * 10 // MIB)
    whole, part = divmod(tenths, 10)
    return f"{whole},{part} MB" if part else f"{whole} MB"


def print_short_hash(digest: str) -> str:
    """``8f3a…c21d``."""
    return f"{digest[:SHORT_HASH]}…{digest[-SHORT_HASH:]}"


def mark_differences(mine: str, theirs: str) -> tuple[SafeString, SafeString]:
    """Both texts, escaped, with ``<ins>`` round the words that the other one lacks."""
    left, right = _TOKEN.findall(mine), _TOKEN.findall(theirs)
    if len(left) + len(right) > _MOST_TOKENS:
        return format_html("<ins>{}</ins>", mine), format_html("<ins>{}</ins>", theirs)
    # Words that recur all the time are no marks to go by; with them the work is cubic.
    steps = SequenceMatcher(a=left, b=right, autojunk=True).get_opcodes()
    return (
        _joined([(tag == "equal", "".join(left[a:b])) for tag, a, b, _, _ in steps]),
        _joined([(tag == "equal", "".join(right[c:d])) for tag, _, _, c, d in steps]),
    )


def _joined(pieces: list[tuple[bool, str]]) -> SafeString:
    parts = [conditional_escape(text) if same else _marked(text) for same, text in pieces if text]
    return mark_safe("".join(parts))  # noqa: S308  every part is escaped above


def _marked(text: str) -> SafeString:
    """The text within ``<ins>``, the space before its first word outside."""
    words = text.lstrip()
    return format_html("{}<ins>{}</ins>", text[: len(text) - len(words)], words)
