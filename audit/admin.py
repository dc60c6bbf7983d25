import json
from contextlib import suppress
from datetime import datetime

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from audit.models import Event
from common.admin import CappedPaginator, LookUpAdmin

# The names of events belong to the apps that record them; the latest events tell which are in
# use, at a cost that does not grow with the trail.
LATEST = 5000


class ActionFilter(admin.SimpleListFilter):
    title = "peristiwa"
    parameter_name = "peristiwa"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        latest = Event.objects.order_by("-pk").values_list("action", flat=True)[:LATEST]
        return [(action, action) for action in sorted(set(latest))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        known = {value for value, _ in self.lookup_choices}
        return queryset.filter(action=self.value()) if self.value() in known else queryset


@admin.register(Event)
class EventAdmin(LookUpAdmin):
    """The trail, newest first; search by subject, account, chain or request id."""

    list_display = ("moment", "action", "subject", "by", "chain", "number")
    list_filter = (ActionFilter, ("at", admin.DateFieldListFilter))
    list_select_related = ("chain", "by")
    search_fields = (
        "subject__startswith",
        "by__username__exact",
        "chain__key__exact",
        "request_id__exact",
    )
    search_help_text = "Awal dari “tentang”, nama pengguna, kunci rantai, atau nomor permintaan."
    ordering = ("-pk",)
    paginator = CappedPaginator
    fields = (
        "chain",
        "number",
        "moment",
        "by",
        "action",
        "subject",
        "told_before",
        "told_after",
        "request_id",
        "previous_hash",
        "hash",
    )
    readonly_fields = ("moment", "told_before", "told_after")

    @admin.display(description="waktu", ordering="pk")
    def moment(self, event: Event) -> str:
        return _to_the_second(event.at)

    @admin.display(description="sebelum")
    def told_before(self, event: Event) -> SafeString | str:
        return _told(event.before)

    @admin.display(description="sesudah")
    def told_after(self, event: Event) -> SafeString | str:
        return _told(event.after)


def _to_the_second(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{date_format(local, 'j F Y')} {local:%H.%M.%S} WIB"


def _told(text: str) -> SafeString | str:
    """What an event holds, spread over lines; a dash for nothing."""
    if not text:
        return "-"
    with suppress(ValueError):  # touched from outside: shown as it stands
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    return format_html("<pre>{}</pre>", text)
