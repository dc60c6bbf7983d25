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


def unknown_names(text: str, usernames: Collection[str]) -> list[str]:
    """What stands behind an "@" and names nobody, as typed, each once."""
    known = {mention.start for mention in find_mentions(text, usernames)}
    others = (found for found in _NAME.finditer(text) if found.start() not in known)
    typed = dict.fromkeys(found[1].rstrip(_ENDS_A_SENTENCE) for found in others)
    return [name for name in typed if name]


def with_usernames(text: str, names: Mapping[str, str]) -> str:
    """The text with "@Nur Handayani" turned into the account of that person, whatever the case.

    names: of people by username. Of what could be meant the longest counts, a username before a
    name; a name that two people have stays text.
    """
    shared = Counter(name.casefold() for name in names.values())
    accounts = {
        name.casefold(): username if shared[name.casefold()] == 1 else None
        for username, name in names.items()
        if name
    } | dict.fromkeys(names)
    longest_first = sorted(accounts, key=len, reverse=True)
    typed = rf"(?<![\w@.+-])@({'|'.join(map(re.escape, longest_first))})(?![\w@+-]|\.\w)"

    def named(found: re.Match[str]) -> str:
        username = accounts.get(found[1].casefold())
        return found[0] if username is None else f"@{username}"

    return re.sub(typed, named, text, flags=re.IGNORECASE) if accounts else text


def with_names(text: str, names: Mapping[str, str]) -> str:
    """The other way: "@nur" as people read it. names: of those mentioned, by username."""
    pieces, at = [], 0
    for each in find_mentions(text, names):
        pieces += [text[at : each.start], "@", names[each.username]]
        at = each.end
    return "".join([*pieces, text[at:]])
