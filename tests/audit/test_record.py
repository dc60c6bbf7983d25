import pytest
from django.db import transaction

from audit.errors import ChainMoved
from audit.models import Chain, Event
from audit.services import anchor, locked_chain, record, verify
from common.request_id import set_request_id
from tests.factories import make_satker_tree, make_user

pytestmark = pytest.mark.django_db


def test_first_event_starts_its_chain():
    event = record(chain=locked_chain("satker:7"), action="diubah", subject="x", by=None)

    chain = Chain.objects.get(key="satker:7")
    assert (event.number, event.previous_hash) == (1, "")
    assert (chain.count, chain.hash) == (1, event.hash)


def test_next_event_holds_the_hash_of_the_one_before():
    first = record(chain=locked_chain("satker:7"), action="diubah", subject="x", by=None)
    second = record(chain=locked_chain("satker:7"), action="diubah", subject="x", by=None)

    assert (second.number, second.previous_hash) == (2, first.hash)


def test_head_that_moved_since_it_was_read_is_refused():
    read = locked_chain("satker:7")
    record(chain=locked_chain("satker:7"), action="diubah", subject="x", by=None)

    with pytest.raises(ChainMoved, match="satker:7"):
        record(chain=read, action="diubah", subject="y", by=None)

    assert Event.objects.get(chain=read).subject == "x"
    assert verify().fault is None


def test_event_tells_who_what_and_in_which_request():
    user = make_user(make_satker_tree().pusat)
    set_request_id("f" * 64)

    event = record(
        chain=locked_chain("uji"),
        action="diubah",
        subject="A.I.1.i.a",
        by=user,
        before={"value": "B"},
        after={"value": "A"},
    )
    set_request_id("")

    event.refresh_from_db()
    assert (event.by, event.request_id) == (user, "f" * 64)
    assert (event.before, event.after) == ('{"value":"B"}', '{"value":"A"}')


def test_text_that_a_database_cannot_hold_is_kept_in_ascii():
    event = record(
        chain=locked_chain("uji"), action="diubah", subject="x", by=None, after="\x00\ud800é"
    )

    event.refresh_from_db()
    assert event.after == '"\\u0000\\ud800\\u00e9"'
    assert verify().fault is None


def test_long_subject_is_cut():
    event = record(chain=locked_chain("uji"), action="diubah", subject="x" * 300, by=None)

    assert event.subject == "x" * 200


def test_anchor_names_the_head():
    chain = locked_chain("uji")
    record(chain=chain, action="diubah", subject="x", by=None)

    event = anchor(chain=chain, by=None)

    assert (event.chain.key, event.subject) == ("global", "uji")
    assert event.after == f'{{"count":1,"hash":"{chain.hash}"}}'


def test_refused_change_leaves_no_event():
    with transaction.atomic():
        record(chain=locked_chain("uji"), action="diubah", subject="x", by=None)
        transaction.set_rollback(True)

    assert not Event.objects.exists()
    assert not Chain.objects.exists()
