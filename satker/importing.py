"""The organisation tree from a spreadsheet: all or nothing, and as often as one likes."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from common.imports import ImportResult
from common.spreadsheet import Row, RowError, read_table
from satker import services
from satker.errors import SatkerRefused
from satker.models import Satker, SatkerKind
from satker.provinces import PROVINCES
from satker.rules import SatkerFacts, facts_of

REQUIRED = ("kode", "nama", "jenis", "kode_induk")
OPTIONAL = ("provinsi", "aktif")

COLUMN_OF_FIELD = {
    "code": "kode",
    "name": "nama",
    "kind": "jenis",
    "parent": "kode_induk",
    "province_code": "provinsi",
    "active": "aktif",
}

YES, NO = ("", "ya", "1", "aktif"), ("tidak", "0", "nonaktif")


@dataclass(frozen=True, slots=True)
class _Wish:
    """One row: what it says about the satker with its code; parent: a code, or empty."""

    number: int
    code: str
    parent: str
    facts: Mapping[str, object]


def import_satker(path: Path, *, dry_run: bool, by: AbstractBaseUser | None) -> ImportResult:
    """Add and change satker as the file says; what it does not name stays as it is.

    A parent may stand below its children in the file. An empty province is the parent's; a
    column that is left out changes nothing. Raises SpreadsheetRefused for a file that is no
    such table; errors of single rows are in the result, and then nothing is written.
    """
    table = read_table(path, required=REQUIRED, optional=OPTIONAL)
    run = _Run(table.errors, by)
    with transaction.atomic():
        run.take(table.rows)
        if dry_run or run.result.errors:
            transaction.set_rollback(True)
    run.result.errors.sort(key=lambda error: error.row)
    return run.result


class _Run:
    """One pass over the rows, parents before children; closing comes last, children first."""

    def __init__(self, errors: list[RowError], by: AbstractBaseUser | None) -> None:
        self.by = by
        self.result = ImportResult(errors=list(errors))
        self.failed = {error.row for error in errors}
        self.stored = {
            satker.code.lower(): satker for satker in Satker.objects.select_related("parent")
        }

    def take(self, rows: list[Row]) -> None:
        wishes = self._wishes(rows)
        ordered = list(self._parents_first(wishes))
        closing = [wish for wish in ordered if self._apply(wish)]
        for wish in reversed(closing):
            self._close(wish)

    def _wishes(self, rows: list[Row]) -> dict[str, _Wish]:
        """The rows by code; a code that stands twice is an error of the second row."""
        wishes: dict[str, _Wish] = {}
        for row in rows:
            wish = self._wish(row)
            first = wishes.setdefault(wish.code.lower(), wish)
            if first is not wish:
                self._refuse(wish.number, "kode", f"Kode sudah ada pada baris {first.number}.")
        return wishes

    def _wish(self, row: Row) -> _Wish:
        values = row.values
        facts: dict[str, object] = {"code": values["kode"], "name": values["nama"]}
        try:
            facts["kind"] = _kind(values["jenis"])
            if "provinsi" in values:
                facts["province_code"] = _province_code(values["provinsi"])
            if "aktif" in values:
                facts["active"] = _activity(values["aktif"])
        except SatkerRefused as refusal:
            self._refuse(row.number, COLUMN_OF_FIELD[refusal.field], str(refusal))
        return _Wish(row.number, values["kode"], values["kode_induk"], facts)

    def _parents_first(self, wishes: dict[str, _Wish]) -> Iterator[_Wish]:
        """Rows in an order in which no row comes before its parent's."""
        children: dict[str, list[_Wish]] = {}
        ready: deque[_Wish] = deque()
        for wish in wishes.values():
            parent = wish.parent.lower()
            if parent in wishes:
                children.setdefault(parent, []).append(wish)
            else:
                ready.append(wish)
        while ready:
            wish = ready.popleft()
            yield wish
            ready += children.pop(wish.code.lower(), [])
        for circle in children.values():
            for wish in circle:
                self._refuse(wish.number, "kode_induk", "Induk dan anak saling menunjuk.")

    def _apply(self, wish: _Wish) -> bool:
        """Add or change; returns whether the satker is still to be closed."""
        if wish.number in self.failed:
            return False
        try:
            return self._add_or_change(wish)
        except SatkerRefused as refusal:
            self._refuse(wish.number, COLUMN_OF_FIELD[refusal.field], str(refusal))
            return False

    def _add_or_change(self, wish: _Wish) -> bool:
        parent = self._parent(wish)
        stored = self.stored.get(wish.code.lower())
        if stored is None:
            facts = SatkerFacts(parent=parent, **wish.facts)
            self.stored[wish.code.lower()] = services.add(facts=facts, by=self.by)
            self.result.added += 1
            return False
        changes = self._changes(stored, {**wish.facts, "parent": parent})
        closing = changes.get("active") is False
        if closing:
            del changes["active"]
        if changes:
            stored = services.change(satker=stored, changes=changes, by=self.by)
            self.stored[wish.code.lower()] = stored
        if changes or closing:
            self.result.updated += 1
        else:
            self.result.unchanged += 1
        return closing

    def _changes(self, stored: Satker, wanted: Mapping[str, object]) -> dict[str, object]:
        """What the row says otherwise than the stored satker."""
        now = facts_of(stored)
        wanted = dict(wanted)
        wanted["name"] = " ".join(str(wanted["name"]).split())
        parent = wanted["parent"]
        if wanted.get("province_code") == "" and isinstance(parent, Satker):
            wanted["province_code"] = parent.province_code
        return {name: value for name, value in wanted.items() if getattr(now, name) != value}

    def _parent(self, wish: _Wish) -> Satker | None:
        if not wish.parent:
            return None
        parent = self.stored.get(wish.parent.lower())
        if parent is None:
            raise SatkerRefused("parent", f"Tidak ada satker berkode {wish.parent}.")
        return parent

    def _close(self, wish: _Wish) -> None:
        stored = self.stored[wish.code.lower()]
        try:
            services.set_active(satker=stored, active=False, by=self.by)
        except SatkerRefused as refusal:
            self._refuse(wish.number, COLUMN_OF_FIELD[refusal.field], str(refusal))

    def _refuse(self, number: int, column: str, message: str) -> None:
        self.failed.add(number)
        self.result.errors.append(RowError(number, column, message))


def _kind(text: str) -> str:
    """A kind by its code or its full name."""
    for kind in SatkerKind:
        if text.lower() in {kind.value, kind.label.lower()}:
            return kind.value
    raise SatkerRefused("kind", f"Jenis tidak dikenal. Pilih salah satu: {_listed_kinds()}.")


def _listed_kinds() -> str:
    return ", ".join(SatkerKind.values)


def _province_code(text: str) -> str:
    """A province by its code or its name; empty for an empty text."""
    if not text:
        return ""
    for province in PROVINCES.values():
        if text.lower() in {province.code, province.name.lower()}:
            return province.code
    raise SatkerRefused("province_code", "Provinsi tidak dikenal. Tulis kode BPS atau namanya.")


def _activity(text: str) -> bool:
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise SatkerRefused("active", "Tulis ya atau tidak.")
