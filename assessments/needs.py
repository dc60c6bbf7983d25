"""Which of the documents that a question lists are there (decision 47).

A file is one of them when a person has said so: `AnswerEvidence.document` holds the item's words.
Pure functions over rows that are loaded already.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from assessments.worksheet import QuestionRow
from evidence.models import EvidenceFile

_WORD = re.compile(r"[a-z]{2,}")
# Words of every other document, which tell nothing about this one.
_COMMON = frozenset(
    (
        *("ada", "atas", "atau", "bagi", "beserta", "dalam", "dan", "dari", "dengan", "di"),
        *("hasil", "ini", "itu", "ke", "lengkap", "oleh", "pada", "para", "satker", "sebagai"),
        *("serta", "setiap", "tahun", "tentang", "tiap", "untuk", "yang", "zi"),
    )
)
_AT_LEAST = 2  # words that a file's name must share with an item, its first word among them


@dataclass(frozen=True, slots=True)
class Proposal:
    """An item that a file may be, and the words that say so."""

    document: str
    words: tuple[str, ...]


def listed_documents(question: QuestionRow) -> tuple[str, ...]:
    """All items: the required documents, then the supporting ones."""
    return (*question.documents, *question.supports)


def missing_documents(
    questions: Iterable[QuestionRow], ticks: Iterable[tuple[int, str]]
) -> dict[int, tuple[str, ...]]:
    """The required documents without a file, by question key; questions that lack none left out.

    ticks: question key and document of each attached file ("" where none is said).
    """
    ticked = set(ticks)
    missing = {
        question.pk: tuple(item for item in question.documents if (question.pk, item) not in ticked)
        for question in questions
    }
    return {pk: items for pk, items in missing.items() if items}


def propose(
    question: QuestionRow, file: EvidenceFile, taken: Collection[str] = ()
) -> Proposal | None:
    """What a file may be: the item that shares most words with its title, name and kind.

    The item's first word ("SK", "Notulen", "Laporan") must be among at least two words they
    share; a tie proposes nothing. taken: items that have a file already.
    """
    of_file = set(_words(f"{file.title} {file.name.rpartition('.')[0]} {file.kind}"))
    found: list[Proposal] = []
    for item in listed_documents(question):
        words = _words(item)
        shared = tuple(word for word in words if word in of_file)
        if item not in taken and len(shared) >= _AT_LEAST and shared[0] == words[0]:
            found.append(Proposal(item, shared))
    found.sort(key=lambda each: -len(each.words))
    if not found or (len(found) > 1 and len(found[0].words) == len(found[1].words)):
        return None
    return found[0]


def _words(text: str) -> tuple[str, ...]:
    """Its words in lower case, in their order, once each, without the common ones."""
    words = _WORD.findall(text.lower())
    return tuple(dict.fromkeys(word for word in words if word not in _COMMON))
