"""How an output is differentiated: by a method, a function, or a step on each node.

Each way is tried on a small graph and classed by what it does to the gradients. Nothing is done in
the engine's place that the engine claims to do:

* a backward that reaches the leaves is taken as it is;
* one that raises, or does less, and sets the output's gradient, is taken as it is: it claims to be
  the whole, so the laws will say what is wrong with it;
* one that only passes on what the node holds cannot set it: each node would forget what it was
  given. Then the output's gradient is set to 1 first, as its users do. So is that of a node's own
  step that does not walk at all, and the nodes are walked in its place, each once, users first;
* one that walks by itself and sets nothing has forgotten to: that is a fault, and stays one.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from verify.engines.engine import NotANumberError
from verify.engines.loading import Loaded
from verify.engines.observe import describe
from verify.engines.probing.calls import expression, looked_for, method, refused, run, statements
from verify.engines.probing.construction import Construction
from verify.engines.probing.graphs import Graph, Join, Lab
from verify.engines.probing.walk import operand_names, walk_source

BACKWARDS = ("backward", "backprop", "backpropagate", "backpropagation", "backwardpropagation")
MORE_BACKWARDS = (
    "run_backpropagation", "run_backprop", "run_backward", "backward_propagation", "back_prop",
    "back_propagate", "back_propagation", "backwards", "backward_pass", "do_backward",
    "compute_gradients", "compute_grads", "compute_grad", "calc_grad", "calculate_gradients",
    "propagate", "back", "differentiate", "doBackward", "runBackward", "backwardPass",
)  # fmt: skip
SEEDED = "the gradient of the output is set to 1 first: {} passes on what the node holds"
WALKED = (
    "{} is the node's own step, so the nodes are walked in its place, each once and users first: "
    "no order of the engine's own is examined"
)


@dataclass(frozen=True, slots=True)
class Backward:
    """How an output is differentiated.

    Attributes:
        text: as a user writes it: ``.backward()``, ``backward({})``.
        call: the same as a function of the output.
        notes: what a reader must know of it.
        helpers: lines that a script needs for it.
    """

    text: str
    call: Callable[[Any], Any]
    notes: tuple[str, ...] = ()
    helpers: tuple[str, ...] = field(default=())


def given_backward(text: str, names: dict[str, Any]) -> Backward:
    """A backward that a configuration spells. Raises SyntaxError."""
    return Backward(text, statements(text, names))


def backward_of(loaded: Loaded, sample: Any, names: dict[str, Any], lab: Lab | None) -> Backward:
    """The first way that reaches the leaves, else the first that there is.

    Args:
        loaded: the class.
        sample: a fresh value.
        names: the names of its module.
        lab: where it is tried; None if the engine has no operation to try it on.

    Raises:
        TargetError: if there is none.
    """
    ways = list(_ways(loaded.cls, sample, names))
    if not ways:
        raise refused(loaded.target, _no_way(loaded.cls, sample))
    if lab is None:
        return ways[0]
    whole = next((way for way in ways if reaches(lab, way.call)), None)
    if whole is not None:
        return whole
    helped = (_helped(loaded, lab, way, names) for way in ways)
    found = next((way for way in helped if way is not None), None)
    calm = (way for way in ways if not isinstance(_try(lab, way.call), str))
    return found or next(calm, ways[0])


def _no_way(cls: type, sample: Any) -> str:
    """What is said of a class that cannot be differentiated."""
    looked = looked_for("backward", (*BACKWARDS, *MORE_BACKWARDS))
    for name in (*BACKWARDS, *MORE_BACKWARDS):
        if (found := method(sample, name)) is not None:
            asked = ", ".join(p.name for p in _required(found))
            return (
                f"{cls.__name__}.{name} asks for {asked}, and only a seed can be given ({looked})"
            )
    return f"{cls.__name__} has no backward method ({looked})"


def tested(way: Backward, lab: Lab | None) -> Backward:
    """A way that was tried once; raises what the engine raises."""
    if lab is not None:
        run(way.call, lab.graph().outer)
    return way


def differentiated(
    loaded: Loaded, made: Construction, join: Join | None, names: dict[str, Any]
) -> Iterator[Any]:
    """Leaves of graphs that were differentiated, each in another of the ways that there are."""
    if join is None:
        return
    for way in _ways(loaded.cls, run(made.make, 1.25), names):
        try:
            leaf, other = run(made.make, 1.25), run(made.make, 0.5)
            run(way.call, run(join, leaf, other))
        except Exception:  # noqa: BLE001, S112 - another may work
            continue
        yield leaf


def _ways(cls: type, sample: Any, names: dict[str, Any]) -> Iterator[Backward]:
    """Methods of a value, functions of its class, then those beside it, that can be called."""
    usual = (*BACKWARDS, *MORE_BACKWARDS)
    for name in usual:
        found = method(sample, name)
        if found is None:
            continue
        bound = not isinstance(inspect.getattr_static(cls, name, None), staticmethod | classmethod)
        if (asked := _asked(found, 0 if bound else 1)) is not None:
            yield _way(
                _spelt(f".{name}" if bound else f"{cls.__name__}.{name}", bound, asked), names
            )
    for name in usual:
        found = names.get(name)
        if callable(found) and not isinstance(found, type):
            asked = _asked(found, 1)
            if asked is not None:
                yield _way(_spelt(name, False, asked), names)


def _spelt(name: str, bound: bool, asked: str) -> str:
    """A call as a user writes it: of a method, or of a function of the output."""
    return f"{name}({', '.join(filter(None, ('' if bound else '{}', asked)))})"


def _way(text: str, names: dict[str, Any]) -> Backward:
    return Backward(text, expression(text, names))


def _asked(function: Callable[..., Any], given: int) -> str | None:
    """What must be given besides the value: nothing, or the seed; None if it asks for more."""
    try:
        asked = _required(function)
    except (TypeError, ValueError):
        return ""
    if len(asked) == given:
        return ""
    return "1.0" if len(asked) == given + 1 else None


def _required(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """The parameters that must be given."""
    found = inspect.signature(function).parameters.values()
    return [
        p for p in found if p.default is p.empty and p.kind not in {p.VAR_POSITIONAL, p.VAR_KEYWORD}
    ]


def reaches(lab: Lab, call: Callable[[Any], Any]) -> bool:
    """Whether it gives a gradient to a leaf two steps down."""
    tried = _try(lab, call)
    return not isinstance(tried, str) and lab.adjoint(tried.a) != 0.0


def _try(lab: Lab, call: Callable[[Any], Any]) -> Graph | str:
    """A graph after the call; what it raised, if it did."""
    try:
        graph = lab.graph()
        run(call, graph.outer)
    except Exception as error:  # noqa: BLE001 - somebody's code
        return describe(error)
    return graph


def _helped(loaded: Loaded, lab: Lab, way: Backward, names: dict[str, Any]) -> Backward | None:
    """The way, the output's gradient set first or the nodes walked; None if neither is fair."""
    plain = _try(lab, way.call)
    if not isinstance(plain, str) and lab.adjoint(plain.outer) != 0.0:
        return None  # it sets the output's gradient: it claims to be the whole
    name = lab.gradient.name
    if name is None or "1.0" in way.text:
        return None
    unit = _unit(lab)
    seeded = _seeding(lab, way, unit)
    call = statements(seeded, names)
    if reaches(lab, call):
        if not _reenters(lab, call):
            return None
        return Backward(seeded, call, (SEEDED.format(way.text),))
    return _walked(loaded, lab, way, unit, names)


def _seeding(lab: Lab, way: Backward, unit: str) -> str:
    """The way's statement after one that sets the output's gradient."""
    value = "{}" if way.text.startswith(".") else ""
    return f"{{}}.{lab.gradient.name} = {unit}; {value}{way.text}"


def _unit(lab: Lab) -> str:
    """The number 1 as the engine's gradients are: a value where they are values."""
    try:
        held = lab.gradient.get(run(lab.construction.make, 1.25))
    except NotANumberError:
        held = None
    if isinstance(held, type(run(lab.construction.make, 1.25))):
        return lab.construction.template.replace("{}", "1.0")
    return "1.0"


def _reenters(lab: Lab, call: Callable[[Any], Any]) -> bool:
    """Whether backward on a node calls backward on others: then no node can set its gradient."""
    entered: dict[Any, set[int]] = {}

    def watch(frame: FrameType, event: str, _arg: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_argcount and code.co_name in {*BACKWARDS, *MORE_BACKWARDS}:
            first = frame.f_locals.get(code.co_varnames[0])
            entered.setdefault(code.co_name, set()).add(id(first))

    if sys.getprofile() is not None:
        return False  # somebody is profiling, and there is one place only
    graph = lab.graph()
    sys.setprofile(watch)
    try:
        run(call, graph.outer)
    except Exception:  # noqa: BLE001, S110 - what it entered until then is what counts
        pass
    finally:
        sys.setprofile(None)
    return any(len(nodes) > 1 for nodes in entered.values())


def _walked(
    loaded: Loaded, lab: Lab, way: Backward, unit: str, names: dict[str, Any]
) -> Backward | None:
    """The nodes walked, if the way is one node's own step."""
    graph = _try(lab, statements(_seeding(lab, way, unit), names))
    if isinstance(graph, str) or not (lab.adjoint(graph.inner) or lab.adjoint(graph.c)):
        return None  # it does nothing
    held = operand_names(lab)
    if not held:
        said = f"{way.text} is the node's own step, and no member of a value holds its operands"
        raise refused(loaded.target, f"{said}, so that its nodes cannot be walked")
    source = walk_source(held, lab.gradient.name or "", unit, way.text)
    space = dict(names)
    exec(source, space)  # noqa: S102 - our own text, over the engine's names
    walked = Backward(
        "walk({})", space["walk"], (WALKED.format(way.text),), tuple(source.split("\n"))
    )
    return walked if reaches(lab, walked.call) else None
