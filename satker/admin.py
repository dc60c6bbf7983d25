from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from common.admin import ServiceAdmin
from satker import services
from satker.errors import SatkerRefused
from satker.models import Satker
from satker.rules import SatkerFacts, checked


class SatkerForm(forms.ModelForm):
    class Meta:
        model = Satker
        fields = ("code", "name", "kind", "parent", "province_code", "active")
        help_texts = {
            "province_code": "Kosongkan untuk mengikuti provinsi induknya.",
            "active": "Pengguna satker yang tidak aktif tidak dapat masuk.",
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.errors:
            return values
        try:
            checked(SatkerFacts(**values), self.instance if self.instance.pk else None)
        except SatkerRefused as refusal:
            self.add_error(refusal.field, str(refusal))
        return values


@admin.register(Satker)
class SatkerAdmin(ServiceAdmin):
    form = SatkerForm
    list_display = ("code", "name", "kind", "province_code", "parent", "verifier", "active")
    list_display_links = ("code", "name")
    list_filter = ("kind", "active", "province_code")
    list_select_related = ("parent", "verifier")
    search_fields = ("code__istartswith", "name")
    search_help_text = "Awal kode, atau sebagian nama."
    autocomplete_fields = ("parent",)
    ordering = ("path",)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Satker | None = None
    ) -> tuple[str, ...]:
        return () if obj is None else ("path", "verifier")

    def save_model(
        self, request: HttpRequest, obj: Satker, form: forms.ModelForm, change: bool
    ) -> None:
        if change:
            changes = {name: form.cleaned_data[name] for name in form.changed_data}
            services.change(satker=obj, changes=changes, by=request.user)
        else:
            stored = services.add(facts=SatkerFacts(**form.cleaned_data), by=request.user)
            obj.pk = stored.pk
        obj.refresh_from_db()
