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
from assessments.models.handling import MESSAGE_LENGTH, Handling
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
from assessments.models.scenario import SCENARIO_NAME_LENGTH, Scenario
from assessments.models.version_map import InstrumentMap, QuestionMap
from assessments.models.workbook import WorkbookImport, WorkbookTemplate

__all__ = [
    "MESSAGE_LENGTH",
    "NOTE_LENGTH",
    "SCENARIO_NAME_LENGTH",
    "Answer",
    "AnswerChange",
    "AnswerEvidence",
    "Assessment",
    "AssessmentQuerySet",
    "ChangeArea",
    "Floor",
    "Guidance",
    "Handling",
    "Input",
    "Instrument",
    "InstrumentMap",
    "Node",
    "Option",
    "Period",
    "PredikatRule",
    "Question",
    "QuestionMap",
    "Scenario",
    "Score",
    "Snapshot",
    "Transition",
    "Verification",
    "VerificationChange",
    "WorkbookImport",
    "WorkbookTemplate",
]
