"""The preview of last year's answers, and where it is offered."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from assessments.models import Answer
from evidence.models import EvidenceFile
from tests.assessments.carried import open_2026, renew, rows, run, sent_last_year, url
from tests.assessments.versions import (
    SAME,
    change_some,
    make_version,
)
from tests.factories_assessments import (
    fill,
    make_centre,
    make_kanwil,
    make_period,
    make_satker,
    make_submitted,
    make_user,
    person,
    shipped_instrument,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def satker():
    return make_satker(name="Kankemenag Kabupaten Contoh")


@pytest.fixture
def last_year(satker):
    return sent_last_year(satker)


class TestPage:
    def test_preview_changes_nothing(self, client, satker, last_year):
        assessment = open_2026(satker)
        client.force_login(person(Role.OPERATOR, satker))

        page = client.get(url(assessment))

        assert page.status_code == 200
        assert "Bawa 113 jawaban" in page.content.decode()
        assert rows(assessment) == []

    def test_names_what_has_expired(self, client, satker, last_year):
        EvidenceFile.objects.filter(satker=satker).update(valid_until=date(2026, 1, 31))
        client.force_login(person(Role.OPERATOR, satker))

        text = client.get(url(open_2026(satker))).content.decode()

        assert "1 berkas kedaluwarsa tidak dibawa" in text
        assert "berlaku sampai 31 Januari 2026" in text

    def test_names_what_has_a_newer_version(self, client, satker, last_year):
        renew(satker, "SK_2025.pdf", "SK_2026.pdf", "SK_2026_perubahan.pdf")
        client.force_login(person(Role.OPERATOR, satker))

        text = client.get(url(open_2026(satker))).content.decode()

        assert "113 lampiran dibawa; 1 berkas diganti versi terbarunya" in text
        assert "Bukti dengan versi yang lebih baru" in text
        assert re.search(
            r"SK_2026_perubahan.pdf</b></a>\s*<[^>]+>menggantikan SK_2025.pdf pada 113 pertanyaan<",
            text,
        )

    def test_post_carries_and_leads_to_the_overview(self, client, satker, last_year):
        assessment = open_2026(satker)
        client.force_login(person(Role.OPERATOR, satker))

        page = client.post(url(assessment), {"tahun": "2019", "version": "x\x00"}, follow=True)

        text = page.content.decode()
        assert page.redirect_chain == [(url(assessment, "detail"), 302)]
        assert "113 jawaban dan 113 lampiran dibawa dari 2025" in text
        assert "113 jawaban tahun lalu belum dikonfirmasi" in text

    def test_again_says_so(self, client, satker, last_year):
        assessment = open_2026(satker)
        client.force_login(person(Role.OPERATOR, satker))
        client.post(url(assessment))

        text = client.post(url(assessment), follow=True).content.decode()

        assert "Tidak ada jawaban yang dibawa" in text
        assert "Tidak ada yang perlu dibawa" in client.get(url(assessment)).content.decode()

    @pytest.mark.parametrize("method", ["get", "post"])
    @pytest.mark.parametrize(
        ("role", "where", "status"),
        [
            (Role.PIMPINAN, "own", 403),
            (Role.OPERATOR, "other", 404),
            (Role.PIMPINAN, "other", 404),
            (Role.VERIFIKATOR, "kanwil", 403),
            (Role.KETUA, "kanwil", 403),
            (Role.KETUA, "other kanwil", 404),
            (Role.TPI, "centre", 404),
            (Role.ADMIN_PUSAT, "centre", 403),
            (Role.PEMANTAU, "centre", 403),
        ],
    )
    def test_only_the_operator(self, client, satker, last_year, method, role, where, status):
        assessment = open_2026(satker)
        places = {
            "own": satker,
            "other": make_satker(),
            "kanwil": satker.verifier,
            "other kanwil": make_kanwil("82", "Kanwil Maluku Utara"),
            "centre": make_centre(),
        }
        client.force_login(make_user(role, places[where]))

        assert getattr(client, method)(url(assessment)).status_code == status
        assert rows(assessment) == []

    def test_nothing_to_carry(self, client, satker):
        assessment = open_2026(satker)
        client.force_login(person(Role.OPERATOR, satker))

        shown, posted = client.get(url(assessment)), client.post(url(assessment))

        assert (shown.status_code, posted.status_code) == (200, 422)
        for page in (shown, posted):
            assert "belum pernah mengirim penilaian" in page.content.decode()

    def test_locked(self, client, last_year):
        client.force_login(person(Role.OPERATOR, last_year.satker))

        shown, posted = client.get(url(last_year)), client.post(url(last_year))

        assert (shown.status_code, posted.status_code) == (200, 403)
        for page in (shown, posted):
            assert "Jawaban tidak dapat diubah" in page.content.decode()

    @pytest.mark.parametrize("versions", [0, 1, 4])
    def test_queries(self, client, satker, last_year, versions):
        assessment = open_2026(satker)
        renew(satker, "SK_2025.pdf", *[f"{number}.pdf" for number in range(versions)])
        client.force_login(person(Role.OPERATOR, satker))
        client.get(url(assessment))
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as found:
                client.get(url(assessment))
            counts.append(len(found))
            fill(assessment, {SAME: "C"})

        assert counts == [7, 7]


class TestOverview:
    def panel(self, client, assessment, role=Role.OPERATOR):
        client.force_login(person(role, assessment.satker))
        return url(assessment) in client.get(url(assessment, "detail")).content.decode()

    def test_offered_while_something_is_open(self, client, satker, last_year):
        assessment = open_2026(satker)

        assert self.panel(client, assessment)
        assert not self.panel(client, assessment, Role.PIMPINAN)
        run(assessment)
        assert not self.panel(client, assessment)

    def test_not_when_only_new_questions_are_open(self, client, satker, last_year):
        assessment = open_2026(satker, make_version(2, change_some))
        assert self.panel(client, assessment)

        run(assessment)

        assert Answer.objects.filter(assessment=assessment).count() == 111
        assert not self.panel(client, assessment)

    def test_not_from_another_instrument(self, client, satker, last_year):
        assert not self.panel(client, open_2026(satker, shipped_instrument("lke-2014")))

    def test_not_without_an_earlier_year(self, client, satker):
        assert not self.panel(client, open_2026(satker))

    def test_not_once_it_was_sent(self, client, satker, last_year):
        assert not self.panel(client, make_submitted(satker, period=make_period(2026)))
