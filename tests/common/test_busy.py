"""What is too busy, and what is broken: the first may be asked again."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from common.busy import is_busy

ENCRYPTED = {80877103, 80877104}  # asks for TLS, asks for GSSAPI


class _Refusing(socketserver.StreamRequestHandler):
    """PostgreSQL that lets nobody in."""

    def handle(self) -> None:
        while struct.unpack("!I", self.message()[:4])[0] in ENCRYPTED:
            self.wfile.write(b"N")
        code, text = self.server.refusal
        fields = f"SFATAL\0VFATAL\0C{code}\0M{text}\0\0".encode()
        self.wfile.write(b"E" + struct.pack("!I", len(fields) + 4) + fields)

    def message(self) -> bytes:
        (length,) = struct.unpack("!I", self.rfile.read(4))
        return self.rfile.read(length - 4)


@contextmanager
def postgres_that_refuses(code: str, text: str) -> Iterator[int]:
    """Its port."""
    with socketserver.TCPServer(("127.0.0.1", 0), _Refusing) as server:
        server.refusal = code, text
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("53300", "sorry, too many clients already", True),
        ("53300", 'too many connections for role "pmpzi"', True),
        ("53300", 'too many connections for database "pmpzi"', True),
        ("53300", "remaining connection slots are reserved for roles with the SUPERUSER attribute",
         True),
        ("28P01", 'password authentication failed for user "pmpzi"', False),
        ("3D000", 'database "pmpzi" does not exist', False),
    ],
)  # fmt: skip
def test_a_connection_that_is_refused(code, text, expected):
    with postgres_that_refuses(code, text) as port:
        engine = {"ENGINE": "django.db.backends.postgresql", "NAME": "pmpzi", "USER": "pmpzi"}
        place = {"HOST": "127.0.0.1", "PORT": port}
        with pytest.raises(OperationalError) as refused:
            ConnectionHandler({"default": engine | place})["default"].ensure_connection()

    assert text in str(refused.value)
    assert is_busy(refused.value) is expected
