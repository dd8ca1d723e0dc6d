"""JAX as an engine under test: ``jax.value_and_grad`` of a function of float64 scalars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from verify.engines.engine import GRAPH, Facts
from verify.engines.spelling import ARITHMETIC, IN_PLACE, NO_GRAPH, Spelling
from verify.program import Program

FUNCTIONS: dict[str, str] = {
    **{name: f"jnp.{name}({{0}})" for name in ("exp", "log", "sqrt", "sin", "cos", "tanh")},
    "sigmoid": "jax.nn.sigmoid({0})",
    "relu": "jax.nn.relu({0})",
    "abs": "abs({0})",
    "max": "jnp.maximum({0}, {1})",
    "min": "jnp.minimum({0}, {1})",
}


class JaxEngine:
    """JAX's scalars, each operation run as it is met: nothing is compiled as a whole.

    JAX rounds to single precision unless its process asks for float64 once and for all, which is
    done here: whoever makes this engine changes JAX for the whole process.
    """

    def __init__(self) -> None:
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)
        self._jax = jax
        self._spelling = Spelling(ARITHMETIC | IN_PLACE | FUNCTIONS, {"jax": jax, "jnp": jnp})
        self.facts = Facts(
            target="jax",
            name=f"jax {jax.__version__}",
            primal="jax.value_and_grad",
            gradient="jax.grad",
            backward="jax.grad",
            zero_grad=None,
            construct="{}",
            imports=(
                "import jax",
                "import jax.numpy as jnp",
                'jax.config.update("jax_enable_x64", True)',
            ),
            spellings=self._spelling.templates,
            unsupported=self._spelling.unsupported,
            keeps_intermediates=False,
            lacks={GRAPH: NO_GRAPH},
        )

    def value_and_gradient(
        self, program: Program, point: Sequence[float]
    ) -> tuple[Sequence[Any], Sequence[Any]]:
        """``jax.value_and_grad`` for all inputs; the other values are what JAX calls ``aux``."""

        def function(*inputs: Any) -> tuple[Any, list[Any]]:
            made = self._spelling.run(program, inputs)
            return made[-1], made

        differentiate = self._jax.value_and_grad(
            function, argnums=tuple(range(len(point))), has_aux=True
        )
        (_, values), gradients = differentiate(*point)
        return values, gradients
