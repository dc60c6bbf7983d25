"""``manage.py score`` as its users run it: another process, no database, no key."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scoring.instruments import REPOSITORY, best_entries, instrument


def run(
    *arguments: str | Path, stdin: bytes = b"", cwd: Path = REPOSITORY, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the command with nothing set in the environment but what is given."""
    return subprocess.run(
        [sys.executable, REPOSITORY / "manage.py", "score", *arguments],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env={"PATH": os.environ["PATH"], **environment},
        timeout=60,
        check=False,
    )


def score(answers: str, code: str = "lke-2021", **environment: str) -> dict:
    """The printed result for answers that are accepted."""
    document = f'{{"answers": {answers}}}'.encode()
    done = run("--instrument", code, "-", stdin=document, **environment)
    assert (done.returncode, done.stderr) == (0, b"")
    return json.loads(done.stdout)


def flat(code: str, entries: dict[str, dict[str, str]]) -> str:
    """Entries as the command takes them, one code for each fill-in row."""
    sheet = instrument(code).sheet
    answers = {}
    for question, entry in entries.items():
        for key, text in entry.items():
            inputs = sheet.by_code[question].inputs
            answers[f"{question}.{key}" if inputs else question] = text
    return json.dumps(answers)


@pytest.mark.parametrize(("code", "rows"), [("lke-2021", 127), ("lke-2014", 84)])
def test_best_sheet(code, rows):
    answers = flat(code, best_entries(code))

    result = score(answers, code)

    assert len(json.loads(answers)) == rows
    assert result["instrument"] == code
    assert (result["total"], result["complete"]) == ("100", True)
    assert result["answered"] == result["questions"] == (113 if code == "lke-2021" else 84)
    assert {name: each["meets"] for name, each in result["predikat"].items()} == {
        "WBK": True,
        "WBBM": True,
    }


def test_interim_sheet_in_every_way_to_write_a_number():
    result = score(
        '{"A.I.1.i.a": "Ya", "A.I.1.i.b": null, "A.II.1.i.a.n1": 7, "A.II.1.i.a.n2": "3",'
        ' "A.II.5.ii.a.n1": 4, "B.I.a": 3.60, "B.II.a": "3,2"}'
    )

    assert (result["complete"], result["answered"], result["questions"]) == (False, 4, 113)
    assert result["nodes"]["A.II.1.i"] == {
        "points": "0.428571428571",
        "weight": "2",
        "percent": "21.428571428571",
    }
    assert result["nodes"]["B.I.a"]["points"] == "15.75"
    assert result["nodes"]["B.II"] == {"points": "14", "weight": "17.5", "percent": "80"}
    assert result["areas"]["1"]["points"] == "0.678571428571"
    assert result["total"] == "30.428571428571"
    shortfalls = result["predikat"]["WBK"]["shortfalls"]
    assert [each["what"] for each in shortfalls] == [
        "total",
        "pengungkit",
        *(f"area{number}" for number in range(1, 7)),
        "B.I",
        "B.I.b",
    ]
    assert shortfalls[-2] == {"what": "B.I", "required": "18.25", "actual": "15.75"}


def test_reads_a_file(tmp_path):
    file = tmp_path / "jawaban.json"
    file.write_text('{"answers": {"A.I.1.i.a": "Ya"}}', encoding="utf-8")

    done = run("--instrument", "lke-2021", file, cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["total"] == "0.25"


def test_needs_no_database_and_leaves_nothing_behind(tmp_path):
    place = tmp_path / "var"

    result = score(
        "{}", DATABASE_URL="postgres://nobody:nothing@127.0.0.1:1/none", VAR_DIR=str(place)
    )

    assert result["total"] == "0"
    assert not place.exists()


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ('{"A.I.1.i.z": "Ya"}', "A.I.1.i.z"),
        ('{"A.I.1.i.a": "A"}', "A.I.1.i.a"),
        ('{"A.I.1.i.a": true}', "A.I.1.i.a"),
        ('{"A.I.1.i.a": {"value": "Ya"}}', "A.I.1.i.a"),
        ('{"B.I.a": 4.000001}', "B.I.a"),
        ('{"B.I.a": NaN}', "B.I.a"),
        ('{"B.I.a": 1e400}', "B.I.a"),
        ('{"A.II.1.i.a.n1": -1}', "A.II.1.i.a.n1"),
        ('{"A.II.1.i.a.n1": 1.5}', "A.II.1.i.a.n1"),
        ('{"A.II.1.i.a.n1": 0, "A.II.1.i.a.n2": 1}', "A.II.1.i.a.n2"),
        (r'{"A.I.1.i.a": "\ud800"}', "A.I.1.i.a"),
        ('{"A.I.1.i.a": "Ya", "A.I.1.i.a": "Tidak"}', "A.I.1.i.a"),
    ],
)
def test_refusal_names_the_code(answers, code):
    done = run("--instrument", "lke-2021", "-", stdin=f'{{"answers": {answers}}}'.encode())

    assert (done.returncode, done.stdout) == (2, b"")
    assert code in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


@pytest.mark.parametrize(
    "document",
    [b"", b"bukan JSON", b'{"answers": {"A.I.1.i.a": "\xff"}}', b"[" * 200_000, b"{}", b"[1]"],
    ids=lambda document: repr(document[:12]),
)
def test_what_is_no_answer_file_is_refused(document):
    done = run("--instrument", "lke-2021", "-", stdin=document)

    assert (done.returncode, done.stdout) == (2, b"")
    assert b"Masukan" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["lke-1999", "../../pyproject", "", "lke-2021.json"])
def test_unknown_instrument_is_refused_with_the_known_ones(name):
    done = run("--instrument", name, "-", stdin=b'{"answers": {}}')

    assert (done.returncode, done.stdout) == (2, b"")
    assert b"lke-2014, lke-2021" in done.stderr


@pytest.mark.parametrize("arguments", [["-"], ["--instrument", "lke-2021"], []])
def test_missing_arguments_are_refused(arguments):
    done = run(*arguments)

    assert (done.returncode, done.stdout) == (2, b"")


def test_file_that_cannot_be_read_is_refused(tmp_path):
    for path in (tmp_path / "tiada.json", tmp_path):
        done = run("--instrument", "lke-2021", path)

        assert (done.returncode, done.stdout) == (2, b"")
        assert str(path).encode() in done.stderr
