"""@names in a text. Only those of known people are mentions; all else is text."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

# As `accounts` allows usernames; an address such as nama@kantor.id mentions nobody.
_NAME = re.compile(r"(?<![\w@.+-])@([\w.@+-]+)", re.ASCII)
_ENDS_A_SENTENCE = ".@+-"


@dataclass(frozen=True, slots=True)
class Mention:
    """Where in the text it stands, with its @."""

    start: int
    end: int
    username: str


def find_mentions(text: str, usernames: Collection[str]) -> Iterator[Mention]:
    """In the order of the text; a capital letter or the end of a sentence does not matter."""
    for found in _NAME.finditer(text):
        typed = found[1].lower()
        for name in (typed, typed.rstrip(_ENDS_A_SENTENCE)):
            if name in usernames:
                yield Mention(found.start(), found.start() + 1 + len(name), name)
                break


def with_usernames(text: str, names: Mapping[str, str]) -> str:
    """The text with "@Nur Handayani" turned into the account of that person, whatever the case.

    names: of people by username. A name that two of them have stays text.
    """
    shared = Counter(name.casefold() for name in names.values())
    for username, name in sorted(names.items(), key=lambda each: -len(each[1])):
        if name and shared[name.casefold()] == 1:
            typed = rf"(?<![\w@.+-])@{re.escape(name)}(?!\w)"
            text = re.sub(typed, f"@{username}", text, flags=re.IGNORECASE)
    return text
