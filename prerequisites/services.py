"""The two writers of the register: values of prerequisites, and predikat by decree."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import OF_A_SATKER, User
from audit.models import Chain
from audit.services import locked_chain, record
from notices.enums import Kind
from notices.services import hold, notify
from prerequisites.errors import PrerequisiteRefused, StaleValue
from prerequisites.models import PredikatGrant, PrerequisiteValue
from prerequisites.rules import Item, Level
from satker.models import Satker


@dataclass(frozen=True, slots=True)
class NewValue:
    """As typed and checked for shape; an empty value clears the entry."""

    value: str
    document: str = ""
    document_number: str = ""
    document_date: date | None = None


@dataclass(frozen=True, slots=True)
class Decree:
    predikat: str
    decree_number: str
    decree_date: date
    valid_until: date | None = None
    revoked_on: date | None = None
    revocation_decree: str = ""
    revocation_reason: str = ""


@transaction.atomic
def save_value(
    *,
    item: Item,
    satker: Satker | None,
    year: int,
    new: NewValue,
    seen_version: int,
    by: User | None,
) -> PrerequisiteValue | None:
    """Store one value of the register; the same again changes nothing.

    satker: None for an item of the institution. seen_version: the one on screen, 0 for none.
    Returns the stored row, None where nothing was and nothing is entered.

    Raises StaleValue, PrerequisiteRefused for a value without its document, and ValueError for
    an item of the other level.
    """
    if (satker is None) != (item.level == Level.INSTITUTION):
        raise ValueError(f"{item.code} is not entered here")
    if new.value and not (new.document and new.document_date):
        raise PrerequisiteRefused("Sebutkan dokumen dan tanggalnya.", "document")
    chain = _chain(satker, year)
    holds_for = year if item.yearly else None
    row = PrerequisiteValue.objects.filter(satker=satker, year=holds_for, code=item.code).first()
    if seen_version != (row.version if row else 0):
        raise StaleValue
    before = _value_recorded(row)
    if row is None:
        if not new.value:
            return None
        row = PrerequisiteValue(satker=satker, year=holds_for, code=item.code, version=0)
    row.value = new.value
    row.document = new.document if new.value else ""
    row.document_number = new.document_number if new.value else ""
    row.document_date = new.document_date if new.value else None
    after = _value_recorded(row)
    if before == after:
        return row
    row.version += 1
    row.saved_by, row.saved_at = by, timezone.now()
    row.save()
    record(
        chain=chain,
        action="prasyarat disimpan",
        subject=f"{item.code} {holds_for or ''}".strip(),
        by=by,
        before=before,
        after=after,
    )
    return row


@transaction.atomic
def save_grant(
    *,
    satker: Satker,
    decree: Decree,
    grant_id: int | None = None,
    seen_version: int = 0,
    by: User | None,
) -> PredikatGrant:
    """Record a predikat of a satker, or correct one; the same again changes nothing.

    Raises PrerequisiteRefused where it overlaps another grant of the same predikat or breaks a
    constraint, StaleValue where it was saved meanwhile, PredikatGrant.DoesNotExist for a grant
    of another satker.
    """
    # Before the satker's chain: whoever changes a person holds the person first.
    people = hold(User.objects.filter(satker=satker, role__in=OF_A_SATKER))
    chain = _chain(satker, 0)
    if grant_id is None:
        grant = PredikatGrant(satker=satker, version=0)
    else:
        grant = PredikatGrant.objects.get(pk=grant_id, satker=satker)
    if seen_version != grant.version:
        raise StaleValue
    before = _grant_recorded(grant) if grant.version else None
    for name in Decree.__slots__:
        setattr(grant, name, getattr(decree, name))
    after = _grant_recorded(grant)
    if before == after:
        return grant
    _refuse_overlap(grant)
    try:
        grant.validate_constraints()
    except ValidationError as refusal:
        raise PrerequisiteRefused(" ".join(refusal.messages)) from refusal
    grant.version += 1
    grant.saved_by, grant.saved_at = by, timezone.now()
    grant.save()
    record(
        chain=chain,
        action="predikat dicatat" if before is None else "predikat diubah",
        subject=f"{decree.predikat} {decree.decree_number}",
        by=by,
        before=before,
        after=after,
    )
    _tell(people, grant, is_new=before is None)
    return grant


def _tell(people: Collection[User], grant: PredikatGrant, *, is_new: bool) -> None:
    """The people of the satker, who read the register but do not keep it."""
    done = "dicatat" if is_new else "diperbaiki"
    if grant.revoked_on is not None:
        done = "dicatat sebagai dicabut"
    text = f"Predikat {grant.predikat} {grant.satker.name} {done}."
    notify(people, Kind.PREDIKAT, text, reverse("assessments:list"))


def _chain(satker: Satker | None, year: int) -> Chain:
    """Locked: it also keeps two saves of the same register apart."""
    return locked_chain(f"prasyarat:{year}" if satker is None else satker.audit_key)


def _refuse_overlap(grant: PredikatGrant) -> None:
    others = PredikatGrant.objects.filter(satker=grant.satker, predikat=grant.predikat)
    for other in others.exclude(pk=grant.pk):
        begins_before_end = other.last_day is None or grant.decree_date < other.last_day
        ends_after_begin = grant.last_day is None or other.decree_date < grant.last_day
        if begins_before_end and ends_after_begin:
            raise PrerequisiteRefused(
                f"Masa berlakunya tumpang tindih dengan {other.predikat} menurut keputusan "
                f"{other.decree_number}. Periksa tanggal keduanya.",
                "decree_date",
            )


def _value_recorded(row: PrerequisiteValue | None) -> dict[str, str | None] | None:
    if row is None:
        return None
    return {
        "nilai": row.value,
        "dokumen": row.document,
        "nomor": row.document_number,
        "tanggal": _day(row.document_date),
    }


def _grant_recorded(grant: PredikatGrant) -> dict[str, str | None]:
    return {
        "predikat": grant.predikat,
        "keputusan": grant.decree_number,
        "tanggal": _day(grant.decree_date),
        "berlaku sampai": _day(grant.valid_until),
        "dicabut": _day(grant.revoked_on),
        "keputusan pencabutan": grant.revocation_decree,
        "alasan": grant.revocation_reason,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
