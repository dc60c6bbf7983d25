"""A mail server for tests: keeps what it is given, and can refuse."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say("220 uji")
        while line := self.rfile.readline():
            match line.split()[0].upper().decode():
                case "EHLO" | "HELO":
                    self.say("250 uji")
                case "RCPT":
                    refused = self.server.refusal
                    self.say(refused or "250 ya")
                case "DATA":
                    self.say("354 silakan")
                    lines = iter(self.rfile.readline, b".\r\n")
                    content = b"".join(each.removeprefix(b".") for each in lines)
                    self.server.letters.append(message_from_bytes(content))
                    self.say("250 diterima")
                case "QUIT":
                    self.say("221 dah")
                    return
                case _:
                    self.say("250 ya")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """letters: what arrived. refusal: what RCPT is answered by, where not empty."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.letters: list[Message] = []
        self.refusal = ""

    @property
    def port(self) -> int:
        return self.server_address[1]


@contextmanager
def running_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def text_of(letter: Message) -> str:
    return letter.get_payload(decode=True).decode()
