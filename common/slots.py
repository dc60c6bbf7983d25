"""HTML rendered once and filled many times.

A page of 22 questions is nearly all text that never changes. A template is rendered once with a
mark in every place that differs from person to person; filling the marks is string joining.

What goes into a slot must be HTML already: escape text with `django.utils.html.escape`.
"""

import re
from collections.abc import Mapping

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

# Private-use characters: no text of an instrument holds them, and escaping leaves them alone.
_OPEN, _CLOSE = "\ue000", "\ue001"
_SLOT = re.compile(f"{_OPEN}([^{_CLOSE}]+){_CLOSE}")


def slot(name: str) -> SafeString:
    """The mark to put into a template's context."""
    return mark_safe(f"{_OPEN}{name}{_CLOSE}")  # noqa: S308 (a mark of our own)


class Slotted:
    """HTML with slots. An unfilled slot is empty; an unknown one is a programmer's error."""

    def __init__(self, html: str) -> None:
        parts = _SLOT.split(html)
        self._texts = parts[0::2]
        self._names = parts[1::2]
        self.slots = frozenset(self._names)

    def fill(self, values: Mapping[str, str]) -> SafeString:
        """Raises ValueError on a value for a slot that is not there."""
        if not values.keys() <= self.slots:
            raise ValueError(f"no such slot: {sorted(values.keys() - self.slots)}")
        pieces = [self._texts[0]]
        for name, text in zip(self._names, self._texts[1:], strict=True):
            pieces.append(values.get(name, ""))
            pieces.append(text)
        return mark_safe("".join(pieces))  # noqa: S308 (slots take HTML, see above)


def slotted(template: str, context: Mapping[str, object]) -> Slotted:
    """Render a template whose context holds `slot(…)` marks."""
    return Slotted(render_to_string(template, dict(context)))
