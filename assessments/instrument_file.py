"""Rows of an instrument to our own readable instrument file (a plain dict for JSON) and back.

The format: `fixtures/instruments/`. The file is what `scoring.parse_instrument` checks and
scores, so that stored rows and shipped files go through one parser.
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from assessments.enums import AnswerKind
from assessments.models import (
    ChangeArea,
    Floor,
    Guidance,
    Input,
    Instrument,
    Node,
    Option,
    PredikatRule,
    Question,
)

Content = dict[str, Any]

NUMBERS = frozenset({"weight", "at_least", "share", "cap", "zero_over_zero", "maximum"})


def export_instrument(instrument: Instrument) -> Content:
    """The instrument as its file would say it; numbers are decimal strings. Eight queries."""
    questions: dict[int, list[Question]] = {}
    rows = list(instrument.questions.prefetch_related("options", "inputs", "guidance"))
    for question in rows:
        questions.setdefault(question.node_id, []).append(question)
    children: dict[int | None, list[Node]] = {}
    for node in instrument.nodes.all():
        children.setdefault(node.parent_id, []).append(node)
    return {
        "code": instrument.code,
        "version": instrument.version,
        "name": instrument.name,
        "title": instrument.title,
        "source": instrument.source,
        "decided": instrument.decided.splitlines(),
        "scales": _scales(rows),
        "areas": [
            {"number": area.number, "name": area.name, "short_name": area.short_name}
            for area in instrument.areas.all()
        ],
        "predikat": [_predikat(rule) for rule in instrument.predikat.prefetch_related("floors")],
        "nodes": [_node(node, children, questions) for node in children.get(None, [])],
    }


def render_instrument(instrument: Instrument) -> str:
    """The text of its file, laid out as those of `fixtures/instruments`; the same rows always
    give the same bytes."""
    content = export_instrument(instrument)
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def canonical(content: Any) -> Any:
    """The same content with every number in its shortest form: "0.60" is "0.6"."""
    if isinstance(content, list):
        return [canonical(each) for each in content]
    if not isinstance(content, dict):
        return content
    if content.get("kind") == "choice" and "options" in content:
        options = {key: _text(Decimal(value)) for key, value in content["options"].items()}
        return content | {"options": options}
    return {
        key: _text(Decimal(value)) if key in NUMBERS and value is not None else canonical(value)
        for key, value in content.items()
    }


def store_rows(instrument: Instrument, content: Content) -> None:
    """Write everything below the instrument's own row; content has passed the parser."""
    ChangeArea.objects.bulk_create(
        ChangeArea(instrument=instrument, **area) for area in content["areas"]
    )
    for order, predikat in enumerate(content["predikat"]):
        rule = PredikatRule.objects.create(
            instrument=instrument,
            code=predikat["code"],
            name=predikat["name"],
            requires=predikat["requires"] or "",
            source=predikat["source"],
            order=order,
        )
        Floor.objects.bulk_create(
            Floor(
                predikat=rule,
                what=floor["what"],
                at_least=_decimal(floor.get("at_least")),
                share=_decimal(floor.get("share")),
                order=number,
            )
            for number, floor in enumerate(predikat["floors"])
        )
    _RowWriter(instrument, content["scales"]).store(content["nodes"])


class _RowWriter:
    """Writes nodes one by one (a child needs its parent's key), all below them in bulk."""

    def __init__(self, instrument: Instrument, scales: Mapping[str, Any]) -> None:
        self.instrument = instrument
        self.scales = scales
        self.nodes = 0
        self.questions: list[tuple[Question, Content]] = []

    def store(self, nodes: list[Content]) -> None:
        for node in nodes:
            self._store_node(node, None)
        Question.objects.bulk_create(question for question, _ in self.questions)
        Option.objects.bulk_create(self._options())
        Input.objects.bulk_create(
            Input(question=question, key=item["key"], label=item["label"], order=order)
            for question, content in self.questions
            for order, item in enumerate(content.get("inputs", []))
        )
        Guidance.objects.bulk_create(
            Guidance(question=question, kind=kind, text=text, order=order)
            for question, content in self.questions
            for order, (kind, text) in enumerate(_guidance_of(content))
        )

    def _store_node(self, content: Content, parent: Node | None) -> None:
        node = Node.objects.create(
            instrument=self.instrument,
            parent=parent,
            code=content["code"],
            kind=content["kind"],
            role=content.get("role", ""),
            aspect=content.get("aspect", ""),
            area=content.get("area"),
            name=content["name"],
            weight=Decimal(content["weight"]),
            order=self.nodes,
        )
        self.nodes += 1
        for question in content.get("questions", []):
            self.questions.append((self._question(question, node), question))
        for child in content.get("children", []):
            self._store_node(child, node)

    def _question(self, content: Content, node: Node) -> Question:
        formula = content.get("formula", {})
        scale = self.scales.get(content.get("scale", ""), {})
        kind = AnswerKind(formula.get("kind") or scale["kind"])
        if kind == AnswerKind.DECREASE:
            numerator, denominator = [formula["after"]], [formula["before"]]
        else:
            numerator = formula.get("numerator", [])
            denominator = formula.get("denominator", [])
        return Question(
            instrument=self.instrument,
            node=node,
            code=content["code"],
            order=len(self.questions),
            kind=kind,
            scale=content.get("scale", ""),
            name=content.get("name", ""),
            text=content["text"],
            help=content.get("help", ""),
            weight=_decimal(content.get("weight")),
            maximum=_decimal(scale.get("maximum")),
            numerator=",".join(numerator),
            denominator=",".join(denominator),
            cap=_decimal(formula.get("cap")),
            zero_over_zero=_decimal(formula.get("zero_over_zero")),
            evidence_required=content["evidence_required"],
        )

    def _options(self) -> Iterator[Option]:
        for question, content in self.questions:
            if question.kind != AnswerKind.CHOICE:
                continue
            values = self.scales[question.scale]["options"]
            for order, (key, text) in enumerate(content["options"].items()):
                yield Option(
                    question=question, key=key, value=Decimal(values[key]), text=text, order=order
                )


def _guidance_of(content: Content) -> Iterator[tuple[str, str]]:
    kinds = Guidance.Kind
    for document in content.get("documents", []):
        yield (kinds.DOCUMENT if document["required"] else kinds.SUPPORT), document["text"]
    for text in content.get("pitfalls", []):
        yield kinds.PITFALL, text


def _scales(questions: list[Question]) -> Content:
    scales: Content = {}
    for question in questions:
        if question.kind == AnswerKind.CHOICE:
            scales[question.scale] = {
                "kind": "choice",
                "options": {o.key: _text(o.value) for o in question.options.all()},
            }
        elif question.kind == AnswerKind.NUMBER:
            scales[question.scale] = {"kind": "number", "maximum": _text(question.maximum)}
    return scales


def _predikat(rule: PredikatRule) -> Content:
    return {
        "code": rule.code,
        "name": rule.name,
        "requires": rule.requires or None,
        "source": rule.source,
        "floors": [
            {"what": floor.what}
            | (
                {"at_least": _text(floor.at_least)}
                if floor.share is None
                else {"share": _text(floor.share)}
            )
            for floor in rule.floors.all()
        ],
    }


def _node(
    node: Node, children: Mapping[int | None, list[Node]], questions: Mapping[int, list[Question]]
) -> Content:
    content: Content = {"code": node.code, "kind": node.kind}
    if node.role:
        content["role"] = node.role
    if node.aspect:
        content["aspect"] = node.aspect
    if node.area is not None:
        content["area"] = node.area
    content |= {"name": node.name, "weight": _text(node.weight)}
    if node.pk in questions:
        content["questions"] = [_question(question) for question in questions[node.pk]]
    if node.pk in children:
        content["children"] = [_node(child, children, questions) for child in children[node.pk]]
    return content


def _question(question: Question) -> Content:
    content: Content = {"code": question.code}
    if question.scale:
        content["scale"] = question.scale
    if question.weight is not None:
        content["weight"] = _text(question.weight)
    if question.name:
        content["name"] = question.name
    content["text"] = question.text
    if question.help:
        content["help"] = question.help
    kind = AnswerKind(question.kind)
    if kind == AnswerKind.CHOICE:
        content["options"] = {option.key: option.text for option in question.options.all()}
    if kind.counts:
        content["formula"] = _formula(question)
        content["inputs"] = [{"key": i.key, "label": i.label} for i in question.inputs.all()]
    guidance = list(question.guidance.all())
    content["documents"] = [
        {"text": line.text, "required": line.kind == Guidance.Kind.DOCUMENT}
        for line in guidance
        if line.kind != Guidance.Kind.PITFALL
    ]
    content["pitfalls"] = [line.text for line in guidance if line.kind == Guidance.Kind.PITFALL]
    content["evidence_required"] = question.evidence_required
    return content


def _formula(question: Question) -> Content:
    formula: Content = {"kind": question.kind}
    if question.kind == AnswerKind.DECREASE:
        formula |= {"before": question.denominator, "after": question.numerator}
    else:
        formula |= {
            "numerator": question.numerator.split(","),
            "denominator": question.denominator.split(","),
        }
        if question.cap is not None:
            formula["cap"] = _text(question.cap)
    return formula | {"zero_over_zero": _text(question.zero_over_zero)}


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number.normalize():f}"
