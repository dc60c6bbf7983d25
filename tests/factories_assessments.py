"""Assessments for tests, made the way users make them: through the services.

Answers are written as the command ``score`` takes them: ``{"A.I.1.i.a": "Ya",
"A.II.1.i.a.n1": 7, "B.I.a": "3.6"}``.
"""

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from django.db import transaction
from django.utils import timezone

import scoring
from accounts.models import Role, User
from assessments.enums import Target, Tier, Verdict
from assessments.models import AnswerEvidence, Assessment, Instrument, Period, Verification
from assessments.services.answers import NewAnswer, save_answers
from assessments.services.lifecycle import approve, open_assessment, return_to_operator, submit
from assessments.services.verification import NewVerdict, save_verification
from assessments.worksheet import Worksheet, load_worksheet
from evidence.models import EvidenceFile
from satker.models import Satker, SatkerKind
from tests import factories

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "instruments"

_numbers = count(1)

Answers = Mapping[str, object]


# The tree and its people ------------------------------------------------------------------


def make_centre() -> Satker:
    """The root of the tree; the same one each time."""
    found = Satker.objects.filter(kind=SatkerKind.PUSAT).first()
    return found or factories.make_satker("00", kind=SatkerKind.PUSAT, name="Kementerian Agama")


def make_kanwil(code: str = "33", name: str = "Kanwil Provinsi Jawa Tengah") -> Satker:
    """The Kanwil of a province (its code is the province's); the same one each time."""
    found = Satker.objects.filter(code=code).first()
    return found or factories.make_satker(
        code, kind=SatkerKind.KANWIL, parent=make_centre(), name=name
    )


def make_satker(
    kanwil: Satker | None = None,
    *,
    code: str = "",
    name: str = "",
    kind: SatkerKind = SatkerKind.KANKEMENAG,
    active: bool = True,
) -> Satker:
    """A satker below a Kanwil, which verifies it."""
    kanwil = kanwil or make_kanwil()
    number = next(_numbers)
    return factories.make_satker(
        code or f"{kanwil.code}{number:04}",
        kind=kind,
        parent=kanwil,
        name=name or f"Kankemenag Kabupaten Contoh {number}",
        active=active,
    )


def make_user(role: Role, satker: Satker | None = None, *, name: str = "") -> User:
    """A new person, at the centre where no place is given."""
    place = satker or make_centre()
    return factories.make_user(place, role, name=name or f"Pengguna {next(_numbers)}")


def person(role: Role, satker: Satker, *, name: str = "") -> User:
    """Somebody with the role at the place: who is there already, or a new one."""
    found = User.objects.filter(role=role, satker=satker).order_by("pk").first()
    return found or make_user(role, satker, name=name)


# The instrument and its period ------------------------------------------------------------


def shipped_instrument(code: str = "lke-2021") -> Instrument:
    """The instrument of that code as shipped; `tests.conftest` has loaded it."""
    return Instrument.objects.get(code=code, version=1)


def make_period(
    year: int = 2026, *, instrument: Instrument | None = None, now: datetime | None = None
) -> Period:
    """A period that runs now: opened 30 days ago, first deadline in 30 days."""
    now = now or timezone.now()
    return Period.objects.create(
        year=year,
        instrument=instrument or shipped_instrument(),
        opens_at=now - timedelta(days=30),
        fill_until=now + timedelta(days=30),
        repair_until=now + timedelta(days=60),
        review_until=now + timedelta(days=90),
    )


# The life of an assessment ----------------------------------------------------------------


def make_assessment(
    satker: Satker | None = None,
    answers: Answers | None = None,
    *,
    period: Period | None = None,
    target: Target = Target.WBK,
) -> Assessment:
    """A draft, with the answers given."""
    satker = satker or make_satker()
    by = person(Role.OPERATOR, satker)
    period = period or Period.objects.first() or make_period()
    assessment = open_assessment(satker=satker, period=period, target=target, by=by)
    if answers:
        fill(assessment, answers, by=by)
    return assessment


def fill(
    assessment: Assessment,
    answers: Answers,
    *,
    by: User | None = None,
    notes: Mapping[str, str] | None = None,
) -> None:
    """Store answers, and notes by question code."""
    worksheet = load_worksheet(assessment.instrument_id)
    entries = scoring.entries_from_answers(worksheet.sheet, _decimals(answers))
    notes = notes or {}
    with transaction.atomic():
        save_answers(
            assessment=Assessment.objects.locked().get(pk=assessment.pk),
            new=[
                NewAnswer(worksheet.by_code[code], entries.get(code, {}), notes.get(code))
                for code in {**entries, **dict.fromkeys(notes)}
            ],
            by=by or person(Role.OPERATOR, assessment.satker),
        )


def attach(
    assessment: Assessment, *codes: str, name: str = "SK_Tim.pdf", by: User | None = None
) -> EvidenceFile:
    """One file beside each of the questions. Only its row: nothing lies in the vault."""
    worksheet = load_worksheet(assessment.instrument_id)
    by = by or person(Role.OPERATOR, assessment.satker)
    key = uuid.uuid4()
    file = EvidenceFile.objects.create(
        id=key,
        satker=assessment.satker,
        file=f"{key.hex[:2]}/{key.hex}",
        name=name,
        content_type="application/pdf",
        size=1_234_567,
        sha256=key.hex * 2,
        uploaded_by=by,
    )
    AnswerEvidence.objects.bulk_create(
        AnswerEvidence(
            assessment=assessment,
            question_id=worksheet.by_code[code].pk,
            file=file,
            attached_by=by,
            attached_at=timezone.now(),
        )
        for code in codes
    )
    return file


def attach_documents(assessment: Assessment) -> None:
    """A file for every required document of every question, said to be it."""
    questions = load_worksheet(assessment.instrument_id).questions
    for place in range(max(len(question.documents) for question in questions)):
        listed = {q.pk: q.documents[place] for q in questions if len(q.documents) > place}
        codes = [question.code for question in questions if question.pk in listed]
        links = AnswerEvidence.objects.filter(file=attach(assessment, *codes))
        for link in links:
            link.document = listed[link.question_id]
        AnswerEvidence.objects.bulk_update(links, ["document"])


def make_submitted(
    satker: Satker | None = None,
    answers: Answers | None = None,
    *,
    period: Period | None = None,
    target: Target = Target.WBK,
) -> Assessment:
    """A complete sheet with a file beside every question, sent by the head of the satker.

    answers: laid over the best ones.
    """
    assessment = make_assessment(satker, period=period, target=target)
    worksheet = load_worksheet(assessment.instrument_id)
    fill(assessment, best_answers(worksheet) | dict(answers or {}))
    attach(assessment, *worksheet.by_code)
    submit(assessment=assessment, by=person(Role.PIMPINAN, assessment.satker))
    return _read(assessment)


def judge(
    assessment: Assessment,
    lower: Mapping[str, Mapping[str, str]] | None = None,
    *,
    codes: Iterable[str] | None = None,
    note: str = "Bukti belum menunjukkan pelaksanaannya.",
    by: User | None = None,
) -> None:
    """Verdicts: "kurang sesuai" with the entries of `lower`, else "sesuai".

    codes: which questions; all of them where None.
    """
    worksheet = load_worksheet(assessment.instrument_id)
    lower = lower or {}
    by = by or person(Role.KETUA, assessment.satker.verifier)
    earlier = Verification.objects.filter(assessment=assessment, tier=Tier.PENDAHULUAN)
    versions = dict(earlier.values_list("question_id", "version"))
    with transaction.atomic():
        locked = Assessment.objects.locked().select_related("satker", "period")
        judged = locked.get(pk=assessment.pk)
        for code in worksheet.by_code if codes is None else codes:
            entered = lower.get(code)
            save_verification(
                assessment=judged,
                new=NewVerdict(
                    question=worksheet.by_code[code],
                    verdict=Verdict.SESUAI if entered is None else Verdict.KURANG_SESUAI,
                    fields=entered or {},
                    note="" if entered is None else note,
                    marked=None,
                ),
                seen_version=versions.get(worksheet.by_code[code].pk, 0),
                by=by,
            )


def make_approved(
    satker: Satker | None = None,
    answers: Answers | None = None,
    lower: Mapping[str, Mapping[str, str]] | None = None,
    *,
    period: Period | None = None,
    target: Target = Target.WBK,
) -> Assessment:
    """A sheet that was sent, judged to the end and approved."""
    assessment = make_submitted(satker, answers, period=period, target=target)
    judge(assessment, lower)
    approve(assessment=assessment, by=person(Role.KETUA, assessment.satker.verifier))
    return _read(assessment)


def make_returned(
    satker: Satker | None = None, lower: Mapping[str, Mapping[str, str]] | None = None
) -> Assessment:
    """A sheet that was sent and given back with questions to repair."""
    assessment = make_submitted(satker)
    lower = lower or {"A.I.1.i.b": {"value": "B"}}
    judge(assessment, lower, codes=lower)
    return_to_operator(
        assessment=assessment,
        by=person(Role.KETUA, assessment.satker.verifier),
        note="Lengkapi notulen, lalu kirim lagi.",
    )
    return _read(assessment)


# Answers ----------------------------------------------------------------------------------


def best_answers(worksheet: Worksheet) -> dict[str, object]:
    """Every question worth 1."""
    return {key: value for item in worksheet.sheet.items for key, value in _best(item).items()}


def _best(item: scoring.Item) -> dict[str, object]:
    match item.scale:
        case scoring.Choice(options=options):
            return {item.code: next(key for key, value in options.items() if value == 1)}
        case scoring.Number(maximum=maximum):
            return {item.code: scoring.to_decimal_string(maximum)}
        case scoring.Decrease(before=before):
            return {f"{item.code}.{i.key}": int(i.key == before) for i in item.inputs}
        case scoring.Ratio(numerator=numerator, denominator=denominator):
            counts = dict.fromkeys(denominator, 1) | dict.fromkeys(numerator, len(denominator))
            return {f"{item.code}.{i.key}": counts.get(i.key, 0) for i in item.inputs}


def _decimals(answers: Answers) -> dict[str, object]:
    """Through JSON, so that numbers come as the parser expects them."""
    document = json.dumps({"answers": dict(answers)})
    return scoring.read_answers(document.encode())


def _read(assessment: Assessment) -> Assessment:
    return Assessment.objects.with_place().get(pk=assessment.pk)
