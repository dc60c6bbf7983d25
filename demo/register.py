"""Prerequisites of the example: the ministry's, and those of the first satker, one of them short.

A dozen acts, so they go through the services.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from accounts.models import Role, User
from prerequisites.rules import ITEMS, Level
from prerequisites.services import Decree, NewValue, save_grant, save_value
from satker.models import Satker

# code: value, document, its number; {year} is the year before the period's.
_MINISTRY: Final = {
    "opini_bpk": ("WTP", "Laporan hasil pemeriksaan BPK atas laporan keuangan", "LHP-{year}/01"),
    "sakip": ("BB", "Surat hasil evaluasi SAKIP", "SAKIP-{year}/12"),
    "indeks_rb": ("BB", "Surat hasil evaluasi reformasi birokrasi", "RB-{year}/07"),
    "spip": ("3", "Laporan penilaian maturitas SPIP", "SPIP-{year}/03"),
}
_SATKER: Final = {
    "layanan_utama": ("ya", "Keputusan tentang tugas dan fungsi", "KEP-{year}/21"),
    "dampak": ("ya", "Laporan kinerja", "LAKIN-{year}"),
    "tlhp": ("96.5", "Surat keterangan tindak lanjut hasil pemeriksaan", "TL-{year}/44"),
    "lhkpn": ("100", "Surat keterangan pelaporan LHKPN", "LK-{year}/15"),
    "lhkan": ("100", "Surat keterangan pelaporan LHKAN", "LK-{year}/16"),
    "sakip_satker": ("BB", "Lembar hasil evaluasi SAKIP internal", "SAKIP-{year}/88"),
}
_OLDER_PREDIKAT: Final = 4  # years before the period's


def keep_register(*, year: int, satker: Satker, users: Mapping[str, User]) -> None:
    """The satker's internal SAKIP grade is there, its pencanangan too, its TLHP short of 100."""
    before = year - 1
    for values in (_MINISTRY, _SATKER):
        for code, (value, document, number) in values.items():
            of_satker = ITEMS[code].level == Level.UNIT
            _save(
                code,
                satker if of_satker else None,
                year,
                NewValue(value, document, number.format(year=before), date(before, 12, 18)),
                users[f"{Role.OPERATOR}-{satker.code}" if of_satker else "admin"],
            )
    declared = date(before, 3, 17)
    _save(
        "pencanangan",
        satker,
        year,
        NewValue(declared.isoformat(), "Piagam pencanangan", f"ZI-{before}/1", declared),
        users[f"{Role.OPERATOR}-{satker.code}"],
    )
    first = year - _OLDER_PREDIKAT
    save_grant(
        satker=satker,
        decree=Decree("WBK", f"KEP-{first}/112", date(first, 12, 9), date(first + 2, 12, 8)),
        by=users["admin"],
    )


def _save(code: str, satker: Satker | None, year: int, new: NewValue, by: User) -> None:
    save_value(item=ITEMS[code], satker=satker, year=year, new=new, seen_version=0, by=by)
