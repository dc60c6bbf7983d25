"""The official question master (master soal LKE): its wording over our structure.

The master is a tree of nodes with the 127 fill-in rows of the official workbook. It has no row
for a percentage question itself, only for its counts, so the text of those stays ours.
"""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from decimal import Decimal
from typing import Any, TypeGuard

from assessments.errors import InstrumentRefused
from assessments.instrument_file import Content
from common.text import has_control_characters

# The line of our own files that is no longer true of a version with official wording.
OWN_WORDING = "Pertanyaan, arti pilihan, dan petunjuk bukti ditulis untuk aplikasi ini"

MAXIMUM_DEPTH = 8

_ORDINAL = re.compile(r"^[0-9A-Za-z]{1,4}\.\s+")  # "ii. Komitmen Pimpinan"
_YES_NO = ("Ya", "Tidak")
_COUNT = "JUMLAH"
_INDEX = re.compile(r"0-([0-9]+)")

Json = Mapping[str, Any]


def is_master(content: object) -> TypeGuard[Json]:
    """Whether a JSON document looks like a question master rather than an instrument file."""
    return isinstance(content, dict) and "data" in content and "nodes" not in content


def with_official_wording(base: Content, master: Json) -> Content:
    """`base` with the texts of the master: questions, options, labels, criteria, section names.

    base: an instrument file that has passed its checks. Weights, kinds of answers, options and
    counts must be the same on both sides. Raises InstrumentRefused that says where they are not.
    """
    content = deepcopy(base)
    total = sum(1 for node in _nodes(_list(master, "data", "master")) for _ in _soals(node))
    if master.get("total_soal") != total:
        raise InstrumentRefused(f"Master memuat {total} soal; total_soal di dalamnya lain.")
    _Rewording(content).siblings(content["nodes"], _list(master, "data", "master"), "instrumen")
    decided = [line for line in content["decided"] if not line.startswith(OWN_WORDING)]
    content["decided"] = [
        *decided,
        f"Pertanyaan, kriteria, dan nama bagian diambil dari master soal resmi tahun "
        f"{_year(master)}; teks pertanyaan persentase, penjelasan tambahan, dan petunjuk bukti "
        "ditulis untuk aplikasi ini.",
    ]
    return content


class _Rewording:
    """Walks both trees side by side and rewrites ours."""

    def __init__(self, content: Content) -> None:
        self.scales = content["scales"]

    def siblings(self, ours: list[Content], theirs: list[Any], parent: str) -> None:
        _require(
            len(ours) == len(theirs),
            parent,
            f"{len(theirs)} bagian di master, {len(ours)} di instrumen",
        )
        for node, other in zip(ours, theirs, strict=True):
            self.node(node, _object(other, parent))

    def node(self, node: Content, other: Json) -> None:
        code, weight = node["code"], _decimal(other, "bobot_maksimal", node["code"])
        _require(
            weight == Decimal(node["weight"]),
            code,
            f"bobot {weight:f} di master ({_shown(other.get('nama'))}), "
            f"{node['weight']} di instrumen",
        )
        if node["kind"] == "section":
            node["name"] = _ORDINAL.sub("", _text(other, "nama", code))
        self.siblings(node.get("children", []), _list(other, "children", code), code)
        self.questions(node, list(_soals(other)))

    def questions(self, node: Content, soals: list[Json]) -> None:
        rows = [
            (question, each)
            for question in node.get("questions", [])
            for each in question.get("inputs", [None])
        ]
        _require(
            len(rows) == len(soals),
            node["code"],
            f"{len(soals)} soal di master, {len(rows)} baris isian di instrumen",
        )
        criteria: dict[str, list[str]] = {}
        for (question, item), soal in zip(rows, soals, strict=True):
            self.check_weight(node, question, soal)
            if item is None:
                self.answered_at_once(question, soal)
                continue
            where = f"{question['code']}.{item['key']}"
            kind = _kind(soal, where)
            _require(kind == _COUNT, where, f"jenis {kind} di master, Jumlah di instrumen")
            item["label"] = _text(soal, "teks_pertanyaan", where)
            lines = criteria.setdefault(question["code"], [])
            lines += [line for line in _optional(soal, "kriteria_nilai") if line not in lines]
        for question in node.get("questions", []):
            add_help(question, criteria.get(question["code"], []))

    def check_weight(self, node: Content, question: Content, soal: Json) -> None:
        """A question's own weight; 0 where it has none. The only question of a section may
        carry the section's."""
        code = question["code"]
        weight = _decimal(soal, "bobot_maksimal", code)
        allowed = {Decimal(question.get("weight") or 0)}
        if len(node["questions"]) == 1 and not question.get("inputs"):
            allowed.add(Decimal(node["weight"]))
        _require(
            weight in allowed,
            code,
            f"bobot soal {weight:f} di master, {question.get('weight') or 'tanpa bobot'} "
            "di instrumen",
        )

    def answered_at_once(self, question: Content, soal: Json) -> None:
        """A choice or an index."""
        code, scale = question["code"], self.scales[question["scale"]]
        kind = _kind(soal, code)
        question["text"] = _text(soal, "teks_pertanyaan", code)
        if scale["kind"] == "number":
            found = _INDEX.fullmatch(kind)
            _require(
                found is not None and Decimal(found[1]) == Decimal(scale["maximum"]),
                code,
                f"jenis {kind} di master, angka 0-{scale['maximum']} di instrumen",
            )
            add_help(question, _optional(soal, "kriteria_nilai"))
            return
        keys = tuple(scale["options"])
        expected = _YES_NO if kind == "YATIDAK" else tuple(kind)
        _require(
            expected == keys,
            code,
            f"jenis {kind} di master, pilihan {'/'.join(keys)} di instrumen",
        )
        self.options(question, soal, scale["options"])

    def options(self, question: Content, soal: Json, values: Mapping[str, str]) -> None:
        code = question["code"]
        schema = [_object(each, code) for each in _list(soal, "skema_penilaian", code)]
        found = {_text(each, "key", code): _decimal(each, "multiplier", code) for each in schema}
        same = found == {key: Decimal(value) for key, value in values.items()}
        stated = ", ".join(f"{key}={value:f}" for key, value in found.items())
        wanted = ", ".join(f"{key}={value}" for key, value in values.items())
        _require(same, code, f"nilai pilihan {stated} di master, {wanted} di instrumen")
        labels = {each["key"]: _text(each, "label", code) for each in schema}
        worded = {key: label for key, label in labels.items() if label != key}
        if not worded and tuple(values) == _YES_NO:
            # The criterion stands beside the question and says when it is a yes.
            worded = dict.fromkeys(_YES_NO[:1], "\n".join(_optional(soal, "kriteria_nilai")))
        question["options"] = {
            key: worded.get(key) or ours for key, ours in question["options"].items()
        }


def add_help(question: Content, lines: list[str]) -> None:
    """Official criteria below our own explanation."""
    if lines:
        question["help"] = "\n\n".join(filter(None, [question.get("help"), *lines]))


def _nodes(theirs: list[Any], depth: int = 1) -> Iterator[Json]:
    if depth > MAXIMUM_DEPTH:
        raise InstrumentRefused(f"Master bersarang lebih dari {MAXIMUM_DEPTH} tingkat.")
    for each in theirs:
        node = _object(each, "master")
        yield node
        yield from _nodes(_list(node, "children", "master"), depth + 1)


def _soals(node: Json) -> Iterator[Json]:
    where = _shown(node.get("nama"))
    yield from (_object(each, where) for each in _list(node, "soals", where))


def _require(holds: bool, where: str, message: str) -> None:
    if not holds:
        raise InstrumentRefused(f"{where}: master tidak cocok dengan instrumen: {message}.")


def _kind(soal: Json, where: str) -> str:
    """ABCD, YATIDAK, JUMLAH, 0-4: the kind of answer without regard to case and signs."""
    return _text(soal, "jenis_jawaban", where).upper().replace("_", "").replace("/", "")


def _year(master: Json) -> int:
    year = master.get("tahun")
    if not isinstance(year, int) or not 2000 <= year <= 2100:
        raise InstrumentRefused("Master tidak menyebut tahunnya.")
    return year


def _object(value: object, where: str) -> Json:
    if not isinstance(value, dict):
        raise InstrumentRefused(f"{where}: isi master harus berupa objek.")
    return value


def _list(value: Json, key: str, where: str) -> list[Any]:
    found = value.get(key, [])
    if not isinstance(found, list):
        raise InstrumentRefused(f"{where}: {key} pada master harus berupa daftar.")
    return found


def _text(value: Json, key: str, where: str) -> str:
    """The text with single spaces; line breaks stay."""
    found = value.get(key)
    if not isinstance(found, str) or not found.strip():
        raise InstrumentRefused(f"{where}: {key} pada master kosong.")
    if has_control_characters("".join(found.split())):
        raise InstrumentRefused(
            f"{where}: {key} pada master memuat karakter yang tidak dapat dicetak."
        )
    return "\n".join(" ".join(line.split()) for line in found.strip().splitlines())


def _optional(value: Json, key: str) -> list[str]:
    found = value.get(key)
    return [_text(value, key, "")] if isinstance(found, str) and found.strip() else []


def _decimal(value: Json, key: str, where: str) -> Decimal:
    found = value.get(key)
    if isinstance(found, bool) or not isinstance(found, int | Decimal):
        raise InstrumentRefused(f"{where}: {key} pada master bukan angka.")
    number = Decimal(found)
    if not number.is_finite() or abs(number.adjusted()) > 12:
        raise InstrumentRefused(f"{where}: {key} pada master di luar jangkauan.")
    return number.normalize()


def _shown(text: object) -> str:
    return text[:60] if isinstance(text, str) and text.isprintable() else "tanpa nama"
