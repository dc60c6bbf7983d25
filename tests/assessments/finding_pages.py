"""What the tests of findings share: sheets with and without warnings, their pages."""

from django.urls import reverse

from accounts.models import Role
from assessments.enums import FindingKind
from assessments.models import Answer, FindingReason
from evidence.models import EvidenceFile
from teams.services import NewPokja, NewTeam, set_team
from teams.team import load_team
from tests.assessments.steps import head, make_ready
from tests.factories_assessments import (
    attach_documents,
    make_centre,
    make_user,
    person,
)

CODE = "A.I.1.i.b"
OTHER = "A.I.1.ii.b"
NOTE = FindingKind.NOTE.value


def url(assessment, query=""):
    return reverse("assessments:findings", args=[assessment.pk]) + query


def submit_url(assessment):
    return reverse("assessments:submit", args=[assessment.pk])


def main(answer):
    text = answer.content.decode()
    return text[text.index("<main") : text.index("</main>")]


LACKS = "dokumen_kurang"


def stored(assessment):
    rows = FindingReason.objects.filter(assessment=assessment).order_by("question__order", "kind")
    return list(rows.values_list("question__code", "kind", "reason"))


def make_clean():
    """Nothing to find: notes everywhere, every file dated, every document there."""
    assessment = make_ready()
    Answer.objects.filter(assessment=assessment).update(note="Dilaksanakan setiap triwulan.")
    attach_documents(assessment)
    EvidenceFile.objects.update(document_date=f"{assessment.period.year}-02-01")
    return assessment


def make_warned(*codes):
    """A sheet whose only warnings are best options without a note."""
    assessment = make_clean()
    rows = Answer.objects.filter(assessment=assessment, question__code__in=codes or [CODE, OTHER])
    rows.update(note="  \n ")
    return assessment


def admin(assessment):
    return person(Role.ADMIN_PUSAT, make_centre())


def appoint_coordinator(assessment):
    """Of pokja 1."""
    lead = make_user(Role.OPERATOR, assessment.satker)
    set_team(
        satker=assessment.satker,
        new=NewTeam(None, None, {"1": NewPokja(lead.pk, frozenset())}),
        seen=load_team(assessment.satker).digest,
        by=head(assessment),
    )
