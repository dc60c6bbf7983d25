"""Drafts of an instrument: copied from a published version, edited, checked, published.

Nothing is scored with a draft and no period names it, so editing one touches nothing stored.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db import IntegrityError, transaction
from django.db.models import Max, Model, QuerySet
from django.utils import timezone

import scoring
from accounts.models import User
from assessments.errors import DraftRefused, InstrumentRefused
from assessments.instrument_check import MAXIMUM_VERSION, check_shape
from assessments.instrument_diff import Difference, compare
from assessments.instrument_file import Content, canonical, export_instrument, store_rows
from assessments.models import Guidance, Input, Instrument, Node, Option, Question
from assessments.services.instruments import content_digest
from assessments.services.version_maps import chain_key, ensure_maps
from assessments.worksheet import load_worksheet
from audit.services import locked_chain, record

# What an editor may change, and how a row is found to be the draft's own. The structure (codes,
# scales, formulas, floors) changes by way of a file.
EDITABLE: dict[type[Model], tuple[str, frozenset[str]]] = {
    Instrument: ("pk", frozenset({"name", "title", "source", "decided"})),
    Node: ("instrument", frozenset({"name", "weight"})),
    Question: (
        "instrument",
        frozenset({"text", "help", "name", "weight", "evidence_required"}),
    ),
    Option: ("question__instrument", frozenset({"text"})),
    Input: ("question__instrument", frozenset({"label"})),
    Guidance: ("question__instrument", frozenset({"kind", "text"})),
}


@dataclass(frozen=True, slots=True)
class Edit:
    """A row with new values in `fields`."""

    row: Model
    fields: Collection[str]


@transaction.atomic
def make_draft(*, source: Instrument, by: User) -> Instrument:
    """A copy of a published version under the next number, to be edited. Raises DraftRefused."""
    versions = Instrument.objects.filter(code=source.code)
    there = versions.filter(published_at__isnull=True).first()
    if there is not None:
        raise DraftRefused(
            f"{source.code} sudah memiliki draf, versi {there.version}. Terbitkan atau hapus "
            "draf itu dahulu."
        )
    stored = versions.select_for_update().filter(pk=source.pk).first()
    if stored is None:
        raise DraftRefused("Versi ini sudah tidak ada.")
    number = versions.aggregate(highest=Max("version"))["highest"] + 1
    if number > MAXIMUM_VERSION:
        raise DraftRefused(f"Nomor versi paling tinggi {MAXIMUM_VERSION}.")
    content = export_instrument(stored)
    try:
        with transaction.atomic():
            draft = Instrument.objects.create(
                code=stored.code,
                version=number,
                name=stored.name,
                title=stored.title,
                source=stored.source,
                decided=stored.decided,
            )
    except IntegrityError as taken:
        raise DraftRefused(f"{source.code} baru saja diberi draf oleh orang lain.") from taken
    store_rows(draft, content)
    # SQLite gives the key of a row whose transaction was undone once more.
    load_worksheet.cache_clear()
    _record(draft, "draf instrumen dibuat", by, after={"dari versi": stored.version})
    return draft


@transaction.atomic
def edit_draft(
    *,
    draft: Instrument,
    changed: Sequence[Edit] = (),
    added: Sequence[Guidance] = (),
    removed: Sequence[Guidance] = (),
    by: User,
) -> tuple[Difference, ...]:
    """Store what was edited on one page, all of it or nothing; returns what differs now.

    added, removed: lines of guidance; a question keeps its order, new lines come last. Weights
    need not add up before publishing. Raises DraftRefused for a version that is published or for
    rows of another, InstrumentRefused for a text that an instrument file could not hold.
    """
    locked = _locked(draft)
    before = export_instrument(locked)
    for edit in changed:
        values = {name: getattr(edit.row, name) for name in edit.fields}
        if unknown := values.keys() - EDITABLE[type(edit.row)][1]:
            raise ValueError(f"not to be changed in a draft: {sorted(unknown)}")
        if values and not _own(locked, edit.row).update(**values):
            raise DraftRefused("Ada baris yang bukan bagian draf ini. Muat ulang halamannya.")
    for line in removed:
        _own(locked, line).delete()
    for line in added:
        _add(locked, line)
    locked.refresh_from_db()
    after = export_instrument(locked)
    check_shape(after)
    differences = compare(before, after)
    if differences:
        _record(
            locked,
            "draf instrumen diubah",
            by,
            before={_place(each): each.before for each in differences},
            after={_place(each): each.after for each in differences},
        )
    return differences


def draft_faults(draft: Instrument) -> tuple[str, ...]:
    """Why a draft cannot be published yet; empty when it can."""
    content = export_instrument(draft)
    try:
        check_shape(content)
    except InstrumentRefused as refusal:
        return (str(refusal),)
    faults = tuple(line for node in content["nodes"] for line in _weight_faults(node))
    total = sum(Fraction(node["weight"]) for node in content["nodes"])
    if total != 100:
        faults += (f"Bobot seluruh komponen berjumlah {_number(total)}, seharusnya 100.",)
    if faults:
        return faults
    try:
        scoring.parse_instrument(content)
    except ValueError as fault:
        return (str(fault),)
    return ()


def draft_differences(draft: Instrument) -> tuple[Instrument | None, tuple[Difference, ...]]:
    """The published version before a draft, and what the draft says differently."""
    before = Instrument.objects.published().filter(code=draft.code).order_by("version").last()
    if before is None:
        return None, ()
    return before, compare(export_instrument(before), export_instrument(draft))


@transaction.atomic
def publish_draft(*, draft: Instrument, by: User) -> Instrument:
    """Freeze a draft: periods may name it from now on, and it never changes again. Its questions
    are mapped to those of the version before it. Raises DraftRefused with the first faults.
    """
    locked = _locked(draft)
    if faults := draft_faults(locked):
        raise DraftRefused(
            f"Draf belum dapat diterbitkan, {len(faults)} hal harus diperbaiki. {faults[0]}"
        )
    others = Instrument.objects.filter(code=locked.code).exclude(pk=locked.pk)
    highest = others.aggregate(highest=Max("version"))["highest"] or 0
    locked.version = max(locked.version, highest + 1)
    locked.digest = content_digest(canonical(export_instrument(locked)))
    locked.published_at = timezone.now()
    locked.save(update_fields=["version", "digest", "published_at"])
    load_worksheet.cache_clear()
    ensure_maps(locked)
    _record(locked, "instrumen diterbitkan", by, after={"sidik": locked.digest})
    return locked


@transaction.atomic
def discard_draft(*, draft: Instrument, by: User) -> None:
    """Throw a draft away; its trail stays. Raises DraftRefused."""
    locked = _locked(draft)
    _record(locked, "draf instrumen dihapus", by)
    locked.delete()


def _locked(draft: Instrument) -> Instrument:
    stored = Instrument.objects.select_for_update().filter(pk=draft.pk).first()
    if stored is None:
        raise DraftRefused("Draf ini sudah dihapus.")
    if not stored.is_draft:
        raise DraftRefused(
            f"Versi {stored.version} sudah terbit dan tidak dapat diubah. Buat draf baru darinya."
        )
    return stored


def _own(draft: Instrument, row: Model) -> QuerySet[Model]:
    """The stored row, where it is the draft's."""
    way, _ = EDITABLE[type(row)]
    return type(row)._default_manager.filter(pk=row.pk).filter(**{way: draft.pk})


def _add(draft: Instrument, line: Guidance) -> None:
    question = Question.objects.filter(pk=line.question_id, instrument=draft).first()
    if question is None:
        raise DraftRefused("Ada baris yang bukan bagian draf ini. Muat ulang halamannya.")
    highest = question.guidance.aggregate(highest=Max("order"))["highest"]
    order = 0 if highest is None else highest + 1
    question.guidance.create(kind=line.kind, text=line.text, order=order)


def _weight_faults(node: Content) -> Iterator[str]:
    """Every node whose parts have weights that do not add up to its own exactly."""
    parts = [child["weight"] for child in node.get("children", [])]
    parts += [each["weight"] for each in node.get("questions", []) if "weight" in each]
    total = sum(map(Fraction, parts), Fraction(0))
    if parts and total != Fraction(node["weight"]):
        yield (
            f"{node['code']}: bobot isinya berjumlah {_number(total)}, seharusnya "
            f"{_number(Fraction(node['weight']))}."
        )
    for child in node.get("children", []):
        yield from _weight_faults(child)


def _number(value: Fraction) -> str:
    return scoring.to_decimal_string(value).replace(".", ",")


def _place(difference: Difference) -> str:
    return " ".join(filter(None, (difference.code, difference.what)))


def _record(
    draft: Instrument, action: str, by: User, *, before: object = None, after: object = None
) -> None:
    record(
        chain=locked_chain(chain_key(draft)),
        action=action,
        subject=f"{draft.code} versi {draft.version}",
        by=by,
        before=before,
        after=after,
    )
