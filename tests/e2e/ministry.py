"""The example ministry on the tests' server: who is there, and how far each satker has come.

`found` runs in the server's surroundings; what it prints is read by `Ministry.parse`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from assessments.models import Answer, Assessment
from assessments.worksheet import load_worksheet
from demo.fates import Fate
from demo.seed import seed

PASSWORD = "kata-sandi-untuk-tes"
KANWIL = "33"
REVIEWER = f"verifikator-{KANWIL}"
CHIEF = f"ketua-{KANWIL}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The assessment of one satker; pk is empty where it is still to be opened."""

    satker: str
    pk: str

    @property
    def operator(self) -> str:
        return f"operator-{self.satker}"

    @property
    def head(self) -> str:
        return f"pimpinan-{self.satker}"

    @property
    def url(self) -> str:
        return f"/penilaian/{self.pk}/"

    @property
    def desk_url(self) -> str:
        return f"/verifikasi/{self.pk}/"

    def area_url(self, key: str) -> str:
        return f"{self.url}area/{key}/"


@dataclass(frozen=True, slots=True)
class Question:
    """entered: an answer that can be given to it, in the fields of its form; lowest: where it has
    options, the one worth 0, which needs no evidence."""

    code: str
    page: str
    kind: str
    needs_file: bool
    entered: Mapping[str, str]
    lowest: Mapping[str, str]

    @property
    def anchor(self) -> str:
        return self.code.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Ministry:
    """sheets: one for each fate, all verified by the same Kanwil."""

    year: int
    sheets: Mapping[Fate, Sheet]
    questions: tuple[Question, ...]

    @classmethod
    def parse(cls, text: str) -> "Ministry":
        said = json.loads(text)
        return cls(
            year=said["year"],
            sheets={Fate(name): Sheet(**sheet) for name, sheet in said["sheets"].items()},
            questions=tuple(Question(**question) for question in said["questions"]),
        )


def found() -> None:
    """Fill the empty database, and print what `Ministry.parse` reads."""
    now = timezone.now()
    year = timezone.localdate().year
    # So many that the Kanwil has one satker of every fate.
    seeded = seed(satker=14, kanwil=1, year=year, seed="1", password=PASSWORD, now=now)
    opened = {sheet.satker_id: str(sheet.pk) for sheet in Assessment.objects.all()}
    sheets = {
        fate.value: {"satker": satker.code, "pk": opened.get(satker.pk, "")}
        for satker, fate in seeded.fates.items()
        if seeded.reviewer_of(satker).code == KANWIL
    }
    complete = sheets[Fate.READY.value]["pk"]
    answers = Answer.objects.filter(assessment=complete)
    entered = dict(answers.values_list("question__code", "entered"))
    worksheet = load_worksheet(Assessment.objects.get(pk=complete).instrument_id)
    questions = [
        {
            "code": question.code,
            "page": question.page,
            "kind": question.kind,
            "needs_file": question.evidence_required,
            "entered": entered[question.code],
            "lowest": {"value": question.options[-1].key} if question.options else {},
        }
        for question in worksheet.questions
    ]
    print(json.dumps({"year": year, "sheets": sheets, "questions": questions}))  # noqa: T201
