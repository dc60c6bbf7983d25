"""Scenarios of the simulation: whose they are, kept, renamed, thrown away."""

import pytest

from accounts.models import Role
from assessments.enums import Tier
from assessments.errors import InvalidEntry, ScenarioRefused, StaleScenario
from assessments.models import Scenario
from assessments.services.scenarios import (
    KEPT_AT_MOST,
    delete_scenario,
    rename_scenario,
    update_scenario,
)
from assessments.simulation import moved_since
from assessments.worksheet import load_entries
from tests.assessments.simulations import (
    CODE,
    COUNTS,
    INDEX,
    everything_posted,
    kept,
    row_of,
    text_of,
    url,
)
from tests.factories_assessments import (
    fill,
    make_assessment,
    make_kanwil,
    make_satker,
    make_submitted,
    make_user,
    person,
)


@pytest.fixture
def sheet(nearly_best):
    return nearly_best


@pytest.fixture
def operator(sheet):
    return person(Role.OPERATOR, sheet.satker)


@pytest.fixture
def client(client, operator):
    client.force_login(operator)
    return client


class TestWhoSeesAScenario:
    def ask(self, client, user, sheet, scenario) -> tuple[int, int, int]:
        client.force_login(user)
        listed = scenario.name in client.get(url(sheet)).content.decode()
        return (
            listed,
            client.get(url(sheet, query=f"?skenario={scenario.pk}")).status_code,
            client.get(url(sheet, "scenario", scenario.pk)).status_code,
        )

    @pytest.mark.django_db
    def test_the_team_shares_and_reviewers_do_not(self, client, worksheet):
        sheet = make_submitted(answers={CODE: "B"})
        kanwil = sheet.satker.verifier
        team = kept(sheet, person(Role.OPERATOR, sheet.satker), "Rencana tim")
        reviewers = [make_user(Role.VERIFIKATOR, kanwil) for _ in range(2)]
        own = kept(sheet, reviewers[0], "Rencana verifikator")
        head = make_user(Role.PIMPINAN, sheet.satker)
        admin = make_user(Role.ADMIN_PUSAT)

        assert self.ask(client, head, sheet, team) == (True, 200, 200)
        assert self.ask(client, reviewers[0], sheet, own) == (True, 200, 200)
        for user, scenario in [
            (head, own),
            (reviewers[1], own),
            (reviewers[0], team),
            (admin, team),
            (admin, own),
        ]:
            assert self.ask(client, user, sheet, scenario) == (False, 404, 404)

    def test_not_below_another_assessment(self, client, sheet, operator):
        foreign = make_assessment(make_satker(make_kanwil()), {CODE: "B"})
        theirs = kept(foreign, person(Role.OPERATOR, foreign.satker))

        assert self.ask(client, operator, sheet, theirs)[1:] == (404, 404)
        for step in ("nama", "hapus"):
            address = url(sheet, "scenario", theirs.pk)
            assert client.post(address, {"langkah": step, "nama": "X"}).status_code == 404
        assert Scenario.objects.get().name == "Rencana"

    def test_who_moves_on_leaves_the_teams_behind(self, client, sheet, operator):
        team = kept(sheet, operator, "Percobaan tim")
        operator.role, operator.satker = Role.ADMIN_PUSAT, make_kanwil().parent
        operator.save()

        assert self.ask(client, operator, sheet, team) == (False, 404, 404)

    @pytest.mark.parametrize(
        "pk", ["", "x", "%EF%BF%BD", "1", "00000000-0000-4000-8000-000000000000"]
    )
    def test_unknown_is_404(self, client, sheet, pk):
        assert client.get(url(sheet, query=f"?skenario={pk}")).status_code == 404


# Keeping scenarios ------------------------------------------------------------------------


class TestKeeping:
    def test_saved_and_opened_again(self, client, sheet, worksheet):
        fields = everything_posted(worksheet, sheet, **{CODE: "", f"{COUNTS}.n1": "3"})

        response = client.post(
            url(sheet), fields | {"langkah": "simpan", "nama": "  Tanpa  tim "}, follow=True
        )

        found = Scenario.objects.get()
        assert (found.name, found.team, found.version) == ("Tanpa tim", True, 1)
        assert found.entries == {CODE: {}, COUNTS: {"n1": "3", "n2": "1"}}
        assert "Skenario “Tanpa tim” disimpan. LKE tidak berubah." in text_of(response)
        assert 'value="" checked>' in row_of(response, CODE)
        assert "2 jawaban berbeda dari LKE." in text_of(response)

    def test_is_laid_over_the_present_answers(self, client, sheet, operator):
        scenario = kept(sheet, operator, fields={CODE: {"value": "A"}, INDEX: {"value": "2"}})
        fill(sheet, {CODE: "A", "A.I.1.i.a": "Tidak"})
        fill(sheet, {}, notes={"A.I.1.ii.b": "Hanya catatan."})

        response = client.get(url(sheet, query=f"?skenario={scenario.pk}"))

        assert "2 jawaban di LKE sudah lain" in text_of(response)
        assert "1 jawaban berbeda dari LKE." in text_of(response)
        assert 'value="Tidak" checked data-now' in row_of(response, "A.I.1.i.a")

    def test_changed_and_changed_back_is_no_change(self, sheet, operator, worksheet):
        scenario = kept(sheet, operator)
        fill(sheet, {CODE: "C"})
        fill(sheet, {CODE: "B"})
        real = load_entries(worksheet, sheet.pk, Tier.MANDIRI)

        assert moved_since(worksheet, sheet.pk, real, scenario.saved_at) == ()

    def test_update(self, sheet, operator):
        scenario = kept(sheet, operator)

        update_scenario(
            scenario=scenario, seen_version=1, fields={CODE: {"value": "C"}}, by=operator
        )

        scenario.refresh_from_db()
        assert (scenario.entries, scenario.version) == ({CODE: {"value": "C"}}, 2)

    def test_not_over_a_colleagues(self, client, sheet, operator):
        scenario = kept(sheet, operator)
        colleague = make_user(Role.OPERATOR, sheet.satker)
        fields = {CODE: {"value": "C"}}
        update_scenario(scenario=scenario, seen_version=1, fields=fields, by=colleague)

        response = client.post(
            url(sheet),
            {INDEX: "3", "langkah": "perbarui", "skenario": scenario.pk, "versi": "1"},
        )

        assert response.status_code == 409
        assert "baru disimpan atau dihapus orang lain" in text_of(response)
        assert 'value="3"' in row_of(response, INDEX)
        scenario.refresh_from_db()
        assert scenario.entries == fields

    def test_one_that_was_thrown_away_meanwhile(self, client, sheet, operator):
        scenario = kept(sheet, operator)
        delete_scenario(scenario=scenario, by=operator)

        response = client.post(
            url(sheet), {CODE: "A", "langkah": "perbarui", "skenario": scenario.pk, "versi": "1"}
        )

        assert response.status_code == 409
        with pytest.raises(StaleScenario):
            rename_scenario(scenario=scenario, name="Lain", by=operator)

    def test_not_when_the_sheet_moved_below_the_page(self, client, sheet, worksheet):
        fields = everything_posted(worksheet, sheet, **{INDEX: "3"})
        fill(sheet, {CODE: "C"})

        response = client.post(url(sheet), fields | {"langkah": "simpan", "nama": "Rencana"})

        assert response.status_code == 409
        assert not Scenario.objects.exists()
        assert "is-changed" in response.content.decode().partition(f'id="{CODE}"')[0]

    @pytest.mark.parametrize(
        ("name", "says"),
        [
            ("", "Beri nama skenario ini."),
            ("  ", "Beri nama skenario ini."),
            ("x" * 81, "paling banyak 80"),
            ("a\x00b", "Null"),
            ("a\x07b", "karakter rusak"),
        ],
    )
    def test_names_that_are_refused(self, client, sheet, name, says):
        response = client.post(url(sheet), {CODE: "A", "langkah": "simpan", "nama": name})

        assert response.status_code == 422
        assert says.lower() in text_of(response).lower()
        assert 'value="A" checked>' in row_of(response, CODE)
        assert not Scenario.objects.exists()

    def test_a_name_only_once(self, client, sheet, operator):
        kept(sheet, operator)
        other = kept(sheet, operator, "Lain")

        response = client.post(url(sheet), {CODE: "A", "langkah": "simpan", "nama": "Rencana"})
        renamed = client.post(
            url(sheet, "scenario", other.pk), {"langkah": "nama", "nama": "Rencana"}
        )

        for answer in (response, renamed):
            assert answer.status_code == 422
            assert "Nama “Rencana” sudah dipakai" in text_of(answer)
        assert sorted(Scenario.objects.values_list("name", flat=True)) == ["Lain", "Rencana"]

    def test_reviewers_may_use_the_same_name(self, worksheet):
        sheet = make_submitted()
        kanwil = sheet.satker.verifier
        for by in (
            person(Role.OPERATOR, sheet.satker),
            make_user(Role.VERIFIKATOR, kanwil),
            make_user(Role.VERIFIKATOR, kanwil),
        ):
            kept(sheet, by, fields={CODE: {"value": "C"}})
        assert Scenario.objects.filter(name="Rencana").count() == 3

    def test_not_more_than_that(self, sheet, operator):
        for number in range(KEPT_AT_MOST):
            kept(sheet, operator, f"Rencana {number}")

        with pytest.raises(ScenarioRefused, match="Sudah ada 20 skenario"):
            kept(sheet, operator, "Satu lagi")

    def test_nothing_differs(self, sheet, operator):
        with pytest.raises(ScenarioRefused, match="Belum ada jawaban yang berbeda"):
            kept(sheet, operator, fields={CODE: {"value": "B"}})

    def test_entries_are_read_as_a_save_reads_them(self, sheet, operator):
        with pytest.raises(InvalidEntry, match=r"B\.I\.a: Angka melebihi"):
            kept(sheet, operator, fields={INDEX: {"value": "5"}})

    def test_thrown_away_by_a_post_alone(self, client, sheet, operator):
        scenario = kept(sheet, operator)
        address = url(sheet, "scenario", scenario.pk)

        asked = client.get(address)
        assert "Jawaban di LKE tidak berubah." in text_of(asked)
        assert Scenario.objects.exists()

        gone = client.post(address, {"langkah": "hapus"}, follow=True)
        assert "Skenario “Rencana” dihapus." in text_of(gone)
        assert not Scenario.objects.exists()

    def test_renamed(self, client, sheet, operator):
        scenario = kept(sheet, operator)

        client.post(url(sheet, "scenario", scenario.pk), {"langkah": "nama", "nama": "<b>Lain</b>"})

        scenario.refresh_from_db()
        assert scenario.name == "<b>Lain</b>"
        assert "<b>Lain</b>" not in client.get(url(sheet)).content.decode()
