"""WeasyPrint as PMPZI uses it. Imported on first use only: it loads system libraries (Pango),
and the site must start on a machine that lacks them."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

from django.contrib.staticfiles import finders
from PIL import ImageFile
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from reports.pdf import PdfBusy

# WeasyPrint has Pillow read damaged pictures, in the whole process: the upload policy would then
# take them in. Reports hold no pictures.
ImageFile.LOAD_TRUNCATED_IMAGES = False

STYLES = "css/report.css"
VARIANT = "pdf/ua-1"

# No protocol at all: what users typed can never make the server open an address or a file.
_nothing = URLFetcher(allowed_protocols=())
_fonts = FontConfiguration()
_styles = CSS(filename=finders.find(STYLES), font_config=_fonts, url_fetcher=_nothing)
# Fonts and styles are shared by the threads of a process; Pango does not promise to bear that.
_turn = Lock()
# One being made and one waiting: the other threads of the process are for the pages.
_room = BoundedSemaphore(2)


def write_pdf(html: str) -> bytes:
    """A tagged PDF (PDF/UA-1) of a page. Raises PdfBusy."""
    if not _room.acquire(blocking=False):
        raise PdfBusy
    try:
        return _written(html)
    finally:
        _room.release()


def _written(html: str) -> bytes:
    with _turn, _no_collecting():
        document = HTML(string=html, url_fetcher=_nothing)
        pdf: bytes = document.write_pdf(
            stylesheets=[_styles], font_config=_fonts, pdf_variant=VARIANT, pdf_tags=True
        )
    return pdf


@contextmanager
def _no_collecting() -> Iterator[None]:
    """No search for garbage for as long as a document takes (a second or two).

    All its boxes point at each other and are needed to the end; walking them again and again
    is a third of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
