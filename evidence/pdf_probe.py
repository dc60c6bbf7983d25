"""Opens the PDF on standard input, in a process of its own, and answers by exit code.

A few kilobytes of PDF can ask for gigabytes of memory, and a fault in the native library ends
its process; here neither touches the server. Run as a script, so that it imports nothing else.
"""

import contextlib
import resource
import sys

import pypdfium2
from pypdfium2 import raw

OPENED = 0
DAMAGED = 10
LOCKED = 11

MEMORY = 768 * 1024 * 1024  # bytes of address space
CPU_TIME = 10  # seconds


def main() -> int:
    for kind, limit in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, CPU_TIME),
        (resource.RLIMIT_AS, MEMORY),
    ):
        # Not every system can limit everything.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (limit, limit))
    try:
        with pypdfium2.PdfDocument(sys.stdin.buffer) as document:
            return OPENED if len(document) else DAMAGED
    except pypdfium2.PdfiumError as error:
        if error.err_code in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}:
            return LOCKED
        return DAMAGED
    except MemoryError:
        return DAMAGED


if __name__ == "__main__":
    sys.exit(main())
