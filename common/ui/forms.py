"""Fields, refusals, tables that sort, and the way through pages."""

from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.template import Context

register = template.Library()


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, extra: str = "") -> dict[str, Any]:
    """A labelled field with its hint and its errors; extra adds a class to the frame."""
    widget = bound.field.widget
    group = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    check = isinstance(widget, CheckboxInput)
    look = " ".join(filter(None, [widget.attrs.get("class", ""), "" if check else "input"]))
    return {
        "field": bound,
        "group": group,
        "check": check,
        "control": "" if group else bound.as_widget(attrs={"class": look} if look else None),
        "extra": extra,
    }


@register.inclusion_tag("ui/error_summary.html")
def error_summary(form: BaseForm, title: str) -> dict[str, Any]:
    """What a form was refused for, each line with a link to its field; nothing without errors."""
    faults = [("", text) for text in form.non_field_errors()]
    faults += [(each.id_for_label, text) for each in form.visible_fields() for text in each.errors]
    return {"title": title, "faults": faults}


@register.inclusion_tag("ui/sort_header.html", takes_context=True)
def sort_header(
    context: Context, label: str, key: str, number: bool = False, param: str = "urut"
) -> dict[str, Any]:
    """A head cell that sorts: ``?urut=key`` rises, ``?urut=-key`` falls."""
    query = context["request"].GET.copy()
    order = {key: "ascending", f"-{key}": "descending"}.get(query.get(param, ""), "")
    query[param] = f"-{key}" if order == "ascending" else key
    query.pop("halaman", None)
    return {"label": label, "number": number, "order": order, "query": query.urlencode()}


@register.inclusion_tag("ui/pagination.html", takes_context=True)
def pagination(context: Context, page: Page, param: str = "halaman") -> dict[str, Any]:
    """Which rows these are, and the way to the others; keeps the rest of the address."""
    query = context["request"].GET.copy()

    def address(number: int) -> str:
        query[param] = str(number)
        return query.urlencode()

    return {
        "page": page,
        "previous": address(page.previous_page_number()) if page.has_previous() else "",
        "next": address(page.next_page_number()) if page.has_next() else "",
    }
