"""Start page, list of one's assessments, and opening one."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from assessments.enums import Status, Target
from assessments.models import Assessment
from tests.assessments.overview_pages import CODE, JUST_BELOW, address, count_queries, main
from tests.factories_assessments import (
    judge,
    make_approved,
    make_assessment,
    make_period,
    make_satker,
    make_submitted,
    make_user,
    person,
)

pytestmark = pytest.mark.django_db


class TestHome:
    def test_the_satkers_newest_assessment(self, client):
        satker = make_satker()
        make_assessment(satker, period=make_period(2025))
        make_assessment(satker, period=make_period(2026))
        client.force_login(person(Role.OPERATOR, satker))

        text = main(client.get("/"))

        assert "Penilaian mandiri 2026" in text

    @pytest.mark.parametrize("role", [Role.OPERATOR, Role.PIMPINAN])
    def test_what_can_be_opened_where_there_is_none(self, client, role):
        make_period()
        client.force_login(make_user(role, make_satker()))

        text = main(client.get("/"))

        assert "Penilaian tahun 2026 belum dibuka" in text
        assert ("Buka penilaian 2026" in text) == (role == Role.OPERATOR)

    @pytest.mark.parametrize("role", [Role.VERIFIKATOR, Role.KETUA])
    def test_the_reviewers_queue(self, client, role):
        assessment = make_submitted()
        client.force_login(make_user(role, assessment.satker.verifier))

        answer = client.get("/")

        assert answer.status_code == 200
        assert assessment.satker.name in main(answer)

    @pytest.mark.parametrize("role", [Role.ADMIN_PUSAT, Role.PEMANTAU, Role.TPI])
    def test_the_others_recap(self, client, role):
        client.force_login(make_user(role))

        answer = client.get("/")

        assert (answer.status_code, answer["Location"]) == (302, reverse("reports:recap"))

    def test_an_empty_system_has_a_start_page(self, client):
        client.force_login(make_user(Role.OPERATOR, make_satker()))

        assert client.get("/").status_code == 200


class TestList:
    URL = "/penilaian/"

    def test_only_ones_own_newest_first(self, client):
        satker = make_satker()
        for year in (2025, 2027, 2026):
            make_assessment(satker, period=make_period(year))
        make_assessment(make_satker())
        client.force_login(person(Role.PIMPINAN, satker))

        text = main(client.get(self.URL))

        assert re.findall(r'<th [^>]*scope="row"><a href="[^"]+">(\d+)</a>', text) == [
            "2027",
            "2026",
            "2025",
        ]

    @pytest.mark.parametrize(
        ("opens", "fills", "offered"), [(-1, 1, True), (1, 2, False), (-2, -1, False)]
    )
    def test_offers_periods_that_run(self, client, opens, fills, offered):
        now = timezone.now()
        period = make_period()
        period.opens_at = now + timedelta(days=opens)
        period.fill_until = now + timedelta(days=fills)
        period.save()
        client.force_login(make_user(Role.OPERATOR, make_satker()))

        assert ("Buka penilaian 2026" in main(client.get(self.URL))) == offered

    def test_the_verified_score_shows_once_approved(self, client):
        satker = make_satker()
        approved = make_approved(satker, lower={CODE: {"value": "C"}}, period=make_period(2025))
        judged = make_submitted(satker, period=make_period(2026))
        judge(judged, {CODE: {"value": "C"}}, codes=[CODE])
        client.force_login(person(Role.OPERATOR, satker))

        text = main(client.get(self.URL))

        assert text.count("99,75") == 1
        assert approved.status == Status.APPROVED

    def test_total_below_a_floor_is_not_printed_as_the_floor(self, client):
        assessment = make_submitted(answers=JUST_BELOW)
        client.force_login(person(Role.OPERATOR, assessment.satker))

        text = main(client.get(self.URL))

        assert "74,99" in text
        assert "75,00" not in text

    @pytest.mark.parametrize("rows", [1, 3])
    def test_query_count_is_constant(self, client, rows):
        satker = make_satker()
        for number in range(rows):
            make_assessment(satker, period=make_period(2026 + number))
        client.force_login(person(Role.OPERATOR, satker))

        assert count_queries(client, self.URL) == 6

    @pytest.mark.parametrize(
        "role", [Role.VERIFIKATOR, Role.KETUA, Role.TPI, Role.ADMIN_PUSAT, Role.PEMANTAU]
    )
    def test_others_have_the_recap(self, client, role):
        client.force_login(make_user(role))

        assert client.get(self.URL)["Location"] == reverse("reports:recap")


class TestOpening:
    URL = "/penilaian/buka/"

    def post(self, client, offered, role=Role.OPERATOR, **changed):
        satker = make_satker()
        client.force_login(make_user(role, satker))
        data = {"period": offered.pk, "target": "WBBM"} | changed
        return satker, client.post(self.URL, data)

    def test_leads_to_the_first_area(self, client):
        satker, answer = self.post(client, make_period())

        assessment = Assessment.objects.get()
        assert (assessment.satker, assessment.target) == (satker, Target.WBBM)
        assert answer["Location"] == address("area", assessment, "1")

    @pytest.mark.parametrize(
        "changed",
        [{"target": ""}, {"target": "emas"}, {"period": "x"}, {"period": ""}, {"period": "\x00"}],
    )
    def test_bad_input(self, client, changed):
        _, answer = self.post(client, make_period(), **changed)

        page = client.get(answer["Location"])
        assert "Pilih periode dan target predikat." in page.content.decode()
        assert not Assessment.objects.exists()

    @pytest.mark.parametrize("period", ["999999", "9" * 30])
    def test_unknown_period(self, client, period):
        _, answer = self.post(client, make_period(), period=period)

        assert answer.status_code == 404

    def test_refusal_is_shown(self, client):
        period = make_period()
        period.fill_until = timezone.now() - timedelta(seconds=1)
        period.save()

        _, answer = self.post(client, period)

        page = client.get(answer["Location"])
        assert "Pengisian periode 2026 ditutup" in page.content.decode()

    def test_twice_is_refused(self, client):
        period = make_period()
        satker, _ = self.post(client, period)

        answer = client.post(self.URL, {"period": period.pk, "target": "WBK"}, follow=True)

        assert f"Penilaian {satker} tahun 2026 sudah dibuka." in answer.content.decode()
        assert Assessment.objects.get().target == Target.WBBM

    @pytest.mark.parametrize("role", [Role.PIMPINAN])
    def test_only_operators(self, client, role):
        _, answer = self.post(client, make_period(), role)

        assert answer.status_code == 403

    def test_get_is_405(self, client):
        client.force_login(make_user(Role.OPERATOR, make_satker()))

        assert client.get(self.URL).status_code == 405
