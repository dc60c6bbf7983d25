"""An answer in a few words, as lists and the desk show it."""

from collections.abc import Mapping

import scoring
from assessments.card_parts import sum_in_words, value_of
from assessments.worksheet import QuestionRow, Worksheet


def short_answer(worksheet: Worksheet, question: QuestionRow, entered: Mapping[str, str]) -> str:
    """An answer in a few words: "B, nilai 0,50"; "4 ÷ 6 = 66,67%"; "3,6"; "belum dijawab"."""
    value = value_of(worksheet, question, entered)
    if question.inputs:
        if value is None:
            return "belum lengkap" if entered else "belum dijawab"
        return f"{sum_in_words(question, worksheet, entered)} = {scoring.print_percent(value)}"
    if value is None:
        return "belum dijawab"
    text = entered["value"]
    return f"{text}, nilai {scoring.print_points(value)}" if question.options else print_comma(text)


def choice_words(
    worksheet: Worksheet, question: QuestionRow, entered: Mapping[str, str]
) -> tuple[str, str]:
    """The satker's answer in a word, and what it says: the letter and its criterion, the
    percentage and its sum, the index and its scale."""
    value = value_of(worksheet, question, entered)
    if value is None:
        return "", short_answer(worksheet, question, entered).capitalize()
    if question.inputs:
        return scoring.print_percent(value), sum_in_words(question, worksheet, entered)
    if question.options:
        option = next(each for each in question.options if each.key == entered["value"])
        return option.key, option.text
    return print_comma(entered["value"]), f"dari {print_comma(question.maximum or '')}"


def entry_words(question: QuestionRow, entered: Mapping[str, str]) -> str:
    """An answer in one line: "B", "3,6", "Jumlah agen perubahan 6; …"."""
    if question.inputs:
        return "; ".join(
            f"{item.label}: {entered.get(item.key) or 'belum ada'}" for item in question.inputs
        )
    return entered.get("value", "").replace(".", ",") or "belum dijawab"


def print_comma(number: str) -> str:
    """ "3,6" for an entry stored as 3.6."""
    return number.replace(".", ",")
