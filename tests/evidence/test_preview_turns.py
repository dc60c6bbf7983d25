"""Few previews are made at once, and nobody's threads are held by those who wait for them."""

import subprocess
import sys
import threading
import time
from functools import partial

import pytest

from evidence import preview_store, previews, vault
from evidence.errors import PreviewBusy
from evidence.preview_turns import AT_ONCE, turn
from evidence.services import store
from tests.evidence import preview_samples as made
from tests.evidence.samples import upload

ONE, TWO, THREE = 1, 2, 3  # people
TOO_LARGE = "Isinya terlalu besar atau terlalu rumit untuk ditampilkan di halaman."
HOLD = """
import fcntl, sys
with open(sys.argv[1]) as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    print("held", flush=True)
    sys.stdin.read()
"""


def is_refused_at_once(person, patience=5):
    began = time.monotonic()
    try:
        with turn(person, patience):
            return False
    except PreviewBusy:
        return time.monotonic() - began < 1


def in_threads(*acts):
    """What each returned, or the fault it raised, and after how many seconds."""
    found = [None] * len(acts)
    begin = threading.Barrier(len(acts))

    def run(place):
        begin.wait()
        began = time.monotonic()
        try:
            said = acts[place]()
        except PreviewBusy as fault:
            said = fault
        found[place] = (said, time.monotonic() - began)

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


class TestTurns:
    @pytest.mark.parametrize("people", [(ONE, TWO, THREE), (None, None, None), (None, ONE, TWO)])
    def test_two_of_a_process_and_nobody_waits_for_them(self, people):
        assert AT_ONCE == 2

        with turn(people[0], 0), turn(people[1], 0):
            assert is_refused_at_once(people[2])
        with turn(people[2], 0):
            pass

    def test_one_of_a_person(self):
        with turn(ONE, 0):
            with pytest.raises(PreviewBusy), turn(ONE, 0.3):
                pass
            with turn(TWO, 0):
                pass

    def test_one_waits_and_the_others_are_told_at_once(self):
        released, made = threading.Event(), []

        def hold():
            with turn(ONE, 0):
                released.wait(5)

        def wait():
            with turn(ONE, 5):
                made.append(released.is_set())

        holder, waiter = threading.Thread(target=hold), threading.Thread(target=wait)
        holder.start()
        time.sleep(0.3)
        waiter.start()
        time.sleep(0.3)

        refused = [is_refused_at_once(person) for person in (ONE, TWO, None)]
        released.set()
        holder.join()
        waiter.join()

        assert (refused, made) == ([True, True, True], [True])
        with turn(ONE, 0), turn(TWO, 0):
            pass

    def test_two_do_not_wait_in_one_process(self, another_process):
        with another_process(ONE), another_process(TWO):
            found = in_threads(*[partial(is_refused_at_once, person, 2) for person in (ONE, TWO)])

        assert sorted(said for said, _ in found) == [False, True]

    def test_a_fault_gives_the_turn_back(self):
        for _ in range(AT_ONCE + 1):
            with pytest.raises(ZeroDivisionError), turn(ONE, 0):
                raise ZeroDivisionError

    def test_a_person_in_another_process(self, another_process):
        with another_process(ONE):
            with pytest.raises(PreviewBusy), turn(ONE, 0.3):
                pass
            with turn(TWO, 0):
                pass
        with turn(ONE, 5):
            pass

    def test_a_full_disk(self, preview_folder, caplog):
        preview_folder.parent.mkdir(parents=True, exist_ok=True)
        preview_folder.write_text("bukan folder")
        try:
            with turn(ONE, 0):
                assert "kept" in caplog.text
        finally:
            preview_folder.unlink()


@pytest.fixture
def another_process(preview_folder):
    """``with another_process(person):`` it is that person's turn in a process of its own."""

    class Held:
        def __init__(self, person):
            with turn(person, 0):
                pass
            self.path = preview_folder / "giliran" / str(person)

        def __enter__(self):
            command = [sys.executable, "-c", HOLD, str(self.path)]
            pipe = subprocess.PIPE
            self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe)
            assert self.process.stdout.readline() == b"held\n"

        def __exit__(self, *_):
            self.process.communicate()

    return Held


@pytest.fixture
def put(satker, operator):
    """``put("a.pdf", content)``: stored as an upload is; without its job."""
    return lambda name, content: store(satker=satker, upload=upload(name, content), by=operator)


@pytest.fixture
def slow(put, monkeypatch):
    """A PDF of 400 pages, of which the first one alone can be drawn in time: a second."""
    monkeypatch.setattr(previews, "CPU_TIME", 1)
    monkeypatch.setattr(previews, "WALL", 60)  # a machine that is busy
    return put("Lambat.pdf", made.slow_pages(400))


@pytest.mark.django_db
class TestSlowPages:
    def test_one_page_is_tried_and_then_none(self, slow):
        assert previews.sheet_of(slow, 1).pages == 400
        assert previews.sheet_of(slow, 2).reason == TOO_LARGE
        vault.remove(slow.file.name)  # whoever looks into it now raises FileLost

        assert {previews.sheet_of(slow, number).reason for number in range(2, 400)} == {TOO_LARGE}
        assert previews.sheet_of(slow, 1).picture

    def test_it_is_remembered_by_the_file_alone(self, slow, put):
        previews.sheet_of(slow, 2)

        assert preview_store.is_heavy(previews.key_of(slow))
        assert previews.prepare(slow) is True
        assert not previews.has_thumbnail(slow)
        assert previews.sheet_of(put("Lain.pdf", made.pages(2)), 2).text == "Halaman 2"

    def test_a_shorter_time_decides_nothing(self, put, monkeypatch):
        monkeypatch.setattr(previews, "WALL", 60)
        file = put("Lambat.pdf", made.endless_drawing())

        assert previews.prepare(file, seconds=1) is False
        assert not preview_store.is_heavy(previews.key_of(file))

    def test_sixteen_pages_at_once(self, slow):
        """One is drawn, one waits and learns from it; the others are told at once."""
        pages = [partial(previews.sheet_of, slow, number, person=ONE) for number in range(2, 18)]

        found = in_threads(*pages)

        busy = [seconds for said, seconds in found if isinstance(said, PreviewBusy)]
        refused = [said for said, _ in found if not isinstance(said, PreviewBusy)]
        assert len(busy) >= len(pages) - AT_ONCE
        assert max(sorted(busy)[: len(pages) - AT_ONCE]) < 0.5
        assert {sheet.reason for sheet in refused} == {TOO_LARGE}
