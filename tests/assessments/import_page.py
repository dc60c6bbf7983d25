"""The page that imports a workbook, in the browser of one person."""

import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.assessments.workbooks import as_bytes, bare_workbook

EARLIER = datetime(2020, 1, 1, tzinfo=UTC)
LATER = datetime(2099, 1, 1, tzinfo=UTC)  # a workbook that knows of everything


def book(answers=None, edit=None, *, saved_at=LATER) -> bytes:
    """A bare workbook, by default saved after everything that is stored."""
    workbook = bare_workbook(answers, edit)
    return at_time(as_bytes(workbook), saved_at)


def at_time(content: bytes, saved_at: datetime) -> bytes:
    """openpyxl writes its own time of saving; put another in its place."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            text = old.read(part)
            if part.filename == "docProps/core.xml":
                said = rb"(<dcterms:modified[^>]*>)[^<]*"
                text = re.sub(said, rb"\g<1>" + f"{saved_at:%Y-%m-%dT%H:%M:%SZ}".encode(), text)
            new.writestr(part, text)
    return out.getvalue()


class Page:
    """The page in the browser of one person."""

    def __init__(self, client, assessment) -> None:
        self.client = client
        self.assessment = assessment
        self.url = reverse("assessments:import_workbook", args=[assessment.pk])

    def get(self):
        return self.client.get(self.url)

    def upload(self, content, name="lke.xlsx"):
        return self.client.post(
            self.url, {"langkah": "unggah", "berkas": SimpleUploadedFile(name, content)}
        )

    def preview(self, content):
        assert self.upload(content).status_code == 302
        return self.get()

    def confirm(self, response, **fields):
        """Sends what the preview's form holds, and the choices given."""
        page = response.context["page"]
        hidden = {
            f"versi-{each.question.code}": each.version for each in (*page.changes, *page.conflicts)
        }
        data = {"langkah": "impor", "pratinjau": page.preview.draft.pk} | hidden | fields
        return self.client.post(self.url, data)


def codes(answers):
    return [each.question.code for each in answers]
