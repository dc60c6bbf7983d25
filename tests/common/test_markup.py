"""HTML and addresses from strings: what Django's own give."""

from uuid import UUID, uuid4

import pytest
from django.test import override_settings
from django.urls import NoReverseMatch, path, reverse, set_script_prefix
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from common.markup import address_of, html_join, html_of

EVIL = '<b title="\'">&amp;'


class Drawn:
    def __html__(self):
        return "<i>"


@pytest.mark.parametrize(
    "part",
    [
        *(EVIL, SafeString("<b>"), mark_safe("<b>"), gettext_lazy(EVIL)),
        *(lazy(lambda: mark_safe("<b>"), str)(), Drawn(), 12, None, UUID(int=5)),
    ],
)
def test_html_is_what_django_makes_of_it(part):
    made = html_of('<p class="{}">{}</p>', part, part)

    assert made == format_html('<p class="{}">{}</p>', part, part)
    assert isinstance(made, SafeString)
    assert html_of("{}", made) == made
    assert html_join("<br>", [part, part]) == f"{format_html('{}', part)}<br>{html_of('{}', part)}"


def test_nothing_joined():
    assert html_join(", ", []) == ""
    assert isinstance(html_join(", ", []), SafeString)


KEY, OTHER = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("home", ()),
        ("assessments:library_preview", (KEY,)),
        ("assessments:share_out", (OTHER,)),
        ("assessments:check_question", (KEY, "A.I.1.i.a")),
        ("assessments:check_question", (KEY, "a b?é#%+~:@")),
        ("assessments:tick_document", (KEY, "B.II.a", OTHER)),
        ("assessments:preview_picture", (KEY, 3)),
        ("assessments:act_on_comment", (KEY, "A.I.1.i.a", 12, "tarik")),
    ],
)
def test_addresses_are_what_django_reverses(name, keys):
    for _ in range(2):
        assert address_of(name, *keys) == reverse(name, args=keys)


def test_an_address_that_is_not_there():
    with pytest.raises(NoReverseMatch):
        address_of("assessments:entah", KEY)
    with pytest.raises(NoReverseMatch):
        address_of("assessments:library_preview")


urlpatterns = [path("lain/", lambda request: None, name="home")]


def test_a_prefix_and_other_addresses_are_not_mixed_up():
    first = address_of("home")

    with override_settings(ROOT_URLCONF=__name__):
        assert address_of("home") == reverse("home") == "/lain/"
    set_script_prefix("/zi/")
    try:
        assert address_of("home") == f"/zi{first}"
    finally:
        set_script_prefix("/")
    assert address_of("home") == first
