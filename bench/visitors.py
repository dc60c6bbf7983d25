"""Signed-in people, as the clients play them."""

import re
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from itertools import cycle
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="(\w+)"')
VERSION = re.compile(rb'data-version="(\d+)"')


@dataclass(frozen=True)
class Session:
    """A browser's cookies after signing in, and the token of its forms."""

    host: str
    cookies: str
    token: str

    def get(self, path: str) -> bytes:
        return self._request("GET", path)

    def post(self, path: str, fields: dict[str, Any]) -> bytes:
        """As the autosave sends it."""
        body = urlencode(fields | {"csrfmiddlewaretoken": self.token})
        headers = (
            "Content-Type: application/x-www-form-urlencoded\r\n"
            "X-Requested-With: fetch\r\nSec-Fetch-Mode: same-origin\r\n"
            f"Content-Length: {len(body)}\r\n"
        )
        return self._request("POST", path, headers, body)

    def _request(self, method: str, path: str, headers: str = "", body: str = "") -> bytes:
        return (
            f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nCookie: {self.cookies}\r\n"
            f"Accept-Encoding: gzip\r\n{headers}\r\n{body}"
        ).encode("ascii")


def sign_in(url: str, username: str, password: str) -> Session:
    """Sign in as a person does, at the sign-in page. Raises ValueError where it fails."""
    jar = CookieJar()
    opener = build_opener(HTTPCookieProcessor(jar))
    with opener.open(f"{url}/masuk/", timeout=30) as page:
        token = _token(page.read())
    fields = {"login": username, "password": password, "csrfmiddlewaretoken": token}
    with opener.open(f"{url}/masuk/", urlencode(fields).encode(), timeout=30) as page:
        page.read()
    cookies = {cookie.name: cookie.value for cookie in jar}
    if "sessionid" not in cookies:
        raise ValueError(f"{username} could not sign in")
    with opener.open(f"{url}/bench/area/", timeout=30) as page:
        token = _token(page.read())
    text = "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)
    return Session(url.removeprefix("http://"), text, token)


def _token(page: bytes) -> str:
    found = TOKEN.search(page)
    if found is None:
        raise ValueError("no form on the page")
    return found[1].decode()


class Repeats:
    """Asks the same few things over and over; every answer is to be 200."""

    def __init__(self, requests: list[bytes], *, holding: bytes) -> None:
        """holding: what the body of every answer has in it."""
        self._requests = cycle(requests)
        self._holding = holding

    def request(self) -> bytes:
        return next(self._requests)

    def saw(self, status: int, body: bytes) -> None:
        if status != 200 or self._holding not in body:
            raise ValueError(f"answered {status}: {body[:300]!r}")


@dataclass
class Question:
    """An answer that is given in turn one way and another; version: the one on screen."""

    path: str
    values: tuple[str, str]
    note: str
    version: int
    turn: int = 0


@dataclass
class Saves:
    """Saves one answer after the other, each a real change, and keeps their versions."""

    session: Session
    questions: list[Question]
    asked: Question = field(init=False)
    place: int = 0

    def request(self) -> bytes:
        self.asked = self.questions[self.place % len(self.questions)]
        self.place += 1
        fields = {
            "value": self.asked.values[self.asked.turn % 2],
            "note": self.asked.note,
            "version": self.asked.version,
        }
        return self.session.post(self.asked.path, fields)

    def saw(self, status: int, body: bytes) -> None:
        found = VERSION.search(body)
        if status != 200 or found is None or int(found[1]) != self.asked.version + 1:
            raise ValueError(f"answered {status}: {body[:300]!r}")
        self.asked.version += 1
        self.asked.turn += 1
