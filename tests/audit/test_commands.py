import pytest
from django.core.management import CommandError, call_command

from audit.models import Chain, Event
from tests.audit.tampering import add_events, drop_triggers

pytestmark = pytest.mark.django_db


def test_verify_audit_tells_what_it_walked_and_the_global_head(capsys):
    add_events("uji", 3)
    call_command("anchor_audit")
    capsys.readouterr()

    call_command("verify_audit")

    head = Chain.objects.get(key="global").hash
    assert capsys.readouterr().out == (
        "Jejak audit utuh: 4 peristiwa, 1 jangkar diperiksa.\n"
        f"Kepala rantai global: nomor 1, sidik {head}. Simpan baris ini di luar sistem.\n"
    )


def test_verify_audit_ends_with_code_1_and_the_first_bad_entry():
    chain = add_events("uji", 3)
    drop_triggers()
    Event.objects.filter(chain=chain, number=2).update(subject="lain")

    with pytest.raises(CommandError) as refusal:
        call_command("verify_audit")

    assert refusal.value.returncode == 1
    assert str(refusal.value) == (
        "Jejak audit rusak: rantai uji, nomor 2: isinya tidak sesuai dengan sidiknya (diubah)."
    )


def test_anchor_audit_anchors_what_moved_since_its_last_anchor(capsys):
    add_events("a", 2)
    add_events("b", 1)
    call_command("anchor_audit")
    add_events("b", 1)

    call_command("anchor_audit")
    call_command("anchor_audit")

    assert capsys.readouterr().out == (
        "2 rantai ditambatkan.\n1 rantai ditambatkan.\n0 rantai ditambatkan.\n"
    )
    anchors = Event.objects.filter(chain__key="global").order_by("number")
    assert [event.subject for event in anchors] == ["a", "b", "b"]
