"""Several chains locked at once."""

import pytest

from audit.models import Chain
from audit.services import locked_chains

pytestmark = pytest.mark.django_db


def test_in_the_order_in_which_they_are_anchored():
    """By key "satker:10" would come first, and wait for an anchoring that waits for it."""
    Chain.objects.create(key="satker:2")
    Chain.objects.create(key="satker:10")

    found = locked_chains({"satker:10", "satker:2", "satker:new"})

    assert [chain.key for chain in found] == ["satker:2", "satker:10", "satker:new"]
