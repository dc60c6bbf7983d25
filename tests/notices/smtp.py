"""A mail server for tests: keeps what it is given, and can refuse, hang up or be slow."""

import contextlib
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.server.calls += 1
        self.say(self.server.greeting)
        while line := self.rfile.readline().decode():
            if line.upper().startswith("QUIT"):
                self.say("221 dah")
                return
            if not line.upper().startswith("DATA"):
                self.say(self.answer_to(line))
                continue
            self.say("354 silakan")
            lines = iter(self.rfile.readline, b".\r\n")
            content = b"".join(each.removeprefix(b".") for each in lines)
            answer = self.answer_to("DATA")
            if answer.startswith("2"):
                self.server.letters.append(message_from_bytes(content))
            if self.server.hangs_up:
                return
            time.sleep(self.server.slow)
            self.say(answer)

    def answer_to(self, line: str) -> str:
        refused = self.server.refusal and line.upper().startswith(self.server.refused.upper())
        return self.server.refusal if refused else "250 ya"

    def say(self, text: str) -> None:
        with contextlib.suppress(OSError):  # who asked waits no more
            self.wfile.write(f"{text}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """letters: what arrived; calls: how often it was called. refusal: what lines that begin with
    `refused` are answered by, where not empty; a letter is answered as DATA. Having taken a letter
    it can hang up, or be slow (seconds)."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.letters: list[Message] = []
        self.calls = 0
        self.greeting = "220 uji"
        self.refusal = ""
        self.refused = "RCPT"
        self.hangs_up = False
        self.slow = 0.0

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
