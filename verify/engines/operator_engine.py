"""The adapter of ``Value``-like classes: how a class is driven is found out by trying.

Nothing here knows any engine by name: see ``verify.engines.probing``. What was found is in
``facts``; what a configuration says instead is taken as it is, and tried.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from verify.engines.engine import Facts, NotANumberError, TargetError, as_float
from verify.engines.loading import Loaded
from verify.engines.probing.backward import (
    BACKWARDS,
    Backward,
    backward_of,
    differentiated,
    given_backward,
    reaches,
    tested,
)
from verify.engines.probing.calls import (
    expression,
    member,
    method,
    namespace,
    refused,
    run,
    statements,
)
from verify.engines.probing.construction import Construction, constructions_of
from verify.engines.probing.graphs import Lab, join_of, numberless
from verify.engines.probing.members import GRADIENTS, PRIMALS, Gradient, gradient_of
from verify.engines.probing.operations import Finder, Operations, can_be_differentiated
from verify.engines.probing.overrides import OverrideError, Overrides
from verify.engines.probing.unexamined import note
from verify.engines.probing.width import NOTE, too_coarse, width_of
from verify.program import FORMS

ZEROS = ("zero_grad", "zero_gradient", "reset_grad")


class OperatorEngine:
    """A ``Value``-like class as an Engine.

    Args:
        loaded: the class and where it came from.
        overrides: what a configuration says instead of probing.

    Raises:
        TargetError: if the class is no engine: it cannot be made from a number, or has no primal,
            gradient or backward that can be found.
        OverrideError: if a part that the configuration says does not work.
    """

    def __init__(self, loaded: Loaded, overrides: Mapping[str, Any] | None = None) -> None:
        given = replace(Overrides.of(overrides or {}), left_out=loaded.left_out)
        self._cls = loaded.cls
        names = namespace(loaded.module, loaded.cls)
        self._made, self._gradient, self._backward = self._driven(loaded, names, given)
        self._primal = self._made.primal
        self._forget = self._forgetting(names)
        if "import numpy" in self._made.helpers:
            names["numpy"] = sys.modules["numpy"]
        sample = run(self._made.make, 1.25)
        zero = next((z for z in ZEROS if method(sample, z)), None)
        own = given.zero_grad or (f".{zero}()" if zero else None)
        self._zero_grad: Callable[[Any], Any] = given.tried(
            "zero-grad", call=lambda: expression(own or f".{ZEROS[0]}()", names)
        )
        finder = Finder(
            loaded.cls, loaded.module, self._made, self._gradient,
            can_be_differentiated(self._backward.text), names,
        )  # fmt: skip
        given.tried("gradient", call=lambda: self._try_gradient(names, given))
        given.tried("zero-grad", call=lambda: self._try_zero_grad(names, given))
        given.check_spellings(finder)
        found = finder.find(given.spellings, given.unsupported)
        self._call = found.calls
        self.facts = self._facts(loaded, found, finder, own, given)

    def _facts(
        self,
        loaded: Loaded,
        found: Operations,
        finder: Finder,
        zero_grad: str | None,
        given: Overrides,
    ) -> Facts:
        if given.float_width is None and (why := too_coarse(self)) is not None:
            raise refused(loaded.target, why)
        width = given.float_width or width_of(self)
        looked_at = (*found.spellings.values(), *found.unsupported, zero_grad or "",
                     self._backward.text, self._gradient.text, self._primal.text)  # fmt: skip
        notes = (
            *self._backward.notes, *((NOTE,) if width == 32 else ()), *note(loaded.cls, looked_at)
        )  # fmt: skip
        return Facts(
            target=loaded.target,
            name=loaded.name,
            primal=self._primal.text,
            gradient=self._gradient.text,
            backward=self._backward.text,
            zero_grad=zero_grad,
            construct=self._made.template,
            imports=loaded.imports,
            spellings=found.spellings,
            unsupported=found.unsupported,
            keeps_intermediates=self._keeps_intermediates(),
            delegates=finder.delegates(found.calls),
            source=loaded.source,
            left_out=loaded.left_out,
            float_width=width,
            reset=self._reset_text(),
            helpers=(*self._made.helpers, *found.helpers, *self._backward.helpers),
            notes=notes,
            overrides=given.as_data(),
        )

    def lift(self, number: float) -> Any:
        """A leaf."""
        return run(self._made.make, number)

    def apply(self, form: str, operands: Sequence[Any]) -> Any:
        """One operation as a user spells it."""
        return run(self._call[form], *operands)

    def has(self, form: str) -> bool:
        """Whether an operation was found."""
        return form in self._call

    def backward(self, output: Any) -> None:
        """The engine's own backward."""
        run(self._backward.call, output)

    def primal(self, node: Any) -> float:
        """The value. Raises NotANumberError."""
        return self._primal.read(node)

    def adjoint(self, node: Any) -> float | None:
        """The gradient, or None. Raises NotANumberError."""
        found = self._gradient.get(node)
        if isinstance(found, self._cls):  # for second derivatives
            found = self._primal.get(found)
        return None if found is None else as_float(found, "the gradient")

    def zero(self, nodes: Sequence[Any]) -> None:
        """Assign 0 to the gradients, as training loops do; None or an array where a leaf has it.

        Raises NotImplementedError where the gradient is what a method gives.
        """
        if self._forget is None:
            raise NotImplementedError(f"{self._gradient.text} cannot be assigned")
        for node in nodes:
            run(self._forget, node)

    def _forgetting(self, names: Mapping[str, Any]) -> Callable[[Any], None] | None:
        """What forgets a gradient: an attribute is assigned, or a statement run: ``.slope[0]``."""
        if (name := self._gradient.name) is not None:
            return lambda node: setattr(node, name, self._fresh())
        try:
            return statements(f"{self._gradient.text} = 0.0", names)
        except SyntaxError:
            return None

    def zero_grad(self, output: Any) -> None:
        """The engine's own, on a value."""
        run(self._zero_grad, output)

    def assign(self, leaf: Any, number: float) -> None:
        """Assign to the member that holds the value."""
        self._primal.assign(leaf, number)

    def _try_gradient(self, names: dict[str, Any], given: Overrides) -> None:
        """Read the configuration's, of a leaf; raises what reading it raises."""
        if given.gradient is None:
            return
        if given.gradient.removeprefix("{}") in {self._primal.text, f".{self._primal.name}"}:
            raise TargetError("that is where its number is")
        leaf = self.lift(1.25)
        try:
            self.backward(self._joined(leaf, names))
        except Exception:  # noqa: BLE001 - that is for the laws, and there may be no gradient yet
            return
        run(expression(given.gradient, names), leaf)
        self.adjoint(leaf)

    def _try_zero_grad(self, names: dict[str, Any], given: Overrides) -> None:
        """Call the configuration's, on an output; raises what the engine raises."""
        if given.zero_grad is None:
            return
        output = self._joined(self.lift(1.25), names)
        self.backward(output)
        self.zero_grad(output)

    def _joined(self, leaf: Any, names: dict[str, Any]) -> Any:
        """An output made of a leaf; the leaf itself where nothing joins two values."""
        join = join_of(self._made, names)
        return join(leaf, self.lift(0.5)) if join else leaf

    def _fresh(self) -> Any:
        """What a fresh leaf has for a gradient; 0.0 where that is a number."""
        name = self._gradient.name
        try:
            found = member(run(self._made.make, 0.0), name) if name else None
        except NotANumberError:  # it cannot be read before backward()
            found = None
        return 0.0 if type(found) in {int, float} else found

    def _reset_text(self) -> str | None:
        if self._gradient.name is None and self._forget is not None:
            return "0.0"
        if self._gradient.name is None or self._gradient.text != f".{self._gradient.name}":
            return None
        found = self._fresh()
        if found is None or type(found) is float:
            return repr(found)
        return self._made.template.replace("{}", "0.0") + self._gradient.text

    def _driven(
        self, loaded: Loaded, names: dict[str, Any], given: Overrides
    ) -> tuple[Construction, Gradient, Backward]:
        """How a value is made, and its gradient read and made; the first whose leaves get one.

        An array of another shape may be what an engine's backward needs.
        """
        first: tuple[Construction, Gradient, Backward] | None = None
        why: TargetError | None = None
        for made in given.tried(
            "construct", "primal",
            call=lambda: list(constructions_of(loaded, given.primal, given.construct)),
        ):  # fmt: skip
            try:
                found, is_whole = _driving(loaded, made, names, given)
            except OverrideError:
                raise
            except TargetError as error:
                why = why or error
                continue
            if is_whole:
                return found
            first = first or found
        if first is None:
            raise why or refused(loaded.target, "it cannot be made from a number")
        return first

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


def _driving(
    loaded: Loaded, made: Construction, names: dict[str, Any], given: Overrides
) -> tuple[tuple[Construction, Gradient, Backward], bool]:
    """The gradient and the backward of values made so, and whether leaves get a gradient."""
    sample, join = run(made.make, 1.25), join_of(made, names)
    if join is None and (why := numberless(made)) is not None:
        raise refused(loaded.target, why)
    gradient = given.tried(
        "gradient",
        call=lambda: gradient_of(
            loaded,
            sample,
            given.gradient,
            names,
            lambda: differentiated(loaded, made, join, names),
        ),
    )
    lab = Lab(made, gradient, join) if join else None
    text = given.backward
    if text is not None:
        way = given.tried("backward", call=lambda: tested(given_backward(text, names), lab))
        return (made, gradient, way), True
    way = backward_of(loaded, sample, names, lab)
    return (made, gradient, way), lab is not None and reaches(lab, way.call)


__all__ = ["BACKWARDS", "GRADIENTS", "PRIMALS", "ZEROS", "OperatorEngine"]
