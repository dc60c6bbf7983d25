"""The LKE as a PDF: tagged (PDF/UA-1), its fonts inside, and nothing fetched from anywhere."""

from importlib import import_module

from django.template.loader import render_to_string

from common.errors import DomainError
from common.words import print_short_hash
from reports.abridging import abridged
from reports.parts import Report


class PdfUnavailable(DomainError):
    """The system libraries of the PDF engine are not installed on this server."""

    def __init__(self) -> None:
        super().__init__(
            "PDF belum dapat dibuat di server ini karena pustaka sistem Pango belum terpasang. "
            "Sampaikan kepada pengelola server; sementara itu, unduh lembar ini sebagai Excel."
        )


class PdfBusy(PdfUnavailable):
    """Others are being made, and one waits already."""

    def __init__(self) -> None:
        DomainError.__init__(
            self, "Server sedang membuat PDF lain. Tunggu sebentar, lalu coba lagi."
        )


def render_pdf(report: Report) -> bytes:
    """The PDF of a report; asks the database nothing. Raises PdfUnavailable.

    Notes are cut short where all together would take too long to lay out.
    """
    report = abridged(report)
    mark = "draf"
    if not report.standing.is_draft:
        # Said of which: the receipt names the hash of what was sent, a later PDF another.
        frozen = report.standing.frozen[-1]
        mark = f"sidik rekaman saat {frozen.label.lower()} {print_short_hash(frozen.sha256)}"
    footer = f"{report.short_title}, {mark}"
    return pdf_of(render_to_string("reports/lke.html", {"report": report, "footer": footer}))


def pdf_of(html: str) -> bytes:
    """A page as PDF in the styles of reports; no address in it is opened, not even a file.

    Raises PdfUnavailable.
    """
    try:
        engine = import_module("reports.pdf_engine")
    except OSError as missing:  # cffi: cannot load library
        raise PdfUnavailable from missing
    pdf: bytes = engine.write_pdf(html)
    return pdf
