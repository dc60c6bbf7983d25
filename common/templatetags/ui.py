"""The one library of the interface's parts: ``{% load ui %}``.

Each part stands in common/ui/, its markup there or in templates/ui/; /komponen/ shows them all.
"""

from django import template

from common.ui import answers, badges, formats, forms, page, score

register = template.Library()

for part in (answers, formats, forms, page, score):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)

for function in (
    badges.icon,
    badges.tag,
    badges.badge,
    badges.question_badge,
    badges.verdict_badge,
    badges.met_badge,
    badges.short_badge,
    badges.short_by,
    badges.target_badge,
    badges.save_state,
):
    register.simple_tag(function)
