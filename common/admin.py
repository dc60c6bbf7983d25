"""What the pages of the Django admin share."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.paginator import Paginator
from django.db.models import ForeignKey, Model
from django.forms import ModelChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property

from common.errors import DomainError


class CappedPaginator(Paginator):
    """Counts no further than a limit, so that a page of a huge table costs as much as any."""

    counted_at_most = 10_000

    @cached_property
    def count(self) -> int:
        return self.object_list[: self.counted_at_most].count()


class RowSelect(AutocompleteSelect):
    """Django's own fails where a form comes back with something that is no key of a row."""

    longest_key = 18  # digits; a database counts a little further

    def optgroups(
        self, name: str, value: list[str], attrs: dict[str, Any] | None = None
    ) -> list[Any]:
        keys = [each for each in value if each.isdecimal() and len(each) <= self.longest_key]
        return super().optgroups(name, keys or [""], attrs)


class OnlyListedLookups(admin.ModelAdmin):
    """Lists answer to the filters that stand beside them and to nothing else in the address.

    Django lets every field be asked, in every way: a password's hash letter by letter, or the
    events of the year 0, which no database can compare with.
    """

    asked_by_filters = frozenset({"exact", "isnull", "in", "gte", "lt", "id__exact"})

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        fields = {field.name for field in self.opts.get_fields()} | {"pk"}
        if lookup.partition("__")[0] not in fields:
            return super().lookup_allowed(lookup, value, request)
        named = (
            each[0] if isinstance(each, tuple | list) else each
            for each in self.get_list_filter(request)
        )
        return any(
            lookup == name or lookup.removeprefix(f"{name}__") in self.asked_by_filters
            for name in named
            if isinstance(name, str)
        )


class LookUpAdmin(OnlyListedLookups):
    """Rows that are looked at and searched, never changed here."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # a count for each value of each filter
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ServiceAdmin(OnlyListedLookups):
    """Rows that change through services alone and are never deleted.

    `save_model` of a subclass calls the service. Its form has checked the same rules before; a
    refusal that only shows under the lock comes back as a message.
    """

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # a count for each value of each filter
    list_per_page = 50

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = RowSelect(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect(request.get_full_path())
