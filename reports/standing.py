"""How what is printed stands to what was frozen at submission and approval (decision 6)."""

import hashlib
import json
from datetime import datetime

from assessments.enums import Action
from assessments.models import Snapshot
from assessments.services.snapshots import Content, changed_questions
from common.dates import print_moment
from reports.parts import Frozen, Standing
from reports.rows import Rows

LABELS = {Action.SUBMIT: "Dikirim", Action.APPROVE: "Disetujui"}


def build_standing(rows: Rows, at: datetime) -> Standing:
    """The snapshots taken, and whether the rows still say what the last one says."""
    zone = rows.assessment.satker.zone
    frozen = tuple(_frozen(snapshot) for snapshot in rows.snapshots)
    if not frozen:
        moment = print_moment(at, zone)
        return Standing(frozen, "", f"Draf per {moment}. Belum ada rekaman beku.")
    last = frozen[-1]
    when = f"{last.label.lower()} {print_moment(last.at, zone)}"
    if not last.is_intact:
        sentence = f"Rekaman beku ({when}) tidak lagi cocok dengan sidiknya. Hubungi admin pusat."
        return Standing(frozen, "", sentence)
    content = json.loads(rows.snapshots[-1].content)
    changed = changed_questions(content, {"answers": _answers(rows)})
    if changed:
        return Standing(
            frozen,
            "",
            f"Draf per {print_moment(at, zone)}: {len(changed)} jawaban berbeda dari rekaman beku "
            f"terakhir ({when}).",
        )
    if rows.snapshots[-1].action == Action.APPROVE:
        if _verifications(rows) != _told(content["verifications"]):
            sentence = f"Verifikasi berbeda dari rekaman beku terakhir ({when})."
            return Standing(frozen, "", sentence)
        return Standing(frozen, last.sha256, f"Sama dengan rekaman beku ({when}).")
    sentence = f"Jawaban satker sama dengan rekaman beku ({when})."
    if rows.judged:
        sentence += " Nilai verifikasi belum dibekukan karena penilaian belum disetujui."
    return Standing(frozen, last.sha256, sentence)


def _frozen(snapshot: Snapshot) -> Frozen:
    return Frozen(
        label=LABELS[Action(snapshot.action)],
        round=snapshot.round,
        at=snapshot.at,
        by=snapshot.by.name,
        sha256=snapshot.sha256,
        is_intact=hashlib.sha256(snapshot.content.encode()).hexdigest() == snapshot.sha256,
    )


def _answers(rows: Rows) -> dict[str, Content]:
    """The answers as a snapshot would tell them, as far as they are compared."""
    codes = rows.answers.keys() | rows.evidence.keys()
    told: dict[str, Content] = {}
    for code in codes:
        answer = rows.answers.get(code)
        told[code] = {
            "entered": answer.entered if answer else {},
            "note": answer.note if answer else "",
            "evidence": [{"id": str(link.file_id)} for link in rows.evidence.get(code, [])],
        }
    return told


def _verifications(rows: Rows) -> dict[str, tuple[object, ...]]:
    return {code: (row.verdict, row.entered, row.note) for code, row in rows.verifications.items()}


def _told(frozen: dict[str, Content]) -> dict[str, tuple[object, ...]]:
    return {code: (row["verdict"], row["entered"], row["note"]) for code, row in frozen.items()}
