"""Every saved version of an answer: who, when, from, to, and back again."""

import re

import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.answer_history import VERSIONS_ON_A_PAGE
from assessments.models import Answer, AnswerChange
from tests.factories_assessments import make_satker, make_submitted, person

CHOICE, COUNTS = "A.I.1.i.b", "A.II.1.i.b"


@pytest.fixture
def page(operator, assessment):
    """``page("A.I.1.i.b")``: the history as the operator reads it."""

    def get(code, **query):
        url = reverse("assessments:history", args=[assessment.pk, code])
        return operator.get(url, query)

    return get


def fields_of_form(text, version):
    """What the button of that version posts."""
    form = next(
        each
        for each in re.findall(r"<form.*?</form>", text, re.DOTALL)
        if f"Pulihkan versi {version}<" in each
    )
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    fields["note"] = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", form, re.DOTALL)[1]
    return fields


def test_what_changed_newest_first(save, page):
    save(CHOICE, value="A", note="Rapat pertama.")
    save(CHOICE, 1, value="B", note="Rapat kedua.")

    text = page(CHOICE).content.decode()

    assert text.index("Versi 2, yang berlaku") < text.index("Versi 1")
    assert 'A <span aria-hidden="true">→</span><span class="unseen">menjadi</span> B' in text
    assert "Rapat <ins>kedua.</ins>" in text
    assert "Operator" in text
    assert re.search(r"pukul \d\d\.\d\d WIB", text)


@pytest.mark.parametrize(
    ("code", "first", "second"),
    [
        (CHOICE, {"value": "A", "note": " Baris\nkedua "}, {"value": "", "note": ""}),
        (COUNTS, {"n1": "6", "n2": "4", "note": "x"}, {"n1": "5", "n2": "", "note": "y"}),
    ],
)
def test_restored_as_a_new_version(save, page, operator, assessment, code, first, second):
    save(code, **first)
    save(code, 1, **second)
    fields = fields_of_form(page(code).content.decode(), 1)

    answer = operator.post(
        reverse("assessments:save_answer", args=[assessment.pk, code]),
        fields,
    )

    assert answer.status_code == 302
    stored = Answer.objects.get(assessment=assessment, question__code=code)
    assert stored.version == 3
    assert stored.note == first["note"]
    assert stored.entered == {key: each for key, each in first.items() if key != "note"}
    assert AnswerChange.objects.filter(answer=stored).count() == 3


def test_somebody_saved_meanwhile(save, page, operator, assessment):
    save(CHOICE, value="A")
    save(CHOICE, 1, value="B")
    fields = fields_of_form(page(CHOICE).content.decode(), 1)
    save(CHOICE, 2, value="C")

    answer = operator.post(reverse("assessments:save_answer", args=[assessment.pk, CHOICE]), fields)

    assert answer.status_code == 409
    assert Answer.objects.get(assessment=assessment, question__code=CHOICE).version == 3


def test_nobody_restores_what_is_closed(client, db):
    assessment = make_submitted()
    client.force_login(person(Role.OPERATOR, assessment.satker))
    url = reverse("assessments:history", args=[assessment.pk, CHOICE])

    assert "Pulihkan" not in client.get(url).content.decode()

    client.force_login(person(Role.VERIFIKATOR, assessment.satker.verifier))
    text = client.get(url).content.decode()
    assert "Versi 1" in text
    assert "Pulihkan" not in text

    client.force_login(person(Role.OPERATOR, make_satker()))
    assert client.get(url).status_code == 404


def test_never_saved(page):
    assert "Belum ada riwayat" in page(CHOICE).content.decode()


def test_long_histories_come_in_pages(save, page, django_assert_num_queries):
    save(CHOICE, value="A", note="0")
    page(CHOICE)
    with django_assert_num_queries(6):
        page(CHOICE)
    for version in range(1, VERSIONS_ON_A_PAGE + 2):
        save(CHOICE, version, note=str(version))

    with django_assert_num_queries(7):
        text = page(CHOICE).content.decode()
    assert text.count('class="thread-item"') == VERSIONS_ON_A_PAGE

    older = page(CHOICE, halaman="2").content.decode()
    assert older.count('class="thread-item"') == 2
    assert "yang berlaku" not in older
