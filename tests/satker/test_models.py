import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from satker.models import Satker, SatkerKind
from satker.provinces import PROVINCES
from tests.factories import make_satker_tree

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("kanwil", {"parent": None}),
        ("kanwil", {"verifier": None}),
        ("kanwil", {"kind": SatkerKind.PUSAT}),
        ("pusat", {"parent": F("id")}),
        ("kanwil", {"parent": F("id")}),
        ("kanwil", {"code": "PUSAT"}),
        ("kanwil", {"path": "pusat/"}),
    ],
)
def test_the_database_refuses_an_impossible_tree(name, change):
    satker = getattr(make_satker_tree(), name)

    with pytest.raises(IntegrityError), transaction.atomic():
        Satker.objects.filter(pk=satker.pk).update(**change)


def test_the_database_refuses_a_second_centre():
    make_satker_tree()

    with pytest.raises(IntegrityError), transaction.atomic():
        Satker.objects.create(code="b", name="b", kind=SatkerKind.PUSAT, path="b/", level=0)


def test_every_province_has_a_code_and_a_zone():
    assert len(PROVINCES) == 38
    assert {province.zone for province in PROVINCES.values()} == {"WIB", "WITA", "WIT"}
    assert all(code == province.code for code, province in PROVINCES.items())
    assert all(len(code) == 2 and code.isdigit() for code in PROVINCES)
