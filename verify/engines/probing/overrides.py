"""What a configuration says instead of probing: plain data, checked, and tried."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from verify.engines.engine import TargetError
from verify.engines.observe import describe
from verify.program import BY_NAME, FORMS
from verify.program.floats import FLOATS

T = TypeVar("T")
TEMPLATES = ("construct", "primal", "gradient", "backward", "zero-grad")
"""Keys that hold a template: what a user writes, ``{}`` for the number or the value."""
KEYS = (*TEMPLATES, "float-width", "unsupported", "spellings")
NEEDS_SLOT = ("construct",)
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class OverrideError(TargetError):
    """A part of the engine that the configuration says wrongly: exit code 2."""


class Spelling(Protocol):
    """What can try a spelling."""

    def why_not(self, form: str, template: str) -> str | None:
        """Why it gives no value; None if it gives one."""
        ...


@dataclass(frozen=True, slots=True)
class Overrides:
    """Each attribute is None, or empty, where probing is to find out.

    ``left_out`` is what of the engine's file was not executed: a name that it gives is lacking.
    """

    construct: str | None = None
    primal: str | None = None
    gradient: str | None = None
    backward: str | None = None
    zero_grad: str | None = None
    float_width: int | None = None
    unsupported: frozenset[str] = frozenset()
    spellings: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Overrides:
        """Overrides from plain data, the table ``[engine]`` of a configuration.

        Raises:
            OverrideError: naming the key that is wrong.
        """
        for key in data:
            if key not in KEYS:
                raise OverrideError(f"engine: there is no key {key[:40]!r}; {_meant(key, KEYS)}")
        texts: dict[str, Any] = {
            key.replace("-", "_"): _template(key, data[key]) for key in TEMPLATES if key in data
        }
        return cls(
            **texts,
            float_width=_width(data.get("float-width")),
            unsupported=frozenset(_forms("unsupported", data.get("unsupported", []))),
            spellings=_spellings(data.get("spellings", {})),
            data=dict(data),
        )

    def as_data(self) -> dict[str, Any]:
        """The same as plain data."""
        return self.data

    def tried(self, *keys: str, call: Callable[[], T]) -> T:
        """What a finder gives; what it raises names the key, where the configuration has one."""
        key = next((key for key in keys if key in self.data), None)
        if key is None:
            return call()
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - a template is somebody's code
            said = str(error) if isinstance(error, TargetError) else describe(error)
            if self.left_out and _lacks_a_name(error):
                said += f"; left out of its file: {', '.join(self.left_out)[:200]}"
            raise OverrideError(
                f"engine.{key} = {self.data[key]!r} does not work: {said}"
            ) from None

    def check_spellings(self, finder: Spelling) -> None:
        """Try each spelling once. Raises OverrideError."""
        for form, template in self.spellings.items():
            if form not in self.unsupported and (why := finder.why_not(form, template)) is not None:
                raise OverrideError(f"engine.spellings.{form} = {template!r} does not work: {why}")


def _lacks_a_name(error: BaseException | None) -> bool:
    """Whether a name that is not there is what an error is about, or comes from."""
    while error is not None and not isinstance(error, NameError):
        error = error.__context__
    return error is not None


def _template(key: str, value: object) -> str:
    if not isinstance(value, str) or CONTROL.search(value):
        raise OverrideError(f"engine.{key} must be a text of one line, not {str(value)[:40]!r}")
    if key in NEEDS_SLOT and "{}" not in value:
        raise OverrideError(f"engine.{key} must hold {{}} where the number goes: {value[:60]!r}")
    if key not in NEEDS_SLOT and "{}" not in value and not value.startswith("."):
        raise OverrideError(
            f"engine.{key} must begin with a dot or hold {{}} where the value goes: {value[:60]!r}"
        )
    return value


def _width(value: object) -> int | None:
    if value is None:
        return None
    if type(value) is not int or value not in FLOATS:
        raise OverrideError(f"engine.float-width must be 64 or 32, not {str(value)[:40]!r}")
    return value


def _forms(key: str, value: object) -> list[str]:
    """Forms that a list of operations or forms names."""
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise OverrideError(f"engine.{key} must be a list of operations, not {str(value)[:40]!r}")
    return [form for name in value for form in _named(key, name)]


def _named(key: str, name: str) -> list[str]:
    """An operation means all its spellings; a spelling means itself."""
    if name in BY_NAME:
        return list(BY_NAME[name].forms.values())
    if name in FORMS:
        return [name]
    raise OverrideError(f"engine.{key}: there is no operation {name[:40]!r}; {_meant(name, FORMS)}")


def _spellings(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise OverrideError(f"engine.spellings must be a table, not {str(value)[:40]!r}")
    for form, template in value.items():
        if form not in FORMS:
            raise OverrideError(
                f"engine.spellings: there is no operation {form[:40]!r}; {_meant(form, FORMS)}"
            )
        if not isinstance(template, str) or CONTROL.search(template) or "{" not in template:
            raise OverrideError(
                f"engine.spellings.{form} must be a text such as '{{0}}.{form}()', not "
                f"{str(template)[:40]!r}"
            )
    return dict(value)


def _meant(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"
