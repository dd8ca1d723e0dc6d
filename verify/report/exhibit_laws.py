"""The steps of the laws of lifecycle and determinism, spelt out for one engine and one case.

Where a law asks for numbers they are those of ball arithmetic; where it asks that something stays
as it was, the engine is compared with itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from verify.check import interval
from verify.laws.passes import Passes
from verify.laws.state import NEW_VALUE
from verify.program import Case, Program
from verify.program.python_form import python_name, python_number
from verify.report.exhibit import RETURN, Check, Speller

Body = list[str | Check]
RUNS = 400
"""How often a sum is differentiated to see whether its last bits change."""


def same(what: str, actual: str, expected: str) -> Check:
    """A number that must be another one."""
    return Check(what, actual, expected, expected)


def _output(case: Case) -> str:
    return python_name(case.program, case.program.output)


def _names(case: Case) -> list[str]:
    return [python_name(case.program, index) for index in range(len(case.program))]


def _gradients(spell: Speller, values: str) -> str:
    return f"[{spell.gradient('value')} for value in {values}]"


def second_backward(spell: Speller, case: Case) -> Body:
    """LIF01: the second pass adds what the first did."""
    output, found = _output(case), spell.gradient("x0")
    what = f"d {output} / d x0, after a second backward()"
    body: Body = [*spell.build(case), spell.backward(output), f"first = {found}"]
    return [*body, spell.backward(output), same(what, found, "2 * first")]


def values_kept(spell: Speller, case: Case) -> Body:
    """LIF02: each value is read before and after."""
    names = _names(case)
    body: Body = spell.build(case)  # type: ignore[assignment]
    body.append(f"before = [{', '.join(spell.value(name) for name in names)}]")
    body.append(spell.backward(_output(case)))
    return body + [
        same(f"value of {name} after backward()", spell.value(name), f"before[{index}]")
        for index, name in enumerate(names)
    ]


def two_roots(spell: Speller, case: Case) -> Body:
    """LIF03: the last two values are roots, one after the other."""
    roots = (case.program.output - 1, case.program.output)
    body: Body = spell.build(case)  # type: ignore[assignment]
    body += [spell.backward(python_name(case.program, root)) for root in roots]
    right = Passes(case).after(roots)
    return body + [
        _inside(
            f"gradient of x{i} after backward() on two roots", spell.gradient(f"x{i}"), right[i]
        )
        for i in range(case.program.n_inputs)
    ]


def _inside(what: str, actual: str, ball: Any) -> Check:
    ends = interval(ball)
    return Check(what, actual, python_number(ends.low), python_number(ends.high))


def zeroed(spell: Speller, case: Case) -> Body:
    """LIF04: gradients are set to zero, and the graph is differentiated anew.

    A case of three steps was first differentiated without its last.
    """
    names, output = _names(case), _output(case)
    first = names[2] if len(case.program.instructions) > 2 else output
    body: Body = [*spell.build(case), spell.backward(first)]
    body += [f"for value in ({', '.join(names)}):", f"    {spell.reset('value')}"]
    body.append(spell.backward(output))
    read = names[:-1] if spell.facts["keeps_intermediates"] else names[: case.program.n_inputs]
    right = Passes(case).after((case.program.output,))
    return body + [
        _inside(
            f"gradient of {name}, zeroed and differentiated", spell.gradient(name), right[index]
        )
        for index, name in enumerate(read)
    ]


def isolated(spell: Speller, case: Case) -> Body:
    """LIF05: other graphs keep their gradients; a branch that is not used changes none."""
    uses = case.program.uses()
    dead = [i for i, _ in case.program.steps() if not uses[i] and i != case.program.output]
    if dead:
        return _dead_branch(spell, case, dead[0])
    body: Body = [*spell.function(case), "waiting, done = build(), build()"]
    body += [f"before = {_gradients(spell, 'waiting')}", spell.backward("done[-1]")]
    body += [f"held = {_gradients(spell, 'done')}", spell.backward("build()[-1]")]
    for graph, was in (("waiting", "before"), ("done", "held")):
        for index, name in enumerate(_names(case)):
            what = f"gradient of {name} in a graph that was {graph}"
            body.append(same(what, spell.gradient(f"{graph}[{index}]"), f"{was}[{index}]"))
    return body


def _dead_branch(spell: Speller, case: Case, dead: int) -> Body:
    place = dead - case.program.n_inputs
    steps = [s for k, s in enumerate(case.program.instructions) if k != place]
    moved = tuple(s.renamed(lambda index: index - (index > dead)) for s in steps)
    alive = replace(case, program=Program(case.program.n_inputs, moved))
    inputs = range(case.program.n_inputs)
    body: Body = [*spell.build(alive), spell.backward(_output(alive))]
    body.append(f"right = [{', '.join(spell.gradient(f'x{i}') for i in inputs)}]")
    body += ["", f"# the same, and {python_name(case.program, dead)}, which nothing uses"]
    body += [*spell.build(case), spell.backward(_output(case))]
    return body + [
        same(f"d {_output(case)} / d x{i}", spell.gradient(f"x{i}"), f"right[{i}]") for i in inputs
    ]


def changed_leaf(spell: Speller, case: Case) -> Body:
    """LIF07: all gradients are those of the old point, or all those of the new one."""
    old, new = python_number(case.point[0]), python_number(NEW_VALUE)
    inputs = range(case.program.n_inputs)
    body: Body = [*spell.function(case, "start")]
    body += [f"old, new, changed = build({old}), build({new}), build({old})"]
    body += [spell.backward(f"{graph}[-1]") for graph in ("old", "new")]
    body += ["try:", f"    {spell.assigned('primal', 'changed[0]', new)}"]
    body += [f"    {spell.backward('changed[-1]')}"]
    body += ["except Exception:", "    # to refuse is right here", RETURN]
    for graph in ("old", "new", "changed"):
        body.append(f"at_{graph} = {_gradients(spell, f'{graph}[:{len(inputs)}]')}")
    body.append("right = at_new if at_changed == at_new else at_old")
    return body + [
        same(f"gradient of x{i} after x0 was changed", f"at_changed[{i}]", f"right[{i}]")
        for i in inputs
    ]


def root_gradient(spell: Speller, case: Case) -> Body:
    """LIF08: the root's own gradient is 1, or as it was."""
    output = _output(case)
    found = spell.gradient(output)
    body: Body = [*spell.build(case), f"before = {found}", spell.backward(output)]
    body.append(f"right = before if {found} == before else 1.0")
    return [*body, same(f"d {output} / d {output}", found, "right")]


def zero_grad(spell: Speller, case: Case) -> Body:
    """LIF09: the engine's own zeroing clears its graph, and nothing else."""
    body: Body = [*spell.function(case), "values, others = build(), build()"]
    body += [spell.backward(f"{graph}[-1]") for graph in ("values", "others")]
    body += [f"before = [{spell.value('value')} for value in values]"]
    body += [f"apart = {_gradients(spell, 'others')}", f"values[-1]{spell.facts['zero_grad']}"]
    for index, name in enumerate(_names(case)):
        here, there = f"values[{index}]", f"others[{index}]"
        body += [
            same(f"gradient of {name} after zero_grad()", spell.gradient(here), "0.0"),
            same(f"value of {name} after zero_grad()", spell.value(here), f"before[{index}]"),
            same(f"gradient of {name} elsewhere", spell.gradient(there), f"apart[{index}]"),
        ]
    return body


def same_bits(spell: Speller, case: Case) -> Body:
    """DET01: values are made and dropped between runs, so that new ones lie elsewhere in memory."""
    spare = spell.construct.replace("{}", "0.5")
    inputs = case.program.n_inputs
    bits = f"{spell.gradient('value')}.hex() for value in values[:{inputs}]"
    body: Body = [*spell.function(case), "kept, seen = [], set()", f"for run in range({RUNS}):"]
    body += [f"    spare = [{spare} for _ in range(512)]", "    random.Random(run).shuffle(spare)"]
    body += ["    values = build()", f"    {spell.backward('values[-1]')}"]
    body += ["    kept += [spare[:256], values]", f"    seen.add(tuple({bits}))"]
    return [*body, same(f"different gradients in {RUNS} runs", "len(seen)", "1")]


BODIES: dict[str, Callable[[Speller, Case], Body]] = {
    "LIF01": second_backward,
    "LIF02": values_kept,
    "LIF03": two_roots,
    "LIF04": zeroed,
    "LIF05": isolated,
    "LIF07": changed_leaf,
    "LIF08": root_gradient,
    "LIF09": zero_grad,
    "DET01": same_bits,
}
"""Law -> its steps."""
