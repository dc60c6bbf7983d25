from django.contrib import admin

from common.admin import LookUpAdmin
from prerequisites.models import PredikatGrant, PrerequisiteValue


@admin.register(PrerequisiteValue)
class PrerequisiteValueAdmin(LookUpAdmin):
    """For looking up; values are entered on the pages Prasyarat."""

    list_display = ("code", "satker", "year", "value", "document", "document_date", "saved_by")
    list_select_related = ("satker", "saved_by")
    list_filter = ("code", "year", "satker__kind")
    search_fields = ("=satker__code", "satker__name", "document", "document_number")
    search_help_text = "Kode atau nama satker, nama atau nomor dokumen"


@admin.register(PredikatGrant)
class PredikatGrantAdmin(LookUpAdmin):
    """For looking up; decrees are recorded on the page Riwayat predikat of a satker."""

    list_display = (
        "satker",
        "predikat",
        "decree_number",
        "decree_date",
        "valid_until",
        "revoked_on",
    )
    list_select_related = ("satker",)
    list_filter = ("predikat", "decree_date", "satker__kind", "satker__province_code")
    search_fields = ("=satker__code", "satker__name", "decree_number")
    search_help_text = "Kode atau nama satker, nomor keputusan"
