"""Official templates for exports: checked, kept, audited; uploaded in the administration."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Role
from assessments.errors import TemplateRefused
from assessments.models import WorkbookTemplate
from assessments.services.workbook_templates import (
    MAXIMUM_SIZE,
    add_template,
    check_template,
    remove_template,
    template_for,
)
from audit.models import Event
from common.xlsx import WorkbookRefused
from tests.assessments.workbooks import OFFICIAL, as_bytes, bare_workbook, layout
from tests.factories_assessments import make_user, shipped_instrument

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return make_user(Role.ADMIN_PUSAT)


@pytest.fixture
def official(shared) -> bytes:
    return (shared / OFFICIAL).read_bytes()


def add(content, by, name="LKE.xlsx"):
    return add_template(instrument=shipped_instrument(), name=name, content=content, by=by)


def refusal(content, instrument=None) -> str:
    with pytest.raises((TemplateRefused, WorkbookRefused)) as caught:
        check_template(content=content, instrument=instrument or shipped_instrument())
    return str(caught.value)


def test_the_official_workbook_is_one(official, admin):
    template = add(official, admin)

    assert (template.layout, template.size) == ("lke-2021-lke-zi", len(official))
    assert template.sha256 == hashlib.sha256(official).hexdigest()
    assert bytes(WorkbookTemplate.objects.get().content) == official
    (event,) = Event.objects.filter(action="templat_ditambah")
    assert (event.chain.key, event.by) == ("instrumen:lke-2021", admin)


def test_so_is_the_second_layout(admin):
    second = layout("lke-2021-jawaban")

    assert add(as_bytes(bare_workbook(of=second)), admin).layout == second.code


def test_the_newest_counts_until_it_is_taken_away(admin):
    first = add(as_bytes(bare_workbook()), admin)
    newest = add(as_bytes(bare_workbook(of=layout("lke-2021-jawaban"))), admin)
    assert template_for(shipped_instrument()) == newest

    remove_template(template=newest, by=admin)

    assert template_for(shipped_instrument()) == first
    assert template_for(shipped_instrument("lke-2014")) is None
    assert Event.objects.filter(action="templat_dihapus").count() == 1


def test_the_same_file_twice(admin):
    content = as_bytes(bare_workbook())
    add(content, admin)

    with pytest.raises(TemplateRefused, match="sudah ada"):
        add(content, admin)


def test_what_is_refused():
    assert "melebihi 5 MB" in refusal(bytes(MAXIMUM_SIZE + 1))
    assert "bukan buku kerja" in refusal(b"x")
    assert "bukan milik instrumen lke-2014" in refusal(
        as_bytes(bare_workbook()), shipped_instrument("lke-2014")
    )
    assert "sudah berisi (1 jawaban)" in refusal(as_bytes(bare_workbook({"A.I.1.i.a": "Ya"})))
    assert "sudah berisi" in refusal(
        as_bytes(bare_workbook(edit=lambda sheet: sheet.__setitem__("O8", "Catatan")))
    )
    assert "Sel isian K130, O129, P129, O130, P130 bagian dari sel gabungan" in refusal(
        as_bytes(bare_workbook(edit=lambda sheet: sheet.merge_cells("K129:P130")))
    )


class TestAdministration:
    url = "admin:assessments_workbooktemplate_add"

    def post(self, client, content):
        upload = SimpleUploadedFile("LKE.xlsx", content)
        return client.post(
            reverse(self.url), {"instrument": shipped_instrument().pk, "berkas": upload}
        )

    def test_upload_look_and_delete(self, client, admin):
        client.force_login(admin)

        assert self.post(client, as_bytes(bare_workbook())).status_code == 302

        template = WorkbookTemplate.objects.get()
        assert template.uploaded_by == admin
        change = reverse("admin:assessments_workbooktemplate_change", args=[template.pk])
        assert template.sha256 in client.get(change).text
        listed = client.get(reverse("admin:assessments_workbooktemplate_changelist")).text
        assert "LKE PermenPANRB 90/2021, lembar LKE ZI" in listed
        delete = reverse("admin:assessments_workbooktemplate_delete", args=[template.pk])
        assert client.post(delete, {"post": "yes"}).status_code == 302
        assert WorkbookTemplate.objects.count() == 0

    def test_a_refusal_stands_beside_the_field(self, client, admin):
        client.force_login(admin)

        response = self.post(client, b"bukan buku kerja")

        assert response.status_code == 200
        assert "bukan buku kerja Excel" in response.text
        assert WorkbookTemplate.objects.count() == 0

    def test_only_the_admin_of_the_centre(self, client):
        client.force_login(make_user(Role.PEMANTAU))

        assert self.post(client, as_bytes(bare_workbook())).status_code in {302, 403}
        assert WorkbookTemplate.objects.count() == 0
