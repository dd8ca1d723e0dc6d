"""The adapter of ``Value``-like classes: how a class is driven is found out by trying.

Nothing here knows any engine by name. Each member is looked for under the names that engines use,
and believed only when it behaves: the primal reads back the number that went in, an operation
gives a value of the same class. What was found is in ``facts``.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import FrameType
from typing import Any

from verify.engines.engine import Facts, NotANumberError, TargetError, as_float
from verify.engines.loading import Loaded
from verify.engines.observe import describe
from verify.program import FORMS

PRIMALS = ("data", "value", "val", "v", "x", "item")
GRADIENTS = ("grad", "_grad", "gradient", "grade", "g", "derivative")
BACKWARDS = ("backward", "backprop", "backpropagate", "backpropagation", "backwardpropagation")
ZEROS = ("zero_grad", "zero_gradient", "reset_grad")
SAMPLES = ((0.75, 1.25, 0.5), (1.5, 0.25, 2.25))
"""Operands at which every operation is legal, smooth and not at rest."""
NUMBERS = {"pow": 2}
LACKING = (TypeError, AttributeError, NotImplementedError, AssertionError)
"""What an engine raises for an operation, or a kind of operand, that it never meant to have."""
INFIX: dict[str, Callable[..., Any]] = {
    "{0} + {1}": operator.add,
    "{0} - {1}": operator.sub,
    "{0} * {1}": operator.mul,
    "{0} / {1}": operator.truediv,
    "{0} ** {1}": operator.pow,
    "{0} += {1}": operator.iadd,
    "{0} -= {1}": operator.isub,
    "{0} *= {1}": operator.imul,
    "{0} /= {1}": operator.itruediv,
    "-{0}": operator.neg,
    "abs({0})": abs,
    "sum([{*}])": lambda *values: sum(values),
}


class OperatorEngine:
    """A ``Value``-like class as an Engine.

    Args:
        loaded: the class and where it came from.

    Raises:
        TargetError: if the class is no engine: it cannot be made from a number, or has no primal,
            gradient or backward that can be found.
    """

    def __init__(self, loaded: Loaded) -> None:
        self._cls = loaded.cls
        self._module = loaded.module
        sample = self._construct(loaded)
        self._primal = self._find_primal(loaded, sample)
        self._gradient = self._find_gradient(loaded, sample)
        self._backward = _find_method(loaded, sample, BACKWARDS)
        zero = next((z for z in ZEROS if callable(_method(sample, z))), None)
        self._zero_grad = zero or ZEROS[0]
        self.facts = Facts(
            target=loaded.target,
            name=loaded.name,
            primal=f".{self._primal}",
            gradient=f".{self._gradient}",
            backward=f".{self._backward}()",
            zero_grad=f".{zero}()" if zero else None,
            construct=f"{loaded.cls.__name__}({{}})",
            imports=loaded.imports,
            source=loaded.source,
            left_out=loaded.left_out,
        )
        self._call: dict[str, Callable[..., Any]] = {}
        self._probe_operations()

    def lift(self, number: float) -> Any:
        """A leaf."""
        return _run(self._cls, number)

    def apply(self, form: str, operands: Sequence[Any]) -> Any:
        """One operation as a user spells it."""
        return _run(self._call[form], *operands)

    def backward(self, output: Any) -> None:
        """The engine's own backward."""
        _run(getattr(output, self._backward))

    def primal(self, node: Any) -> float:
        """The value. Raises NotANumberError."""
        return as_float(_member(node, self._primal), "the value")

    def adjoint(self, node: Any) -> float | None:
        """The gradient, or None. Raises NotANumberError."""
        found = _member(node, self._gradient)
        if isinstance(found, self._cls):  # for second derivatives
            found = _member(found, self._primal)
        return None if found is None else as_float(found, "the gradient")

    def zero(self, nodes: Sequence[Any]) -> None:
        """Assign 0 to the gradients, as training loops do."""
        for node in nodes:
            setattr(node, self._gradient, 0.0)

    def zero_grad(self, output: Any) -> None:
        """The engine's own, on a value."""
        _run(getattr(output, self._zero_grad))

    def assign(self, leaf: Any, number: float) -> None:
        """Assign to the member that holds the value."""
        _run(setattr, leaf, self._primal, number)

    def _construct(self, loaded: Loaded) -> Any:
        try:
            return _run(loaded.cls, 1.25)
        except Exception as error:  # noqa: BLE001
            raise TargetError(
                f"{loaded.target} is not an engine: {loaded.cls.__name__}(1.25) raises "
                f"{describe(error)}"
            ) from None

    def _find_primal(self, loaded: Loaded, sample: Any) -> str:
        for name in PRIMALS:
            try:
                if as_float(_member(sample, name), name) == 1.25:
                    return name
            except NotANumberError:
                continue
        raise TargetError(
            f"{loaded.target} is not an engine: {loaded.cls.__name__}(1.25) has no member that "
            f"holds 1.25 (looked for {', '.join(PRIMALS)})"
        )

    def _find_gradient(self, loaded: Loaded, sample: Any) -> str:
        for name in GRADIENTS:
            try:
                if not callable(getattr(sample, name)):
                    return name
            except Exception:  # noqa: BLE001, S112 - absent, or a property that raises
                continue
        raise TargetError(
            f"{loaded.target} is not an engine: {loaded.cls.__name__}(1.25) has no gradient "
            f"(looked for {', '.join(GRADIENTS)})"
        )

    def _probe_operations(self) -> None:
        spellings: dict[str, str] = {}
        unsupported: dict[str, str] = {}
        delegates: dict[str, tuple[str, ...]] = {}
        for form in FORMS:
            found = self._probe(form)
            if isinstance(found, str):
                unsupported[form] = found
            else:
                spellings[form], self._call[form] = found
                delegates[form] = self._delegates(form)
        self.facts = replace(
            self.facts, spellings=spellings, unsupported=unsupported, delegates=delegates
        )
        self.facts = replace(self.facts, keeps_intermediates=self._keeps_intermediates())

    def _probe(self, form: str) -> tuple[str, Callable[..., Any]] | str:
        """The first spelling that works, or why none does."""
        reasons: list[str] = []
        for template in FORMS[form][0].spelling:
            call = self._compile(template)
            if call is None:
                continue
            outcome = self._try(form, call)
            if outcome is None:
                return template, call
            reasons.append(outcome)
        return reasons[0] if reasons else f"there is no {FORMS[form][0].name}"

    def _try(self, form: str, call: Callable[..., Any]) -> str | None:
        """Why the engine lacks this spelling; None if it has it, even if it has it wrong."""
        try:
            result = _run(call, *self._samples(form, SAMPLES[0]))
        except LACKING as error:
            return None if self._is_a_bug(form, error) else describe(error)
        except Exception:  # noqa: BLE001 - it exists and raises: the campaign will say so
            return None
        if isinstance(result, self._cls) or self._behaves(result):
            return None
        if result is None and (FORMS[form][1] in {"v", "vv"} or form == "pow"):
            return None  # a forgotten return: the campaign will say so
        return f"it gives a {type(result).__name__}, not a {self._cls.__name__}"

    def _is_a_bug(self, form: str, error: BaseException) -> bool:
        """Whether the engine's own code broke on operands that it cannot have meant to refuse.

        Values are what every operation is for; a number as an operand, or a value as an exponent,
        is often left out on purpose, and the engine's code stumbles over it.
        """
        if FORMS[form][1] not in {"v", "vv"} or FORMS[form][0].name == "power":
            return False
        if isinstance(error, NotImplementedError):
            return False
        place = error.__traceback__
        while place is not None:
            if place.tb_frame.f_globals is vars(self._module):
                return True
            place = place.tb_next
        return False

    def _behaves(self, result: Any) -> bool:
        """Whether a result of another class has what a value has: engines may have several."""
        try:
            as_float(_member(result, self._primal), "the value")
            return hasattr(result, self._gradient) and callable(_method(result, self._backward))
        except NotANumberError:
            return False

    def _samples(self, form: str, sample: Sequence[float]) -> list[Any]:
        row, kinds = FORMS[form]
        kinds = "vv" if kinds == "*" else kinds
        return [
            self.lift(sample[i]) if kind == "v" else NUMBERS.get(row.name, 3)
            for i, kind in enumerate(kinds)
        ]

    def _compile(self, template: str) -> Callable[..., Any] | None:
        """A template as a function; None where the class or its module has no such name."""
        if template in INFIX:
            return INFIX[template]
        if template.startswith("{0}."):
            name = template[4:].split("(", maxsplit=1)[0]
            if not callable(getattr(self._cls, name, None)):
                return None
            return lambda first, *rest: getattr(first, name)(*rest)
        function = getattr(self._module, template.split("(", maxsplit=1)[0], None)
        return function if callable(function) else None

    def _delegates(self, form: str) -> tuple[str, ...]:
        """The class's own methods that the form was seen to call, in order."""
        seen: list[str] = []
        own = {name for base in self._cls.__mro__[:-1] for name in vars(base)}

        def watch(frame: FrameType, event: str, _arg: Any) -> None:
            name = frame.f_code.co_name
            if frame.f_globals is globals():
                return  # the adapter itself
            if event == "call" and name in own and name not in seen:
                seen.append(name)

        operands = self._samples(form, SAMPLES[0])
        if sys.getprofile() is not None:
            return ()  # somebody is profiling, and there is one place only
        sys.setprofile(watch)
        try:
            self.apply(form, operands)
        except Exception:  # noqa: BLE001, S110 - what it called until then is what counts
            pass
        finally:
            sys.setprofile(None)
        return tuple(name for name in seen if name != "__init__")

    def _keeps_intermediates(self) -> bool:
        """Whether an operand that is an intermediate still has a gradient after backward."""
        for form in self._call:
            if FORMS[form][1] not in {"v", "vv"}:
                continue
            try:
                leaf = self.lift(0.75)
                inner = self.apply(form, [leaf] * len(FORMS[form][1]))
                outer = self.apply(form, [inner] * len(FORMS[form][1]))
                self.backward(outer)
                found = self.adjoint(inner)
            except Exception:  # noqa: BLE001, S112 - another operation may work
                continue
            if found:
                return True
        return False


def _find_method(loaded: Loaded, sample: Any, names: Sequence[str]) -> str:
    for name in names:
        if callable(_method(sample, name)):
            return name
    raise TargetError(
        f"{loaded.target} is not an engine: {loaded.cls.__name__} has no backward method "
        f"(looked for {', '.join(names)})"
    )


def _run(function: Callable[..., Any], *operands: Any) -> Any:
    """Call somebody's code: ``sys.exit`` in it is a failure of it, and no end of ours."""
    try:
        return function(*operands)
    except SystemExit as error:
        raise RuntimeError(f"SystemExit({error.code!r})") from None


def _member(node: Any, name: str) -> Any:
    """A member, None where there is none. Raises NotANumberError if reading it raises."""
    try:
        return _run(getattr, node, name, None)
    except Exception as error:  # noqa: BLE001 - a property is somebody's code too
        raise NotANumberError(f"reading .{name} raises {describe(error)}") from None


def _method(sample: Any, name: str) -> Any:
    try:
        return _member(sample, name)
    except NotANumberError:
        return None
