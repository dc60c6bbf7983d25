import csv
import stat

import pytest
from django.core.management import CommandError, call_command

from accounts.importing import import_users
from accounts.models import Role, User
from audit.models import Event
from audit.services import verify
from tests.factories import PASSWORD, make_satker_tree, make_user

pytestmark = pytest.mark.django_db

HEAD = "kode_satker,nama_pengguna,nama,peran,surel,kata_sandi\n"
PEOPLE = (
    HEAD
    + f"""330801,op-1,Siti Aminah,operator,siti@kemenag.example,{PASSWORD}
330801,pim-1,Budi Santoso,Pimpinan satker,,
33,Ver-1,Wahyu Hidayat,verifikator,,
"""
)


@pytest.fixture(autouse=True)
def tree():
    return make_satker_tree()


@pytest.fixture
def people(tmp_path):
    def people(content):
        path = tmp_path / "pengguna.csv"
        path.write_text(content, encoding="utf-8")
        return path

    return people


def take(path, **values):
    result = import_users(path, dry_run=False, by=None, **values)
    return (result.added, result.updated, result.unchanged), result.errors


def test_accounts_are_made(people):
    kept = {}

    assert take(people(PEOPLE), keep=kept.update) == ((3, 0, 0), [])

    rows = User.objects.values_list(
        "username", "name", "role", "satker__code", "email", "must_change_password"
    )
    assert sorted(rows) == [
        ("op-1", "Siti Aminah", Role.OPERATOR, "330801", "siti@kemenag.example", True),
        ("pim-1", "Budi Santoso", Role.PIMPINAN, "330801", "", True),
        ("ver-1", "Wahyu Hidayat", Role.VERIFIKATOR, "33", "", True),
    ]
    assert User.objects.get(username="op-1").check_password(PASSWORD)
    assert sorted(kept) == ["pim-1", "ver-1"]
    assert User.objects.get(username="pim-1").check_password(kept["pim-1"])
    assert len({*kept.values()}) == 2
    assert verify().fault is None


def test_the_same_file_again_changes_nothing(people):
    path = people(PEOPLE)
    take(path)
    before = list(User.objects.values_list()), Event.objects.count()

    assert take(path) == ((0, 0, 3), [])
    assert (list(User.objects.values_list()), Event.objects.count()) == before


def test_a_dry_run_writes_nothing(people):
    result = import_users(people(PEOPLE), dry_run=True, by=None)

    assert (result.added, result.errors, result.generated) == (3, [], {})
    assert not User.objects.exists()


def test_what_differs_is_changed_and_the_password_stays(people, tree):
    user = make_user(tree.satker, username="op-1")

    assert take(people(HEAD + "820101,OP-1,Siti Aminah Zahra,pimpinan,,gerobak-sapi-hijau-61")) == (
        (0, 1, 0),
        [],
    )

    user.refresh_from_db()
    assert (user.name, user.role, user.satker) == (
        "Siti Aminah Zahra",
        Role.PIMPINAN,
        tree.other_satker,
    )
    assert user.check_password(PASSWORD)


def test_a_column_left_out_changes_nothing(people):
    take(people(PEOPLE))

    content = "peran,nama,nama pengguna,kode satker\noperator,Siti Aminah,op-1,330801\n"
    assert take(people(content)) == ((0, 0, 1), [])
    assert User.objects.get(username="op-1").email == "siti@kemenag.example"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("9,op,Siti,operator,,", (2, "kode_satker", "Tidak ada satker berkode 9.")),
        (",op,Siti,operator,,", (2, "kode_satker", "Tidak ada satker berkode .")),
        ("330801,a b,Siti,operator,,", (2, "nama_pengguna", "Nama pengguna berisi")),
        ("330801,,Siti,operator,,", (2, "nama_pengguna", "Nama pengguna berisi")),
        ("330801,op,,operator,,", (2, "nama", "Isi nama.")),
        ("330801,op,Siti,raja,,", (2, "peran", "Peran tidak dikenal.")),
        ("330801,op,Siti,ketua,,", (2, "peran", "Peran Ketua tim verifikasi hanya ada di")),
        ("330801,op,Siti,operator,x,", (2, "surel", "Alamat surel tidak sah.")),
        ("330801,op,Siti,operator,,pendek", (2, "kata_sandi", "Kata sandi terlalu pendek.")),
        ("330801,op,Si\x0bti,operator,,", (2, "nama", "Isi sel memuat")),
        (
            "330801,op,Siti,operator,,\n330801,OP,Budi,operator,,",
            (3, "nama_pengguna", "Nama pengguna sudah ada pada baris 2."),
        ),
    ],
)
def test_an_error_names_its_row_and_column_and_nothing_is_written(people, line, error):
    _, errors = take(people(HEAD + line + "\n330801,benar,Benar,operator,,\n"))

    assert [(each.row, each.column) for each in errors] == [error[:2]]
    assert errors[0].message.startswith(error[2])
    assert not User.objects.exists()


class TestCommand:
    def test_prints_generated_passwords_once(self, people, capsys):
        path = str(people(PEOPLE))

        call_command("import_users", path, "--dry-run")
        call_command("import_users", path)
        call_command("import_users", path)

        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == "Akan ditambah 3, diubah 0, tetap 0."
        assert lines[3:] == [
            "Selesai: ditambah 3, diubah 0, tetap 0.",
            "Selesai: ditambah 0, diubah 0, tetap 3.",
        ]
        printed = dict(line.split("\t") for line in lines[1:3])
        for username, password in printed.items():
            assert User.objects.get(username=username).check_password(password)
        assert sorted(printed) == ["pim-1", "ver-1"]

    def test_writes_them_into_a_file_of_its_owner(self, people, tmp_path, capsys):
        target = tmp_path / "sandi.csv"

        call_command("import_users", str(people(PEOPLE)), "--passwords", str(target))

        with target.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["nama_pengguna"] for row in rows] == ["pim-1", "ver-1"]
        assert User.objects.get(username="ver-1").check_password(rows[1]["kata_sandi"])
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        assert rows[0]["kata_sandi"] not in capsys.readouterr().out

    @pytest.mark.parametrize("name", ["ada.csv", "folder/tidak-ada.csv", "nul\x00"])
    def test_without_that_file_nothing_is_stored(self, people, tmp_path, name):
        (tmp_path / "ada.csv").write_text("jangan ditimpa")

        with pytest.raises(CommandError, match="tidak dapat dibuat"):
            call_command("import_users", str(people(PEOPLE)), "--passwords", str(tmp_path / name))

        assert not User.objects.exists()
        assert (tmp_path / "ada.csv").read_text() == "jangan ditimpa"

    def test_lists_the_errors(self, people):
        with pytest.raises(CommandError, match="Baris 2, kolom kode_satker"):
            call_command("import_users", str(people(HEAD + "9,op,Siti,operator,,\n")))
