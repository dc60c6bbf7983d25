"""What two versions of an instrument say differently, as lines a person can check."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from assessments.instrument_file import Content, canonical


class Kind(StrEnum):
    ADDED = "ditambahkan"
    REMOVED = "dihapus"
    REWEIGHTED = "bobot diubah"
    RULE = "aturan diubah"
    REWORDED = "kata-kata diubah"


@dataclass(frozen=True, slots=True)
class Difference:
    """code: of a node or question, or "instrumen". what: the part of it, "" for all of it."""

    kind: Kind
    code: str
    what: str = ""
    before: str = ""
    after: str = ""


@dataclass(slots=True)
class _Entry:
    """A node, a question or the instrument itself, taken apart by what a change of it means."""

    weight: str = ""
    rules: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)


def compare(before: Content, after: Content) -> tuple[Difference, ...]:
    """What `after` says differently, by kind and then in the order of the sheet.

    Both have passed `scoring.parse_instrument`. The version itself is not compared.
    """
    old, new = _entries(canonical(before)), _entries(canonical(after))
    found = [
        difference
        for code in {**old, **new}
        for difference in _differences(code, old.get(code), new.get(code))
    ]
    kinds = list(Kind)
    return tuple(sorted(found, key=lambda difference: kinds.index(difference.kind)))


def _differences(code: str, old: _Entry | None, new: _Entry | None) -> Iterator[Difference]:
    if old is None or new is None:
        yield Difference(Kind.ADDED if old is None else Kind.REMOVED, code)
        return
    if old.weight != new.weight:
        yield Difference(Kind.REWEIGHTED, code, "", old.weight, new.weight)
    for kind, olds, news in (
        (Kind.RULE, old.rules, new.rules),
        (Kind.REWORDED, old.words, new.words),
    ):
        for what in {**olds, **news}:
            was, now = olds.get(what, ""), news.get(what, "")
            if was != now:
                yield Difference(kind, code, what, was, now)


def _entries(content: Content) -> dict[str, _Entry]:
    entries = {"instrumen": _head(content)}

    def walk(node: Content, parent: str) -> None:
        entries[node["code"]] = _Entry(
            weight=node["weight"],
            rules={
                "induk": parent,
                **{
                    key: str(node[key]) for key in ("kind", "role", "aspect", "area") if key in node
                },
            },
            words={"nama": node["name"]},
        )
        for place, question in enumerate(node.get("questions", []), start=1):
            entries[question["code"]] = _question(question, content, f"{node['code']}, {place}")
        for child in node.get("children", []):
            walk(child, node["code"])

    for node in content["nodes"]:
        walk(node, "")
    return entries


def _head(content: Content) -> _Entry:
    rules = {
        f"ambang {predikat['code']} {floor['what']}": _floor(floor)
        for predikat in content["predikat"]
        for floor in predikat["floors"]
    }
    rules |= {
        f"prasyarat {predikat['code']}": predikat["requires"] or ""
        for predikat in content["predikat"]
    }
    words = {
        "nama": content["name"],
        "judul": content["title"],
        "dasar hukum": content["source"],
        "keputusan": "\n".join(content["decided"]),
    }
    words |= {
        f"area {area['number']}": _joined(area, "name", "short_name") for area in content["areas"]
    }
    words |= {
        f"predikat {predikat['code']}": _joined(predikat, "name", "source")
        for predikat in content["predikat"]
    }
    return _Entry(rules=rules, words=words)


def _question(question: Content, content: Content, place: str) -> _Entry:
    scale = content["scales"].get(question.get("scale"), {})
    formula = question.get("formula", {})
    rules = {"tempat": place, "bukti wajib": "ya" if question["evidence_required"] else "tidak"}
    rules |= {f"nilai {key}": value for key, value in scale.get("options", {}).items()}
    rules |= {"nilai tertinggi": scale["maximum"]} if "maximum" in scale else {}
    rules |= {
        f"rumus {key}": " + ".join(value) if isinstance(value, list) else str(value)
        for key, value in formula.items()
    }
    words = {
        "pertanyaan": question["text"],
        "nama pendek": question.get("name", ""),
        "penjelasan": question.get("help", ""),
        "dokumen": "\n".join(
            f"{document['text']}{' (wajib)' if document['required'] else ''}"
            for document in question["documents"]
        ),
        "sering ditolak": "\n".join(question["pitfalls"]),
    }
    words |= {f"pilihan {key}": text for key, text in question.get("options", {}).items()}
    words |= {f"isian {item['key']}": item["label"] for item in question.get("inputs", [])}
    return _Entry(weight=question.get("weight") or "", rules=rules, words=words)


def _floor(floor: Content) -> str:
    return f"{floor['share']} bagian" if floor.get("share") is not None else floor["at_least"]


def _joined(content: Content, *keys: str) -> str:
    return " / ".join(content[key] for key in keys)
