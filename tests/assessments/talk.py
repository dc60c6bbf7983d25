"""Comments for tests, written through the service."""

from django.db import transaction
from django.urls import reverse

from assessments.models import Assessment, Comment
from assessments.services.comments import write_comment
from assessments.worksheet import load_worksheet

CODE = "A.I.1.i.b"


def question_of(sheet, code=CODE):
    return load_worksheet(sheet.instrument_id).by_code[code]


def say(sheet, by, text, *, code=CODE, topic=None, save_id=None) -> Comment:
    with transaction.atomic():
        return write_comment(
            assessment=locked(sheet),
            question=question_of(sheet, code),
            text=text,
            by=by,
            topic=topic,
            save_id=save_id,
        )


def locked(sheet) -> Assessment:
    return Assessment.objects.locked().select_related("satker", "period").get(pk=sheet.pk)


def url(sheet, code=CODE):
    return reverse("assessments:thread", args=[sheet.pk, code])


def act_url(sheet, comment, act, code=CODE):
    return reverse("assessments:act_on_comment", args=[sheet.pk, code, comment.pk, act])


def area(sheet, page="1"):
    return reverse("assessments:area", args=[sheet.pk, page])
