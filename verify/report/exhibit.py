"""What a repro script does, as statements and checks: the same for a script and for a test.

The statements spell the case as the engine's users do and need nothing of this project. Where no
number of one program shows the finding there is no exhibit, and ``why_not`` says so.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Any

from verify.laws.edge_breach import SLIPS
from verify.laws.edge_table import EDGES, Edge
from verify.program import Case, Instruction, ProgramError
from verify.program.json_form import case_from_json
from verify.program.python_form import building, python_name, python_number
from verify.program.text import case_text, parse_case
from verify.report.document import Document, FindingRecord
from verify.report.words import class_name

NUMBERS = frozenset({"VAL01", "GRA01", "GRA02", "ACC01", "RUN01"})
NEEDS_MORE = {
    "SCL01": "it takes a chain too long to print",
    "SCL02": "it is about time, which no number shows",
    "SCL03": "it is about time, which no number shows",
    "SCL04": "its graph is too large to print",
    "RUN02": "it would never end",
    "RUN03": "it would take the memory of the machine",
    "RUN04": "it would end the process that runs the test, and all other tests with it",
    "RUN05": "it is about what surrounds the engine, which no number shows",
    "DET02": "it takes processes with several hash seeds",
    "SUP01": "what is not there cannot be run",
    "LIF06": "one line shows it: call backward() on a leaf",
    "LIF11": "one line shows it: give no names to the values between",
    "LIF12": "one line shows it: make the leaves of whole numbers, then of floats",
    "LIF10": "one line shows it: read the gradients before backward()",
}
BUILTIN = frozenset({"abs", "sum"})
NO_GRAPH = "it takes a graph, and the engine differentiates functions"


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison of an exhibit; the last three are Python expressions.

    Attributes:
        what: the quantity in words, ``d v2 / d x0``.
        actual: what the engine gives.
        low, high: where it must lie; None if it must be nan.
    """

    what: str
    actual: str
    low: str | None
    high: str | None


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What shows a finding.

    Attributes:
        body: statements and checks in order. ``RETURN`` ends it as right.
        functions: the engine's own functions that the statements use.
        needs: modules of the standard library that they use.
    """

    body: tuple[str | Check, ...]
    functions: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


RETURN = "    RETURN"


@dataclass(frozen=True, slots=True)
class Speller:
    """Spells statements as the users of a document's engine write them."""

    facts: dict[str, Any]
    construct: str

    @classmethod
    def of(cls, document: Document) -> Speller:
        """The spelling that the adapter found out; the class has the name that the user gave."""
        name, found = class_name(document.target), document.engine["construct"]
        if not _is_expression(found):
            found = f"{name}({{}})"
        named = re.match(r"(\w+)\(", found)
        if ":" in document.target and named:
            found = f"{name}{found[named.end() - 1 :]}"
        return cls(document.engine, found)

    @property
    def is_functional(self) -> bool:
        """Whether the engine differentiates functions and has no values to hold on to."""
        return "graph" in self.facts.get("lacks", {})

    def build(self, case: Case) -> list[str]:
        """The statements that make every value."""
        lines = building(case, self.construct, self.facts["spellings"])
        return self._as_function(case, lines) if self.is_functional else lines

    def _as_function(self, case: Case, lines: list[str]) -> list[str]:
        """A function of the inputs, and the values that it has on the way."""
        inputs = case.program.n_inputs
        names = [python_name(case.program, i) for i in range(len(case.program))]
        point = ", ".join(map(python_number, case.point))
        return [
            f"def values({', '.join(names[:inputs])}):",
            *(f"    {line}" for line in lines[inputs:]),
            f"    return {{{', '.join(f'{name!r}: {name}' for name in names)}}}",
            "def function(*inputs):",
            f"    return values(*inputs)[{names[-1]!r}]",
            f"point = [{point}]",
        ]

    def function(self, case: Case, start: str | None = None) -> list[str]:
        """The same as a function that returns all values; ``start`` names the value of ``x0``."""
        lines = self.build(case)
        if start is not None:
            lines[0] = f"x0 = {self.construct.replace('{}', start)}"
        names = ", ".join(python_name(case.program, i) for i in range(len(case.program)))
        head = f"def build({start or ''}):"
        return [head, *(f"    {line}" for line in lines), f"    return [{names}]", ""]

    def backward(self, value: str) -> str:
        """The statement that differentiates a value."""
        if self.is_functional:
            every = "tuple(range(len(point)))"
            return f"gradients = {self.facts['backward']}(function, {every})(*point)"
        return _filled(self.facts["backward"], value)

    def value(self, name: str) -> str:
        """How a value's number is read."""
        if self.is_functional:  # as the engine computes it, and not Python on plain numbers
            one = f"lambda *inputs: values(*inputs)[{name!r}]"
            return f"float({self.facts['primal']}({one})(*point)[0])"
        return _filled(self.facts["primal"], name)

    def gradient(self, name: str) -> str:
        """How its gradient is read, as a number."""
        if self.is_functional:
            return f"number(gradients[{name.removeprefix('x')}])"
        return f"number({_filled(self.facts['gradient'], name)})"

    def assigned(self, what: str, name: str, number: str) -> str:
        """The statement that assigns a ``primal`` or a ``gradient``.

        Raises:
            ProgramError: if it cannot be assigned by a plain statement.
        """
        member = self.facts[what]
        if not (member.startswith(".") and member[1:].isidentifier()):
            raise ProgramError(f"{member} is not assigned by a plain statement")
        return f"{name}{member} = {number}"

    def reset(self, name: str) -> str:
        """The statement that forgets a gradient. Raises ProgramError."""
        number = self.facts.get("reset", "0.0")
        if number is None:
            raise ProgramError("its gradient cannot be assigned")
        return self.assigned("gradient", name, number)

    def functions(self, case: Case) -> tuple[str, ...]:
        """The engine's functions, not methods, that a case calls: ``exp(x)``."""
        used = (self.facts["spellings"].get(i.form, "") for i in case.program.instructions)
        templates = (*used, self.facts["backward"])
        names = (re.match(r"(\w+)\(", template) for template in templates)
        own = {m[1] for m in names if m}
        own -= {line[4:].partition("(")[0] for line in self.facts.get("helpers", ())}
        return tuple(sorted(own - BUILTIN))


def _is_expression(template: str) -> bool:
    """Whether a template is Python on one line: a stored report may say anything."""
    try:
        ast.parse(template.replace("{}", "1"), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return "{}" in template and template.isprintable()


def _filled(template: str, value: str) -> str:
    """A template of a value, or what is written after it."""
    return template.replace("{}", value) if "{}" in template else f"{value}{template}"


def case_of(finding: FindingRecord) -> Case | None:
    """The finding's case, or None if it has none that can be read."""
    try:
        return None if finding.case is None else case_from_json(finding.case)
    except ProgramError:
        return None


def exhibit(document: Document, finding: FindingRecord) -> Exhibit | None:
    """What shows a finding on the engine alone, or None where nothing short does."""
    from verify.report.exhibit_laws import BODIES

    case = case_of(finding)
    name = class_name(document.target)
    if case is None or case.seed != 1.0 or not name.isidentifier() or finding.passes_alone:
        return None
    spell = Speller.of(document)
    try:
        if finding.law in NUMBERS or (finding.law == "SCL04" and finding.expected):
            body = _numbers(spell, case, finding)
        elif (edge := edge_of(finding, case)) is not None:
            body = _edge(spell, case, edge)
        elif finding.law in BODIES and not spell.is_functional:
            body = BODIES[finding.law](spell, case)
        else:
            return None
    except ProgramError:  # the engine no longer has what the case uses
        return None
    needs = ("random",) if finding.law == "DET01" else ()
    return Exhibit(tuple(body), spell.functions(case), needs)


def why_not(document: Document, finding: FindingRecord) -> str:
    """Why there is no script of a finding."""
    if finding.passes_alone:
        return "alone its case passes; it failed after other programs"
    if "graph" in document.engine.get("lacks", {}) and finding.law not in NEEDS_MORE:
        return NO_GRAPH
    if finding.law in NEEDS_MORE:
        return NEEDS_MORE[finding.law]
    if finding.law.startswith("NET"):
        return "it takes a network and its training"
    return "it has no single program that shows it"


def edge_of(finding: FindingRecord, case: Case) -> Edge | None:
    """The row of the edge table that a finding is about."""
    text = case_text(case)
    rows = (edge for edge in EDGES if edge.code == finding.law)
    return next((edge for edge in rows if case_text(parse_case(edge.case)) == text), None)


def _numbers(spell: Speller, case: Case, finding: FindingRecord) -> list[str | Check]:
    """Values and gradients, each in its enclosure."""
    program, output = case.program, python_name(case.program, case.program.output)
    body: list[str | Check] = [*spell.build(case), spell.backward(output)]
    if finding.law == "SCL04" and finding.expected:
        return [*body, _within(f"d {output} / d x0", spell.gradient("x0"), finding.expected)]
    cause = quantity_index(finding)
    wrong_value = cause if finding.quantity and "/" not in finding.quantity else None
    for index in dict.fromkeys((wrong_value, program.output)):
        if index is not None and (found := _range(finding, index, "primal_range")) is not None:
            name = python_name(program, index)
            body.append(_within(f"value of {name}", spell.value(name), found))
    inner = [cause] if wrong_value is None and (cause or 0) >= program.n_inputs else []
    for index in (*inner, *range(program.n_inputs)):
        name = python_name(program, index or 0)
        if (found := _range(finding, index, "adjoint_range")) is not None:
            body.append(_within(f"d {output} / d {name}", spell.gradient(name), found))
    return body


def quantity_index(finding: FindingRecord) -> int | None:
    """Index of the value that the finding's quantity is about: 0 in ``d %3 / d x0``."""
    names = re.findall(r"[x%](\d+)", finding.quantity or "")
    return int(names[-1]) if names else None


def _range(finding: FindingRecord, index: int | None, which: str) -> dict[str, str] | None:
    if index is None or index >= len(finding.values):
        return None
    found: dict[str, str] | None = getattr(finding.values[index], which)
    return found


def _within(what: str, actual: str, found: dict[str, str]) -> Check:
    low, high = (python_number(float.fromhex(found[end])) for end in ("low", "high"))
    return Check(what, actual, low, high)


def _edge(spell: Speller, case: Case, edge: Edge) -> list[str | Check]:
    """The value and the slopes that the edge table allows; refusing, where that is right too."""
    output, inputs = python_name(case.program, case.program.output), range(case.program.n_inputs)
    steps = [*spell.build(case), spell.backward(output)]
    body: list[str | Check] = list(steps)
    if edge.may_raise:
        body = ["try:", *(f"    {step}" for step in steps)]
        slips = ", ".join(sorted(SLIPS))
        body += [f"except ({slips}):", "    raise  # a slip of the engine's code is no refusal"]
        body += ["except Exception:", "    # to refuse is right here", RETURN]
    if edge.primal is not None:
        number = None if edge.primal != edge.primal else python_number(edge.primal)
        body.append(Check(f"value of {output}", spell.value(output), number, number))
    for index, allowed in enumerate(edge.adjoints):
        if allowed is not None:
            ends = allowed if isinstance(allowed, tuple) else (allowed, allowed)
            low, high = (None if end != end else python_number(end) for end in ends)
            body.append(Check(f"d {output} / d x{index}", spell.gradient(f"x{index}"), low, high))
    if edge.total is not None:
        total = " + ".join(spell.gradient(f"x{index}") for index in inputs)
        number = python_number(edge.total)
        body.append(Check(f"sum of the slopes of {output}", total, number, number))
    return body


__all__ = [
    "RETURN", "Check", "Exhibit", "Instruction", "Speller", "case_of", "exhibit", "why_not",
]  # fmt: skip
