"""One page of a PDF, as a picture and as text: `python -m evidence.rendering.pdf SECONDS PAGE`."""

import math
import sys
from typing import Final

import pypdfium2
from pypdfium2 import raw

from evidence.rendering import pictures, protocol
from evidence.rendering.protocol import NoPreview

LARGEST_PAGE: Final = 200_000  # points at either side: 70 metres
MOST_ENLARGED: Final = 4  # a page of a few points is no poster


def main(page: str) -> None:
    number = int(page)
    try:
        with pypdfium2.PdfDocument(sys.stdin.buffer) as document:
            count = len(document)
            if count == 0:
                raise NoPreview(protocol.DAMAGED)
            if not 1 <= number <= count:
                raise NoPreview(protocol.NO_SUCH_PAGE)
            document.init_forms()  # what was filled in is part of the page
            _answer(document[number - 1], number, count)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}
        raise NoPreview(protocol.LOCKED if locked else protocol.DAMAGED) from None


def _answer(page: pypdfium2.PdfPage, number: int, count: int) -> None:
    width, height = page.get_size()
    if not all(math.isfinite(side) and 0 < side <= LARGEST_PAGE for side in (width, height)):
        raise NoPreview(protocol.TOO_LARGE)
    scale = min(pictures.fit(width, height, pictures.PAGE), MOST_ENLARGED)
    image = page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    said = {
        "kind": "page",
        "pages": count,
        "width": image.width,
        "height": image.height,
        "text": _text(page),
    }
    picture = pictures.encode(image)
    thumbnail = pictures.encode_thumbnail(image) if number == 1 else b""
    protocol.answer(said, picture, thumbnail)


def _text(page: pypdfium2.PdfPage) -> str:
    """What the page says, for who cannot see it; "" for a scan."""
    text = page.get_textpage()
    count = min(text.count_chars(), protocol.MOST_CHARACTERS)
    return protocol.plain(text.get_text_range(0, count, errors="replace")) if count > 0 else ""


if __name__ == "__main__":
    protocol.run(main)
