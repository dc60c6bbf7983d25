"""Administration of the maps between versions of an instrument."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from assessments.draft_forms import SourceForm, SourceFormSet
from assessments.models import Assessment, InstrumentMap, QuestionMap
from assessments.services.version_maps import correct_map
from common.admin import ServiceAdmin

Kind = QuestionMap.Kind


class SourceInline(admin.TabularInline):
    """One line a question of the newer version."""

    model = QuestionMap
    form = SourceForm
    formset = SourceFormSet
    readonly_fields = ("question", "relation", "continued")
    verbose_name_plural = "pertanyaan versi baru, dan kode pertanyaan lama yang diteruskannya"
    extra = 0
    max_num = 0
    can_delete = False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        is_fixed = obj is None or obj.used
        return ("question", "relation", "continued" if is_fixed else "sumber")

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuestionMap]:
        rows = super().get_queryset(request).filter(new__isnull=False)
        return rows.select_related("new", "old").order_by("new__order")

    @admin.display(description="meneruskan")
    def continued(self, line: QuestionMap) -> str:
        return line.old.code if line.old else ""

    @admin.display(description="pertanyaan")
    def question(self, line: QuestionMap) -> str:
        return str(line.new)

    @admin.display(description="hubungan")
    def relation(self, line: QuestionMap) -> str:
        return line.get_kind_display()


class InstrumentMapAdmin(ServiceAdmin):
    """Made with the version; corrected until the first assessment is opened under it."""

    actions = None
    list_display = ("to_instrument", "from_instrument", "same", "reworded", "split", "gone", "new")
    list_select_related = ("from_instrument", "to_instrument")
    list_per_page = 50
    fields = ("from_instrument", "to_instrument", "state", "ended")
    readonly_fields = fields
    inlines = (SourceInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[InstrumentMap]:
        used = Exists(Assessment.objects.filter(instrument=OuterRef("to_instrument")))
        counts = {
            f"count_{kind}": Count("lines", filter=Q(lines__kind=kind)) for kind in Kind.values
        }
        rows = super().get_queryset(request).select_related("from_instrument", "to_instrument")
        return rows.annotate(used=used, **counts)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        may = request.user.has_perm("assessments.change_instrumentmap")
        return may and obj is not None and not getattr(obj, "used", True)

    def save_model(
        self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool
    ) -> None:
        """Everything is stored by `save_related`, at once."""

    def save_related(
        self, request: HttpRequest, form: forms.ModelForm, formsets: list[Any], change: bool
    ) -> None:
        (formset,) = formsets
        formset.save(commit=False)
        sources = {
            each.code: each.cleaned_data["sumber"] for each in formset.forms if each.has_changed()
        }
        correct_map(version_map=form.instance, sources=sources, by=request.user)

    @admin.display(description="keadaan")
    def state(self, version_map: Any) -> str:
        if version_map.used:
            return "Tetap: sudah ada penilaian yang dibuka dengan versi baru."
        return "Dapat diperbaiki sampai ada penilaian yang dibuka dengan versi baru."

    @admin.display(description="pertanyaan lama yang hilang")
    def ended(self, version_map: InstrumentMap) -> SafeString:
        lines = version_map.lines.filter(kind=Kind.GONE).select_related("old")
        return render_to_string("assessments/admin_ended.html", {"lines": lines})

    @admin.display(description="sama")
    def same(self, version_map: Any) -> int:
        return version_map.count_same

    @admin.display(description="kata-kata diubah")
    def reworded(self, version_map: Any) -> int:
        return version_map.count_reworded

    @admin.display(description="dipecah")
    def split(self, version_map: Any) -> int:
        return version_map.count_split

    @admin.display(description="hilang")
    def gone(self, version_map: Any) -> int:
        return version_map.count_gone

    @admin.display(description="baru")
    def new(self, version_map: Any) -> int:
        return version_map.count_new
