"""How static files are named and served."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Names with a hash of the content, also inside the modules' import statements."""

    support_js_module_import_aggregation = True


def collect_static_files(target: Path) -> bool:
    """Collects, hashes and compresses the static files into ``target``, the STATIC_ROOT.

    Compressing takes seconds, so nothing is done where no source has changed since; returns
    whether something was done.
    """
    stamp = target / ".sources"
    digest = _digest_of_sources()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == digest:
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(digest, encoding="ascii")
    return True


def _digest_of_sources() -> str:
    """Changes when a source is added, removed or written, or when what treats them changes."""
    digest = hashlib.sha256(f"{version('django')} {version('whitenoise')}".encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"\n{name} {facts.st_size} {facts.st_mtime_ns}".encode())
    return digest.hexdigest()
