"""Which operations an engine has, and how each is spelt."""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import FrameType, ModuleType
from typing import Any

from verify.engines.engine import NotANumberError
from verify.engines.observe import describe
from verify.engines.probing.calls import LACKING, expression, method, run
from verify.engines.probing.construction import Construction
from verify.engines.probing.members import Gradient
from verify.engines.probing.spellings import INFIX, NAMES, neighbours, reduces
from verify.program import FORMS, Op

SAMPLES = (0.75, 1.25)
"""Operands at which every operation is legal, smooth and not at rest."""
NUMBERS = {"pow": 2}


@dataclass(frozen=True, slots=True)
class Operations:
    """What an engine can do.

    Attributes:
        calls: form -> how it is applied.
        spellings: form -> the template that works.
        unsupported: form -> why it cannot be used, in the engine's own words.
        helpers: lines that a script needs for them.
    """

    calls: dict[str, Callable[..., Any]] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    unsupported: dict[str, str] = field(default_factory=dict)
    helpers: tuple[str, ...] = ()


class Finder:
    """Looks for the spelling of each form.

    Args:
        cls: the class of values.
        module: the module that it was found in.
        construction: how a value is made.
        gradient: how its gradient is read.
        backward: whether a value of another class can be differentiated.
        names: what templates may name.
    """

    def __init__(
        self,
        cls: type,
        module: ModuleType,
        construction: Construction,
        gradient: Gradient,
        backward: Callable[[Any], bool],
        names: Mapping[str, Any],
    ) -> None:
        self._cls, self._module, self._names = cls, module, names
        self._made, self._gradient, self._backward = construction, gradient, backward
        self._places = neighbours(cls, module)

    def find(self, given: Mapping[str, str], left_out: frozenset[str]) -> Operations:
        """Every form of OPS: its spelling, or why it has none.

        Args:
            given: spellings that a configuration says, by form; they are taken as they are.
            left_out: forms that a configuration leaves out.
        """
        found = Operations()
        used: set[str] = set()
        for form in FORMS:
            if form in left_out:
                found.unsupported[form] = "left out by the configuration"
                continue
            outcome = self._given(given[form]) if form in given else self._probe(form)
            if isinstance(outcome, str):
                found.unsupported[form] = outcome
            else:
                found.spellings[form], found.calls[form] = outcome
                used |= {n for n in self._places if found.spellings[form].startswith(f"{n}.")}
        helpers = tuple(f"import {name}" for name in sorted(used))
        return Operations(found.calls, found.spellings, found.unsupported, helpers)

    def _given(self, template: str) -> tuple[str, Callable[..., Any]]:
        return template, INFIX.get(template) or expression(template, self._names)

    def why_not(self, form: str, template: str) -> str | None:
        """Why a spelling gives no value; None if it gives one, right or wrong."""
        try:
            call = self._given(template)[1]
            result = run(call, *self.samples(form))
        except Exception as error:  # noqa: BLE001 - somebody's code
            return describe(error)
        if isinstance(result, self._cls) or self._behaves(result):
            return None
        return f"it gives a {type(result).__name__}, not a {self._cls.__name__}"

    def _probe(self, form: str) -> tuple[str, Callable[..., Any]] | str:
        """The first spelling that works, or why none does."""
        reasons: list[str] = []
        row, kinds = FORMS[form]
        for template in row.spelling:
            call = self._compile(template)
            if call is None:
                continue
            outcome = self._try(form, call)
            if outcome is None:
                return template, call
            reasons.append(outcome)
        for template in self._more(row, kinds):
            call = self._compile(template)
            if call is not None and self._works(form, call):
                return template, call
        return reasons[0] if reasons else f"there is no {row.name}"

    def _more(self, row: Op, kinds: str) -> Iterator[str]:
        """Spellings beyond those of OPS; a number first is no operand of a method."""
        if row.name == "sum" or row.name not in NAMES:
            return
        operands = ", ".join(f"{{{slot}}}" for slot in range(len(kinds)))
        rest = ", ".join(f"{{{slot}}}" for slot in range(1, len(kinds)))
        cls = self._cls.__name__
        for name in NAMES[row.name]:
            if kinds[0] == "v":
                yield f"{{0}}.{name}({rest})"
                if not rest:
                    yield f"{{0}}.{name}"
            yield f"{cls}.{name}({operands})"
            yield f"{name}({operands})"
            yield f"{name}.apply({operands})"
            yield f"{name}()({operands})"
            for place in self._places:
                yield f"{place}.{name}({operands})"
                yield f"{place}.{name}.apply({operands})"

    def _works(self, form: str, call: Callable[..., Any]) -> bool:
        """Whether a spelling gives a value: a guess must be right, where OPS's need only exist."""
        try:
            result = run(call, *self.samples(form))
            self._made.primal.read(result)
        except Exception:  # noqa: BLE001 - not this one
            return False
        return isinstance(result, self._cls) or self._behaves(result)

    def _try(self, form: str, call: Callable[..., Any]) -> str | None:
        """Why the engine lacks this spelling; None if it has it, even if it has it wrong."""
        try:
            result = run(call, *self.samples(form))
        except LACKING as error:
            return None if self._is_a_bug(form, error) else describe(error)
        except Exception as error:  # noqa: BLE001 - it exists and raises: the campaign will say so
            return describe(error) if _is_optional(form) and _is_raised(error) else None
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
        if _is_optional(form):
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
            self._made.primal.read(result)
            if self._gradient.name is not None and not _has(result, self._gradient.name):
                return False
            self._gradient.get(result)
        except NotANumberError:
            return False
        return not isinstance(result, float | int) and self._backward(result)

    def samples(self, form: str) -> list[Any]:
        """Operands for a form: fresh values, and numbers where it takes them."""
        row, kinds = FORMS[form]
        kinds = "vv" if kinds == "*" else kinds
        return [
            run(self._made.make, SAMPLES[i]) if kind == "v" else NUMBERS.get(row.name, 3)
            for i, kind in enumerate(kinds)
        ]

    def _compile(self, template: str) -> Callable[..., Any] | None:
        """A template as a function; None where nothing has such a name."""
        if template in INFIX:
            return INFIX[template]
        if template.startswith("{0}."):
            return self._method(template[4:])
        path = template.split("(", maxsplit=1)[0]
        if "." not in path and not template.endswith(")({0})"):
            function = getattr(self._module, path, None)
            return function if callable(function) else None
        return self._named(path, template)

    def _method(self, called: str) -> Callable[..., Any] | None:
        name, is_called, _ = called.partition("(")
        found = getattr(self._cls, name, None)
        if not is_called:
            return (lambda value: getattr(value, name)) if isinstance(found, property) else None
        if not callable(found) or (not called.endswith("()") and reduces(found)):
            return None
        return lambda first, *rest: getattr(first, name)(*rest)

    def _named(self, path: str, template: str) -> Callable[..., Any] | None:
        """A function of a class or of a neighbouring module, or an instance that is called."""
        place, _, name = path.rpartition(".")
        names: dict[str, Any] = {**self._names}
        if place in self._places:
            found = getattr(self._places[place], name, None)
            return found if callable(found) else None
        module, _, inner = place.rpartition(".")
        if module in self._places:
            holder = getattr(self._places[module], inner, None)
        else:
            holder = names.get(place or name)
        if not isinstance(holder, type):
            return None
        found = getattr(holder, name, None) if place else holder
        if not callable(found):
            return None
        return found if place else _instances(holder)

    def delegates(self, calls: Mapping[str, Callable[..., Any]]) -> dict[str, tuple[str, ...]]:
        """Form -> the class's own methods that it was seen to call, in order."""
        return {form: self._watched(form, call) for form, call in calls.items()}

    def _watched(self, form: str, call: Callable[..., Any]) -> tuple[str, ...]:
        seen: list[str] = []
        own = {name for base in self._cls.__mro__[:-1] for name in vars(base)}

        def watch(frame: FrameType, event: str, _arg: Any) -> None:
            name = frame.f_code.co_name
            if event != "call" or frame.f_globals.get("__name__", "").startswith(OURS):
                return  # the adapter itself
            if name in own and name not in seen:
                seen.append(name)

        operands = self.samples(form)
        if sys.getprofile() is not None:
            return ()  # somebody is profiling, and there is one place only
        sys.setprofile(watch)
        try:
            run(call, *operands)
        except Exception:  # noqa: BLE001, S110 - what it called until then is what counts
            pass
        finally:
            sys.setprofile(None)
        return tuple(name for name in seen if name != "__init__")


def _is_optional(form: str) -> bool:
    """Whether a number is an operand, or a value an exponent: often left out on purpose."""
    return FORMS[form][1] not in {"v", "vv"} or FORMS[form][0].name == "power"


def _is_raised(error: BaseException) -> bool:
    """Whether a ``raise`` in Python code refused, and no arithmetic failed."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    if place is None or place.tb_frame.f_globals.get("__name__", "").startswith(OURS):
        return False
    return dis.opname[place.tb_frame.f_code.co_code[place.tb_lasti]] == "RAISE_VARARGS"


def _instances(cls: type) -> Callable[..., Any]:
    """``Exp()(x)``: an instance for each call."""

    def call(*operands: Any) -> Any:
        return cls()(*operands)

    return call


OURS = "verify.engines"


def can_be_differentiated(text: str) -> Callable[[Any], bool]:
    """Whether a value of another class has the backward that was found, where it is a method."""
    if not text.startswith("."):
        return lambda _value: True
    name = text[1:].partition("(")[0]
    return lambda value: method(value, name) is not None


def _has(result: Any, name: str) -> bool:
    """Whether a member is there; one that raises until backward() has run is."""
    try:
        return bool(run(hasattr, result, name))
    except Exception:  # noqa: BLE001 - a property is somebody's code too
        return True
