"""What may stand in a line of text."""

import unicodedata

_UNPRINTABLE = frozenset({"Cc", "Cs"})  # control characters (NUL too), lone surrogates


def has_control_characters(text: str) -> bool:
    """Whether the text holds what no page can print and PostgreSQL cannot store."""
    return any(unicodedata.category(character) in _UNPRINTABLE for character in text)
