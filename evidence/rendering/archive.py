"""The names in an archive: `python -m evidence.rendering.archive SECONDS`. Nothing is unpacked."""

import struct
import sys
import zipfile
from typing import Final

from common.words import print_size
from evidence.rendering import protocol
from evidence.rendering.protocol import NoPreview, Room

MOST_NAMES: Final = 500


def main() -> None:
    try:
        with zipfile.ZipFile(sys.stdin.buffer) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, struct.error, OSError, ValueError, NotImplementedError, EOFError):
        raise NoPreview(protocol.DAMAGED) from None
    if not entries:
        raise NoPreview(protocol.EMPTY)
    room = Room()
    named = [(protocol.plain(entry.filename), entry.file_size) for entry in entries[:MOST_NAMES]]
    lines = [room.take(f"{name or '(tanpa nama)'}, {print_size(size)}") for name, size in named]
    block = {
        "title": f"{len(entries)} berkas di dalamnya",
        "lines": [line for line in lines if line],
    }
    cut = room.cut or len(entries) > MOST_NAMES
    protocol.answer({"kind": "names", "pages": 1, "blocks": [block], "cut": cut})


if __name__ == "__main__":
    protocol.run(main)
