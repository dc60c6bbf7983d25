from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F

from audit import verification
from audit.hashing import event_hash
from audit.models import Chain, Event
from audit.services import anchor, anchor_moved_chains, verify
from audit.verification import Fault, Verification
from tests.audit.tampering import add_events, drop_triggers, event

pytestmark = pytest.mark.django_db


def test_untouched_trail_has_no_fault():
    for key in ["satker:1", "satker:2", "penilaian:1"]:
        add_events(key, 3)
    anchor_moved_chains()

    assert verify() == Verification(events=12, anchors=3, fault=None)


def test_empty_trail_has_no_fault():
    assert verify() == Verification(events=0, anchors=0, fault=None)


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "lain"},
        {"action": "lain"},
        {"before": "1"},
        {"after": "lain"},
        {"request_id": "lain"},
        {"at": F("at") + timedelta(microseconds=1)},
        {"hash": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_edited_event_is_found(change):
    chain = add_events("uji", 5)
    drop_triggers()

    Event.objects.filter(chain=chain, number=3).update(**change)

    assert verify().fault == Fault("uji", 3, "isinya tidak sesuai dengan sidiknya (diubah)")


def test_chain_moved_below_every_key_is_walked_too():
    chain = add_events("uji", 5)
    anchor_moved_chains()
    drop_triggers()

    hidden = Chain.objects.create(pk=-1, key="lain", count=chain.count, hash=chain.hash)
    Event.objects.filter(chain=chain).update(chain=hidden)
    chain.delete()
    Chain.objects.filter(pk=hidden.pk).update(key="uji")
    Event.objects.filter(chain=hidden, number=3).update(subject="lain")

    assert verify().fault == Fault("uji", 3, "isinya tidak sesuai dengan sidiknya (diubah)")


def test_event_edited_together_with_its_hash_is_found_by_the_next():
    chain = add_events("uji", 5)
    drop_triggers()

    forged = event(chain, 3)
    forged.subject = "lain"
    forged.hash = event_hash(chain.key, forged)
    forged.save()

    assert verify().fault == Fault("uji", 4, "tidak menyambung dengan peristiwa sebelumnya")


@pytest.mark.parametrize("number", [1, 3])
def test_deleted_event_is_found(number):
    chain = add_events("uji", 5)
    drop_triggers()

    event(chain, number).delete()

    expected = "peristiwa ini tidak ada lagi (dihapus atau dipindahkan)"
    assert verify().fault == Fault("uji", number, expected)


def test_inserted_event_is_found():
    chain = add_events("uji", 5)
    drop_triggers()

    Event.objects.filter(chain=chain, number=5).update(number=6)
    Event.objects.filter(chain=chain, number=4).update(number=5)
    forged = event(chain, 3)
    forged.pk, forged.number, forged.previous_hash = None, 4, forged.hash
    forged.hash = event_hash(chain.key, forged)
    forged.save(force_insert=True)

    assert verify().fault == Fault("uji", 5, "tidak menyambung dengan peristiwa sebelumnya")


def test_event_inserted_before_the_first_is_found():
    chain = add_events("uji", 2)
    drop_triggers()

    forged = event(chain, 1)
    forged.pk, forged.number = None, 0
    forged.hash = event_hash(chain.key, forged)
    forged.save(force_insert=True)

    assert verify().fault == Fault("uji", 0, "peristiwa ini disisipkan")


def test_events_in_another_order_are_found():
    chain = add_events("uji", 5)
    drop_triggers()

    Event.objects.filter(chain=chain, number=2).update(number=99)
    Event.objects.filter(chain=chain, number=3).update(number=2)
    Event.objects.filter(chain=chain, number=99).update(number=3)

    assert verify().fault == Fault("uji", 2, "tidak menyambung dengan peristiwa sebelumnya")


def test_event_moved_to_another_chain_is_found():
    chain, other = add_events("uji", 2), add_events("lain", 2)
    drop_triggers()

    Event.objects.filter(chain=chain, number=2).update(chain=other, number=3)

    assert verify().fault == Fault("uji", 2, "akhir rantai dipotong sejak peristiwa ini")


def test_cut_off_end_is_found():
    chain = add_events("uji", 5)
    drop_triggers()

    Event.objects.filter(chain=chain, number__gt=3).delete()

    assert verify().fault == Fault("uji", 4, "akhir rantai dipotong sejak peristiwa ini")


def test_emptied_chain_is_found():
    chain = add_events("uji", 2)
    add_events("lain", 2)
    drop_triggers()

    Event.objects.filter(chain=chain).delete()

    assert verify().fault == Fault("uji", 1, "akhir rantai dipotong sejak peristiwa ini")


def test_end_cut_off_together_with_the_head_is_found_by_its_anchor():
    chain = add_events("uji", 5)
    anchor(chain=chain, by=None)
    drop_triggers()

    Event.objects.filter(chain=chain, number__gt=3).delete()
    Chain.objects.filter(pk=chain.pk).update(count=3, hash=event(chain, 3).hash)

    assert verify().fault == Fault("uji", 5, "tidak ada lagi seperti yang ditambatkan")


def test_chain_removed_whole_is_found_by_its_anchor():
    chain = add_events("uji", 5)
    anchor(chain=chain, by=None)
    drop_triggers()

    Event.objects.filter(chain=chain).delete()
    chain.delete()

    assert verify().fault == Fault("uji", 5, "tidak ada lagi seperti yang ditambatkan")


def test_chain_written_anew_is_found_by_its_anchor():
    chain = add_events("uji", 2)
    anchor(chain=chain, by=None)
    drop_triggers()

    Event.objects.filter(chain=chain).delete()
    Chain.objects.filter(pk=chain.pk).update(count=0, hash="")
    add_events("uji", 3)

    assert verify().fault == Fault("uji", 2, "tidak ada lagi seperti yang ditambatkan")


def test_events_without_their_chain_are_found():
    chain = add_events("uji", 2)
    drop_triggers()

    # The database's own checks run at the end of the transaction, which never comes.
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_chain WHERE id = %s", [chain.pk])
    fault = verify().fault
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE chain_id = %s", [chain.pk])

    assert fault == Fault(f"(baris {chain.pk})", 1, "rantainya tidak ada lagi")


def test_event_written_past_the_head_is_found():
    chain = add_events("uji", 2)
    forged = event(chain, 2)
    forged.pk, forged.number, forged.previous_hash = None, 3, forged.hash
    forged.hash = event_hash(chain.key, forged)

    forged.save(force_insert=True)

    assert verify().fault == Fault("uji", 3, "ditambahkan di luar pencatatan")


def test_head_with_another_hash_is_found():
    chain = add_events("uji", 2)

    Chain.objects.filter(pk=chain.pk).update(hash="0" * 64)

    assert verify().fault == Fault("uji", 2, "kepala rantai menyebut sidik lain")


def test_renamed_chain_is_found():
    chain = add_events("uji", 2)

    Chain.objects.filter(pk=chain.pk).update(key="lain")

    assert verify().fault == Fault("lain", 1, "isinya tidak sesuai dengan sidiknya (diubah)")


def test_first_of_several_faults_is_told():
    first, second = add_events("a", 4), add_events("b", 4)
    drop_triggers()

    Event.objects.filter(chain=second, number=1).update(subject="lain")
    Event.objects.filter(chain=first, number=4).update(subject="lain")

    fault = verify().fault
    assert (fault.chain, fault.number) == ("a", 4)


@pytest.mark.parametrize("page", [1, 2, 3, 4, 5, 6, 7])
def test_faults_are_found_wherever_a_page_ends(monkeypatch, page):
    monkeypatch.setattr(verification, "_EVENTS_AT_ONCE", page)
    monkeypatch.setattr(verification, "_ANCHORS_AT_ONCE", page)
    chains = [add_events(key, 3) for key in "abc"]
    anchor_moved_chains()
    untouched = verify()
    drop_triggers()

    found = []
    for chain in reversed(chains):
        Event.objects.filter(chain=chain, number=2).update(subject="lain")
        fault = verify().fault
        found.append((fault.chain, fault.number))

    assert untouched == Verification(events=12, anchors=3, fault=None)
    assert found == [("c", 2), ("b", 2), ("a", 2)]
