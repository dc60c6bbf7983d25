"""Scenarios of the simulation: kept, renamed, thrown away. They are nobody's record, so no
audit event is written (docs/decisions/0035)."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import OF_A_SATKER, User
from assessments.enums import Tier
from assessments.errors import InvalidEntry, ScenarioRefused, StaleScenario
from assessments.models import Assessment, Scenario
from assessments.simulation import Fields, lay_over
from assessments.worksheet import Entries, load_entries, load_worksheet

KEPT_AT_MOST = 20  # for the team of a satker, and for every other person


def find_scenario(assessment: Assessment, scenario_id: UUID, user: User) -> Scenario | None:
    rows = Scenario.objects.visible_to(user).filter(assessment=assessment)
    return rows.select_related("by").filter(pk=scenario_id).first()


def list_scenarios(assessment: Assessment, user: User) -> list[Scenario]:
    rows = Scenario.objects.visible_to(user).filter(assessment=assessment)
    return list(rows.select_related("by")[:KEPT_AT_MOST])


def save_scenario(*, assessment: Assessment, name: str, fields: Fields, by: User) -> Scenario:
    """Keep a simulation under a new name.

    fields: as typed; only what differs from the real sheet is kept. Raises ScenarioRefused where
    nothing differs, the name is taken or there are too many, InvalidEntry for what is not on a
    question's scale. Two saves at the same moment may go one over the limit, which harms nobody.
    """
    entries = _read(assessment, fields)
    if Scenario.objects.visible_to(by).filter(assessment=assessment).count() >= KEPT_AT_MOST:
        raise ScenarioRefused(
            f"Sudah ada {KEPT_AT_MOST} skenario. Hapus satu yang tidak dipakai, lalu simpan lagi."
        )
    now = timezone.now()
    try:
        with transaction.atomic():
            return Scenario.objects.create(
                assessment=assessment,
                name=name,
                entries=entries,
                team=by.role in OF_A_SATKER,
                by=by,
                created_at=now,
                saved_at=now,
            )
    except IntegrityError as fault:
        raise _taken(name) from fault


def update_scenario(*, scenario: Scenario, seen_version: int, fields: Fields, by: User) -> None:
    """Keep a simulation in place of what the scenario held.

    Raises StaleScenario when a colleague saved or threw it away since it was opened, and as
    `save_scenario`.
    """
    entries = _read(scenario.assessment, fields)
    saved = (
        Scenario.objects.visible_to(by)
        .filter(pk=scenario.pk, version=seen_version)
        .update(entries=entries, version=F("version") + 1, by=by, saved_at=timezone.now())
    )
    if not saved:
        raise StaleScenario(
            "Skenario ini baru disimpan atau dihapus orang lain. Simpan isian Anda dengan nama "
            "lain, atau buka lagi skenarionya."
        )


def rename_scenario(*, scenario: Scenario, name: str, by: User) -> None:
    """Raises ScenarioRefused where the name is taken, StaleScenario where it is gone."""
    try:
        with transaction.atomic():
            renamed = Scenario.objects.visible_to(by).filter(pk=scenario.pk).update(name=name)
    except IntegrityError as fault:
        raise _taken(name) from fault
    if not renamed:
        raise StaleScenario("Skenario ini baru saja dihapus orang lain.")


def delete_scenario(*, scenario: Scenario, by: User) -> None:
    """Throw it away; what somebody else threw away already is gone all the same."""
    Scenario.objects.visible_to(by).filter(pk=scenario.pk).delete()


def _read(assessment: Assessment, fields: Fields) -> Entries:
    worksheet = load_worksheet(assessment.instrument_id)
    real = load_entries(worksheet, assessment.pk, Tier.MANDIRI)
    simulation = lay_over(worksheet, real, fields)
    for fault in simulation.faults:
        raise InvalidEntry(f"{fault.question.code}: {fault.message}", fault.inputs)
    if not simulation.changed:
        raise ScenarioRefused(
            "Belum ada jawaban yang berbeda dari LKE, jadi tidak ada yang disimpan."
        )
    return simulation.changed


def _taken(name: str) -> ScenarioRefused:
    return ScenarioRefused(f"Nama “{name}” sudah dipakai skenario lain. Pilih nama lain.")
