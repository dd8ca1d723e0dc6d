"""A class of multilayer perceptrons: how it is driven is found out by trying."""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from verify.engines import GraphEngine, TargetError
from verify.engines.class_place import is_named
from verify.engines.isolation import Isolated, Limits
from verify.engines.loading import Loaded, load
from verify.engines.operator_engine import OperatorEngine
from verify.networks.architecture import Architecture
from verify.networks.identify import Identified, identify
from verify.networks.instance import (
    CONSTRUCTORS,
    GENERATORS,
    Constructor,
    Instance,
    NetworkError,
    Trained,
    construct,
    generators,
)
from verify.networks.shape import Shape
from verify.oracles import warm

STEPS = 1000
"""Training steps of a default run."""
SAMPLE = Shape(3, (4, 3, 2))
"""Rich enough that every two architectures differ in it."""


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """What was found out about a network, for the report; every field can be written as JSON.

    Attributes:
        target: what the user asked for.
        name: package or file, and version where known.
        construct, call, parameters: how the sample is made and driven, as a user writes it.
        zero_grad: the network's own, or None.
        value: the class of its values.
        hidden, last, order: the architecture, None where none known fits.
        trajectory_steps: training steps checked one by one; None before NET06 was examined.
        undecided_steps: those whose enclosure could not decide.
        compounding_steps: steps for which parameters carried as balls from the start stay
            narrow enough to have power.
        compounding_end: why it ended there: ``steps`` (all of them), ``wide``, ``kink``, ...
    """

    target: str
    name: str
    construct: str
    call: str
    parameters: str
    zero_grad: str | None
    value: str
    hidden: str | None = None
    last: str | None = None
    order: str | None = None
    trajectory_steps: int | None = None
    undecided_steps: int | None = None
    compounding_steps: int | None = None
    compounding_end: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The fields, in order."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Driven:
    """How an engine is driven where a configuration says so.

    Attributes:
        target: the engine that it is said of.
        table: the configuration's table ``[engine]``; None if it says nothing.
    """

    target: str
    table: Mapping[str, Any] | None = None

    def table_for(self, values: Loaded) -> Mapping[str, Any] | None:
        """The table, if a class of values is the engine that it is about."""
        file = getattr(values.module, "__file__", None)
        return self.table if is_named(values.cls, file, self.target) else None


UNSAID = Driven("")
"""No configuration says anything of any engine."""


class Network:
    """A class of networks, its engine and its architecture.

    Args:
        loaded: the class.
        seed: what every setting and training set is drawn from.
        steps: length of the training trajectory.
        driven: how the engine of its values is driven, if it is the one that this names.

    Attributes:
        facts: what was found out.
        engine: the engine of its values.
        identified: its architecture, or the nearest candidate's first miss.
        complete: whether it lists as many parameters as its shape has, each once.
        trouble: why it did not answer when the architecture was looked for; empty if it did.
        gradients_are_wrong: whether NET04 was seen broken: one bug is one finding.

    Raises:
        TargetError: in one sentence, if the class is no network.
    """

    def __init__(
        self, loaded: Loaded, seed: int = 0, steps: int = STEPS, driven: Driven = UNSAID
    ) -> None:
        self.seed = seed
        self.steps = steps
        self._cls = loaded.cls
        self._constructor, sample = _find_constructor(loaded)
        values = _value_class(loaded, sample)
        self.engine: GraphEngine = OperatorEngine(values, driven.table_for(values))
        if self.engine.facts.float_width != 64:
            raise TargetError(
                f"{loaded.target}: its values are float32, and networks are examined in float64 "
                f"alone: leave --network out"
            )
        _try_to_set(loaded, Trained(sample, self.engine))
        self.facts = NetworkFacts(
            target=loaded.target,
            name=loaded.name,
            construct=sample.name,
            call=f".{sample.call_member}(inputs)" if sample.call_member[0] != "_" else "(inputs)",
            parameters=f".{sample.parameters_member}()",
            zero_grad=f".{sample.zero_member}()" if sample.zero_member else None,
            value=values.target,
        )
        self.trouble = ""
        self.gradients_are_wrong = False
        self.identified = Identified(None, 0)
        self.complete = sample.lists_each_once
        if self.complete:
            self._identify(sample)

    @property
    def architecture(self) -> Architecture | None:
        """The one known architecture that fits, or None."""
        return self.identified.architecture

    def make(self, shape: Shape) -> Trained:
        """A new network of a shape. Raises NetworkError."""
        return Trained(Instance(self._cls, self._constructor, shape), self.engine)

    @property
    def generators(self) -> list[str]:
        """The arguments that initial weights are drawn from, by name."""
        return generators(self._cls)

    def drawn(self, shape: Shape, number: int, **generators: int) -> Trained:
        """A new network, with ``random`` seeded from a number. Raises NetworkError.

        Args:
            shape: its shape.
            number: the seed of ``random``, which is as before afterwards.
            **generators: the seed of each generator that is given.
        """
        given = {name: GENERATORS[name](seed) for name, seed in generators.items()}
        state = random.getstate()
        random.seed(number)
        try:
            return Trained(Instance(self._cls, self._constructor, shape, given), self.engine)
        finally:
            random.setstate(state)

    def accepts(self, n_inputs: Any, widths: Sequence[Any]) -> str:
        """How a network of numbers that may be no shape is made; empty if that raises."""
        shape = Shape(n_inputs, tuple(widths))
        try:
            construct(self._cls, self._constructor, shape)
        except NetworkError:
            return ""
        return self.named(shape)

    def named(self, shape: Shape) -> str:
        """How a network of a shape is made: ``MLP(3, [4, 2])``."""
        return self._constructor.text(self._cls.__name__, shape)

    def record(self, **found: Any) -> None:
        """Add what a law measured to the facts."""
        self.facts = replace(self.facts, **found)

    def _identify(self, sample: Instance) -> None:
        try:
            self.identified = identify(Trained(sample, self.engine), self.seed)
        except NetworkError as error:
            self.trouble = str(error)
        if (found := self.architecture) is not None:
            self.record(hidden=found.hidden.name, last=found.last.name, order=found.order.name)


def open_network(
    target: str, *, seed: int = 0, steps: int = STEPS, driven: Driven = UNSAID
) -> Network:
    """The network class that a target names: ``package.module:MLP`` or ``path/file.py:MLP``.

    Raises:
        TargetError: in one sentence, if there is none.
    """
    return Network(load(target), seed, steps, driven)


def open_seeded(
    target: str, seed: int, steps: int, engine: str = "", table: Mapping[str, Any] | None = None
) -> Network:
    """The same, for a process that is asked by position and in plain data.

    What laws compare with is loaded first: torch's libraries count as loaded, and not as memory
    that the network takes, which is limited.
    """
    warm()
    return open_network(target, seed=seed, steps=steps, driven=Driven(engine, table))


def isolated_network(
    target: str, seed: int, steps: int, driven: Driven, limits: Limits
) -> Isolated:
    """The network class that a target names, in a process of its own. Raises TargetError."""
    opening = (target, seed, steps, driven.target, driven.table)
    return Isolated(open_seeded, opening, NetworkFacts, limits)


def _find_constructor(loaded: Loaded) -> tuple[Constructor, Instance]:
    """The first way that makes a network that answers; failing that, the first that makes one."""
    made: list[tuple[Constructor, Instance]] = []
    refusals: list[str] = []
    for constructor in CONSTRUCTORS:
        try:
            instance = Instance(loaded.cls, constructor, SAMPLE)
            made.append((constructor, instance))
            instance.outputs([0.5] * SAMPLE.n_inputs)
        except NetworkError as error:
            refusals.append(str(error))
        else:
            return made[-1]
    if made:
        return made[0]
    raise TargetError(f"{loaded.target} is not a network: {refusals[0]}")


def _value_class(loaded: Loaded, sample: Instance) -> Loaded:
    """The class of the parameters, as an engine's target."""
    cls = type(sample.parameters[0])
    module = sys.modules.get(cls.__module__, loaded.module)
    place = cls.__module__.removeprefix("_gradverify_")
    imports = (*loaded.imports[:-1], f"from {place} import {cls.__name__}")
    return Loaded(f"{place}:{cls.__name__}", cls, module, loaded.name, imports)


def _try_to_set(loaded: Loaded, sample: Trained) -> None:
    values = [0.25 + i / 64 for i in range(len(sample.instance.parameters))]
    try:
        sample.set(values)
    except NetworkError as error:
        raise TargetError(f"{loaded.target} cannot be examined: {error}") from None
