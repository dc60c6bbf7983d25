from assessments.enums import Status
from common.errors import DomainError


class AssessmentLocked(DomainError):
    """The assessment, or this question of it, cannot be edited at this time."""


class InvalidEntry(DomainError):
    """A value that is not on the question's scale, or counts that contradict each other.

    inputs: the fields at fault ("n1", "n2"); empty for a choice or an index.
    """

    def __init__(self, message: str, inputs: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.inputs = inputs


class StaleAnswer(DomainError):
    """Someone saved a newer version in the meantime; `current` is the stored row."""

    def __init__(self, current: object) -> None:
        super().__init__("Jawaban ini baru disimpan pengguna lain. Pilih jawaban yang dipakai.")
        self.current = current


class TransitionRefused(DomainError):
    """A step of the assessment's life that its status, deadline or content does not allow.

    findings: what has to be put right first, each with the code of its question.
    """

    def __init__(self, message: str, findings: tuple["object", ...] = ()) -> None:
        super().__init__(message)
        self.findings = findings


class WrongStatus(TransitionRefused):
    """The step does not start from this status (someone may have taken it already)."""

    def __init__(self, status: str) -> None:
        label = Status(status).label
        super().__init__(
            f"Langkah ini tidak dapat dilakukan: status penilaian sekarang {label}. "
            "Muat ulang halaman untuk melihat keadaan terbaru."
        )
        self.status = status


class HandlingRefused(DomainError):
    """A task or a check that cannot be so. field: of the form, "" for all of it."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class InstrumentRefused(DomainError):
    """An instrument file that cannot be taken in; the message says what and where."""


class InstrumentInUse(InstrumentRefused):
    """Another content for a version that a period or an assessment uses."""


class PeriodRefused(DomainError):
    """A period that cannot be made, changed or deleted so.

    field: the field at fault; "" for the period as a whole.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class WorkbookDraftGone(DomainError):
    """The preview of a workbook is no longer there: replaced, discarded or too old."""

    def __init__(self) -> None:
        super().__init__("Pratinjau buku kerja ini sudah tidak ada. Unggah lagi berkasnya.")


class WorkbookToDecide(DomainError):
    """Answers for which somebody has to choose first, by question code.

    moved: saved by someone after the preview was shown. undecided: saved after the workbook was
    made, and no choice was sent.
    """

    def __init__(self, moved: frozenset[str], undecided: frozenset[str]) -> None:
        super().__init__(
            "Ada jawaban yang disimpan setelah pratinjau ditampilkan. Belum ada yang diimpor."
            if moved
            else "Pilih dahulu jawaban yang dipakai. Belum ada yang diimpor."
        )
        self.moved = moved
        self.undecided = undecided


class TemplateRefused(DomainError):
    """A workbook that cannot serve as the template of exports; the message says why."""


class DraftRefused(InstrumentRefused):
    """A draft that cannot be made, edited or published so."""


class MapRefused(DomainError):
    """A map between versions that cannot be, or can no longer be, what was asked for."""


class CarryRefused(DomainError):
    """There is nothing of an earlier year that could be carried over."""


class ScenarioRefused(DomainError):
    """A scenario of the simulation that cannot be kept so; the message says what to do."""


class StaleScenario(ScenarioRefused):
    """A colleague saved the scenario in the meantime, or threw it away."""


class ReasonRefused(DomainError):
    """A reason for warnings that cannot be stored; the message says what to do."""


class CommentRefused(DomainError):
    """A comment that cannot be written or withdrawn so."""
