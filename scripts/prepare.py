"""Set-up before anything of PMPZI can run: system packages, .venv, locked packages.

``python3 scripts/prepare.py run`` or ``... test``. Needs Python 3.11 or newer and nothing else;
what is in place already is left alone, so that a second call takes a fraction of a second.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"run": ROOT / "requirements" / "base.txt", "test": ROOT / "requirements" / "dev.txt"}
OLDEST = (3, 11)


@dataclass(frozen=True)
class Need:
    """Something that pip cannot bring."""

    package: str  # of Debian
    purpose: str  # what does not work without it
    is_there: Callable[[], bool]


def find_postgres_bin() -> Path | None:
    """The folder with initdb and pg_ctl; Debian keeps it off the PATH."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    on_path = shutil.which("pg_ctl")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return next((f for f in folders if (f / "initdb").exists() and (f / "pg_ctl").exists()), None)


def _version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


def _library(name: str) -> Callable[[], bool]:
    def is_there() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return is_there


def _program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def _has_open_sans() -> bool:
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
    return any(True for folder in folders for _ in folder.rglob("OpenSans*"))


VENV_NEED = Need(
    "python3-venv", "lingkungan Python", lambda: importlib.util.find_spec("ensurepip") is not None
)
NEEDS = {
    "run": (
        Need("libpango-1.0-0", "laporan PDF", _library("libpango-1.0.so.0")),
        Need("libpangoft2-1.0-0", "laporan PDF", _library("libpangoft2-1.0.so.0")),
        Need("libharfbuzz-subset0", "laporan PDF", _library("libharfbuzz-subset.so.0")),
        Need("fonts-open-sans", "huruf laporan PDF", _has_open_sans),
    ),
    "test": (
        Need("chromium", "uji di peramban", _program("chromium")),
        Need("postgresql", "uji dengan PostgreSQL", lambda: find_postgres_bin() is not None),
        Need("libreoffice-calc-nogui", "uji lembar kerja Excel", _program("soffice")),
        Need("poppler-utils", "uji laporan PDF", _program("pdftotext")),
    ),
}


def missing_needs(kind: str) -> list[Need]:
    """What this machine lacks for ``run`` or, on top of that, for ``test``."""
    needs = NEEDS["run"] + (NEEDS["test"] if kind == "test" else ())
    return [need for need in needs if not need.is_there()]


def prepare(kind: str) -> None:
    """Everything that ``make run`` or ``make test`` stands on. Exits where it cannot be done."""
    if sys.version_info < OLDEST:
        sys.exit(f"PMPZI memerlukan Python 3.11 atau lebih baru; ini {sys.version.split()[0]}.")
    with _one_at_a_time():
        lacking = missing_needs(kind)
        needs_venv = not _venv_works()
        if needs_venv and not VENV_NEED.is_there():
            lacking.insert(0, VENV_NEED)
        if lacking:
            _install_debian_packages([need.package for need in lacking])
        if needs_venv:
            _make_venv()
        _install_locked(LOCKS[kind])
    for need in missing_needs(kind):
        print(f"Tidak ada: {need.package} ({need.purpose}).", file=sys.stderr)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Holds back a second set-up of the same checkout until the first is through."""
    folder = os.open(ROOT / "scripts", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _install_debian_packages(packages: Sequence[str]) -> None:
    """Installs with apt-get where that is possible; otherwise says what a person can do."""
    command = "apt-get install --yes --no-install-recommends " + " ".join(packages)
    if not shutil.which("apt-get") or not Path("/etc/debian_version").exists():
        print(f"Bukan Debian. Pasang sendiri: {', '.join(packages)}.", file=sys.stderr)
        return
    if os.geteuid() != 0:
        print(f"Bukan root. Pasang dengan: sudo {command}", file=sys.stderr)
        return
    print(f"Memasang paket Debian: {', '.join(packages)}")
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in ("apt-get update --quiet", command + " --quiet"):
        if subprocess.run(step.split(), env=quiet, stdout=subprocess.DEVNULL).returncode:
            print(f"Gagal: {step}", file=sys.stderr)
            return


def _venv_works() -> bool:
    """A .venv that was moved, half made or left by another Python is made again."""
    if not PYTHON.exists():
        return False
    probe = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([str(PYTHON), "-c", probe], capture_output=True).returncode == 0


def _make_venv() -> None:
    print("Membuat lingkungan Python di .venv")
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    if made.returncode:
        sys.exit(
            "Lingkungan Python tidak dapat dibuat. Pada Debian, pasang paket python3-venv lalu "
            "ulangi."
        )


def _install_locked(lock: Path) -> None:
    """Installs the packages of the lock file unless that has been done already."""
    stamp = VENV / f"installed-{lock.stem}"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    print(f"Memasang paket Python dari requirements/{lock.name}")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    strict = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile"]
    if subprocess.run([*pip, *strict, "--requirement", str(lock)]).returncode:
        sys.exit("Paket Python tidak dapat dipasang. Periksa sambungan ke indeks paket.")
    stamp.write_text(wanted, encoding="ascii")


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in LOCKS:
        sys.exit("Cara pakai: python3 scripts/prepare.py run|test")
    prepare(sys.argv[1])
