import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import User
from assessments.models import Answer, Period
from audit.services import verify
from satker.models import Satker
from tests.demo.seeding import remove_files, seed
from tests.demo.told import tell_everything


@pytest.mark.django_db
class TestSeeds:
    def told(self, seed_text: str) -> dict[str, list]:
        with transaction.atomic():
            seed(satker=14, kanwil=1, seed=seed_text)
            told = tell_everything()
            remove_files()
            transaction.set_rollback(True)
        moment = re.compile(r"datetime\.datetime\([^)]*\)|\"at\": \"[^\"]*\"|'at': '[^']*'")
        return {
            table: sorted(moment.sub("", repr(r)) for r in rows) for table, rows in told.items()
        }

    def test_the_same_seed_gives_the_same_data(self):
        assert self.told("7") == self.told("7")

    def test_another_seed_gives_other_data(self):
        one, other = self.told("7"), self.told("8")

        assert one["Satker"] == other["Satker"]
        assert one["Answer"] != other["Answer"]
        assert one["User"] != other["User"]


@pytest.mark.django_db
class TestRefusals:
    def test_without_demo(self, settings):
        settings.DEMO = False

        with pytest.raises(CommandError, match="DEMO=1"):
            seed()

        assert not Satker.objects.exists()

    def test_where_there_are_data(self):
        seed(satker=1, kanwil=1)
        before = Satker.objects.count(), User.objects.count(), Answer.objects.count()

        with pytest.raises(CommandError, match="Basis data tidak kosong") as refusal:
            seed(satker=2, kanwil=1)

        assert refusal.value.returncode == 1
        assert (Satker.objects.count(), User.objects.count(), Answer.objects.count()) == before
        remove_files()

    @pytest.mark.parametrize(
        "arguments",
        [
            ["--satker", "0", "--year", "2026"],
            ["--satker", "banyak", "--year", "2026"],
            ["--satker", "3", "--year", "26"],
            ["--satker", "3", "--year", "2026", "--kanwil", "39"],
            ["--satker", "3", "--year", "2026", "--password", " "],
            ["--satker", "3"],
        ],
    )
    def test_numbers_that_make_no_sense(self, arguments):
        with pytest.raises(CommandError):
            call_command("seed_demo", *arguments)

        assert not Satker.objects.exists()


@pytest.mark.django_db
def test_years_of_the_older_instrument():
    seed(satker=14, kanwil=1, year=2019)

    assert Period.objects.get().instrument.code == "lke-2014"
    assert verify().fault is None
    call_command("check_scores", stdout=io.StringIO())
    remove_files()


@pytest.mark.django_db
def test_own_password():
    printed = seed(satker=1, kanwil=1, password="rahasia-kita")

    assert "Kata sandi semua akun: rahasia-kita" in printed
    assert User.objects.get(username="admin").check_password("rahasia-kita")
    remove_files()
