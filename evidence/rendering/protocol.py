"""What the programs share: limits on themselves, and how they answer.

A program ends with DONE after one line of JSON and, for a picture, the bytes of the page and of
the thumbnail, whose lengths the line gives; or with the code that says why there is no preview.
"""

import contextlib
import json
import re
import resource
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn

DONE: Final = 0
DAMAGED: Final = 10
LOCKED: Final = 11
TOO_LARGE: Final = 12
EMPTY: Final = 13
NO_SUCH_PAGE: Final = 14

MEMORY: Final = 768 * 1024 * 1024  # bytes of address space
MOST_WRITTEN: Final = 8 * 1024 * 1024  # bytes of an answer

MOST_CHARACTERS: Final = 60_000  # of a preview's text; some 25 pages
MOST_LINES: Final = 1500

# Control characters, halves of surrogate pairs, and what turns the direction of writing.
_UNSHOWN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


class NoPreview(Exception):
    """code: the one that the program ends with."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def run(program: Callable[..., None]) -> NoReturn:
    """Run a program within limits: `seconds` of CPU are its first argument, the others its own."""
    seconds, *arguments = sys.argv[1:]
    confine(int(seconds))
    try:
        program(*arguments)
    except NoPreview as reason:
        sys.exit(reason.code)
    except (MemoryError, RecursionError):
        sys.exit(TOO_LARGE)
    sys.exit(DONE)


def confine(seconds: int) -> None:
    """From here on this process takes no more than so much memory, CPU time and disk."""
    for kind, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, seconds, seconds + 1),
        (resource.RLIMIT_AS, MEMORY, MEMORY),
        (resource.RLIMIT_FSIZE, MOST_WRITTEN, MOST_WRITTEN),
    ):
        # Not every system can limit everything.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (soft, hard))


def answer(said: Mapping[str, Any], *pictures: bytes) -> None:
    """said: what JSON can hold; pictures: the page and its thumbnail."""
    line = json.dumps({**said, "lengths": [len(picture) for picture in pictures]})
    whole = b"".join((line.encode("ascii"), b"\n", *pictures))
    if len(whole) > MOST_WRITTEN:
        raise NoPreview(TOO_LARGE)
    sys.stdout.buffer.write(whole)
    sys.stdout.buffer.flush()


def plain(text: str) -> str:
    """The text without what nobody can see, or what would mislead who reads it."""
    return _UNSHOWN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


class Room:
    """How much text still fits, in so many pieces; `cut` once something did not."""

    def __init__(self, pieces: int = MOST_LINES) -> None:
        self.characters = MOST_CHARACTERS
        self.pieces = pieces
        self.cut = False

    @property
    def full(self) -> bool:
        return self.characters <= 0 or self.pieces <= 0

    def take(self, text: str) -> str:
        """As much of a text as fits; "" once nothing does."""
        if not text:
            return ""
        if self.full:
            self.cut = True
            return ""
        if len(text) > self.characters:
            self.cut = True
            text = text[: self.characters]
        self.characters -= len(text)
        self.pieces -= 1
        return text
