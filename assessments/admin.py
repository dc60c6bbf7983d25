"""Administration: periods through their service; instruments and assessments to look at."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, DecimalField, Exists, Model, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

import scoring
from assessments.models import (
    Assessment,
    Instrument,
    Period,
    Score,
    Snapshot,
    Transition,
    Verification,
)
from assessments.services import periods
from assessments.worksheet import load_worksheet
from common.admin import LookUpAdmin, LookUpInline, ServiceAdmin
from common.dates import print_moment
from common.errors import DomainError


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
        "opens",
        "fills",
        "repairs",
        "reviews",
        "assessment_count",
    )
    list_select_related = ("instrument",)
    list_filter = ("instrument",)
    search_fields = ("year",)
    search_help_text = "Tahun."
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Period]:
        return super().get_queryset(request).annotate(assessments=Count("assessment"))

    @admin.display(description="dibuka", ordering="opens_at")
    def opens(self, period: Period) -> str:
        return print_moment(period.opens_at)

    @admin.display(description="batas kirim pertama", ordering="fill_until")
    def fills(self, period: Period) -> str:
        return print_moment(period.fill_until)

    @admin.display(description="batas kirim perbaikan", ordering="repair_until")
    def repairs(self, period: Period) -> str:
        return print_moment(period.repair_until)

    @admin.display(description="batas verifikasi", ordering="review_until")
    def reviews(self, period: Period) -> str:
        return print_moment(period.review_until)

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


@admin.register(Instrument)
class InstrumentAdmin(LookUpAdmin):
    """Instruments come in by command and never change once they are used."""

    list_display = ("name", "code", "version", "published_at", "is_used")
    list_filter = ("code",)
    search_fields = ("code__istartswith", "name", "source")
    search_help_text = "Awal kode, atau sebagian nama atau dasar hukum."
    fields = (
        "code",
        "version",
        "name",
        "title",
        "source",
        "decided",
        "published_at",
        "digest",
        "is_used",
        "structure",
    )
    readonly_fields = ("is_used", "structure")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Instrument]:
        own = OuterRef("pk")
        used = Q(Exists(Period.objects.filter(instrument=own))) | Q(
            Exists(Assessment.objects.filter(instrument=own))
        )
        return super().get_queryset(request).annotate(used=used)

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


class TransitionInline(LookUpInline):
    model = Transition
    fields = ("moment", "action", "from_status", "to_status", "round", "note", "by")
    readonly_fields = ("moment",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transition]:
        return super().get_queryset(request).select_related("by")

    @admin.display(description="waktu")
    def moment(self, transition: Transition) -> str:
        return print_moment(transition.at)


class SnapshotInline(LookUpInline):
    model = Snapshot
    fields = ("moment", "action", "round", "sha256", "by")
    readonly_fields = ("moment",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Snapshot]:
        """Without the content: each is a whole sheet."""
        return super().get_queryset(request).select_related("by").defer("content")

    @admin.display(description="waktu")
    def moment(self, snapshot: Snapshot) -> str:
        return print_moment(snapshot.at)


class VerificationInline(LookUpInline):
    model = Verification
    fields = ("code", "tier", "verdict", "entered", "note", "marked", "round", "saved_by", "moment")
    readonly_fields = ("code", "moment")
    classes = ("collapse",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Verification]:
        rows = super().get_queryset(request).select_related("question", "saved_by")
        return rows.order_by("tier", "question__order")

    @admin.display(description="pertanyaan")
    def code(self, verification: Verification) -> str:
        return verification.question.code

    @admin.display(description="disimpan pada")
    def moment(self, verification: Verification) -> str:
        return print_moment(verification.saved_at)


@admin.register(Assessment)
class AssessmentAdmin(LookUpAdmin):
    """To look at; every change goes through the pages of the application."""

    list_display = (
        "satker__code",
        "satker__name",
        "period",
        "status",
        "target",
        "own",
        "reviewed",
        "sent",
    )
    list_display_links = ("satker__code", "satker__name")
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
    )
    readonly_fields = ("id", "scores")
    inlines = (TransitionInline, SnapshotInline, VerificationInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assessment]:
        return super().get_queryset(request).with_totals()

    def view_on_site(self, assessment: Assessment) -> str:
        return reverse("assessments:detail", args=[assessment.pk])

    @admin.display(description="mandiri", ordering="own_total")
    def own(self, assessment: Any) -> str | None:
        return _printed(assessment, "total", assessment.own_total)

    @admin.display(description="verifikasi", ordering="reviewed_total")
    def reviewed(self, assessment: Any) -> str | None:
        return _printed(assessment, "total", assessment.reviewed_total)

    @admin.display(description="dikirim", ordering="submitted_at")
    def sent(self, assessment: Assessment) -> str | None:
        return print_moment(assessment.submitted_at) if assessment.submitted_at else None

    @admin.display(description="nilai")
    def scores(self, assessment: Assessment) -> SafeString:
        """Both tiers side by side, each figure against its own floors."""
        fields = [field for field in Score._meta.fields if isinstance(field, DecimalField)]
        rows = [
            {
                "tier": score.get_tier_display(),
                "answered": f"{score.answered} dari {score.questions}",
                "verified": score.verified,
                "points": [
                    _printed(assessment, field.name, getattr(score, field.name)) for field in fields
                ],
            }
            for score in assessment.scores.order_by("pk")
        ]
        context = {"labels": [field.verbose_name for field in fields], "rows": rows}
        return render_to_string("assessments/admin_scores.html", context)


def _printed(assessment: Assessment, what: str, points: Decimal | None) -> str | None:
    """Points as everywhere: never printed as a floor they lie under."""
    if points is None:
        return None
    floors = load_worksheet(assessment.instrument_id).floors_of(what)
    return scoring.print_points(points, floors)
