"""All that a seeded database says, with keys and random ids replaced by names."""

import json
import re
from typing import Any

from accounts.models import User
from assessments.models import (
    Answer,
    AnswerChange,
    AnswerEvidence,
    Assessment,
    Comment,
    Period,
    Score,
    Snapshot,
    Transition,
    Verification,
    VerificationChange,
)
from audit.anchors import ANCHOR
from audit.models import Chain, Event
from evidence.models import EvidenceFile
from satker.models import Satker

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

ASSESSMENT = "assessment__satker__code"
OF_ANSWER = ("answer__assessment__satker__code", "answer__question__code")
OF_VERIFICATION = ("verification__assessment__satker__code", "verification__question__code")
SCORE = [field.name for field in Score._meta.concrete_fields if field.name not in {"id", "tier"}]

TABLES: dict[Any, tuple[str, ...]] = {
    Satker: (
        *("code", "name", "kind", "province_code", "parent__code", "path", "level"),
        *("verifier__code", "active"),
    ),
    User: (
        *("username", "name", "email", "role", "satker__code", "is_active"),
        *("must_change_password", "created_at"),
    ),
    Period: ("year", "opens_at", "fill_until", "repair_until", "review_until"),
    EvidenceFile: (
        *("satker__code", "name", "content_type", "size", "sha256"),
        *("uploaded_by__username", "uploaded_at"),
    ),
    Assessment: (
        *("satker__code", "period__year", "instrument__code", "target", "status", "round"),
        *("opened_by__username", "opened_at", "submitted_by__username", "submitted_at"),
        *("approved_by__username", "approved_at"),
    ),
    Answer: (
        *(ASSESSMENT, "question__code", "entered", "note", "version"),
        *("saved_by__username", "saved_at"),
    ),
    AnswerChange: (*OF_ANSWER, "version", "entered", "note", "by__username", "at"),
    AnswerEvidence: (
        *(ASSESSMENT, "question__code", "file__name"),
        *("attached_by__username", "attached_at", "document"),
    ),
    Comment: (
        *(ASSESSMENT, "question__code", "by__username", "text", "topic__text", "mentioned"),
        "done_by__username",
    ),
    Verification: (
        *(ASSESSMENT, "question__code", "tier", "verdict", "entered", "note", "marked", "reason"),
        *("version", "round", "saved_by__username", "saved_at"),
    ),
    VerificationChange: (
        *OF_VERIFICATION,
        *(
            "version",
            "verdict",
            "entered",
            "note",
            "marked",
            "reason",
            "round",
            "by__username",
            "at",
        ),
    ),
    Transition: (
        *(ASSESSMENT, "at", "action", "from_status", "to_status", "round"),
        *("note", "by__username"),
    ),
    Score: (ASSESSMENT, "tier", *SCORE[1:]),
}


def tell_everything() -> dict[str, list[Any]]:
    """Rows of every table by its name, in an order that does not depend on keys."""
    names = {str(each.pk): f"penilaian {each.satker.code}" for each in Assessment.objects.all()}
    names |= {str(file.pk): f"berkas {file.name}" for file in EvidenceFile.objects.all()}
    told = {
        model.__name__: sorted(model.objects.values_list(*columns), key=repr)
        for model, columns in TABLES.items()
    }
    told["Snapshot"] = [_snapshot(row, names) for row in Snapshot.objects.order_by("at")]
    told["Chain"], told["Event"], told["Anchor"] = _trail(names)
    return told


def _snapshot(row: Snapshot, names: dict[str, str]) -> tuple[Any, ...]:
    content = json.loads(_named(row.content, names))
    return row.action, row.round, row.by.username, row.at, content


def _trail(names: dict[str, str]) -> tuple[list[Any], list[Any], list[Any]]:
    keys = {f"satker:{each.pk}": f"satker {each.code}" for each in Satker.objects.all()}
    keys |= {f"assessment:{key}": name for key, name in names.items()}
    chains = sorted((keys.get(each.key, each.key), each.count) for each in Chain.objects.all())
    events, anchors = [], []
    for event in Event.objects.select_related("chain", "by"):
        by = event.by.username if event.by else None
        if event.action == ANCHOR:
            head = json.loads(event.after)
            anchors.append((keys[event.subject], event.at, by, head["count"]))
        else:
            text = [_named(each, names) for each in (event.subject, event.before, event.after)]
            place = keys.get(event.chain.key, event.chain.key), event.number
            events.append((*place, event.at, by, event.action, *text, event.request_id))
    return chains, sorted(events, key=repr), sorted(anchors, key=repr)


def _named(text: str, names: dict[str, str]) -> str:
    """Without ids, and without the hash of a text that holds ids."""
    text = re.sub(r'"(id|membalas|kepada)":\d+', r'"\1":"kunci"', text)
    text = re.sub(r'"((?:ketua|sekretaris|koordinator|anggota)[^":]*): \d+"', r'"\1: orang"', text)
    named = UUID.sub(lambda found: names.get(found[0], found[0]), text)
    return re.sub(r'("round":\d+,)"sha256":"[0-9a-f]{64}"', r"\1", named)
