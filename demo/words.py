"""What the people of the example write: notes on answers, verdicts, returns."""

from random import Random

from assessments.enums import RejectionReason
from assessments.worksheet import QuestionRow
from demo.lists import read_list

_ONE_IN_NOTES_MISSING = 4
_ONE_IN_FITS_WITH_NOTE = 7
_REASONS = (
    RejectionReason.INCOMPLETE_SET,
    RejectionReason.CLAIM_ABOVE_EVIDENCE,
    RejectionReason.UNSIGNED,
    RejectionReason.OUT_OF_PERIOD,
    RejectionReason.WRONG_DOCUMENT,
)


class Words:
    """Texts for one assessment, drawn from the lists."""

    def __init__(self, rng: Random, *, year: int) -> None:
        self._rng = rng
        self._year = year

    def document_of(self, question: QuestionRow) -> str:
        """The name of a document that the question asks for."""
        names = question.documents or question.supports or (f"Laporan {question.section.name}",)
        return self._rng.choice(names)

    def on_answer(self, question: QuestionRow, percent: int, document: str) -> str:
        """A satker's note on an answer worth that many percent; often none at all."""
        if not self._rng.randrange(_ONE_IN_NOTES_MISSING):
            return ""
        if not percent:
            return self._draw("answer_none", document)
        if question.inputs or question.maximum is not None:
            return self._draw("figures", document)
        return self._draw("answer" if percent > 60 else "answer_partial", document)

    def on_repair(self, document: str) -> str:
        return self._draw("repair", document)

    def on_verdict(self, question: QuestionRow, *, is_nothing_granted: bool) -> str:
        """A reviewer's note on a verdict below "sesuai"."""
        kind = "reviewer_none" if is_nothing_granted else "reviewer_partial"
        pitfall = self._rng.choice(question.pitfalls or (read_list("texts")["pitfall"],))
        return self._draw(kind, self.document_of(question), pitfall)

    def reason_of(self, question: QuestionRow) -> str:
        """A kind of fault; of each question two recur."""
        kind = (question.position + self._rng.randrange(2)) % len(_REASONS)
        return _REASONS[kind].value

    def on_fit(self) -> str:
        if self._rng.randrange(_ONE_IN_FITS_WITH_NOTE):
            return ""
        return self._draw("reviewer_fits")

    def on_return(self) -> str:
        return self._draw("return")

    def _draw(self, kind: str, document: str = "", pitfall: str = "") -> str:
        text = self._rng.choice(read_list("texts")[kind]).format(
            year=self._year, document=_inline(document), pitfall=_inline(pitfall)
        )
        return ". ".join(_capital(sentence) for sentence in text.split(". "))


def _inline(text: str) -> str:
    """The text for the middle of a sentence; SK, SOP and the like keep their capitals."""
    text = text.rstrip(".")
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
