"""Texts made to be expensive cost no more than others."""

import time
from itertools import count

from assessments.models import NOTE_LENGTH
from common.words import mark_differences


def test_two_notes_that_share_one_word_a_thousand_times():
    """Compared word by word to the end it takes most of a minute."""
    words = (f"{number:x}" for number in count(0x100))
    mine = " ".join(f"x {next(words)}" for _ in range(800))
    theirs = " ".join(f"x {next(words)}" for _ in range(800))
    assert max(len(mine), len(theirs)) <= NOTE_LENGTH

    started = time.process_time()
    mark_differences(mine, theirs)

    assert time.process_time() - started < 3  # seconds of the processor
