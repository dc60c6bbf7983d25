"""What the people of the first drafts say to each other, through the services."""

from collections.abc import Iterable, Mapping

from accounts.models import Role, User
from assessments.models import Assessment, Comment
from assessments.services.comments import resolve_comment, write_comment
from assessments.worksheet import QuestionRow, load_worksheet
from satker.models import Satker

TALKS_AT_MOST = 2  # drafts

_Said = tuple[Role, str]  # who, and what; {kepala} and {operator} stand for usernames
# For each thread its question, what was said, and whether it is resolved.
_THREADS: tuple[tuple[str, tuple[_Said, ...], bool], ...] = (
    (
        "A.I.1.i.b",
        (
            (Role.PIMPINAN, "@{operator} notulen pemilihan anggota tim belum ada di bukti dukung."),
            (Role.OPERATOR, "Masih di Subbagian Tata Usaha. Saya unggah minggu ini."),
        ),
        False,
    ),
    (
        "A.I.2.i.a",
        (
            (Role.OPERATOR, "Rencana kerja yang dipakai versi Februari atau versi revisi?"),
            (Role.PIMPINAN, "Versi revisi, yang sudah ditandatangani."),
        ),
        True,
    ),
    (
        "A.I.4.i.a",
        ((Role.OPERATOR, "@{kepala} foto apel deklarasi yang ada hanya satu. Ada yang lain?"),),
        False,
    ),
)


def keep_talking(*, year: int, satker: Iterable[Satker], users: Mapping[str, User]) -> None:
    """The first of these satker that have a draft talk about it; in the caller's transaction."""
    for each in list(satker)[:TALKS_AT_MOST]:
        rows = Assessment.objects.locked().select_related("satker", "period")
        assessment = rows.get(satker=each, period__year=year)
        by_code = load_worksheet(assessment.instrument_id).by_code
        people = {role: users[f"{role}-{each.code}"] for role in (Role.OPERATOR, Role.PIMPINAN)}
        for code, said, is_done in _THREADS:
            if code in by_code:
                _talk(assessment, by_code[code], said, is_done, people)


def _talk(
    assessment: Assessment,
    question: QuestionRow,
    said: Iterable[_Said],
    is_done: bool,
    people: Mapping[Role, User],
) -> None:
    names = {
        "operator": people[Role.OPERATOR].username,
        "kepala": people[Role.PIMPINAN].username,
    }
    topic: Comment | None = None
    for role, text in said:
        comment = write_comment(
            assessment=assessment,
            question=question,
            text=text.format(**names),
            by=people[role],
            topic=topic,
        )
        topic = topic or comment
    if topic is not None and is_done:
        resolve_comment(
            assessment=assessment, question=question, comment=topic, by=people[Role.OPERATOR]
        )
