"""Uploads made to need much memory need it one after the other."""

import contextlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from evidence.content import PDF_AT_ONCE
from evidence.intake import inspect
from tests.evidence.samples import pdf, upload


def probes() -> int:
    """How many processes of this one are opening a PDF now."""
    found = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            opens_pdf = b"pdf_probe" in (folder / "cmdline").read_bytes()
            found += opens_pdf and int(parent) == os.getpid()
    return found


@pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="counts processes in /proc (Linux)"
)
def test_pdf_that_are_opened_at_once():
    files = [upload("a.pdf", pdf() + b"%" * number) for number in range(1, 13)]
    seen = 0

    with ThreadPoolExecutor(len(files)) as threads:
        waiting = [threads.submit(inspect, file) for file in files]
        while not all(each.done() for each in waiting):
            seen = max(seen, probes())
            time.sleep(0.001)

    assert all(each.result().extension == "pdf" for each in waiting)
    assert 1 <= seen <= PDF_AT_ONCE
