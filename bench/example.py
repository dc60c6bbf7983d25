"""The example ministry as the bench needs it, and the bare views' rows."""

import io
from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from assessments.enums import AnswerKind, Status
from assessments.models import Answer, Assessment
from assessments.worksheet import load_worksheet
from bench.models import BareRow
from bench.views import ROWS
from bench.visitors import Question

SATKER, KANWIL = 40, 3
CLIENTS = 8
LARGEST_AREA = "5"  # 22 questions
QUESTIONS_A_CLIENT = 10
PASSWORD = "bangku-kayu-contoh"
NOTE = "Sudah berjalan sepanjang tahun; buktinya laporan triwulan III, halaman 2 sampai 5."


@dataclass(frozen=True)
class Draft:
    """A sheet that its operator may fill in."""

    username: str
    assessment: Assessment

    @property
    def area(self) -> str:
        return reverse("assessments:area", args=[self.assessment.pk, LARGEST_AREA])

    def questions(self) -> list[Question]:
        """Choice questions, answered now with the last of `values` or otherwise."""
        rows = load_worksheet(self.assessment.instrument_id).questions
        chosen = [row for row in rows if row.kind == AnswerKind.CHOICE][:QUESTIONS_A_CLIENT]
        stored = {
            question: (version, entered.get("value"))
            for question, version, entered in Answer.objects.filter(
                assessment=self.assessment
            ).values_list("question_id", "version", "entered")
        }
        questions = []
        for row in chosen:
            version, value = stored.get(row.pk, (0, None))
            first, second = (option.key for option in row.options[:2])
            values = (first, second) if value != first else (second, first)
            path = reverse("assessments:save_answer", args=[self.assessment.pk, row.code])
            questions.append(Question(path, values, NOTE, version))
        return questions


def make_example() -> list[Draft]:
    """Fills an empty database; returns as many drafts as there are clients."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("createcachetable", verbosity=0)
    year = timezone.localdate().year
    options = {"satker": SATKER, "kanwil": KANWIL, "year": year, "password": PASSWORD}
    call_command("seed_demo", **options, stdout=io.StringIO())
    BareRow.objects.bulk_create(
        BareRow(group=group, text=NOTE, value="A") for group in range(CLIENTS) for _ in range(ROWS)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    drafts = Assessment.objects.filter(status=Status.DRAFT).select_related("satker")
    return [_draft(assessment) for assessment in drafts.order_by("satker__path")[:CLIENTS]]


def _draft(assessment: Assessment) -> Draft:
    operator = User.objects.get(username=f"operator-{assessment.satker.code}")
    return Draft(operator.username, assessment)
