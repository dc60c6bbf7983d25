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
from assessments.models.comment import COMMENT_LENGTH, Comment, CommentMention
from assessments.models.finding import REASON_LENGTH, FindingReason
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
from assessments.models.rejection import FEWEST_SATKER, RejectionCount
from assessments.models.scenario import SCENARIO_NAME_LENGTH, Scenario
from assessments.models.version_map import InstrumentMap, QuestionMap
from assessments.models.workbook import WorkbookImport, WorkbookTemplate

__all__ = [
    "COMMENT_LENGTH",
    "FEWEST_SATKER",
    "MESSAGE_LENGTH",
    "NOTE_LENGTH",
    "REASON_LENGTH",
    "SCENARIO_NAME_LENGTH",
    "Answer",
    "AnswerChange",
    "AnswerEvidence",
    "Assessment",
    "AssessmentQuerySet",
    "ChangeArea",
    "Comment",
    "CommentMention",
    "FindingReason",
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
    "RejectionCount",
    "Scenario",
    "Score",
    "Snapshot",
    "Transition",
    "Verification",
    "VerificationChange",
    "WorkbookImport",
    "WorkbookTemplate",
]
