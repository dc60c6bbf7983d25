"""What may be in the tree, and where. Asks the database, changes nothing.

Which kind stands below which: the ministry's own order (PMA 72/2022 for the centre, PMA 6/2022
for its offices in the provinces); kinds not named in PARENT_KINDS may stand anywhere.
"""

import re
from dataclasses import dataclass, replace

from common.text import has_control_characters
from satker.errors import SatkerRefused
from satker.models import Satker, SatkerKind
from satker.provinces import PROVINCES

CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,19}")
NAME_LENGTH = Satker._meta.get_field("name").max_length
PATH_LENGTH = Satker._meta.get_field("path").max_length

PARENT_KINDS = {
    SatkerKind.ESELON1: {SatkerKind.PUSAT},
    SatkerKind.KANWIL: {SatkerKind.PUSAT},
    SatkerKind.KANKEMENAG: {SatkerKind.KANWIL},
    SatkerKind.KUA: {SatkerKind.KANKEMENAG},
}

# Verifying and the roles of people hang on these kinds, so no node becomes or leaves one.
FIXED_KINDS = {SatkerKind.PUSAT, SatkerKind.ESELON1, SatkerKind.KANWIL}


@dataclass(frozen=True, slots=True)
class SatkerFacts:
    """All that a person decides about a satker. province_code: empty takes the parent's."""

    code: str
    name: str
    kind: str
    parent: Satker | None
    province_code: str = ""
    active: bool = True


def facts_of(satker: Satker) -> SatkerFacts:
    return SatkerFacts(
        code=satker.code,
        name=satker.name,
        kind=satker.kind,
        parent=satker.parent,
        province_code=satker.province_code,
        active=satker.active,
    )


def checked(facts: SatkerFacts, satker: Satker | None = None) -> SatkerFacts:
    """The facts as they are stored: names without stray spaces, the province filled in.

    satker: the node they are for; None for a new one.

    Raises SatkerRefused for the first that does not fit.
    """
    facts = replace(facts, code=facts.code.strip(), name=" ".join(facts.name.split()))
    _check_words(facts)
    _check_code_is_free(facts, satker)
    _check_kind(facts, satker)
    _check_parent(facts, satker)
    _check_activity(facts, satker)
    if not facts.province_code and facts.parent is not None:
        facts = replace(facts, province_code=facts.parent.province_code)
    _check_province(facts)
    return facts


def _check_words(facts: SatkerFacts) -> None:
    if not CODE.fullmatch(facts.code):
        raise SatkerRefused(
            "code",
            "Kode satker berisi paling banyak 20 huruf, angka, titik, garis bawah, atau tanda "
            "hubung, diawali huruf atau angka.",
        )
    if not facts.name:
        raise SatkerRefused("name", "Isi nama satker.")
    if len(facts.name) > NAME_LENGTH:
        raise SatkerRefused("name", f"Nama satker paling panjang {NAME_LENGTH} huruf.")
    if has_control_characters(facts.name):
        raise SatkerRefused("name", "Nama satker berisi karakter yang tidak dapat dicetak.")


def _check_code_is_free(facts: SatkerFacts, satker: Satker | None) -> None:
    same = Satker.objects.filter(code__iexact=facts.code)
    if satker is not None:
        same = same.exclude(pk=satker.pk)
    if same.exists():
        raise SatkerRefused("code", f"Kode {facts.code} sudah dipakai satker lain.")


def _check_kind(facts: SatkerFacts, satker: Satker | None) -> None:
    if facts.kind not in SatkerKind.values:
        raise SatkerRefused("kind", "Jenis satker tidak dikenal.")
    if facts.kind == SatkerKind.PUSAT and satker is None and _centre_exists():
        raise SatkerRefused("kind", "Pusat sudah ada dan hanya satu.")
    if satker is not None and facts.kind != satker.kind:
        fixed = [kind.label for kind in FIXED_KINDS if kind in {facts.kind, satker.kind}]
        if fixed:
            raise SatkerRefused(
                "kind",
                f"Jenis {fixed[0]} tidak dapat diberikan atau dilepas. Buat satker baru, lalu "
                "nonaktifkan yang lama.",
            )


def _centre_exists() -> bool:
    return Satker.objects.filter(kind=SatkerKind.PUSAT).exists()


def _check_parent(facts: SatkerFacts, satker: Satker | None) -> None:
    parent = facts.parent
    if parent is None:
        if facts.kind != SatkerKind.PUSAT:
            raise SatkerRefused("parent", "Pilih satker induk; hanya pusat yang tanpa induk.")
        return
    if facts.kind == SatkerKind.PUSAT:
        raise SatkerRefused("parent", "Pusat tidak memiliki induk.")
    if satker is not None and parent.path.startswith(satker.path):
        raise SatkerRefused("parent", "Satker tidak dapat dipindahkan ke bawah dirinya sendiri.")
    allowed = PARENT_KINDS.get(SatkerKind(facts.kind))
    if allowed is not None and parent.kind not in allowed:
        labels = " atau ".join(sorted(kind.label for kind in allowed))
        raise SatkerRefused("parent", f"Induk {SatkerKind(facts.kind).label} harus {labels}.")
    if len(path_under(parent, facts.code)) > PATH_LENGTH:
        raise SatkerRefused("parent", "Susunan satker terlalu dalam untuk disimpan di sini.")


def _check_activity(facts: SatkerFacts, satker: Satker | None) -> None:
    if facts.active:
        if facts.parent is not None and not facts.parent.active:
            raise SatkerRefused(
                "active", f"Induknya, {facts.parent}, tidak aktif. Aktifkan induknya dahulu."
            )
    elif satker is not None and satker.children.filter(active=True).exists():
        raise SatkerRefused(
            "active", "Masih ada satker aktif di bawahnya. Nonaktifkan atau pindahkan dahulu."
        )
    elif facts.kind == SatkerKind.PUSAT:
        raise SatkerRefused("active", "Pusat tidak dapat dinonaktifkan.")


def _check_province(facts: SatkerFacts) -> None:
    if facts.province_code and facts.province_code not in PROVINCES:
        raise SatkerRefused("province_code", "Kode provinsi tidak dikenal.")
    if facts.kind == SatkerKind.KANWIL and not facts.province_code:
        raise SatkerRefused("province_code", "Pilih provinsi Kanwil ini.")


def path_under(parent: Satker | None, code: str) -> str:
    return ("" if parent is None else parent.path) + code + "/"
