"""The evidence library of a satker: what it shows, to whom, and what it lets one do."""

import shutil
from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.models import AnswerEvidence
from evidence import vault
from evidence.models import EvidenceFile
from evidence.services import describe_file, replace_file, store
from tests.evidence.samples import pdf, upload
from tests.factories_assessments import attach, make_kanwil, make_satker, make_user, person

pytestmark = pytest.mark.django_db

LIBRARY = "/bukti/"
CODE, OTHER = "A.I.1.i.b", "A.I.1.ii.b"
SCRIPT = {"X-Requested-With": "fetch"}


@pytest.fixture(autouse=True)
def _empty_vault():
    shutil.rmtree(vault.path_of(""), ignore_errors=True)


@pytest.fixture
def put(assessment):
    """``put("a.pdf", kind="sk")``: a file of the satker, described."""

    def stored(name, satker=None, **said):
        by = person(Role.OPERATOR, satker or assessment.satker)
        content = pdf(trailer=b"/A (%s)" % name.encode())
        file = store(satker=by.satker, upload=upload(name, content), by=by)
        empty = {"title": "", "kind": "", "document_date": None, "valid_until": None}
        return describe_file(file=file, by=by, **(empty | said)) if said else file

    return stored


def listed(client, query="", url=LIBRARY):
    """The names of the files on a page."""
    files = client.get(url + query).context["lines"]
    return sorted(line.file.name for line in files)


class TestList:
    def test_own_files_alone(self, operator, put):
        put("Milik.pdf")
        put("Asing.pdf", satker=make_satker(make_kanwil("82")))

        assert listed(operator) == ["Milik.pdf"]

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("?cari=tim+sk", ["a.pdf"]),
            ("?cari=b.pd", ["b.pdf"]),
            ("?jenis=sk", ["a.pdf"]),
            ("?jenis=belum", ["c.pdf", "d.pdf"]),
            ("?keadaan=kedaluwarsa", ["b.pdf"]),
            ("?keadaan=lepas", ["a.pdf", "b.pdf", "d.pdf"]),
            ("?keadaan=diganti", ["lama.pdf"]),
            ("?tahun={year}", ["c.pdf"]),
            ("?tahun=1999&jenis=x&keadaan=y", ["a.pdf", "b.pdf", "c.pdf", "d.pdf"]),
        ],
    )
    def test_filters(self, operator, assessment, put, query, names):
        put("a.pdf", title="SK Tim ZI", kind="sk")
        put("b.pdf", kind="sop", valid_until=date(2020, 1, 1))
        attach(assessment, CODE, name="c.pdf")
        old, new = put("lama.pdf"), put("d.pdf")
        replace_file(old=old, new=new, by=person(Role.OPERATOR, assessment.satker))

        assert listed(operator, query.format(year=assessment.period.year)) == names

    def test_says_where_it_is_attached_and_that_it_is_expired(self, operator, assessment, put):
        file = attach(assessment, CODE, name="c.pdf")
        EvidenceFile.objects.filter(pk=file.pk).update(valid_until=date(2020, 1, 1))

        text = operator.get(LIBRARY).content.decode()
        area = operator.get(reverse("assessments:area", args=[assessment.pk, "1"]))

        assert CODE in text
        assert "kedaluwarsa" in text
        assert "kedaluwarsa sejak 1 Januari 2020" in area.content.decode()

    @pytest.mark.parametrize("rows", [1, 3])
    def test_query_count_is_constant(
        self, operator, assessment, put, rows, django_assert_num_queries
    ):
        for number in range(rows):
            put(f"{number}.pdf")
            attach(assessment, CODE, name=f"x{number}.pdf")
        operator.get(LIBRARY)

        with django_assert_num_queries(9):
            operator.get(LIBRARY)

    @pytest.mark.parametrize(
        ("role", "status"),
        [(Role.OPERATOR, 200), (Role.PIMPINAN, 200), (Role.VERIFIKATOR, 403)],
    )
    def test_who_reads_and_who_brings(self, client, assessment, role, status):
        satker = assessment.satker if status == 200 else assessment.satker.verifier
        client.force_login(make_user(role, satker))

        brought = client.post(LIBRARY, {"file": upload("a.pdf", pdf())}, headers=SCRIPT)

        assert client.get(LIBRARY).status_code == status
        assert brought.status_code == (200 if role == Role.OPERATOR else 403)


class TestBringing:
    def test_without_a_question(self, operator):
        answer = operator.post(LIBRARY, {"file": upload("a.pdf", pdf())}, headers=SCRIPT)

        assert answer.status_code == 200
        assert 'data-count="1 berkas"' in answer.content.decode()
        assert listed(operator) == ["a.pdf"]
        assert not AnswerEvidence.objects.exists()

    def test_as_a_plain_form(self, operator):
        good = operator.post(f"{LIBRARY}?halaman=1", {"file": upload("a.pdf", pdf())})
        bad = operator.post(f"{LIBRARY}?halaman=1", {"file": upload("a.exe", b"MZ")})

        assert (good.status_code, good["Location"]) == (302, LIBRARY)
        assert bad.status_code == 422
        assert "Ditolak" in bad.content.decode()

    def test_nothing_chosen(self, operator):
        assert operator.post(LIBRARY, headers=SCRIPT).status_code == 422

    def test_over_the_quota(self, operator, settings):
        settings.EVIDENCE_QUOTA = 10

        answer = operator.post(LIBRARY, {"file": upload("a.pdf", pdf())}, headers=SCRIPT)

        assert answer.status_code == 422
        assert "kuota" in answer.content.decode()


class TestFile:
    def test_described(self, operator, put):
        file = put("a.pdf")
        said = {"title": "SK", "kind": "sk", "document_date": "2026-01-02", "valid_until": ""}

        answer = operator.post(f"/bukti/{file.pk}/rincian/", said)

        file.refresh_from_db()
        assert answer.status_code == 302
        assert (file.title, file.kind, file.document_date) == ("SK", "sk", date(2026, 1, 2))

    def test_its_name_stands_once_and_no_kind_is_said_in_words(self, operator, put):
        file = put("SK tim.pdf")
        facts = '<span class="file-name">SK tim.pdf</span>'

        bare = operator.get(f"/bukti/{file.pk}/rincian/").content.decode()
        operator.post(f"/bukti/{file.pk}/rincian/", {"title": "Keputusan"})
        titled = operator.get(f"/bukti/{file.pk}/rincian/").content.decode()

        assert '<option value="" selected>Belum dipilih</option>' in bare
        assert "-----" not in bare
        assert (bare.count(facts), titled.count(facts)) == (0, 1)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"title": "x" * 201},
            {"title": "a\x00b"},
            {"kind": "x"},
            {"document_date": "kemarin"},
            {"document_date": "2026-01-02", "valid_until": "2026-01-01"},
        ],
    )
    def test_refused_keeps_what_was_typed(self, operator, put, wrong):
        file = put("a.pdf")

        answer = operator.post(f"/bukti/{file.pk}/rincian/", {"title": "Diketik"} | wrong)

        file.refresh_from_db()
        assert answer.status_code == 422
        assert "title" in wrong or "Diketik" in answer.content.decode()
        assert file.title == ""

    def test_the_head_reads_only(self, client, assessment, put):
        file = put("a.pdf")
        client.force_login(make_user(Role.PIMPINAN, assessment.satker))

        assert client.get(f"/bukti/{file.pk}/rincian/").status_code == 200
        assert client.post(f"/bukti/{file.pk}/rincian/", {"title": "x"}).status_code == 403

    def test_a_strangers(self, operator, put):
        file = put("a.pdf", satker=make_satker(make_kanwil("82")))

        assert operator.get(f"/bukti/{file.pk}/rincian/").status_code == 404


class TestPicking:
    def url(self, assessment, code=CODE):
        return reverse("assessments:pick_evidence", args=[assessment.pk, code])

    def test_offers_what_is_not_attached_yet_and_attaches_what_is_ticked(
        self, operator, assessment, put
    ):
        one, two = put("satu.pdf"), put("dua.pdf")
        attach(assessment, CODE, name="ada.pdf")
        attach(assessment, OTHER, name="lain.pdf")

        offered = listed(operator, url=self.url(assessment))
        answer = operator.post(
            f"{reverse('assessments:attach_evidence', args=[assessment.pk, CODE])}?halaman=1",
            {"pick": [str(one.pk), str(two.pk)]},
        )

        assert offered == ["dua.pdf", "lain.pdf", "satu.pdf"]
        assert answer.status_code == 302
        assert listed(operator, url=self.url(assessment)) == ["lain.pdf"]

    @pytest.mark.parametrize("rows", [1, 3])
    def test_query_count_is_constant(
        self, operator, assessment, put, rows, django_assert_num_queries
    ):
        for number in range(rows):
            put(f"{number}.pdf")
            attach(assessment, OTHER, name=f"x{number}.pdf")
        operator.get(self.url(assessment))

        with django_assert_num_queries(7):
            operator.get(self.url(assessment))
