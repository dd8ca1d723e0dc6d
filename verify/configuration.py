"""Configuration: ``gradverify.toml``, or ``[tool.gradverify]`` in ``pyproject.toml``.

A value of the configuration is the default of an option; the command line wins. Its table
``[engine]`` says how the target is driven, whoever opens it: a command, the pytest plugin or
``run_conformance``. The schema of all of it is ``cli/schema/config-1.json``.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

OWN, SHARED = "gradverify.toml", "pyproject.toml"
TABLE = "tool.gradverify"
NEAR = 0.87
"""How like ours a table's name must be to be a slip: of 1; `tool.verify` is somebody else's."""
KEYS: dict[str, type] = {
    "target": str,
    "report-dir": str,
    "select": str,
    "ignore": str,
    "fail-on": str,
    "network": str,
    "quick": bool,
    "seed": int,
    "baseline": str,
    "known": str,
}
"""Each key, and what it holds; ``select`` and ``ignore`` may be lists too."""
SEVERITIES = ("error", "warning", "note")
"""As in verify.laws, which is not imported here: ``--help`` is instant. A test compares them."""
OF_COMMAND: dict[str, tuple[str, ...]] = {
    "run": ("target", "report-dir", "select", "ignore", "fail-on", "network", "quick", "seed"),
    "gate": tuple(KEYS),
    "campaign": ("target", "report-dir", "select", "ignore", "fail-on", "network", "seed"),
    "prove": ("target",),
    "probe": ("target",),
    "replay": (),
    "history": (),
    "doctor": ("report-dir",),
}
"""The keys that each command takes; a command that is not here takes none."""
ENGINE = "engine"
"""The table that says how the target is driven, where probing finds out something else."""
OPENING = frozenset({"run", "gate", "campaign", "prove", "probe", "replay", "history"})
"""The commands that open an engine."""


class ConfigError(ValueError):
    """A configuration that cannot be used; the message is one sentence."""


def configured(command: str, folder: Path) -> dict[str, Any]:
    """The options that the configuration of a folder sets for a command, by their names.

    Raises:
        ConfigError: if it is malformed, or has a key or value that is not known.
    """
    if command not in OF_COMMAND:
        return {}
    found, where = _table(folder)
    checked = {key: _value(key, value, where) for key, value in found.items() if key != ENGINE}
    wanted = OF_COMMAND[command]
    options = {key.replace("-", "_"): value for key, value in checked.items() if key in wanted}
    if ENGINE in found:
        engine = _engine(found[ENGINE], where)
        if engine and command in OPENING:
            options["overrides"] = {"target": checked.get("target"), ENGINE: engine}
    return options


def said_of(target: str, folder: Path) -> dict[str, Any] | None:
    """What the configuration of a folder says of how a target is driven.

    Raises:
        ConfigError: as ``configured``.
    """
    return table_for(target, configured("probe", folder).get("overrides"), folder)


def table_for(
    target: str, overrides: Mapping[str, Any] | None, folder: Path = Path()
) -> dict[str, Any] | None:
    """The table ``[engine]``, where it is about a target: of its own alone, or of every class.

    Args:
        target: however its file is written.
        overrides: as ``configured`` gives them.
        folder: that of the configuration.
    """
    if overrides is None or ":" not in target:
        return None
    from verify.engines.class_place import class_place  # not for --help

    own: str | None = overrides["target"]
    if own is not None and class_place(own, folder) != class_place(target):
        return None
    found: dict[str, Any] = overrides[ENGINE]
    return found


def _engine(table: object, where: str) -> dict[str, Any]:
    """The table ``[engine]``, checked as far as it can be without the engine."""
    from verify.engines.probing.overrides import OverrideError, Overrides

    if not isinstance(table, dict):
        raise ConfigError(f"{where}: engine must be a table, not {str(table)[:40]!r}")
    try:
        return Overrides.of(table).as_data()
    except OverrideError as error:
        raise ConfigError(f"{where}: {error}") from None


def _table(folder: Path) -> tuple[Mapping[str, Any], str]:
    own, shared = folder / OWN, folder / SHARED
    if own.is_file():
        return _read(own), OWN
    if shared.is_file():
        whole = _read(shared)
        tool = whole.get("tool", {})
        table = tool.get("gradverify", {}) if isinstance(tool, dict) else {}
        if not table:
            _refuse_misspelt(whole)
        if not isinstance(table, dict):
            raise ConfigError(f"{SHARED}: [tool.gradverify] is no table")
        return table, f"{SHARED}, [tool.gradverify]"
    return {}, OWN


def _refuse_misspelt(whole: Mapping[str, Any]) -> None:
    """Raises ConfigError for a table whose name is nearly ours: nothing else would ever say so."""
    tables = {name: table for name, table in whole.items() if isinstance(table, dict)}
    inner = [f"{top}.{name}" for top, table in tables.items() for name in table]
    for name in (*tables, *inner):
        meant = TABLE if "." in name else TABLE.rpartition(".")[2]
        if name != TABLE and difflib.get_close_matches(name.lower(), [meant], cutoff=NEAR):
            raise ConfigError(f"{SHARED}: there is no table [{name[:60]}]; did you mean [{TABLE}]?")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise ConfigError(f"{path.name} cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        said = " ".join(str(error).split())[:200]
        raise ConfigError(f"{path.name} is no TOML file: {said}") from None


def _value(key: str, value: object, where: str) -> object:
    kind = KEYS.get(key)
    if kind is None:
        known = (*KEYS, ENGINE)
        close = difflib.get_close_matches(key, known, n=1)
        meant = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"
        raise ConfigError(f"{where}: there is no key {key[:40]!r}; {meant}")
    if key in {"select", "ignore"} and isinstance(value, list):
        value = ",".join(map(str, value))
    if type(value) is not kind:
        raise ConfigError(f"{where}: {key} must be {_called(kind)}, not {str(value)[:40]!r}")
    if key == "fail-on" and value not in SEVERITIES:
        raise ConfigError(f"{where}: fail-on is {', '.join(SEVERITIES)}, not {str(value)[:40]!r}")
    if key == "seed" and isinstance(value, int) and not 0 <= value < 2**63:
        raise ConfigError(f"{where}: seed must be 0 or more")
    return value


def _called(kind: type) -> str:
    return {str: "a text", bool: "true or false", int: "a whole number"}[kind]
