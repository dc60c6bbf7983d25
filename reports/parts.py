"""What every format of the LKE says, as plain values; `reports.document` fills them.

Points and values are exact; whoever prints them goes through `scoring.printing`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

import scoring
from common.charts import Axis

Points = Fraction


@dataclass(frozen=True, slots=True)
class Head:
    """What the sheet is about. verifier_label: "Kanwil", or "Verifikator" where it is none."""

    title: str
    year: int
    satker: str
    code: str
    verifier_label: str
    verifier: str
    target: str
    instrument: str
    source: str
    status: str
    status_sentence: str
    printed_at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure at both tiers; verified is None while nobody has judged anything.

    floors: the minima it stands against, for printing.
    """

    name: str
    weight: Fraction
    own: Points
    verified: Points | None
    floors: tuple[Fraction, ...] = ()

    @property
    def counting(self) -> Points:
        """The verified figure where there is one, else the satker's."""
        return self.own if self.verified is None else self.verified

    @property
    def difference(self) -> Points | None:
        return None if self.verified is None else self.verified - self.own

    @property
    def printed_percent(self) -> str:
        """The counting figure as a share of the weight: ``66,67%``; never at a missed floor."""
        shares = [floor / self.weight for floor in self.floors]
        return scoring.print_percent(self.counting / self.weight, shares)


@dataclass(frozen=True, slots=True)
class AreaLine:
    """An area, or a component without areas; codes: the nodes that add up to it."""

    figure: Figure
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The whole answer. is_interim: open questions, or questions without a verdict."""

    total: Figure
    answered: int
    judged: int
    questions: int
    is_interim: bool
    sentence: str
    remarks: tuple[str, ...]

    @property
    def label(self) -> str:
        kind = "mandiri" if self.total.verified is None else "verifikasi"
        return f"Nilai {kind} sementara" if self.is_interim else f"Nilai {kind}"


@dataclass(frozen=True, slots=True)
class FloorCheck:
    """One minimum of one predikat against the counting figure."""

    predikat: str
    required: Points
    met: bool
    gap: str  # printed, rounded up; "" when it is met


@dataclass(frozen=True, slots=True)
class FloorLine:
    """One line of the table of minima; checks in the order of the predikat, None for no minimum.

    codes: the nodes, or the question, that add up to it.
    """

    codes: tuple[str, ...]
    name: str
    actual: Points
    floors: tuple[Fraction, ...]
    checks: tuple[FloorCheck | None, ...]


@dataclass(frozen=True, slots=True)
class Count:
    key: str
    label: str
    figure: str  # as entered; "" while it is open


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was entered, in words, with its value 0 to 1 (None while it is open).

    short: "A", "Ya", "3,62", "66,67%"; meaning: what the chosen option stands for.
    """

    entered: Mapping[str, str]
    short: str
    meaning: str
    counts: tuple[Count, ...]
    value: Fraction | None
    is_choice: bool = False

    @property
    def worth(self) -> str:
        """ "A (1,00)"; a percentage or an index says itself what it is worth."""
        if self.value is None or not self.is_choice:
            return self.short
        return f"{self.short} ({scoring.print_points(self.value)})"

    @property
    def sentence(self) -> str:
        """The answer in one line: "B: Sebagian.", "3,6 dari 4", "66,67% (4 ÷ 6)."."""
        if self.counts:
            return f"{self.short} ({self.meaning})." if self.meaning else f"{self.short}."
        if self.is_choice:
            return f"{self.short}: {self.meaning}"
        return f"{self.short} {self.meaning}".rstrip()


@dataclass(frozen=True, slots=True)
class Attachment:
    """document: the item of the question's list that the file is, "" for none."""

    name: str
    size: int
    sha256: str
    document: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """A reviewer's word on one question. given: the reviewer's own answer, None for "sesuai"."""

    verdict: str
    label: str
    given: Given | None
    note: str
    by: str
    at: datetime

    @property
    def has_words(self) -> bool:
        """More to say than that the answer fits."""
        return bool(self.note or self.given)


@dataclass(frozen=True, slots=True)
class Row:
    """One question: what the satker says, what the reviewer says, and what it is worth."""

    code: str
    text: str
    scale: scoring.Scale
    own: Given
    note: str
    files: tuple[Attachment, ...]
    review: Review | None
    counting: Given  # the answer that counts in the verified figure
    figure: Figure | None  # points, where the question has a weight of its own

    @property
    def change(self) -> Fraction:
        """Verified value less the satker's; below 0 where the reviewer lowered it."""
        return (self.counting.value or Fraction(0)) - (self.own.value or Fraction(0))

    @property
    def change_word(self) -> str:
        """ "turun 0,50", "naik 0,25"; "" where nothing changed."""
        if not self.change:
            return ""
        word = "turun" if self.change < 0 else "naik"
        return f"{word} {scoring.print_points(abs(self.change))}"

    @property
    def inputs(self) -> tuple[scoring.Input, ...]:
        scale = self.scale
        return scale.inputs if isinstance(scale, scoring.Ratio | scoring.Decrease) else ()


@dataclass(frozen=True, slots=True)
class Part:
    """A node of the instrument with what stands below it: parts, or rows.

    area: "1" to "6" on the nodes that make up an area.
    """

    code: str
    figure: Figure
    area: str
    parts: "tuple[Part, ...]"
    rows: tuple[Row, ...]

    @property
    def mark(self) -> str:
        """The last step of the code: "iii" of A.I.1.iii."""
        return self.code.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Block:
    """A page's worth of answers: one area of one subcomponent, or a component without areas.

    sections: the parts with rows or sub-parts, in reading order.
    """

    title: str
    total_label: str
    figure: Figure
    sections: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Frozen:
    """A frozen snapshot. is_intact: its content still gives its SHA-256."""

    label: str
    round: int
    at: datetime
    by: str
    sha256: str
    is_intact: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How what is printed stands to what was frozen. sha256: "" for a draft."""

    frozen: tuple[Frozen, ...]
    sha256: str
    sentence: str

    @property
    def is_draft(self) -> bool:
        return not self.sha256


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    at: datetime
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Signature:
    """at: None while it was not signed; name: "" then."""

    at: datetime | None
    office: str
    place: str
    name: str


@dataclass(frozen=True, slots=True)
class Sum:
    """One line of the annex: a figure with the arithmetic that made it.

    depth: 0 for a component, one more for each step below. verified: points and arithmetic of the
    reviewer's tier, where there is one and where the arithmetic differs. questions: those that
    stand in it; they share its row, since a row takes far longer to lay out than a sentence.
    """

    code: str
    name: str
    depth: int
    weight: Fraction
    points: Fraction
    floors: tuple[Fraction, ...]
    sentence: str
    verified: Fraction | None
    verified_sentence: str
    questions: "tuple[Sum, ...]"


@dataclass(frozen=True, slots=True)
class Report:
    head: Head
    result: Result
    predikat: tuple[str, ...]
    areas: tuple[AreaLine, ...]
    axes: tuple[Axis, ...]
    floors: tuple[FloorLine, ...]
    tree: tuple[Part, ...]
    blocks: tuple[Block, ...]
    standing: Standing
    steps: tuple[Step, ...]
    conclusion: str
    signatures: tuple[Signature, ...]
    total_sentence: str
    sums: tuple[Sum, ...]

    @property
    def short_title(self) -> str:
        return f"LKE {self.head.year}, {self.head.satker} ({self.head.code})"

    @property
    def is_verified(self) -> bool:
        return self.result.total.verified is not None
