"""Clients that ask as fast as they are answered: threads in two processes, bare sockets.

Sockets and no HTTP library, so that the clients take little of the processors that the server
needs; how much they took is part of the result.
"""

import multiprocessing
import socket
import threading
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.synchronize import Barrier
from typing import Protocol

PROCESSES = 2
TIMEOUT = 30  # seconds

GZIP = 16 + zlib.MAX_WBITS


class Visitor(Protocol):
    """One client's requests, one after the other."""

    def request(self) -> bytes: ...

    def saw(self, status: int, body: bytes) -> None:
        """Raises ValueError for an answer that is not the expected one."""


@dataclass
class Result:
    """What the clients saw in a run of `seconds`."""

    seconds: float
    latencies: list[float] = field(default_factory=list)  # seconds
    client_cpu: float = 0.0  # seconds
    size: int = 0  # bytes of the last answer on the wire
    fault: str = ""

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds

    def quantile(self, share: float) -> float:
        """Seconds within which that share of the requests was answered."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def run(visitors: Sequence[Visitor], *, port: int, seconds: float) -> Result:
    """All visitors at once. Raises RuntimeError where one was not answered as it should be."""
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(len(visitors))
    results = context.Queue()
    processes = [
        context.Process(
            target=_visit_in_threads,
            args=(visitors[number::PROCESSES], port, seconds, barrier, results),
        )
        for number in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    total = Result(seconds)
    for _ in processes:
        part: Result = results.get(timeout=seconds + 2 * TIMEOUT)
        total.latencies += part.latencies
        total.client_cpu += part.client_cpu
        total.size = max(total.size, part.size)
        total.fault = total.fault or part.fault
    for process in processes:
        process.join()
    if total.fault:
        raise RuntimeError(total.fault)
    return total


def _visit_in_threads(
    visitors: Sequence[Visitor],
    port: int,
    seconds: float,
    barrier: Barrier,
    results: "multiprocessing.Queue[Result]",
) -> None:
    result = Result(seconds)
    threads = [
        threading.Thread(target=_visit, args=(visitor, port, seconds, barrier, result))
        for visitor in visitors
    ]
    cpu = time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.client_cpu = time.process_time() - cpu
    results.put(result)


def _visit(visitor: Visitor, port: int, seconds: float, barrier: Barrier, result: Result) -> None:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            barrier.wait(TIMEOUT)
            end = time.perf_counter() + seconds
            while (started := time.perf_counter()) < end:
                connection.sendall(visitor.request())
                status, body, result.size = _read_answer(connection)
                visitor.saw(status, body)
                result.latencies.append(time.perf_counter() - started)
    except (OSError, ValueError, threading.BrokenBarrierError) as error:
        result.fault = f"{type(error).__name__}: {error}"
        barrier.abort()


def _read_answer(connection: socket.socket) -> tuple[int, bytes, int]:
    """Status, body (unpacked), and bytes on the wire."""
    data = b""
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += _receive(connection)
    head = data[:end].lower()
    length = int(_header(head, b"content-length") or 0)
    body = data[end + 4 :]
    while len(body) < length:
        body += _receive(connection)
    size = end + 4 + length
    if _header(head, b"content-encoding") == b"gzip":
        body = zlib.decompress(body, GZIP)
    return int(head[9:12]), body, size


def _receive(connection: socket.socket) -> bytes:
    received = connection.recv(262_144)
    if not received:
        raise ConnectionError("the server closed the connection")
    return received


def _header(head: bytes, name: bytes) -> bytes:
    place = head.find(b"\r\n" + name + b":")
    if place < 0:
        return b""
    start = place + len(name) + 3
    end = head.find(b"\r\n", start)
    return head[start : end if end >= 0 else len(head)].strip()
