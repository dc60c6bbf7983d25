"""The arithmetic of the LKE as formulas of a workbook.

They say the same as `scoring`: an open question gives "" and counts 0 above, counts that
contradict each other give a word instead of a number.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import scoring
from assessments.enums import Verdict

LOWER = (Verdict.KURANG_SESUAI.label, Verdict.TIDAK_SESUAI.label)
CHECK_COUNTS = "periksa angka"

# Cells hold binary fractions: a sum that is exactly 6 may come out as 5.999999999999999. The
# comparison with a minimum therefore looks at 11 decimals; PMPZI itself compares exact values.
COMPARED_PLACES = 11


def value_formula(scale: scoring.Scale, entry: str, inputs: Sequence[str]) -> str:
    """The value 0 to 1 of an entry, without the leading "=".

    entry: the cell of a choice or number; inputs: the cells of the counts, in their order, one
    below the other.
    """
    match scale:
        case scoring.Choice(options=options):
            return f'IF({entry}="","",{_choice(options, entry)})'
        case scoring.Number(maximum=maximum):
            return f'IF({entry}="","",{entry}/{number(maximum)})'
        case scoring.Ratio():
            return _ratio(scale, dict(zip([i.key for i in scale.inputs], inputs, strict=True)))
        case scoring.Decrease():
            return _decrease(scale, dict(zip([i.key for i in scale.inputs], inputs, strict=True)))
    raise ValueError(f"no formula for {scale!r}")


def verified_formula(verdict: str, own_value: str, reviewed: str) -> str:
    """The reviewer's value where the verdict is below "sesuai", else the satker's."""
    conditions = ",".join(f'{verdict}="{label}"' for label in LOWER)
    return f"IF(OR({conditions}),{reviewed},{own_value})"


def mean_formula(weight: str, first: str, last: str, questions: int) -> str:
    """Points of a section: its weight times the mean of its values; open ones count 0."""
    return f"{weight}*SUM({first}:{last})/{questions}"


def weighted_formula(weight: str, value: str) -> str:
    """Points of a question with a weight of its own."""
    return f"{weight}*N({value})"


def sum_formula(cells: Sequence[str]) -> str:
    return "+".join(cells)


def met_formula(actual: str, required: str) -> str:
    return f'IF(ROUND({actual},{COMPARED_PLACES})>={required},"Memenuhi","Belum")'


def gap_formula(actual: str, required: str) -> str:
    """Points missing, rounded up to two decimals; 0 where nothing is."""
    return f"MAX(0,ROUNDUP(ROUND({required}-{actual},{COMPARED_PLACES}),2))"


def number(value: Fraction | Decimal) -> str:
    """A constant of a formula, with a decimal point whatever the reader's language."""
    return scoring.to_decimal_string(value)


def _choice(options: dict[str, Fraction], entry: str) -> str:
    """Nested comparisons; a letter that is not on the scale gives #N/A, not silently 0."""
    formula = "NA()"
    for key, value in reversed(options.items()):
        formula = f'IF({entry}="{key}",{number(value)},{formula})'
    return formula


def _ratio(scale: scoring.Ratio, cells: dict[str, str]) -> str:
    above = _total([cells[key] for key in scale.numerator])
    below = _total([cells[key] for key in scale.denominator])
    over = "1" if scale.capped else f'"{CHECK_COUNTS}"'
    share = (
        f'IF({below}=0,IF({above}=0,{number(scale.zero_over_zero)},"{CHECK_COUNTS}"),'
        f"IF({above}>{below},{over},{above}/{below}))"
    )
    return _when_complete(list(cells.values()), share)


def _decrease(scale: scoring.Decrease, cells: dict[str, str]) -> str:
    before, after = cells[scale.before], cells[scale.after]
    share = (
        f"IF({before}=0,IF({after}=0,{number(scale.zero_over_zero)},0),"
        f"MAX(0,({before}-{after})/{before}))"
    )
    return _when_complete(list(cells.values()), share)


def _when_complete(cells: list[str], formula: str) -> str:
    return f'IF(COUNT({cells[0]}:{cells[-1]})<{len(cells)},"",{formula})'


def _total(cells: list[str]) -> str:
    return cells[0] if len(cells) == 1 else f"({'+'.join(cells)})"
