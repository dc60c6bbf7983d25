"""One file of the library beside several questions at once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from assessments.attach_page import assessment_to_fill
from assessments.enums import Status
from assessments.models import AnswerEvidence, Assessment, Period
from assessments.services.attachments import FILES_PER_QUESTION
from assessments.worksheet import load_worksheet
from audit.models import Event
from audit.services import verify
from evidence.models import EvidenceFile
from tests.factories_assessments import (
    attach,
    make_assessment,
    make_kanwil,
    make_period,
    make_returned,
    make_satker,
    make_submitted,
    make_user,
    person,
    shipped_instrument,
)

pytestmark = pytest.mark.django_db

CODE, SECOND, THIRD = "A.I.1.i.a", "A.I.1.i.b", "B.I.a"
CHANGES = ("bukti_dilampirkan", "bukti_dilepas")


def url(file):
    return reverse("assessments:attach_to_many", args=[file.pk])


def codes(file):
    links = AnswerEvidence.objects.filter(file=file)
    return sorted(links.values_list("question__code", flat=True))


@pytest.fixture
def file(assessment):
    return attach(assessment, CODE)


def offered(page):
    groups = page.context["view"].groups
    return [choice.question.code for _, choices in groups for choice in choices]


def test_of_two_sheets_the_one_whose_deadline_is_nearer():
    sheet = make_returned()
    period = sheet.period
    later = make_period(sheet.period.year + 1, now=period.opens_at + timedelta(days=30))
    Period.objects.filter(pk=later.pk).update(
        fill_until=period.repair_until + timedelta(days=1),
        repair_until=period.repair_until + timedelta(days=2),
    )
    this_year = make_assessment(sheet.satker, period=Period.objects.get(pk=later.pk))
    assert assessment_to_fill(sheet.satker) == sheet

    Assessment.objects.filter(pk=sheet.pk).update(status=Status.SUBMITTED)
    assert assessment_to_fill(sheet.satker) == this_year


class TestPage:
    def test_all_questions_by_area_and_what_is_attached(self, operator, file):
        page = operator.get(url(file))

        text = page.content.decode()
        assert len(offered(page)) == 113
        assert f'value="{CODE}" checked' in text
        assert f'name="semula" value="{CODE}"' in text
        assert text.count(" checked") == 1

    @pytest.mark.parametrize(
        ("query", "count"),
        [("?area=hasil", 3), ("?cari=A.I.1.i.a", 1), ("?area=9", 113)],
    )
    def test_filters(self, operator, file, query, count):
        page = operator.get(url(file) + query)

        assert len(offered(page)) == count

    def test_nothing_matches(self, operator, file):
        text = operator.get(url(file) + "?cari=zzz").content.decode()

        assert "Tidak ada pertanyaan yang sesuai" in text

    @pytest.mark.parametrize("files", [1, 4])
    def test_query_count_is_constant(
        self, operator, assessment, file, files, django_assert_num_queries
    ):
        for number in range(files):
            attach(assessment, CODE, SECOND, THIRD, name=f"{number}.pdf")
        operator.get(url(file))

        with django_assert_num_queries(5):
            operator.get(url(file))

    def test_after_a_return_marked_questions_alone(self, client):
        sheet = make_returned()
        file = attach(sheet, CODE)
        client.force_login(person(Role.OPERATOR, sheet.satker))

        page = client.get(url(file))

        assert offered(page) == [SECOND]
        assert page.context["view"].fixed == 112

    def test_none_is_open(self, client):
        sheet = make_submitted()
        file = attach(sheet, CODE)
        client.force_login(person(Role.OPERATOR, sheet.satker))

        text = client.get(url(file)).content.decode()

        assert "Tidak ada penilaian yang terbuka" in text

    def test_a_replaced_file_is_not_offered(self, operator, assessment, file):
        newer = attach(assessment, SECOND, name="baru.pdf")
        EvidenceFile.objects.filter(pk=newer.pk).update(replaces=file)

        assert operator.get(url(file)).status_code == 404

    def test_a_strangers(self, operator):
        other = make_assessment(make_satker(make_kanwil("82")))

        assert operator.get(url(attach(other, CODE))).status_code == 404

    def test_head_may_not(self, client, assessment, file):
        client.force_login(make_user(Role.PIMPINAN, assessment.satker))

        assert client.get(url(file)).status_code == 403
        assert client.post(url(file), {"soal": [SECOND]}).status_code == 403


class TestSaving:
    def test_attaches_and_detaches_at_once(self, operator, file):
        answer = operator.post(url(file), {"soal": [SECOND, THIRD], "semula": [CODE]})

        actions = Event.objects.filter(action__startswith="bukti_").order_by("pk")
        assert answer.status_code == 302
        assert codes(file) == [SECOND, THIRD]
        assert list(actions.values_list("action", "subject")) == [
            ("bukti_dilepas", CODE),
            ("bukti_dilampirkan", SECOND),
            ("bukti_dilampirkan", THIRD),
        ]

    @pytest.mark.parametrize(("added", "removed"), [(1, 1), (6, 3)])
    @pytest.mark.parametrize("returned", [False, True])
    def test_what_is_read_does_not_grow_with_the_questions(self, client, added, removed, returned):
        questions = load_worksheet(shipped_instrument().pk).questions
        codes = [each.code for each in questions if len(each.options) > 2][:9]
        lower = {code: {"value": "B"} for code in codes}
        sheet = make_returned(lower=lower) if returned else make_assessment()
        file = attach(sheet, *codes[:removed])
        client.force_login(person(Role.OPERATOR, sheet.satker))
        sent = {"semula": codes[:removed], "soal": codes[removed : removed + added]}

        with CaptureQueriesContext(connection) as found:
            answer = client.post(url(file), sent)

        reads = [query["sql"] for query in found if query["sql"].startswith("SELECT")]
        assert answer.status_code == 302
        assert len(reads) == 6 + returned
        assert Event.objects.filter(action__in=CHANGES).count() == added + removed
        assert verify().fault is None

    def test_what_the_filter_hid_stays(self, operator, file):
        operator.post(url(file), {"soal": [THIRD]})

        assert codes(file) == [CODE, THIRD]

    def test_one_is_full_so_none_is_attached(self, operator, assessment, file):
        for number in range(FILES_PER_QUESTION):
            attach(assessment, THIRD, name=f"{number}.pdf")

        answer = operator.post(url(file), {"soal": [CODE, SECOND, THIRD], "semula": [CODE]})

        text = answer.content.decode()
        assert answer.status_code == 422
        assert f"{THIRD}: Satu pertanyaan menerima" in text
        assert f'value="{SECOND}" checked' in text
        assert codes(file) == [CODE]

    def test_one_is_not_open_so_none_is_attached(self, client):
        sheet = make_returned()
        file = attach(sheet, CODE)
        client.force_login(person(Role.OPERATOR, sheet.satker))

        answer = client.post(url(file), {"soal": [SECOND, THIRD]})

        assert answer.status_code == 422
        assert f"{THIRD}: Pertanyaan ini tidak diminta" in answer.content.decode()
        assert codes(file) == [CODE]

    @pytest.mark.parametrize("wrong", ["X.1", "A\0", "x" * 3000])
    def test_unknown_questions(self, operator, file, wrong):
        answer = operator.post(url(file), {"soal": [SECOND, wrong]})

        assert answer.status_code == 422
        assert "tidak dikenal" in answer.content.decode()
        assert codes(file) == [CODE]

    def test_after_the_deadline(self, operator, assessment, file):
        assessment.period.fill_until = timezone.now() - timedelta(days=1)
        assessment.period.save()

        answer = operator.post(url(file), {"soal": [SECOND]})

        assert "Tidak ada penilaian yang terbuka" in answer.content.decode()
        assert codes(file) == [CODE]
