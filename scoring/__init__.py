"""The scoring service: a filled sheet and the rules of its instrument to points and verdicts.

Pure Python: no framework, no files, no clock. Exact fractions inside; decimals at the edge come
from the printing functions. Callers import from here alone.
"""

from scoring.errors import EntryError
from scoring.evaluate import evaluate, evaluate_values
from scoring.exchange import (
    AnswersError,
    entries_from_answers,
    evaluation_to_json,
    read_answers,
)
from scoring.explain import Explained, explain, total_sentence
from scoring.levels import Level, levels_above
from scoring.parse import ParsedInstrument, parse_instrument, parse_rules, parse_sheet
from scoring.plan import (
    Move,
    Objective,
    Plan,
    Problem,
    best_reachable,
    binding_floors,
    find_plan,
    only_area,
)
from scoring.printing import (
    Figure,
    print_difference,
    print_gap,
    print_number,
    print_percent,
    print_points,
    print_share_to_reach,
    to_decimal,
    to_decimal_string,
)
from scoring.result import Evaluation, FloorStatus, NodeScore, Shortfall, Verdict
from scoring.rules import PENGUNGKIT, Floor, Predikat, RuleSet
from scoring.scales import (
    MAXIMUM_COUNT,
    Choice,
    Decrease,
    Entry,
    Input,
    Number,
    Ratio,
    Scale,
)
from scoring.sheet import HASIL, Area, Item, Node, Sheet, parse_entry, value_of

__all__ = [
    "HASIL",
    "MAXIMUM_COUNT",
    "PENGUNGKIT",
    "AnswersError",
    "Area",
    "Choice",
    "Decrease",
    "Entry",
    "EntryError",
    "Evaluation",
    "Explained",
    "Figure",
    "Floor",
    "FloorStatus",
    "Input",
    "Item",
    "Level",
    "Move",
    "Node",
    "NodeScore",
    "Number",
    "Objective",
    "ParsedInstrument",
    "Plan",
    "Predikat",
    "Problem",
    "Ratio",
    "RuleSet",
    "Scale",
    "Sheet",
    "Shortfall",
    "Verdict",
    "best_reachable",
    "binding_floors",
    "entries_from_answers",
    "evaluate",
    "evaluate_values",
    "evaluation_to_json",
    "explain",
    "find_plan",
    "levels_above",
    "only_area",
    "parse_entry",
    "parse_instrument",
    "parse_rules",
    "parse_sheet",
    "print_difference",
    "print_gap",
    "print_number",
    "print_percent",
    "print_points",
    "print_share_to_reach",
    "read_answers",
    "to_decimal",
    "to_decimal_string",
    "total_sentence",
    "value_of",
]
