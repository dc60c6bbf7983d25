"""The reviewer's desk: one question with all that is needed to judge it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from assessments.answer_words import choice_words, short_answer
from assessments.enums import EDITABLE, Tier, Verdict
from assessments.findings import Finding, SheetFacts, question_findings
from assessments.last_year import last_year_html, load_last_year
from assessments.models import (
    Answer,
    AnswerEvidence,
    Assessment,
    Verification,
    VerificationChange,
)
from assessments.need_parts import needs_html
from assessments.needs import missing_documents
from assessments.repairs import (
    Content,
    Difference,
    build_difference,
    last_two_submissions,
    sent_answer,
)
from assessments.review import Review, ReviewScores, build_scores, load_review
from assessments.services.checks import day_of_check, file_facts, load_reasons
from assessments.services.snapshots import FileDates, changed_questions, sent_dates
from assessments.thumbnails import thumbnail_url
from assessments.worksheet import AreaRow, QuestionRow, Worksheet, load_worksheet
from common.dates import local
from common.ui.answers import evidence_row
from evidence.models import EvidenceFile

OPEN_ONLY = "terbuka"

Address = Callable[[QuestionRow], str]

LOOKS: Mapping[str, str] = {
    Verdict.SESUAI: "is-done",
    Verdict.KURANG_SESUAI: "is-low",
    Verdict.TIDAK_SESUAI: "is-unfit",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A question on the desk's strip; changed: since the round before."""

    question: QuestionRow
    verdict: str
    changed: bool
    current: bool
    url: str

    @property
    def look(self) -> str:
        return LOOKS.get(self.verdict, "is-open")


@dataclass(frozen=True, slots=True)
class StepGroup:
    """The pemenuhan or the reform of an area; hasil has no name of its own."""

    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class AreaStep:
    """An area on the desk: how far its questions are judged, and where to go on."""

    area: AreaRow
    checked: int
    total: int
    url: str
    current: bool

    @property
    def done(self) -> bool:
        return self.checked == self.total


@dataclass(frozen=True, slots=True)
class PastVerdict:
    """One saved version of the verdict; verdict "" where a repair opened it again."""

    verdict: str
    answer: str
    note: str
    reason: str
    marked: bool
    round: int
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DeskView:
    """choice: the satker's answer in a word, and what it says. previous, following: along the
    strip, which may leave out what has a verdict."""

    question: QuestionRow
    area: AreaRow
    review: Review
    scores: ReviewScores
    answer: Answer | None
    choice: tuple[str, str]
    files: tuple[SafeString, ...]
    needs: SafeString
    warnings: tuple[Finding, ...]
    before: SafeString
    stored: Verification | None
    history: tuple[PastVerdict, ...]
    difference: Difference | None
    areas: tuple[AreaStep, ...]
    groups: tuple[StepGroup, ...]
    only_open: bool
    url: str
    toggle_url: str
    previous_url: str
    following_url: str

    @property
    def entered(self) -> Mapping[str, str]:
        """The satker's answer."""
        return self.review.own.get(self.question.code, {})

    @property
    def asked(self) -> PastVerdict | None:
        """What the reviewer had asked for, where the question was opened again."""
        if self.stored is None or self.stored.verdict:
            return None
        return next((past for past in self.history if past.verdict), None)


def build_desk(
    assessment: Assessment,
    question: QuestionRow | None,
    *,
    only_open: bool = False,
    with_last_year: bool = False,
) -> DeskView:
    """The desk at a question; None opens the first without a verdict. Eight queries, one more
    with_last_year.

    only_open: the strip leaves out what has a verdict.
    """
    worksheet = load_worksheet(assessment.instrument_id)
    review = load_review(worksheet, assessment.pk)
    question = question or review.next_open() or worksheet.questions[0]
    before, after = last_two_submissions(assessment)
    changed = changed_questions(before, after) if before else frozenset()
    stored = (
        Verification.objects.filter(
            assessment=assessment, question_id=question.pk, tier=Tier.PENDAHULUAN
        )
        .select_related("saved_by")
        .first()
    )
    answer = _answer(assessment, question)
    links = _links(assessment, question)
    dates = {} if assessment.status in EDITABLE else sent_dates(after)
    past = load_last_year(assessment, (question,)) if with_last_year else {}
    path = _strip(review, question, only_open)
    place = path.index(question)
    area = worksheet.area(question.page)

    def url(target: QuestionRow) -> str:
        return desk_url(assessment, target, only_open=only_open)

    return DeskView(
        question=question,
        area=area,
        review=review,
        scores=build_scores(review),
        answer=answer,
        choice=choice_words(worksheet, question, review.own.get(question.code, {})),
        files=_file_rows(assessment, question, links, before, dates),
        needs=needs_html(question, ((link.document, link.file) for link in links)),
        warnings=_warnings(review, assessment, question, answer, links, dates),
        before=last_year_html(past.get(question.pk)),
        stored=stored,
        history=_history(worksheet, question, stored),
        difference=build_difference(worksheet, question, before, after)
        if question.code in changed
        else None,
        areas=_areas(review, area, url),
        groups=_groups(review, question, changed, path, url),
        only_open=only_open,
        url=desk_url(assessment, question),
        toggle_url=desk_url(assessment, question, only_open=not only_open),
        previous_url=url(path[place - 1]) if place else "",
        following_url=url(path[place + 1]) if place + 1 < len(path) else "",
    )


def desk_url(
    assessment: Assessment, question: QuestionRow | None = None, *, only_open: bool = False
) -> str:
    url = reverse("assessments:desk", args=[assessment.pk])
    query = {"soal": question.code} if question else {}
    if only_open:
        query["saring"] = OPEN_ONLY
    return f"{url}?{urlencode(query)}" if query else url


def _strip(review: Review, question: QuestionRow, only_open: bool) -> tuple[QuestionRow, ...]:
    """The questions one goes along; always with the one that is on the desk."""
    questions = review.worksheet.questions
    if not only_open:
        return questions
    return tuple(each for each in questions if each == question or not review.verdict_of(each))


def _answer(assessment: Assessment, question: QuestionRow) -> Answer | None:
    rows = Answer.objects.filter(assessment=assessment, question_id=question.pk)
    return rows.select_related("saved_by").first()


def _links(assessment: Assessment, question: QuestionRow) -> list[AnswerEvidence]:
    links = AnswerEvidence.objects.filter(assessment=assessment, question_id=question.pk)
    return list(links.select_related("file"))


def _file_rows(
    assessment: Assessment,
    question: QuestionRow,
    links: Sequence[AnswerEvidence],
    before: Content,
    dates: FileDates,
) -> tuple[SafeString, ...]:
    """The rows of the evidence; after a resubmission the new files are said to be new. dates: of
    the files, as they were sent."""
    known = {file["id"] for file in sent_answer(before, question).get("evidence", [])}
    today = local(timezone.now(), assessment.satker.zone).date()

    def row(file: EvidenceFile) -> SafeString:
        facts = file_facts(file, dates)
        return evidence_row(
            name=file.name,
            title=file.title,
            size=file.size,
            date=facts.dated or local(file.uploaded_at, assessment.satker.zone).date(),
            dated="bertanggal" if facts.dated else "diunggah",
            sha256=file.sha256,
            kind="baru di putaran ini" if before and str(file.pk) not in known else "",
            until=facts.until,
            expired=facts.until is not None and facts.until < today,
            picture_url=thumbnail_url(file),
            view_url=reverse("assessments:library_preview", args=[file.pk]),
            download_url=reverse("assessments:download_evidence", args=[file.pk]),
        )

    return tuple(row(link.file) for link in links)


def _warnings(
    review: Review,
    assessment: Assessment,
    question: QuestionRow,
    answer: Answer | None,
    links: Sequence[AnswerEvidence],
    dates: FileDates,
) -> tuple[Finding, ...]:
    """What the check before sending warned of on this question, with the satker's reasons."""
    facts = SheetFacts(
        year=assessment.period.year,
        today=day_of_check(assessment),
        entries=review.own,
        noted=frozenset({question.pk}) if answer and answer.note.strip() else frozenset(),
        files={question.pk: tuple(file_facts(link.file, dates) for link in links)},
        missing_documents=missing_documents(
            (question,), ((question.pk, link.document) for link in links)
        ),
        fixed=frozenset({question.pk}),
        reasons=load_reasons(assessment, question_id=question.pk),
    )
    found = question_findings(review.worksheet, question, facts)
    return tuple(finding for finding in found if not finding.blocks)


def _history(
    worksheet: Worksheet, question: QuestionRow, stored: Verification | None
) -> tuple[PastVerdict, ...]:
    """Newest first."""
    if stored is None:
        return ()
    rows = VerificationChange.objects.filter(verification=stored).select_related("by")
    return tuple(
        PastVerdict(
            verdict=row.verdict,
            answer=short_answer(worksheet, question, row.entered) if row.entered else "",
            note=row.note,
            reason=row.get_reason_display(),
            marked=row.marked,
            round=row.round,
            author=row.by.name,
            at=row.at,
        )
        for row in rows.order_by("-version")
    )


def _areas(review: Review, current: AreaRow, url: Address) -> tuple[AreaStep, ...]:
    """Every area; its link opens the first question there that has no verdict."""
    steps = []
    for area in review.worksheet.areas:
        still_open = [each for each in area.questions if not review.verdict_of(each)]
        steps.append(
            AreaStep(
                area=area,
                checked=len(area.questions) - len(still_open),
                total=len(area.questions),
                url=url((still_open or area.questions)[0]),
                current=area == current,
            )
        )
    return tuple(steps)


def _groups(
    review: Review,
    question: QuestionRow,
    changed: frozenset[str],
    path: Sequence[QuestionRow],
    url: Address,
) -> tuple[StepGroup, ...]:
    """The questions of the area on the desk, pemenuhan and reform apart: codes recur there."""
    groups: dict[str, list[Step]] = {}
    for each in path:
        if each.page != question.page:
            continue
        step = Step(
            question=each,
            verdict=review.verdict_of(each),
            changed=each.code in changed,
            current=each == question,
            url=url(each),
        )
        groups.setdefault(each.section.aspect, []).append(step)
    return tuple(StepGroup(name.capitalize(), tuple(steps)) for name, steps in groups.items())
