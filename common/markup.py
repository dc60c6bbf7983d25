"""HTML and addresses for pages that carry hundreds of them.

What they give is what Django's own give, several times as quickly; a template or a page with a few
of them is better served by Django's.
"""

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.safestring import SafeString

_PLAIN = "!$&'()*+,;=~:@"  # what `reverse` leaves as it is (RFC 3986, 3.3)

_UNLIKELY = {UUID: "5f5f5f5f-5f5f-4f5f-8f5f-{:012}", str: "tempat-{}", int: "9000000000{:02}"}

Key = UUID | str | int


def html_of(pattern: str, /, *parts: object) -> SafeString:
    """`django.utils.html.format_html`: what is not HTML yet is escaped."""
    return SafeString(pattern.format(*[_escaped(part) for part in parts]))


def html_join(separator: str, parts: Iterable[object]) -> SafeString:
    """The parts behind one another; what is not HTML yet is escaped. separator: HTML."""
    return SafeString(separator.join([_escaped(part) for part in parts]))


def address_of(name: str, *keys: Key) -> str:
    """`django.urls.reverse` with `keys` in the order of the address.

    Found once for each name. Raises NoReverseMatch where there is no such address; that a key
    suits it is for the caller to know.
    """
    kinds = tuple([str if isinstance(key, str) else type(key) for key in keys])
    pieces = _address(get_script_prefix(), get_urlconf() or settings.ROOT_URLCONF, name, kinds)
    filled = [pieces[0]]
    for key, piece in zip(keys, pieces[1:], strict=True):
        filled += (quote(key, safe=_PLAIN) if isinstance(key, str) else str(key), piece)
    return "".join(filled)


def _escaped(part: object) -> str:
    if isinstance(part, SafeString):
        return part
    if hasattr(part, "__html__"):
        return str(part.__html__())
    text = str(part)  # of what is written only now, such as a translation
    return text if isinstance(text, SafeString) else escape(text)


@lru_cache(maxsize=256)
def _address(
    _prefix: str, _urlconf: str, name: str, kinds: tuple[type[Key], ...]
) -> tuple[str, ...]:
    """The address in pieces, between which its keys stand."""
    # Keys that nothing on the site has, so that they are found again in the address.
    tried = [kind(_UNLIKELY[kind].format(number)) for number, kind in enumerate(kinds)]
    rest, pieces = reverse(name, args=tried), []
    for key in tried:
        piece, _, rest = rest.partition(str(key))
        pieces.append(piece)
    return *pieces, rest
