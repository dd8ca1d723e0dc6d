"""What crosses between the harness and a worker, as JSON can hold it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import fields
from typing import Any, cast

from verify.engines.observe import Failure, Observation
from verify.program import Instruction, Program, Ref


def name_of(function: Callable[..., Any]) -> str:
    """A function of a module of ours, by name."""
    return f"{function.__module__}:{function.__qualname__}"


def function_of(name: str) -> Callable[..., Any]:
    """The function of a name."""
    module, _, function = name.partition(":")
    return cast("Callable[..., Any]", getattr(importlib.import_module(module), function))


def pack(thing: Any) -> Any:
    """Plain data as JSON; tuples stay apart from lists, and keys need not be strings."""
    if isinstance(thing, tuple):
        return {"tuple": [pack(item) for item in thing]}
    if isinstance(thing, list):
        return [pack(item) for item in thing]
    if isinstance(thing, dict):
        return {"dict": [[pack(key), pack(value)] for key, value in thing.items()]}
    if thing is None or isinstance(thing, bool | int | float | str):
        return thing
    raise TypeError(f"a {type(thing).__name__} does not cross between processes")


def unpack(data: Any) -> Any:
    """What ``pack`` was given."""
    if isinstance(data, list):
        return [unpack(item) for item in data]
    if isinstance(data, dict):
        ((kind, items),) = data.items()
        if kind == "tuple":
            return tuple(unpack(item) for item in items)
        return {unpack(key): unpack(value) for key, value in items}
    return data


def pack_facts(facts: Any) -> Any:
    """A dataclass of plain data."""
    return pack({field.name: getattr(facts, field.name) for field in fields(facts)})


def pack_program(program: Program) -> Any:
    """A program: a reference is a list of one number, so that it is no number."""
    return [
        program.n_inputs,
        [
            [i.op, [[o.index] if isinstance(o, Ref) else o for o in i.operands]]
            for i in program.instructions
        ],
    ]


def unpack_program(data: Any) -> Program:
    """The program."""
    n_inputs, instructions = data
    return Program(
        n_inputs,
        tuple(
            Instruction(op, tuple(Ref(o[0]) if isinstance(o, list) else o for o in operands))
            for op, operands in instructions
        ),
    )


def pack_observation(seen: Observation) -> Any:
    """What an engine printed; floats keep their bits."""
    found = seen.failure
    failure = [found.kind, found.stage, found.index, found.message] if found else None
    return [seen.primals, seen.adjoints, failure, list(seen.aliases)]


def unpack_observation(data: Any) -> Observation:
    """The observation."""
    primals, adjoints, failure, aliases = data
    return Observation(
        tuple(primals),
        tuple(adjoints),
        Failure(*failure) if failure else None,
        frozenset(aliases),
    )
