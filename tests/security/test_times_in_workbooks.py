"""When a workbook was saved is what the file says: whatever somebody wrote there."""

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Role
from tests.assessments.workbooks import as_bytes, bare_workbook
from tests.factories_assessments import make_assessment, person

pytestmark = pytest.mark.django_db

CORE = "docProps/core.xml"


def saved_at(content: bytes, moment: str) -> bytes:
    """The workbook with another time of its last saving."""
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(changed, "w") as target,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name == CORE:
                text = rb"(<dcterms:modified[^>]*>)[^<]*"
                part = re.sub(text, rb"\g<1>" + moment.encode(), part)
            target.writestr(name, part)
    return changed.getvalue()


@pytest.mark.parametrize(
    "moment",
    [
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_a_time_at_the_end_of_all_times(client, moment):
    assessment = make_assessment(answers={"A.I.1.i.a": "Ya"})
    client.force_login(person(Role.OPERATOR, assessment.satker))
    page = reverse("assessments:import_workbook", args=[assessment.pk])
    content = saved_at(as_bytes(bare_workbook({"A.I.1.i.a": "Tidak"})), moment)

    response = client.post(
        page, {"langkah": "unggah", "berkas": SimpleUploadedFile("LKE.xlsx", content)}
    )

    assert response.status_code == 302
    assert client.get(page).status_code == 200
