"""What pages show of a file before it is opened: its first page made small, or its kind."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.ui.answers import file_type
from evidence import previews
from evidence.models import EvidenceFile


def thumbnail_url(file: EvidenceFile) -> str:
    """ "" where there is none."""
    if not previews.has_thumbnail(file):
        return ""
    return reverse("assessments:thumbnail", args=[file.pk])


def small_picture(file: EvidenceFile) -> SafeString:
    """Beside the file's name in a list: the thumbnail, or a tile with its kind."""
    if url := thumbnail_url(file):
        return format_html(
            '<img class="thumb" src="{}" alt="" width="48" height="64" loading="lazy">', url
        )
    return format_html('<span class="thumb" aria-hidden="true">{}</span>', file_type(file.name))


def large_picture(file: EvidenceFile) -> SafeString:
    """On the file's own page: leads to the preview."""
    url = reverse("assessments:library_preview", args=[file.pk])
    if source := thumbnail_url(file):
        picture = format_html(
            '<img class="thumb thumb-large" src="{}" alt="" width="240" height="320">', source
        )
    else:
        picture = format_html('<span class="thumb" aria-hidden="true">{}</span>', file.extension)
    return format_html('<a class="thumb-link" href="{}">{} Lihat isi berkas</a>', url, picture)
