"""What a satker says about a file, and which file stands for an older one."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from audit.models import Event
from evidence import vault
from evidence.errors import CannotReplace, SameContent
from evidence.models import EvidenceFile
from evidence.services import describe_file, replace_file, store
from satker.models import SatkerKind
from tests.evidence.samples import pdf, upload
from tests.factories import make_satker

SAID = {
    "title": "SK Tim",
    "kind": "sk",
    "document_date": date(2025, 1, 2),
    "valid_until": date(2026, 1, 1),
}


@pytest.fixture
def put(satker, operator):
    def stored(name="a.pdf", **more):
        content = pdf(trailer=b"/A (%s)" % name.encode())
        return store(**{"satker": satker, "by": operator, "upload": upload(name, content)} | more)

    return stored


def actions():
    events = Event.objects.filter(action__startswith="bukti").order_by("pk")
    return list(events.values_list("action", flat=True))


def test_described_once_and_recorded(put, operator):
    file = put()

    described = describe_file(file=file, by=operator, **SAID)
    describe_file(file=file, by=operator, **SAID)

    assert {name: getattr(described, name) for name in SAID} == SAID
    assert actions() == ["bukti_diterangkan"]
    assert described.label == "SK Tim"


@pytest.mark.parametrize(("day", "expired"), [(date(2026, 1, 1), False), (date(2026, 1, 2), True)])
def test_expired_after_its_last_day(put, operator, day, expired):
    assert describe_file(file=put(), by=operator, **SAID).is_expired(day) is expired


def test_valid_until_before_its_date(put):
    file = put()

    with pytest.raises(IntegrityError), transaction.atomic():
        EvidenceFile.objects.filter(pk=file.pk).update(
            document_date=date(2026, 1, 2), valid_until=date(2026, 1, 1)
        )


def test_the_replaced_file_stays(put, operator):
    old = describe_file(file=put("lama.pdf"), by=operator, **SAID)
    new = put("baru.pdf")

    replaced = replace_file(old=old, new=new, by=operator)
    again = replace_file(old=old, new=new, by=operator)

    assert replaced == again
    assert (replaced.replaces, replaced.title, replaced.kind) == (old, "SK Tim", "sk")
    assert replaced.valid_until is None
    assert EvidenceFile.objects.get(pk=old.pk).sha256 == old.sha256
    assert vault.exists(old.file.name)
    assert actions() == ["bukti_diterangkan", "bukti_diganti"]


def test_what_cannot_stand_for_another(put, operator):
    first, second, third = put("1.pdf"), put("2.pdf"), put("3.pdf")
    replace_file(old=first, new=second, by=operator)

    for old, new in ((second, first), (first, third)):
        with pytest.raises(CannotReplace):
            replace_file(old=old, new=new, by=operator)
    with pytest.raises(SameContent):
        replace_file(old=third, new=third, by=operator)
    assert EvidenceFile.objects.exclude(replaces=None).count() == 1


def test_a_strangers_file(put, operator, satker):
    stranger = make_satker("33", kind=SatkerKind.KANWIL, parent=satker)

    with pytest.raises(ValueError, match="two satker"):
        replace_file(old=put(), new=put("b.pdf", satker=stranger), by=operator)
