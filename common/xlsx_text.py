"""Text as the cells of a workbook (xlsx) hold it, and as it comes back from there."""

import re
from typing import Final

MOST_CHARACTERS: Final = 32767  # a cell holds no more
REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"

# What XML 1.0 cannot hold, and halves of surrogate pairs.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# A workbook reads _x0041_ in text as the letter A, unless its first underscore is written so.
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def safe_text(text: str) -> str:
    """The text as a cell can hold it: line ends as ``\\n``, U+FFFD for what XML cannot hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _LOOKS_ESCAPED.sub("_x005F_", _ILLEGAL.sub(REPLACEMENT, text))[:MOST_CHARACTERS]


def read_text(stored: str) -> str:
    """What a person sees in a cell with that text; the reverse of `safe_text`, trimmed.

    An escape for a character that no text may hold gives U+FFFD, one for a carriage return
    nothing: it stands before a line end.
    """
    if "_x" in stored:
        stored = _ESCAPED.sub(_character, stored)
    return stored.strip()


def same_in_a_cell(stored: str, read: str) -> bool:
    """Whether a text that was written into a cell would be read as this one."""
    return stored == read or read_text(safe_text(stored)) == read


def _character(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return "" if character == "\r" else _ILLEGAL.sub(REPLACEMENT, character)
