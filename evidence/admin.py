from django.contrib import admin
from django.http import HttpRequest

from common.admin import OnlyListedLookups
from common.words import print_size
from evidence.models import EvidenceFile


@admin.register(EvidenceFile)
class EvidenceFileAdmin(OnlyListedLookups):
    """For looking up; files come in through `evidence.services` and are never changed."""

    list_display = ("name", "satker", "size_in_words", "content_type", "uploaded_by", "uploaded_at")
    list_select_related = ("satker", "uploaded_by")
    list_filter = ("content_type", "uploaded_at", "satker__kind", "satker__province_code")
    search_fields = ("name", "=satker__code", "satker__name", "^sha256", "=uploaded_by__username")
    search_help_text = "Nama berkas, kode atau nama satker, awal sidik SHA-256, nama pengguna"
    # Not `file`: the vault has no address; files are downloaded where permissions are asked.
    fields = (
        "id",
        "satker",
        "name",
        "content_type",
        "size_in_words",
        "size",
        "sha256",
        "uploaded_by",
        "uploaded_at",
    )
    readonly_fields = fields
    list_per_page = 50

    @admin.display(description="ukuran", ordering="size")
    def size_in_words(self, file: EvidenceFile) -> str:
        return print_size(file.size)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: EvidenceFile | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: EvidenceFile | None = None) -> bool:
        return False
