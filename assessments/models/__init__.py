from assessments.models.answer import (
    NOTE_LENGTH,
    Answer,
    AnswerChange,
    AnswerEvidence,
    Verification,
    VerificationChange,
)
from assessments.models.assessment import (
    Assessment,
    AssessmentQuerySet,
    Period,
    Score,
    Snapshot,
    Transition,
)
from assessments.models.instrument import (
    ChangeArea,
    Floor,
    Guidance,
    Input,
    Instrument,
    Node,
    Option,
    PredikatRule,
    Question,
)
from assessments.models.version_map import InstrumentMap, QuestionMap
from assessments.models.workbook import WorkbookImport, WorkbookTemplate

__all__ = [
    "NOTE_LENGTH",
    "Answer",
    "AnswerChange",
    "AnswerEvidence",
    "Assessment",
    "AssessmentQuerySet",
    "ChangeArea",
    "Floor",
    "Guidance",
    "Input",
    "Instrument",
    "InstrumentMap",
    "Node",
    "Option",
    "Period",
    "PredikatRule",
    "Question",
    "QuestionMap",
    "Score",
    "Snapshot",
    "Transition",
    "Verification",
    "VerificationChange",
    "WorkbookImport",
    "WorkbookTemplate",
]
