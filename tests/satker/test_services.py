import pytest

from accounts.models import Role
from audit.models import Event
from audit.services import verify
from satker import services
from satker.errors import SatkerRefused
from satker.models import Satker, SatkerKind
from satker.services import add_satker, move_satker, recode_satker, rename_satker, set_active
from tests.factories import make_satker, make_satker_tree, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    return make_satker_tree()


def stored(satker):
    """The place of a node as it stands in the database: path, level, code of its verifier."""
    row = Satker.objects.select_related("verifier").get(pk=satker.pk)
    return row.path, row.level, None if row.verifier is None else row.verifier.code


class TestAdd:
    def test_place_follows_from_the_parent(self, tree):
        assert stored(tree.pusat) == ("pusat/", 0, None)
        assert stored(tree.kanwil) == ("pusat/33/", 1, "pusat")
        assert stored(tree.satker) == ("pusat/33/330801/", 2, "33")
        assert stored(tree.madrasah) == ("pusat/33/330801/330801m1/", 3, "33")

    def test_without_a_kanwil_above_the_centre_verifies(self, tree):
        unit = make_satker("uin1", kind=SatkerKind.UIN, parent=tree.eselon1)

        assert stored(unit) == ("pusat/itjen/uin1/", 2, "pusat")

    def test_the_nearest_kanwil_verifies_at_any_depth(self, tree):
        parent = tree.madrasah
        for depth in range(5):
            parent = make_satker(f"d{depth}", kind=SatkerKind.UPT_LAIN, parent=parent)

        assert stored(parent) == (f"{tree.madrasah.path}d0/d1/d2/d3/d4/", 8, "33")

    def test_empty_province_is_the_parents(self, tree):
        assert (tree.satker.province_code, tree.satker.zone) == ("33", "WIB")
        assert (tree.other_satker.province_code, tree.other_satker.zone) == ("82", "WIT")
        assert (tree.eselon1.province_code, tree.eselon1.zone) == ("", "WIB")

    def test_name_loses_stray_spaces(self, tree):
        satker = make_satker("1", parent=tree.kanwil, name="  Kankemenag \t Kota\u00a0Tegal ")

        assert satker.name == "Kankemenag Kota Tegal"

    def test_is_recorded(self, tree):
        admin = make_user(tree.pusat, Role.ADMIN_PUSAT)

        satker = add_satker(
            code="330802",
            name="Kankemenag Purworejo",
            kind=SatkerKind.KANKEMENAG,
            parent=tree.kanwil,
            province_code="33",
            by=admin,
        )

        event = Event.objects.get(chain__key=satker.audit_key)
        assert (event.action, event.subject, event.by) == ("satker ditambah", "330802", admin)
        assert event.after == (
            '{"aktif":true,"induk":"33","jenis":"kankemenag","kode":"330802",'
            '"nama":"Kankemenag Purworejo","provinsi":"33"}'
        )

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"code": ""}, "code"),
            ({"code": "a b"}, "code"),
            ({"code": "a/b"}, "code"),
            ({"code": "%"}, "code"),
            ({"code": "1" * 21}, "code"),
            ({"code": "1\x00"}, "code"),
            ({"code": "330801"}, "code"),
            ({"code": "PUSAT"}, "code"),
            ({"name": "  "}, "name"),
            ({"name": "x" * 201}, "name"),
            ({"name": "a\x00b"}, "name"),
            ({"name": "a\ud800b"}, "name"),
            ({"kind": "desa"}, "kind"),
            ({"kind": SatkerKind.PUSAT, "parent": None}, "kind"),
            ({"parent": None}, "parent"),
            ({"parent": "pusat"}, "parent"),
            ({"parent": "satker"}, "parent"),
            ({"kind": SatkerKind.KANWIL, "parent": "kanwil"}, "parent"),
            ({"kind": SatkerKind.ESELON1, "parent": "kanwil"}, "parent"),
            ({"kind": SatkerKind.KUA, "parent": "kanwil"}, "parent"),
            ({"province_code": "99"}, "province_code"),
            ({"kind": SatkerKind.KANWIL, "parent": "pusat"}, "province_code"),
        ],
    )
    def test_refused(self, tree, values, field):
        values = {"code": "7", "name": "x", "kind": SatkerKind.KANKEMENAG, "parent": "kanwil"} | (
            values
        )
        parent = values.pop("parent")
        before = Satker.objects.count(), Event.objects.count()

        with pytest.raises(SatkerRefused) as refusal:
            add_satker(parent=parent and getattr(tree, parent), by=None, **values)

        assert refusal.value.field == field
        assert (Satker.objects.count(), Event.objects.count()) == before

    def test_refused_where_the_path_grows_too_long(self, tree):
        parent = tree.satker
        for number in range(11):
            code = f"{number:02}{'x' * 18}"
            parent = make_satker(code, kind=SatkerKind.UPT_LAIN, parent=parent)

        with pytest.raises(SatkerRefused, match="terlalu dalam") as refusal:
            make_satker("x" * 20, kind=SatkerKind.UPT_LAIN, parent=parent)

        assert refusal.value.field == "parent"

    def test_active_one_is_refused_below_a_closed_one(self, tree):
        closed = make_satker("9", parent=tree.kanwil, active=False)

        with pytest.raises(SatkerRefused, match="tidak aktif") as refusal:
            make_satker("91", kind=SatkerKind.MAN, parent=closed)

        assert refusal.value.field == "active"


class TestChange:
    def test_rename(self, tree):
        renamed = rename_satker(satker=tree.satker, name="Kankemenag Magelang", by=None)

        assert renamed.name == "Kankemenag Magelang"
        event = Event.objects.filter(chain__key=tree.satker.audit_key).latest("number")
        assert (event.action, event.before, event.after) == (
            "satker diubah",
            '{"nama":"Satker 330801"}',
            '{"nama":"Kankemenag Magelang"}',
        )

    def test_nothing_changed_is_not_recorded(self, tree):
        before = Event.objects.count()

        rename_satker(satker=tree.satker, name=" Satker  330801", by=None)

        assert Event.objects.count() == before

    def test_only_what_is_meant_is_written(self, tree):
        """Someone else changed the node since it was read."""
        rename_satker(satker=tree.satker, name="Nama baru", by=None)

        services.change(satker=tree.satker, changes={"province_code": "34"}, by=None)

        tree.satker.refresh_from_db()
        assert (tree.satker.name, tree.satker.province_code) == ("Nama baru", "34")

    def test_recode_moves_the_paths_below(self, tree):
        recode_satker(satker=tree.kanwil, code="K33", by=None)

        assert stored(tree.kanwil) == ("pusat/K33/", 1, "pusat")
        assert stored(tree.madrasah) == ("pusat/K33/330801/330801m1/", 3, "K33")
        assert stored(tree.other_satker) == ("pusat/82/820101/", 2, "82")

    def test_recode_to_another_case_of_itself(self, tree):
        recode_satker(satker=tree.pusat, code="Pusat", by=None)

        assert stored(tree.madrasah) == ("Pusat/33/330801/330801m1/", 3, "33")

    def test_kind_of_a_college_may_change(self, tree):
        college = make_satker("iain1", kind=SatkerKind.IAIN, parent=tree.eselon1)

        changed = services.change(satker=college, changes={"kind": SatkerKind.UIN}, by=None)

        assert changed.kind == SatkerKind.UIN

    @pytest.mark.parametrize("name", ["pusat", "kanwil", "eselon1"])
    def test_kinds_that_rights_hang_on_stay(self, tree, name):
        with pytest.raises(SatkerRefused) as refusal:
            services.change(
                satker=getattr(tree, name), changes={"kind": SatkerKind.UPT_LAIN}, by=None
            )

        assert refusal.value.field == "kind"

    def test_nothing_becomes_a_kanwil(self, tree):
        with pytest.raises(SatkerRefused) as refusal:
            services.change(satker=tree.satker, changes={"kind": SatkerKind.KANWIL}, by=None)

        assert refusal.value.field == "kind"


class TestMove:
    def test_everything_below_comes_along(self, tree):
        below = make_satker("kua1", kind=SatkerKind.KUA, parent=tree.satker)

        move_satker(satker=tree.satker, parent=tree.other_kanwil, by=None)

        assert stored(tree.satker) == ("pusat/82/330801/", 2, "82")
        assert stored(tree.madrasah) == ("pusat/82/330801/330801m1/", 3, "82")
        assert stored(below) == ("pusat/82/330801/kua1/", 3, "82")
        assert stored(tree.kanwil) == ("pusat/33/", 1, "pusat")

    def test_to_another_depth(self, tree):
        unit = make_satker("upt", kind=SatkerKind.UPT_LAIN, parent=tree.madrasah)
        leaf = make_satker("upt2", kind=SatkerKind.UPT_LAIN, parent=unit)

        move_satker(satker=unit, parent=tree.eselon1, by=None)

        assert stored(unit) == ("pusat/itjen/upt/", 2, "pusat")
        assert stored(leaf) == ("pusat/itjen/upt/upt2/", 3, "pusat")

    def test_is_recorded(self, tree):
        move_satker(satker=tree.satker, parent=tree.other_kanwil, by=None)

        event = Event.objects.filter(chain__key=tree.satker.audit_key).latest("number")
        assert (event.before, event.after) == ('{"induk":"33"}', '{"induk":"82"}')
        assert verify().fault is None

    def test_costs_the_same_for_a_large_branch(self, tree, django_assert_max_num_queries):
        for number in range(30):
            make_satker(f"m{number}", kind=SatkerKind.MIN, parent=tree.satker)

        with django_assert_max_num_queries(14):
            move_satker(satker=tree.satker, parent=tree.other_kanwil, by=None)

        under = Satker.objects.under(Satker.objects.get(pk=tree.other_kanwil.pk))
        assert under.count() == 34

    @pytest.mark.parametrize("target", ["satker", "madrasah"])
    def test_below_itself_is_refused(self, tree, target):
        unit = tree.satker

        with pytest.raises(SatkerRefused, match="dirinya sendiri"):
            move_satker(satker=unit, parent=getattr(tree, target), by=None)

        assert stored(unit) == ("pusat/33/330801/", 2, "33")

    def test_the_centre_stays_where_it_is(self, tree):
        with pytest.raises(SatkerRefused):
            move_satker(satker=tree.pusat, parent=tree.kanwil, by=None)

    def test_refused_where_a_path_below_grows_too_long(self, tree):
        top = make_satker("t", kind=SatkerKind.UPT_LAIN, parent=tree.satker)
        parent = top
        for number in range(10):
            code = f"{number:02}{'x' * 18}"
            parent = make_satker(code, kind=SatkerKind.UPT_LAIN, parent=parent)
        deep = tree.madrasah
        for number in range(10, 13):
            code = f"{number:02}{'x' * 18}"
            deep = make_satker(code, kind=SatkerKind.UPT_LAIN, parent=deep)

        with pytest.raises(SatkerRefused, match="terlalu dalam"):
            move_satker(satker=top, parent=deep, by=None)

        assert stored(top) == ("pusat/33/330801/t/", 3, "33")


class TestSetActive:
    def test_close_and_open(self, tree):
        assert set_active(satker=tree.madrasah, active=False, by=None).active is False
        assert set_active(satker=tree.madrasah, active=True, by=None).active is True

    def test_with_active_ones_below_is_refused(self, tree):
        with pytest.raises(SatkerRefused, match="Masih ada satker aktif"):
            set_active(satker=tree.kanwil, active=False, by=None)

    def test_opening_below_a_closed_one_is_refused(self, tree):
        set_active(satker=tree.madrasah, active=False, by=None)
        set_active(satker=tree.satker, active=False, by=None)

        with pytest.raises(SatkerRefused, match="Aktifkan induknya"):
            set_active(satker=tree.madrasah, active=True, by=None)

    def test_the_centre_stays_open(self):
        pusat = make_satker("pusat", kind=SatkerKind.PUSAT)

        with pytest.raises(SatkerRefused, match="Pusat tidak dapat"):
            set_active(satker=pusat, active=False, by=None)


class TestUnder:
    def test_a_branch_with_its_top(self, tree):
        codes = [satker.code for satker in Satker.objects.under(tree.kanwil)]

        assert codes == ["33", "330801", "330801m1"]

    def test_a_code_that_begins_alike_is_another_branch(self, tree):
        other = make_satker("3308011", parent=tree.kanwil)

        assert other not in Satker.objects.under(tree.satker)

    def test_signs_of_a_pattern_mean_themselves(self, tree):
        one = make_satker("a_b", kind=SatkerKind.UPT_LAIN, parent=tree.eselon1)
        make_satker("axb", kind=SatkerKind.UPT_LAIN, parent=tree.eselon1)

        assert list(Satker.objects.under(one)) == [one]
