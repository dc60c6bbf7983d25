"""Administration of the official workbooks that exports are written into."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from assessments.models import Instrument, WorkbookTemplate
from assessments.services.workbook_templates import (
    MAXIMUM_SIZE,
    add_template,
    check_template,
    remove_template,
)
from assessments.workbook_layouts import load_layouts
from common.admin import ServiceAdmin
from common.errors import DomainError
from common.words import print_size


class TemplateForm(forms.ModelForm):
    berkas = forms.FileField(
        label="Buku kerja kosong (.xlsx)",
        help_text="Buku kerja LKE resmi tanpa isian, paling besar "
        f"{print_size(MAXIMUM_SIZE)}. Rumus, perlindungan, dan tampilannya dipertahankan.",
        max_length=200,
    )

    class Meta:
        model = WorkbookTemplate
        fields = ("instrument",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["instrument"].queryset = Instrument.objects.published()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        upload, instrument = cleaned.get("berkas"), cleaned.get("instrument")
        if isinstance(upload, UploadedFile) and instrument is not None:
            if upload.size and upload.size > MAXIMUM_SIZE:
                raise ValidationError({"berkas": f"Berkas melebihi {print_size(MAXIMUM_SIZE)}."})
            content = upload.read()
            try:
                cleaned["checked"] = check_template(content=content, instrument=instrument)
            except DomainError as refusal:
                raise ValidationError({"berkas": str(refusal)}) from refusal
            cleaned["content"] = content
        return cleaned


class WorkbookTemplateAdmin(ServiceAdmin):
    """Uploaded or taken away, never changed."""

    list_display = ("name", "instrument", "layout_name", "size", "uploaded_by", "uploaded_at")
    list_select_related = ("instrument", "uploaded_by")
    actions = None
    readonly_fields = ("name", "layout_name", "size", "sha256", "uploaded_by", "uploaded_at")

    def get_fields(self, request: HttpRequest, obj: WorkbookTemplate | None = None) -> list[str]:
        if obj is None:
            return ["instrument", "berkas"]
        return ["instrument", *self.readonly_fields]

    def get_form(
        self, request: HttpRequest, obj: WorkbookTemplate | None = None, **kwargs: Any
    ) -> type[forms.ModelForm]:
        if obj is None:
            kwargs["form"] = TemplateForm
        return super().get_form(request, obj, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return request.user.has_perm("assessments.delete_workbooktemplate")

    @admin.display(description="susunan")
    def layout_name(self, template: WorkbookTemplate) -> str:
        names = {each.code: each.name for each in load_layouts()}
        return names.get(template.layout, template.layout)

    def save_model(
        self, request: HttpRequest, obj: WorkbookTemplate, form: forms.ModelForm, change: bool
    ) -> None:
        data = form.cleaned_data
        added = add_template(
            instrument=data["instrument"],
            name=data["berkas"].name,
            content=data["content"],
            by=request.user,
        )
        obj.pk = added.pk
        obj.refresh_from_db()
        for remark in data["checked"].remarks:
            self.message_user(request, remark, messages.WARNING)

    def delete_model(self, request: HttpRequest, obj: WorkbookTemplate) -> None:
        remove_template(template=obj, by=request.user)
