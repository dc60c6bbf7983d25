"""What no chain shows by itself: taken anchors, exchanged chains, a trail written anew."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import BinaryField, TextField, Value

from audit.hashing import event_hash
from audit.models import Chain, Event
from audit.services import GLOBAL_CHAIN, anchor, anchor_moved_chains, verify
from audit.verification import Fault
from tests.audit.tampering import add_events, drop_triggers, event
from tests.factories_assessments import make_assessment

pytestmark = pytest.mark.django_db

BYTES = Value(b"\x00\xff", output_field=BinaryField())


def anchored(key="uji", how_many=3):
    chain = add_events(key, how_many)
    anchor_moved_chains()
    return chain


def rewrite(chain, number, **changes):
    """One event edited, and every hash after it computed anew."""
    previous = event(chain, number).previous_hash
    for each in Event.objects.filter(chain=chain, number__gte=number).order_by("number"):
        each.previous_hash = previous
        if each.number == number:
            for name, value in changes.items():
                setattr(each, name, value)
        previous = each.hash = event_hash(chain.key, each)
        each.save()
    Chain.objects.filter(pk=chain.pk).update(hash=previous)


@pytest.mark.parametrize("taken_away", [False, True])
def test_events_without_any_anchor_are_told(taken_away):
    add_events("uji", 3)
    if taken_away:
        anchor_moved_chains()
        drop_triggers()
        Event.objects.filter(chain__key=GLOBAL_CHAIN).delete()
        Chain.objects.filter(key=GLOBAL_CHAIN).delete()

    with pytest.raises(CommandError, match="3 peristiwa, tetapi tidak satu pun jangkar") as refusal:
        call_command("verify_audit")

    assert refusal.value.returncode == 1


def test_record_with_a_new_empty_chain_is_found():
    assessment = make_assessment()
    anchor_moved_chains()
    assert verify().fault is None

    assessment.audit_chain = Chain.objects.create(key="lain")
    assessment.save()

    assert verify().fault == Fault(
        f"assessment:{assessment.pk}", 1, "datanya kini menunjuk rantai lain"
    )


def test_record_whose_chain_was_emptied_with_every_anchor_is_found():
    assessment = make_assessment()
    drop_triggers()

    Event.objects.filter(chain=assessment.audit_chain).delete()
    Chain.objects.filter(pk=assessment.audit_chain_id).update(count=0, hash="")
    globally = Chain.objects.get(key=GLOBAL_CHAIN)
    Event.objects.filter(chain=globally).delete()
    Chain.objects.filter(pk=globally.pk).update(count=0, hash="")
    anchored("lain")

    assert verify().fault == Fault(
        f"assessment:{assessment.pk}", 1, "datanya ada, tetapi tidak satu pun peristiwanya"
    )


@pytest.mark.parametrize("content", ["bukan JSON", "[]", '{"count":"x","hash":1}', "1"])
def test_anchor_that_names_no_head_is_a_bad_entry(content):
    anchored()
    drop_triggers()

    rewrite(Chain.objects.get(key=GLOBAL_CHAIN), 1, after=content)

    assert verify().fault == Fault(GLOBAL_CHAIN, 1, "bukan jangkar yang terbaca")


@pytest.mark.parametrize(
    "change",
    [
        {"at": Value("kemarin", output_field=TextField())},
        {"at": BYTES},
        {"after": BYTES},
        {"subject": BYTES},
        {"hash": BYTES},
        {"by": BYTES},
    ],
    ids=lambda change: next(iter(change)),
)
def test_row_that_cannot_be_read_is_a_bad_entry(change):
    chain = anchored()
    drop_triggers()
    damaged = Event.objects.filter(chain=chain, number=2)

    try:
        with transaction.atomic():
            damaged.update(**change)
    except DatabaseError:
        assert connection.vendor == "postgresql"  # SQLite stores anything
        return
    fault = verify().fault
    Event.objects.update(by=None)  # the database's own checks run at the end of the test

    assert (fault.chain, fault.number) == ("uji", 2)


NOT_UTF_8 = {
    "sqlite": "UPDATE audit_event SET after = CAST(X'FF' AS TEXT) WHERE number = 3",
    "postgresql": "UPDATE audit_event SET after = convert_from('\\xff', 'UTF8') WHERE number = 3",
}


def test_text_that_is_not_utf_8_is_a_bad_entry():
    anchored()
    drop_triggers()

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(NOT_UTF_8["postgresql"])
            return
        cursor.execute(NOT_UTF_8["sqlite"])

    assert verify().fault == Fault("uji", 3, "tidak terbaca (diubah)")


class TestKeptHead:
    def test_still_there(self, capsys):
        chain = anchored()
        kept = event(Chain.objects.get(key=GLOBAL_CHAIN), 1)
        add_events("uji", 1)
        anchor(chain=Chain.objects.get(pk=chain.pk), by=None)

        call_command("verify_audit", "--kepala", "1,", f"{kept.hash}.")

        assert "Kepala nomor 1 masih seperti yang disimpan.\n" in capsys.readouterr().out

    def test_trail_written_anew_is_found(self):
        anchored()
        globally = Chain.objects.get(key=GLOBAL_CHAIN)
        drop_triggers()
        rewrite(globally, 1, request_id="lain")
        assert verify().fault is None

        with pytest.raises(CommandError) as refusal:
            call_command("verify_audit", "--kepala", "1", globally.hash)

        assert refusal.value.returncode == 1
        assert str(refusal.value) == (
            "Jejak audit rusak: rantai global, nomor 1: "
            "tidak ada lagi seperti pada baris yang disimpan."
        )

    def test_trail_cut_before_it_is_found(self):
        anchored()

        with pytest.raises(CommandError, match="nomor 2: tidak ada lagi") as refusal:
            call_command("verify_audit", "--kepala", "2", "0" * 64)

        assert refusal.value.returncode == 1

    @pytest.mark.parametrize(
        ("number", "hash"),
        [("0", "0" * 64), ("satu", "0" * 64), ("1", "abc"), ("9" * 30, "0" * 64)],
    )
    def test_what_is_no_head_is_refused(self, number, hash):
        with pytest.raises(CommandError, match="--kepala memerlukan") as refusal:
            call_command("verify_audit", "--kepala", number, hash)

        assert refusal.value.returncode == 2
