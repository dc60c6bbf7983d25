"""Parts of pages that say how an assessment stands: ``{% load nilai %}``."""

from django import template

from assessments.score_panel import floors, score_panel

register = template.Library()
register.simple_tag(floors)
register.simple_tag(score_panel)
