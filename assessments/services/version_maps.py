"""Maps between versions of an instrument: made when a version is published, corrected while
nobody has opened an assessment under it (decision 37)."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from assessments.errors import MapRefused
from assessments.models import Assessment, Instrument, InstrumentMap, QuestionMap
from assessments.version_map import Kind, Sources, build_lines, first_sources, obstacle
from assessments.worksheet import QuestionRow, Worksheet, build_worksheet, load_worksheet
from audit.services import locked_chain, record


@dataclass(frozen=True, slots=True)
class Source:
    """The question of an earlier version that a question continues, and how."""

    old: QuestionRow
    kind: QuestionMap.Kind


@dataclass(frozen=True, slots=True)
class Continuation:
    """From an earlier version to a later one, over all maps between them.

    sources: by the key of the new question. gone: old questions that nothing continues, with
    the reason, "" where it needs no saying.
    """

    old: Worksheet
    new: Worksheet
    sources: Mapping[int, Source]
    gone: tuple[tuple[QuestionRow, str], ...]


def ensure_maps(instrument: Instrument) -> None:
    """Map a published version to its neighbours where no map is there yet.

    In the caller's transaction; a map that is there stays, also where it was corrected.
    """
    published = Instrument.objects.published().filter(code=instrument.code)
    before = published.filter(version__lt=instrument.version).order_by("version").last()
    after = published.filter(version__gt=instrument.version).order_by("version").first()
    if before is not None:
        _ensure(before, instrument)
    if after is not None:
        _ensure(instrument, after)


@transaction.atomic
def correct_map(*, version_map: InstrumentMap, sources: Sources, by: User) -> bool:
    """Say which old question each new one continues (None: none); returns whether it changed.

    sources: by code; questions that are left out keep theirs. Raises MapRefused for an unknown
    code, answers that cannot be carried, and once an assessment was opened under the version.
    """
    locked = _locked(version_map)
    require_correctable(locked)
    old = load_worksheet(locked.from_instrument_id)
    new = load_worksheet(locked.to_instrument_id)
    before = _stored_sources(locked, old, new)
    after = {**before, **sources}
    for code, source in sources.items():
        check_source(old, new, code, source)
    changed = {code for code in after if after[code] != before.get(code)}
    if not changed:
        return False
    _write(locked, old, new, after)
    record(
        chain=locked_chain(chain_key(locked.to_instrument)),
        action="peta versi diubah",
        subject=f"versi {locked.from_instrument.version} ke {locked.to_instrument.version}",
        by=by,
        before={code: before.get(code) for code in sorted(changed)},
        after={code: after[code] for code in sorted(changed)},
    )
    return True


def check_source(old: Worksheet, new: Worksheet, code: str, source: str | None) -> None:
    """Raises MapRefused where a question cannot continue that one."""
    if code not in new.by_code:
        raise MapRefused(f"Pertanyaan {code[:40]!a} tidak ada pada versi baru.")
    if source is None:
        return
    if source not in old.by_code:
        raise MapRefused(f"Pertanyaan {source[:40]!a} tidak ada pada versi lama.")
    if reason := obstacle(old, source, new, code):
        raise MapRefused(f"Jawaban {source} tidak dapat dibawa ke {code}. {reason}")


def is_correctable(version_map: InstrumentMap) -> bool:
    """Whether nobody has opened an assessment under the newer version."""
    return not Assessment.objects.filter(instrument=version_map.to_instrument_id).exists()


def require_correctable(version_map: InstrumentMap) -> None:
    if not is_correctable(version_map):
        raise MapRefused(
            "Peta ini tidak dapat diubah lagi: sudah ada penilaian yang dibuka dengan versi "
            f"{version_map.to_instrument.version}."
        )


def load_continuation(old_id: int, new_id: int) -> Continuation | None:
    """How the questions of a version continue those of another; None where no maps lead there.

    The same version continues itself. At most two queries for each version in between.
    """
    old, new = load_worksheet(old_id), load_worksheet(new_id)
    sources = {row.pk: Source(row, Kind.SAME) for row in new.questions}
    reasons: dict[int, str] = {}
    here = new_id
    while here != old_id:
        step = _step_back(here, old_id)
        if step is None:
            return None
        lines = list(step.lines.values_list("kind", "old_id", "new_id", "reason"))
        came_from = {new: (kind, old) for kind, old, new, _ in lines if kind not in _ONE_SIDED}
        earlier = load_worksheet(step.from_instrument_id)
        sources = {
            pk: Source(earlier.by_pk[came_from[source.old.pk][1]], _larger(source.kind, came[0]))
            for pk, source in sources.items()
            if (came := came_from.get(source.old.pk)) is not None
        }
        reasons = {old: reason for kind, old, _, reason in lines if kind == Kind.GONE}
        here = step.from_instrument_id
    continued = {source.old.pk for source in sources.values()}
    gone = tuple((row, reasons.get(row.pk, "")) for row in old.questions if row.pk not in continued)
    return Continuation(old, new, sources, gone)


def chain_key(instrument: Instrument) -> str:
    """The audit chain of an instrument, all its versions."""
    return f"instrumen:{instrument.code}"


_ONE_SIDED = frozenset({Kind.NEW, Kind.GONE})
_BY_CHANGE = (Kind.SAME, Kind.REWORDED, Kind.SPLIT)


def _larger(*kinds: str) -> QuestionMap.Kind:
    """Of steps one after the other, the one that changed most."""
    return Kind(max(kinds, key=lambda kind: _BY_CHANGE.index(Kind(kind))))


def _step_back(here: int, towards: int) -> InstrumentMap | None:
    """The map that leads back furthest without passing the version looked for."""
    return (
        InstrumentMap.objects.filter(
            to_instrument=here,
            from_instrument__version__gte=Instrument.objects.filter(pk=towards).values("version"),
        )
        .order_by("from_instrument__version")
        .first()
    )


def _ensure(before: Instrument, after: Instrument) -> None:
    made, is_new = InstrumentMap.objects.get_or_create(from_instrument=before, to_instrument=after)
    if is_new:
        # Not kept: this transaction may still be undone.
        old, new = build_worksheet(before), build_worksheet(after)
        _write(made, old, new, first_sources(old, new))


def _write(version_map: InstrumentMap, old: Worksheet, new: Worksheet, sources: Sources) -> None:
    version_map.lines.all().delete()
    QuestionMap.objects.bulk_create(
        QuestionMap(
            map=version_map,
            kind=line.kind,
            old_id=line.old and line.old.pk,
            new_id=line.new and line.new.pk,
            reason=line.reason,
        )
        for line in build_lines(old, new, sources)
    )


def _stored_sources(
    version_map: InstrumentMap, old: Worksheet, new: Worksheet
) -> dict[str, str | None]:
    rows = version_map.lines.filter(new__isnull=False).values_list("new_id", "old_id")
    return {new.by_pk[pk].code: old.by_pk[before].code if before else None for pk, before in rows}


def _locked(version_map: InstrumentMap) -> InstrumentMap:
    """As stored now; the newer version is locked, so that no period takes it meanwhile."""
    stored = (
        InstrumentMap.objects.select_related("from_instrument", "to_instrument")
        .select_for_update(of=("self", "to_instrument"))
        .filter(pk=version_map.pk)
        .first()
    )
    if stored is None:
        raise MapRefused("Peta versi ini sudah tidak ada.")
    return stored
