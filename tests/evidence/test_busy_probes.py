"""Others keep the checks of PDF files to themselves: nobody waits for long, nothing is lost."""

import pytest

from common.busy import ServerBusy, is_busy
from evidence import content
from evidence.intake import inspect
from tests.evidence.samples import image, pdf, upload


@pytest.fixture
def held(monkeypatch):
    """All places taken."""
    monkeypatch.setattr(content, "PDF_PATIENCE", 0.05)
    for _ in range(content.PDF_AT_ONCE):
        assert content._pdf_room.acquire(timeout=0)
    yield
    for _ in range(content.PDF_AT_ONCE):
        content._pdf_room.release()


def test_a_pdf_is_put_off_and_not_refused(held):
    with pytest.raises(ServerBusy) as put_off:
        inspect(upload("a.pdf", pdf()))

    assert is_busy(put_off.value)  # 503, which scripts repeat


def test_what_needs_no_check_of_that_kind_goes_through(held):
    assert inspect(upload("a.png", image("PNG"))).extension == "png"


def test_a_place_is_given_back(monkeypatch):
    monkeypatch.setattr(content, "PDF_PATIENCE", 0.05)
    for _ in range(content.PDF_AT_ONCE + 1):
        assert inspect(upload("a.pdf", pdf())).extension == "pdf"
