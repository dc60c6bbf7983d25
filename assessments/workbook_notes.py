"""What stands beside an answer in a workbook: a note, names of documents, links."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

# Columns that end up in the note, with what stands before their text there.
NOTE_COLUMNS: Final = {"note": "", "documents": "Dokumen: ", "link": "Tautan: "}

_EVIDENCE_LINK = re.compile(r"/bukti/([0-9a-f-]{36})/?\s*$")


@dataclass(frozen=True, slots=True)
class NoteLine:
    """The text of one cell; column: a key of `NOTE_COLUMNS`."""

    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Attached:
    """The files beside an answer, name by id: what our export has written needs no note."""

    names: Mapping[str, str] = field(default_factory=dict)

    def has(self, line: str) -> bool:
        """Whether a line is the name of a file that is attached, or the link to it."""
        found = _EVIDENCE_LINK.search(line)
        if found and found[1] in self.names:
            return True
        return line in {" ".join(name.split()) for name in self.names.values()}


def compose_note(lines: Iterable[NoteLine], attached: Attached) -> str | None:
    """The note that the cells come to; None where nothing is left of them."""
    texts = [
        NOTE_COLUMNS[line.column] + text for line in lines if (text := _new_text(line, attached))
    ]
    return "\n".join(texts) if texts else None


def _new_text(line: NoteLine, attached: Attached) -> str:
    if line.column == "note" or not attached.names:
        return line.text
    rest = [each for each in line.text.split("\n") if not attached.has(" ".join(each.split()))]
    return "\n".join(rest).strip()
