"""The countdown in the frame of a page: ``{% load batas %}``."""

from django import template

from assessments.countdown import countdown

register = template.Library()
register.inclusion_tag("ui/countdown.html", takes_context=True)(countdown)
