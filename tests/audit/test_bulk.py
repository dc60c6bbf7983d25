from datetime import UTC, datetime, timedelta

import pytest

from audit.anchors import GLOBAL_CHAIN
from audit.bulk import Trail
from audit.models import Chain, Event
from audit.services import locked_chain, record, verify

AT = datetime(2026, 3, 2, 3, tzinfo=UTC)


@pytest.mark.django_db
def test_chains_as_the_services_would_write_them():
    trail = Trail()
    for key in ("satker:1", "assessment:x"):
        chain = trail.new_chain(key)
        for number in range(3):
            trail.record(
                chain=chain,
                at=AT + timedelta(minutes=number),
                action="jawaban",
                subject=f"A.{number}",
                by=None,
                before=None if not number else {"nilai": "é"},
                after={"nilai": number},
            )
        trail.anchor(chain=chain, at=AT - timedelta(days=len(key)), by=None)
        trail.write()
    trail.close()

    verification = verify()
    assert (verification.fault, verification.events, verification.anchors) == (None, 8, 2)
    anchors = Event.objects.filter(chain__key=GLOBAL_CHAIN).order_by("number")
    assert [event.subject for event in anchors] == ["assessment:x", "satker:1"]


@pytest.mark.django_db
def test_the_services_go_on_with_what_was_written():
    trail = Trail()
    chain = trail.new_chain("satker:1")
    trail.record(chain=chain, at=AT, action="akun dibuat", subject="a", by=None)
    trail.close()

    record(chain=locked_chain("satker:1"), action="akun ditutup", subject="a", by=None)

    assert Chain.objects.get(key="satker:1").count == 2
    assert verify().fault is None
