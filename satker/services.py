"""The acts on the organisation tree. Every act locks the tree's root, so that two never cross."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from audit.services import locked_chain, record
from satker.errors import SatkerRefused
from satker.models import Satker, SatkerKind
from satker.rules import PATH_LENGTH, SatkerFacts, checked, facts_of, path_under

_ROWS_AT_ONCE = 500


def add_satker(
    *,
    code: str,
    name: str,
    kind: str,
    parent: Satker | None,
    province_code: str = "",
    active: bool = True,
    by: AbstractBaseUser | None,
) -> Satker:
    """Put a new node under `parent`; None for the centre. An empty province is the parent's.

    by: None for a command. Raises SatkerRefused where the node does not fit.
    """
    return add(facts=SatkerFacts(code, name, kind, parent, province_code, active), by=by)


@transaction.atomic
def add(*, facts: SatkerFacts, by: AbstractBaseUser | None) -> Satker:
    """As `add_satker`."""
    _lock_tree()
    facts = checked(_with_stored_parent(facts))
    satker = Satker(
        code=facts.code,
        name=facts.name,
        kind=facts.kind,
        parent=facts.parent,
        province_code=facts.province_code,
        active=facts.active,
    )
    _place(satker, facts.parent)
    satker.save(force_insert=True)
    record(
        chain=locked_chain(satker.audit_key),
        action="satker ditambah",
        subject=satker.code,
        by=by,
        after=_recorded(facts),
    )
    return satker


@transaction.atomic
def change(*, satker: Satker, changes: Mapping[str, Any], by: AbstractBaseUser | None) -> Satker:
    """Change some facts of a node; what hangs below it follows.

    changes: values by the names of `SatkerFacts`; nothing happens where none differs.
    Returns the stored node. Raises SatkerRefused where it does not fit; nothing changes then.
    """
    _lock_tree()
    stored = Satker.objects.select_related("parent").get(pk=satker.pk)
    facts = checked(_with_stored_parent(replace(facts_of(stored), **changes)), stored)
    before, after = _recorded(facts_of(stored)), _recorded(facts)
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        return stored
    old_path = stored.path
    stored.code, stored.name, stored.kind = facts.code, facts.name, facts.kind
    stored.parent, stored.province_code = facts.parent, facts.province_code
    stored.active = facts.active
    _place(stored, facts.parent)
    stored.save(force_update=True)
    if stored.path != old_path:
        _place_below(stored, old_path)
    record(
        chain=locked_chain(stored.audit_key),
        action="satker diubah",
        subject=stored.code,
        by=by,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    return stored


def rename_satker(*, satker: Satker, name: str, by: AbstractBaseUser | None) -> Satker:
    return change(satker=satker, changes={"name": name}, by=by)


def recode_satker(*, satker: Satker, code: str, by: AbstractBaseUser | None) -> Satker:
    """A new code; the paths of everything below follow."""
    return change(satker=satker, changes={"code": code}, by=by)


def move_satker(*, satker: Satker, parent: Satker, by: AbstractBaseUser | None) -> Satker:
    """Hang the node, with everything below it, under another parent.

    Who verifies follows the new place at once (docs/decisions: who verifies whom).
    """
    return change(satker=satker, changes={"parent": parent}, by=by)


def set_active(*, satker: Satker, active: bool, by: AbstractBaseUser | None) -> Satker:
    """Close a satker (nobody of it can sign in any more) or open it again."""
    return change(satker=satker, changes={"active": active}, by=by)


def _lock_tree() -> None:
    """Until the transaction ends. An empty tree has nothing to lock, and one centre at most."""
    list(Satker.objects.select_for_update().filter(kind=SatkerKind.PUSAT).values_list("pk"))


def _with_stored_parent(facts: SatkerFacts) -> SatkerFacts:
    """The facts with the parent as it is stored now, under the lock."""
    if facts.parent is None:
        return facts
    return replace(facts, parent=Satker.objects.get(pk=facts.parent.pk))


def _place(satker: Satker, parent: Satker | None) -> None:
    """Set what follows from the place: path, level, and who verifies.

    The verifier is the nearest Kanwil above, or the centre where there is none.
    """
    satker.path = path_under(parent, satker.code)
    satker.level = 0 if parent is None else parent.level + 1
    if parent is None:
        satker.verifier_id = None
    elif parent.kind in {SatkerKind.PUSAT, SatkerKind.KANWIL}:
        satker.verifier_id = parent.pk
    else:
        satker.verifier_id = parent.verifier_id


def _place_below(top: Satker, old_path: str) -> None:
    """Place everything below `top` anew, from the top down; old_path: where it hung before."""
    placed = {top.pk: top}
    below = sorted(
        Satker.objects.filter(path__startswith=old_path).exclude(pk=top.pk),
        key=lambda satker: satker.level,
    )
    for satker in below:
        _place(satker, placed[satker.parent_id])
        placed[satker.pk] = satker
        if len(satker.path) > PATH_LENGTH:
            raise SatkerRefused("parent", f"Susunan di bawah {satker.code} menjadi terlalu dalam.")
    Satker.objects.bulk_update(below, ["path", "level", "verifier"], batch_size=_ROWS_AT_ONCE)


def _recorded(facts: SatkerFacts) -> dict[str, object]:
    """The facts as the audit trail tells them."""
    return {
        "kode": facts.code,
        "nama": facts.name,
        "jenis": facts.kind,
        "induk": None if facts.parent is None else facts.parent.code,
        "provinsi": facts.province_code,
        "aktif": facts.active,
    }
