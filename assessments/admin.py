"""Administration: periods through their service, assessments to look at; the other models of
the app have modules of their own."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, DecimalField, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

import scoring
from assessments.instrument_admin import InstrumentAdmin, QuestionAdmin
from assessments.map_admin import InstrumentMapAdmin
from assessments.models import (
    Assessment,
    Instrument,
    InstrumentMap,
    Period,
    Question,
    Score,
    WorkbookTemplate,
)
from assessments.services import periods
from assessments.template_admin import WorkbookTemplateAdmin
from assessments.worksheet import load_worksheet
from common.admin import LookUpAdmin, ServiceAdmin
from common.dates import local
from common.errors import DomainError

admin.site.register(Instrument, InstrumentAdmin)
admin.site.register(Question, QuestionAdmin)
admin.site.register(InstrumentMap, InstrumentMapAdmin)
admin.site.register(WorkbookTemplate, WorkbookTemplateAdmin)


class PeriodForm(forms.ModelForm):
    class Meta:
        model = Period
        fields = ("year", "instrument", *periods.INSTANTS)
        help_texts = {
            "instrument": "Tidak dapat diganti setelah ada satker yang membuka penilaian.",
            "opens_at": "Jam WIB. Sejak saat ini satker dapat membuka dan mengisi penilaian.",
            "fill_until": "Jam WIB. Penilaian diisi dan dikirim paling lambat pada saat ini.",
            "repair_until": (
                "Jam WIB. Penilaian yang dikembalikan diperbaiki dan dikirim lagi paling lambat "
                "pada saat ini."
            ),
            "review_until": "Jam WIB. Verifikator menilai paling lambat pada saat ini.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "year" in self.fields:
            self.fields["year"] = forms.IntegerField(
                label="Tahun",
                min_value=periods.FIRST_YEAR,
                max_value=periods.LAST_YEAR,
                help_text="Tidak dapat diubah setelah periode disimpan.",
            )
        if "instrument" in self.fields:
            self.fields["instrument"].queryset = Instrument.objects.published()
        for name in periods.INSTANTS:
            # Seconds that are not shown would be cut off when the form is saved.
            self.fields[name].widget.widgets[1].format = "%H:%M:%S"


@admin.register(Period)
class PeriodAdmin(ServiceAdmin):
    form = PeriodForm
    fields = PeriodForm.Meta.fields
    list_display = (
        "year",
        "instrument",
        "assessment_count",
        "opens",
        "fills",
        "repairs",
        "reviews",
    )
    list_select_related = ("instrument",)
    search_fields = ("year",)
    search_help_text = "Tahun."
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Period]:
        return super().get_queryset(request).annotate(assessments=Count("assessment"))

    @admin.display(description="dibuka", ordering="opens_at")
    def opens(self, period: Period) -> str:
        return _clock(period.opens_at)

    @admin.display(description="batas kirim pertama", ordering="fill_until")
    def fills(self, period: Period) -> str:
        return _clock(period.fill_until)

    @admin.display(description="batas kirim perbaikan", ordering="repair_until")
    def repairs(self, period: Period) -> str:
        return _clock(period.repair_until)

    @admin.display(description="batas verifikasi", ordering="review_until")
    def reviews(self, period: Period) -> str:
        return _clock(period.review_until)

    @admin.display(description="penilaian", ordering="assessments")
    def assessment_count(self, period: Any) -> int:
        return period.assessments

    def get_readonly_fields(
        self, request: HttpRequest, obj: Period | None = None
    ) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("year", "instrument") if periods.is_used(obj) else ("year",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Only a period that nobody has used."""
        may = request.user.has_perm("assessments.delete_period")
        return may and isinstance(obj, Period) and not periods.is_used(obj)

    def save_model(
        self, request: HttpRequest, obj: Period, form: forms.ModelForm, change: bool
    ) -> None:
        if change:
            changes = {name: form.cleaned_data[name] for name in form.changed_data}
            periods.change_period(period=obj, changes=changes, by=request.user)
        else:
            obj.pk = periods.create_period(**form.cleaned_data, by=request.user).pk
        obj.refresh_from_db()

    def delete_model(self, request: HttpRequest, obj: Period) -> None:
        periods.delete_period(period=obj, by=request.user)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except DomainError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect("admin:assessments_period_changelist")


@admin.register(Assessment)
class AssessmentAdmin(LookUpAdmin):
    """To look at; every change goes through the pages of the application."""

    list_display = (
        "code",
        "name",
        "period",
        "status",
        "target",
        "own",
        "reviewed",
        "sent",
    )
    list_display_links = ("code", "name")
    list_select_related = ("satker", "period")
    list_filter = ("period", "status", "target")
    search_fields = ("satker__code__istartswith", "satker__name")
    search_help_text = "Awal kode satker, atau sebagian namanya."
    fields = (
        "id",
        "satker",
        "period",
        "instrument",
        "target",
        "status",
        "round",
        "opened_by",
        "opened_at",
        "submitted_by",
        "submitted_at",
        "approved_by",
        "approved_at",
        "scores",
        "steps",
        "frozen",
        "verdicts",
    )
    readonly_fields = ("id", "scores", "steps", "frozen", "verdicts")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assessment]:
        return super().get_queryset(request).with_totals()

    def view_on_site(self, assessment: Assessment) -> str:
        return reverse("assessments:detail", args=[assessment.pk])

    @admin.display(description="kode satker", ordering="satker__code")
    def code(self, assessment: Assessment) -> str:
        return assessment.satker.code

    @admin.display(description="nama satker", ordering="satker__name")
    def name(self, assessment: Assessment) -> str:
        return assessment.satker.name

    @admin.display(description="mandiri", ordering="own_total")
    def own(self, assessment: Any) -> str | None:
        return _printed(assessment, "total", assessment.own_total)

    @admin.display(description="verifikasi", ordering="reviewed_total")
    def reviewed(self, assessment: Any) -> str | None:
        return _printed(assessment, "total", assessment.reviewed_total)

    @admin.display(description="dikirim", ordering="submitted_at")
    def sent(self, assessment: Assessment) -> str | None:
        return _clock(assessment.submitted_at) if assessment.submitted_at else None

    @admin.display(description="nilai")
    def scores(self, assessment: Assessment) -> SafeString:
        """Both tiers, each figure against its own floors."""
        fields = [field for field in Score._meta.fields if isinstance(field, DecimalField)]
        rows = [
            (
                score.get_tier_display(),
                *(_printed(assessment, each.name, getattr(score, each.name)) for each in fields),
                score.answered,
                score.verified or None,
            )
            for score in assessment.scores.order_by("pk")
        ]
        labels = [field.verbose_name for field in fields]
        return _table(("tingkat", *labels, "terjawab", "diverifikasi"), rows)

    @admin.display(description="langkah")
    def steps(self, assessment: Assessment) -> SafeString:
        rows = [
            (
                _clock(row.at),
                row.get_action_display(),
                row.get_from_status_display(),
                row.get_to_status_display(),
                row.round,
                row.by,
                row.note,
            )
            for row in assessment.transitions.select_related("by")
        ]
        return _table(("waktu", "langkah", "dari", "ke", "putaran", "oleh", "catatan"), rows)

    @admin.display(description="rekaman beku")
    def frozen(self, assessment: Assessment) -> SafeString:
        """Without the contents: each is a whole sheet."""
        rows = [
            (_clock(row.at), row.get_action_display(), row.round, row.sha256)
            for row in assessment.snapshots.defer("content")
        ]
        return _table(("waktu", "langkah", "putaran", "sidik SHA-256"), rows)

    @admin.display(description="verifikasi")
    def verdicts(self, assessment: Assessment) -> SafeString:
        found = assessment.verifications.select_related("question", "saved_by")
        rows = [
            (
                row.question.code,
                row.get_verdict_display(),
                "ya" if row.marked else "",
                row.round,
                row.saved_by,
                _clock(row.saved_at),
                row.note,
            )
            for row in found.order_by("tier", "question__order")
        ]
        heads = ("pertanyaan", "kesesuaian", "minta perbaikan", "putaran", "oleh")
        return _table((*heads, "waktu", "catatan"), rows, folded=True)


def _table(
    heads: Sequence[str], rows: Sequence[Sequence[object]], *, folded: bool = False
) -> SafeString:
    context = {"heads": heads, "rows": rows, "folded": folded}
    return render_to_string("assessments/admin_table.html", context)


def _clock(at: datetime) -> str:
    """Short, for tables: "31/12/2026 14.03 WIB"."""
    return f"{local(at):%d/%m/%Y %H.%M} WIB"


def _printed(assessment: Assessment, what: str, points: Decimal | None) -> str | None:
    """Points as everywhere: never printed as a floor they lie under."""
    if points is None:
        return None
    floors = load_worksheet(assessment.instrument_id).floors_of(what)
    return scoring.print_points(points, floors)
