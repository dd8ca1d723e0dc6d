"""What an engine is to us: a small protocol written as laws, and what it was seen to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeGuard

from verify.engines.texts import text_of
from verify.program import Program

GRAPH = "graph"
"""The ability to keep a graph: values are made one by one, differentiated when told, read again."""


class TargetError(Exception):
    """The engine named by the user cannot be loaded or is not an engine: exit code 3."""


class NotANumberError(Exception):
    """An engine's primal or gradient is not a real number; the message says what it is."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the adapter found out about an engine, shown to the user and kept in the report.

    Attributes:
        target: what the user asked for.
        name: package or file, and version where known.
        primal, gradient, backward, zero_grad: of an engine without a graph, the functions that give
            a function's value and its gradients; else members as a user writes them, ``.data`` or
            ``.backward()``, or templates with ``{}`` for the value, ``backward({})``; ``zero_grad``
            is None where the engine has none.
        construct: how a number becomes a value, a template with ``{}``.
        imports: Python lines that make the engine's class available to a script.
        spellings: form -> the template that works, ``{0} + {1}``.
        unsupported: form -> why it could not be used, the engine's own words.
        keeps_intermediates: whether intermediates' gradients can be read after ``backward``.
        delegates: form -> the engine's methods it was seen to call.
        source: where the class is written, see ``source_of``; None where that is not known.
        float_width: bits of the numbers it computes with, 64 or 32.
        reset: what is assigned to a gradient to forget it, a Python expression; None where a
            gradient cannot be assigned.
        helpers: Python lines that a script needs besides ``imports``.
        notes: what a reader must know of how the engine is driven, a sentence each.
        overrides: what a configuration said instead of probing, as plain data.
        left_out: what of its file was not executed, and modules that are not installed.
        lacks: ability -> why the engine is without it: what needs it is not examined.
    """

    target: str
    name: str
    primal: str
    gradient: str
    backward: str
    zero_grad: str | None
    construct: str
    imports: tuple[str, ...]
    spellings: dict[str, str] = field(default_factory=dict)
    unsupported: dict[str, str] = field(default_factory=dict)
    keeps_intermediates: bool = True
    delegates: dict[str, tuple[str, ...]] = field(default_factory=dict)
    source: dict[str, Any] | None = None
    float_width: int = 64
    reset: str | None = "0.0"
    helpers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    overrides: dict[str, Any] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    lacks: dict[str, str] = field(default_factory=dict)


class GraphEngine(Protocol):
    """A reverse-mode engine of scalars that keeps a graph.

    Laws: ``lift(x)`` makes a leaf whose primal is exactly x; ``apply`` never changes its operands;
    after ``backward(v)`` the adjoint of a leaf is d v / d leaf plus what it held; ``primal`` and
    ``adjoint`` change nothing; after ``assign(leaf, x)`` the leaf's primal is exactly x.
    """

    facts: Facts

    def lift(self, number: float) -> Any:
        """A leaf."""
        ...

    def apply(self, form: str, operands: Sequence[Any]) -> Any:
        """One operation, spelled as a user would; raises whatever the engine raises."""
        ...

    def backward(self, output: Any) -> None:
        """Differentiate ``output``."""
        ...

    def primal(self, node: Any) -> float:
        """The value. Raises NotANumberError."""
        ...

    def adjoint(self, node: Any) -> float | None:
        """The gradient, None where the engine has none. Raises NotANumberError."""
        ...

    def zero(self, nodes: Sequence[Any]) -> None:
        """Reset the gradients of these nodes, as the engine's users do."""
        ...

    def zero_grad(self, output: Any) -> None:
        """The engine's own ``zero_grad`` on a value, where ``facts.zero_grad`` names one."""
        ...

    def assign(self, leaf: Any, number: float) -> None:
        """Change a leaf's value, as an optimiser's step does; raises where the engine refuses."""
        ...


class FunctionalEngine(Protocol):
    """An engine that differentiates functions; ``facts.lacks`` says that it keeps no GRAPH.

    Laws: there is a primal for each value of the program, in order, and those of the inputs are
    exactly the point; there is a gradient for each input, d output / d input, and none of a value
    between; nothing is kept from one call to the next, so the same question has the same answer.
    """

    facts: Facts

    def value_and_gradient(
        self, program: Program, point: Sequence[float]
    ) -> tuple[Sequence[Any], Sequence[Any]]:
        """The primals of all values and the gradients of the inputs, as the engine gives them.

        Raises:
            StepError: if an operation raises.
            Exception: whatever the engine raises when it differentiates.
        """
        ...


Engine = GraphEngine | FunctionalEngine
"""Which of the two an engine is, ``facts.lacks`` says; ``observe`` asks either."""


def keeps_graph(engine: Engine) -> TypeGuard[GraphEngine]:
    """Whether an engine can be asked for its values one by one."""
    return GRAPH not in engine.facts.lacks


class StepError(Exception):
    """An operation raised while a function was run forward; the cause is what it raised.

    Attributes:
        made: the values before it; their number is the index of the one that could not be made.
    """

    def __init__(self, made: Sequence[Any]) -> None:
        """Keep what was made."""
        super().__init__(f"%{len(made)}")
        self.made = tuple(made)


def one_line(thing: object, limit: int = 200) -> str:
    """Somebody's words as one line that no terminal and no encoding stumbles over."""
    words = " ".join(text_of(thing).split())
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in words[:limit])


def as_float(value: Any, what: str) -> float:
    """A real number as a float.

    Raises:
        NotANumberError: for complex, strings, None and anything else.
    """
    if type(value) is float:
        return value
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "size", 1) == 1:  # an array of one number
        try:
            value = item()
        except Exception as error:  # noqa: BLE001 - whatever somebody's class raises
            raise NotANumberError(
                f"{what} is a {type(value).__name__}, not a real number ({one_line(error)})"
            ) from None
    if value is None or isinstance(value, complex | str | bytes):
        raise NotANumberError(
            f"{what} is {type(value).__name__} {str(value)[:60]!r}, not a real number"
        )
    try:
        return float(value)
    except Exception as error:  # noqa: BLE001 - whatever somebody's class raises in __float__
        raise NotANumberError(
            f"{what} is a {type(value).__name__}, not a real number ({one_line(error)})"
        ) from None
