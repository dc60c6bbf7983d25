"""Administration of instruments: published versions to look at, drafts to edit and publish."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST

from assessments.draft_forms import (
    GuidanceForm,
    InputForm,
    InstrumentForm,
    NodeForm,
    OptionForm,
    QuestionForm,
)
from assessments.models import (
    Assessment,
    Guidance,
    Input,
    Instrument,
    Node,
    Option,
    Period,
    Question,
)
from assessments.services import drafts
from assessments.services.drafts import Edit
from assessments.worksheet import load_worksheet
from common.admin import ServiceAdmin
from common.errors import DomainError

HEAD = ("name", "title", "source", "decided")


class RowsOfDraft(admin.TabularInline):
    """Rows that are there already: changed, neither added nor deleted."""

    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = False


class NodeInline(RowsOfDraft):
    model = Node
    form = NodeForm
    fields = ("code", "name", "weight")
    readonly_fields = ("code",)
    verbose_name_plural = "bagian dan bobotnya"


class OptionInline(RowsOfDraft):
    model = Option
    form = OptionForm
    fields = ("key", "value", "text")
    readonly_fields = ("key", "value")


class InputInline(RowsOfDraft):
    model = Input
    form = InputForm
    fields = ("key", "label")
    readonly_fields = ("key",)


class GuidanceInline(admin.TabularInline):
    model = Guidance
    form = GuidanceForm
    fields = ("kind", "text")
    extra = 1
    max_num = 40


class DraftAdmin(ServiceAdmin):
    """What is edited on one page goes to `services.drafts` as a whole."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool
    ) -> None:
        """Everything is stored by `save_related`, at once."""

    def save_related(
        self, request: HttpRequest, form: forms.ModelForm, formsets: list[Any], change: bool
    ) -> None:
        changed = [Edit(form.instance, form.changed_data)]
        added, removed = [], []
        for formset in formsets:
            formset.save(commit=False)
            changed += [Edit(row, fields) for row, fields in formset.changed_objects]
            added += formset.new_objects
            removed += formset.deleted_objects
        drafts.edit_draft(
            draft=self.draft_of(form.instance),
            changed=changed,
            added=added,
            removed=removed,
            by=request.user,
        )

    def draft_of(self, row: Any) -> Instrument:
        return row


class InstrumentAdmin(DraftAdmin):
    """Versions come in by command or grow from a draft; published ones never change."""

    form = InstrumentForm
    change_form_template = "assessments/admin_instrument_change.html"
    list_display = ("name", "code", "version", "published_at", "is_used")
    list_filter = ("code",)
    search_fields = ("code__istartswith", "name", "source")
    search_help_text = "Awal kode, atau sebagian nama atau dasar hukum."
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Instrument]:
        own = OuterRef("pk")
        used = Q(Exists(Period.objects.filter(instrument=own))) | Q(
            Exists(Assessment.objects.filter(instrument=own))
        )
        return super().get_queryset(request).annotate(used=used)

    def get_fields(self, request: HttpRequest, obj: Instrument | None = None) -> tuple[str, ...]:
        if obj is not None and obj.is_draft:
            return ("code", "version", *HEAD, "faults", "questions")
        return ("code", "version", *HEAD, "published_at", "digest", "is_used", "structure")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Instrument | None = None
    ) -> tuple[str, ...]:
        return tuple(name for name in self.get_fields(request, obj) if name not in HEAD)

    def get_inlines(
        self, request: HttpRequest, obj: Instrument | None = None
    ) -> tuple[type[admin.TabularInline], ...]:
        return (NodeInline,) if obj is not None and obj.is_draft else ()

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        may = request.user.has_perm("assessments.change_instrument")
        return may and isinstance(obj, Instrument) and obj.is_draft

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        may = request.user.has_perm("assessments.delete_instrument")
        return may and isinstance(obj, Instrument) and obj.is_draft

    def get_deleted_objects(
        self, objs: QuerySet[Instrument], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Without the hundreds of rows below a draft."""
        return [str(each) for each in objs], {"draf": len(objs)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Instrument) -> None:
        drafts.discard_draft(draft=obj, by=request.user)

    def get_urls(self) -> list[URLPattern]:
        def own(part: str, view: Any, name: str) -> URLPattern:
            address = f"<int:instrument_id>/{part}/"
            return path(address, self.admin_site.admin_view(view), name=name)

        return [
            own("draf", self.draft_view, "assessments_instrument_draft"),
            own("terbitkan", self.publish_view, "assessments_instrument_publish"),
            *super().get_urls(),
        ]

    @property
    def draft_view(self) -> Any:
        return require_POST(self.make_draft)

    @property
    def publish_view(self) -> Any:
        return require_http_methods(["GET", "HEAD", "POST"])(self.publish)

    def make_draft(self, request: HttpRequest, instrument_id: int) -> HttpResponse:
        """A draft from a published version."""
        source = self._found(request, instrument_id, is_draft=False)
        try:
            draft = drafts.make_draft(source=source, by=request.user)
        except DomainError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect("admin:assessments_instrument_change", source.pk)
        self.message_user(request, f"Draf versi {draft.version} dibuat.", messages.SUCCESS)
        return redirect("admin:assessments_instrument_change", draft.pk)

    def publish(self, request: HttpRequest, instrument_id: int) -> HttpResponse:
        """What a draft changes and what is wrong with it; a POST publishes it."""
        draft = self._found(request, instrument_id, is_draft=True)
        refusal = ""
        if request.method == "POST":
            try:
                published = drafts.publish_draft(draft=draft, by=request.user)
            except DomainError as fault:
                refusal = str(fault)
            else:
                said = f"Versi {published.version} diterbitkan. Periksa peta versinya."
                self.message_user(request, said, messages.SUCCESS)
                return redirect("admin:assessments_instrument_change", published.pk)
        before, differences = drafts.draft_differences(draft)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Terbitkan {draft}",
            "opts": self.opts,
            "draft": draft,
            "before": before,
            "differences": differences,
            "faults": drafts.draft_faults(draft),
            "refusal": refusal,
        }
        status = 422 if refusal else 200
        return render(request, "assessments/admin_publish.html", context, status=status)

    @admin.display(description="dipakai", boolean=True, ordering="used")
    def is_used(self, instrument: Any) -> bool:
        return instrument.used

    @admin.display(description="isi")
    def structure(self, instrument: Instrument) -> SafeString:
        worksheet = load_worksheet(instrument.pk)
        rules = [
            (each.name, [(worksheet.name_of(floor.what), floor.required) for floor in each.floors])
            for each in worksheet.rules.predikat
        ]
        context = {"worksheet": worksheet, "rules": rules}
        return render_to_string("assessments/admin_instrument.html", context)

    @admin.display(description="yang harus diperbaiki")
    def faults(self, draft: Instrument) -> SafeString:
        context = {"faults": drafts.draft_faults(draft)}
        return render_to_string("assessments/admin_faults.html", context)

    @admin.display(description="pertanyaan")
    def questions(self, draft: Instrument) -> SafeString:
        rows = draft.questions.select_related("node")
        return render_to_string("assessments/admin_questions.html", {"questions": rows})

    def _found(self, request: HttpRequest, pk: int, *, is_draft: bool) -> Instrument:
        found = self.get_object(request, str(pk))
        if found is None or found.is_draft != is_draft:
            raise Http404
        return found


class QuestionAdmin(DraftAdmin):
    """Questions of drafts to edit, of published versions to look at."""

    form = QuestionForm
    list_display = ("code", "short_text", "instrument", "kind")
    list_display_links = ("code", "short_text")
    list_select_related = ("instrument",)
    list_filter = ("instrument", "kind")
    list_per_page = 50
    ordering = ("instrument", "order")
    search_fields = ("code__istartswith", "text")
    search_help_text = "Awal kode, atau sebagian pertanyaan."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        return super().get_queryset(request).select_related("instrument", "node")

    def get_fields(self, request: HttpRequest, obj: Question | None = None) -> tuple[str, ...]:
        weight = () if obj is not None and obj.weight is None else ("weight",)
        fixed = ("instrument", "node", "code", "kind", "scale")
        return (*fixed, "text", "help", "name", *weight, "evidence_required")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Question | None = None
    ) -> tuple[str, ...]:
        return ("instrument", "node", "code", "kind", "scale")

    def get_inlines(
        self, request: HttpRequest, obj: Question | None = None
    ) -> tuple[type[admin.TabularInline], ...]:
        if obj is None:
            return ()
        answer = InputInline if obj.scale == "" else OptionInline
        return (answer, GuidanceInline)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        may = request.user.has_perm("assessments.change_question")
        return may and isinstance(obj, Question) and obj.instrument.is_draft

    def draft_of(self, row: Question) -> Instrument:
        return row.instrument

    @admin.display(description="pertanyaan", ordering="text")
    def short_text(self, question: Question) -> str:
        return question.text if len(question.text) <= 90 else f"{question.text[:89]}…"
