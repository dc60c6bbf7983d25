"""The engine of the PDF reports changes nothing about which pictures are taken in."""

import pytest
from PIL import ImageFile

from evidence.errors import FileRefused, Reason
from evidence.intake import inspect
from reports.pdf import PdfUnavailable, pdf_of
from tests.evidence.samples import image, upload


@pytest.fixture
def engine():
    try:
        pdf_of("<p>Laporan</p>")
    except PdfUnavailable as missing:
        pytest.skip(str(missing))


def refusal(content: bytes) -> Reason:
    with pytest.raises(FileRefused) as refused:
        inspect(upload("a.png", content))
    return refused.value.reason


@pytest.mark.parametrize("missing", [8, 20, 600])
def test_a_picture_cut_off(engine, missing):
    content = image("PNG", (400, 300))

    assert refusal(content[: max(40, len(content) - missing)]) is Reason.DAMAGED


def test_a_picture_cut_off_where_pillow_reads_damaged_ones(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)

    assert refusal(image("PNG", (400, 300))[:-8]) is Reason.DAMAGED
