import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from audit.models import Event
from audit.services import verify
from common.spreadsheet import RowError
from satker.importing import import_satker
from satker.models import Satker
from tests.factories import make_satker_tree

pytestmark = pytest.mark.django_db

HEAD = "kode,nama,jenis,provinsi,kode_induk,aktif\n"
MINISTRY = (
    HEAD
    + """330801,Kankemenag Kab. Magelang,kankemenag,,33,ya
330801m1,MAN 1 Magelang,Madrasah Aliyah Negeri,33,330801,
33,Kanwil Jawa Tengah,kanwil,Jawa Tengah,0,
0,Kementerian Agama,pusat,,,
uin1,UIN Walisongo,ptkn_uin,33,ditjen,ya
ditjen,Ditjen Pendidikan Islam,eselon1,,0,1
haji1,Asrama Haji Donohudan,asrama_haji,33,ditjen,tidak
"""
)


@pytest.fixture
def take(tmp_path):
    def take(content, dry_run=False):
        path = tmp_path / "satker.csv"
        path.write_text(content, encoding="utf-8")
        result = import_satker(path, dry_run=dry_run, by=None)
        return (result.added, result.updated, result.unchanged), result.errors

    return take


def test_parents_may_stand_below_their_children(take):
    assert take(MINISTRY) == ((7, 0, 0), [])

    rows = Satker.objects.values_list("path", "verifier__code", "province_code", "active")
    assert sorted(rows) == [
        ("0/", None, "", True),
        ("0/33/", "0", "33", True),
        ("0/33/330801/", "33", "33", True),
        ("0/33/330801/330801m1/", "33", "33", True),
        ("0/ditjen/", "0", "", True),
        ("0/ditjen/haji1/", "0", "33", False),
        ("0/ditjen/uin1/", "0", "33", True),
    ]
    assert Event.objects.filter(action="satker ditambah").count() == 7
    assert verify().fault is None


def test_the_same_file_again_changes_nothing(take):
    take(MINISTRY)
    before = Event.objects.count()

    assert take(MINISTRY) == ((0, 0, 7), [])
    assert Event.objects.count() == before


def test_a_dry_run_counts_and_writes_nothing(take):
    assert take(MINISTRY, dry_run=True) == ((7, 0, 0), [])

    assert not Satker.objects.exists()
    assert not Event.objects.exists()


def test_what_differs_is_changed(take):
    take(MINISTRY)

    changed = (
        HEAD + "330801,Kankemenag Magelang,kankemenag,33,33,\nuin1,UIN Semarang,ptkn_uin,33,0,"
    )
    assert take(changed) == ((0, 2, 0), [])

    assert Satker.objects.get(code="330801").name == "Kankemenag Magelang"
    assert Satker.objects.get(code="uin1").path == "0/uin1/"


def test_a_column_left_out_changes_nothing(take):
    take(MINISTRY)

    assert take("nama,kode,kode induk,jenis\nAsrama Haji Donohudan,haji1,ditjen,asrama_haji\n") == (
        (0, 0, 1),
        [],
    )

    haji = Satker.objects.get(code="haji1")
    assert (haji.active, haji.province_code) == (False, "33")


def test_parent_and_child_may_change_places(take):
    take(MINISTRY)
    take(HEAD + "a,A,upt_lain,,ditjen,\nb,B,upt_lain,,a,\n")

    assert take(HEAD + "a,A,upt_lain,,b,\nb,B,upt_lain,,ditjen,\n") == ((0, 2, 0), [])

    assert Satker.objects.get(code="a").path == "0/ditjen/b/a/"


def test_a_branch_is_closed_and_opened_in_any_order(take):
    take(MINISTRY)
    branch = (
        "330801,Kankemenag Kab. Magelang,kankemenag,,33,{0}\n"
        "330801m1,MAN 1 Magelang,man,33,330801,{0}\n"
    )

    assert take(HEAD + branch.format("tidak")) == ((0, 2, 0), [])
    assert Satker.objects.filter(active=False).count() == 3
    assert take(HEAD + branch.format("ya")) == ((0, 2, 0), [])
    assert Satker.objects.filter(active=False).count() == 1


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ("a b,A,kanwil,33,pusat,", (2, "kode", "Kode satker berisi")),
        (",A,kanwil,33,pusat,", (2, "kode", "Kode satker berisi")),
        ("1,,kanwil,33,pusat,", (2, "nama", "Isi nama")),
        ("1,A,desa,33,pusat,", (2, "jenis", "Jenis tidak dikenal")),
        ("1,A,kanwil,Jawa,pusat,", (2, "provinsi", "Provinsi tidak dikenal")),
        ("1,A,kanwil,,pusat,", (2, "provinsi", "Pilih provinsi")),
        ("1,A,kanwil,33,lain,", (2, "kode_induk", "Tidak ada satker berkode lain")),
        ("1,A,kanwil,33,,", (2, "kode_induk", "Pilih satker induk")),
        ("1,A,kankemenag,33,pusat,", (2, "kode_induk", "Induk Kantor Kementerian Agama")),
        ("1,A,kanwil,33,pusat,mungkin", (2, "aktif", "Tulis ya atau tidak")),
        ("1,A,pusat,,,", (2, "jenis", "Pusat sudah ada")),
        ("1,A,man,,2,\n2,B,man,,1,", (2, "kode_induk", "saling menunjuk")),
        ("1,A,man,,1,", (2, "kode_induk", "saling menunjuk")),
        ("\n1,A,man,,33,\n1,B,man,,33,", (4, "kode", "Kode sudah ada pada baris 3")),
        ("1,a\x0bb,man,,33,", (2, "nama", "Isi sel memuat")),
        ("330801,A,kankemenag,33,33,tidak", (2, "aktif", "Masih ada satker aktif")),
        ("33,A,kankemenag,33,pusat,", (2, "jenis", "Jenis Kantor Wilayah")),
    ],
)
def test_an_error_names_its_row_and_column_and_nothing_is_written(take, lines, error):
    make_satker_tree()
    before = sorted(Satker.objects.values_list()), Event.objects.count()

    _, errors = take(HEAD + "\n".join([lines, "7,Benar,man,,33,"]))

    first = errors[0]
    assert (first.row, first.column) == error[:2]
    assert first.message.startswith(error[2]) or error[2] in first.message
    assert (sorted(Satker.objects.values_list()), Event.objects.count()) == before


def test_every_error_is_told(take):
    make_satker_tree()

    _, errors = take(HEAD + "1,,man,,33,\n2,B,desa,,33,\n3,C,man,,2,\n")

    assert errors == [
        RowError(2, "nama", "Isi nama satker."),
        RowError(3, "jenis", errors[1].message),
        RowError(4, "kode_induk", "Tidak ada satker berkode 2."),
    ]


class TestCommand:
    def test_tells_the_counts(self, tmp_path, capsys):
        path = tmp_path / "satker.csv"
        path.write_text(MINISTRY, encoding="utf-8")

        call_command("import_satker", str(path), "--dry-run")
        call_command("import_satker", str(path))
        call_command("import_satker", str(path))

        assert capsys.readouterr().out.splitlines() == [
            "Akan ditambah 7, diubah 0, tetap 0.",
            "Selesai: ditambah 7, diubah 0, tetap 0.",
            "Selesai: ditambah 0, diubah 0, tetap 7.",
        ]

    def test_takes_a_workbook(self, tmp_path):
        path = tmp_path / "satker.xlsx"
        book = Workbook()
        for line in MINISTRY.splitlines():
            book.active.append(line.split(","))
        book.save(path)

        call_command("import_satker", str(path))

        assert Satker.objects.count() == 7

    def test_lists_the_errors(self, tmp_path):
        path = tmp_path / "satker.csv"
        path.write_text(HEAD + "1,,pusat,,,\n2,B,pusat,x,,\n", encoding="utf-8")

        with pytest.raises(CommandError) as refusal:
            call_command("import_satker", str(path))

        assert str(refusal.value).splitlines() == [
            "Tidak ada yang disimpan; 2 kesalahan:",
            "Baris 2, kolom nama: Isi nama satker.",
            "Baris 3, kolom provinsi: Provinsi tidak dikenal. Tulis kode BPS atau namanya.",
        ]

    def test_refuses_what_is_no_table(self, tmp_path):
        with pytest.raises(CommandError, match="tidak dapat dibuka"):
            call_command("import_satker", str(tmp_path / "tidak-ada.xlsx"))
