"""Operations of an engine as its users spell them: what a script prints is what is called."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from verify.engines.engine import StepError
from verify.program import FORMS, Program, Ref

ARITHMETIC: dict[str, str] = {
    "add": "{0} + {1}", "sub": "{0} - {1}", "mul": "{0} * {1}", "div": "{0} / {1}",
    "neg": "-{0}", "pow": "{0} ** {1}", "power": "{0} ** {1}", "sum": "sum([{*}])",
}  # fmt: skip
"""Operation -> template, as every engine with Python's operators has them."""
IN_PLACE: dict[str, str] = {
    "iadd": "{0} += {1}", "isub": "{0} -= {1}", "imul": "{0} *= {1}", "idiv": "{0} /= {1}",
}  # fmt: skip
"""The same for values that do not change, whose name is only given to another one."""
STATEMENTS: dict[str, Callable[..., Any]] = {
    "{0} += {1}": operator.iadd, "{0} -= {1}": operator.isub,
    "{0} *= {1}": operator.imul, "{0} /= {1}": operator.itruediv,
}  # fmt: skip
NO_GRAPH = "a functional engine has no graph to keep"


class Spelling:
    """The forms of an engine, each with its template and what the template calls.

    Args:
        templates: operation -> template, ``jnp.maximum({0}, {1})`` or ``{0}.exp()``.
        modules: what the templates name, ``jnp``.
    """

    def __init__(self, templates: Mapping[str, str], modules: Mapping[str, Any]) -> None:
        calls = {name: _call(template, modules) for name, template in templates.items()}
        forms = {form: row.name for form, (row, _) in FORMS.items() if row.name in templates}
        self.templates = {form: templates[name] for form, name in forms.items()}
        self.unsupported = {form: f"there is no {FORMS[form][0].name}"
                            for form in FORMS if form not in forms}  # fmt: skip
        self._calls = {form: calls[name] for form, name in forms.items()}

    def apply(self, form: str, operands: Sequence[Any]) -> Any:
        """One operation; raises whatever the engine raises."""
        return self._calls[form](*operands)

    def run(self, program: Program, inputs: Sequence[Any]) -> list[Any]:
        """Every value of a program in order, the inputs first. Raises StepError."""
        made = list(inputs)
        for _, instruction in program.steps():
            used = [made[o.index] if isinstance(o, Ref) else o for o in instruction.operands]
            try:
                made.append(self.apply(instruction.form, used))
            except Exception as error:
                raise StepError(made) from error
        return made


def _call(template: str, modules: Mapping[str, Any]) -> Callable[..., Any]:
    """What a template calls, with the operands in their order."""
    if template in STATEMENTS:
        return STATEMENTS[template]
    text = template.replace("{*}", "*operands")
    text = text.replace("{0}", "operands[0]").replace("{1}", "operands[1]")
    made = eval(f"lambda *operands: {text}", dict(modules))  # noqa: S307 - a line of an adapter
    called: Callable[..., Any] = made
    return called
