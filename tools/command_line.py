"""The page of the command line, from the parser itself: every command, option and exit code."""

from __future__ import annotations

import argparse
import ast
import inspect
from itertools import pairwise

from verify.cli import exit_codes
from verify.cli.main import parser
from verify.configuration import KEYS, OF_COMMAND

KINDS = {str: "text", bool: "true or false", int: "whole number"}
HEAD = """\
# Command line

Written by `python tools/tables.py` from the parser. `gradverify COMMAND --help` says the same.

A *TARGET* names the class to examine, as `package.module:Class` or `path/file.py:Class`. Results go
to standard output, and one sentence on what went wrong to standard error.
"""


def page() -> str:
    """The whole page as Markdown."""
    whole = parser()
    (commands,) = (a for a in whole._actions if isinstance(a, argparse._SubParsersAction))
    helps = {choice.dest: choice.help or "" for choice in commands._choices_actions}
    index = [
        f"* [`gradverify {name}`](#gradverify-{name}): {cell(text)}" for name, text in helps.items()
    ]
    parts = [HEAD, "\n".join(index) + "\n", codes(), configuration()]
    parts += [command(name, made) for name, made in commands.choices.items()]
    return "\n".join(parts)


def codes() -> str:
    """The table of exit codes, from the constants and what is written under each."""
    lines = ["## Exit codes", "", "| code | means |", "|---:|---|"]
    body = ast.parse(inspect.getsource(exit_codes)).body
    for constant, said in pairwise(body):
        if isinstance(constant, ast.Assign):
            assert isinstance(said, ast.Expr)  # noqa: S101 - each constant has its sentence
            words = " ".join(ast.literal_eval(said.value).split())
            lines.append(f"| {ast.literal_eval(constant.value)} | {cell(words)} |")
    return "\n".join(lines) + "\n"


def configuration() -> str:
    """The keys of the configuration file, and the commands that take each."""
    lines = [
        "## Configuration", "",
        "`gradverify.toml`, or `[tool.gradverify]` in `pyproject.toml`, of the current folder sets "
        "defaults. The command line wins. [More on it](configuration.md).", "",
        "| key | holds | taken by |", "|---|---|---|",
    ]  # fmt: skip
    for key, kind in KEYS.items():
        takers = ", ".join(name for name, keys in OF_COMMAND.items() if key in keys)
        lines.append(f"| `{key}` | {KINDS[kind]} | {takers} |")
    return "\n".join(lines) + "\n"


def command(name: str, made: argparse.ArgumentParser) -> str:
    """The section of one command."""
    actions = [a for a in made._actions if not isinstance(a, argparse._HelpAction)]
    places = [a for a in actions if not a.option_strings]
    called = " ".join(["gradverify", name, *map(place, places)])
    called += " [options]" if len(places) < len(actions) else ""
    lines = [f"## gradverify {name}", "", f"`{called}`", "", cell(made.description or ""), ""]
    if actions:
        lines += ["| argument | what it is |", "|---|---|"]
        lines += [row(made, action) for action in actions]
        lines.append("")
    if made.epilog:
        said = " ".join(made.epilog.split())
        lines += [f"{said[0].upper()}{said[1:].rstrip('.')}.", ""]
    return "\n".join(lines)


def place(action: argparse.Action) -> str:
    """A positional argument as it stands in a command."""
    name = action.metavar if isinstance(action.metavar, str) else action.dest
    if action.nargs == "+":
        return f"{name} [{name} ...]"
    return f"[{name}]" if action.nargs == "?" else name


def row(made: argparse.ArgumentParser, action: argparse.Action) -> str:
    """The row of one argument."""
    takes = action.nargs != 0
    meta = "{" + ",".join(map(str, action.choices)) + "}" if action.choices else None
    shown = action.metavar or meta or action.dest.upper()
    if action.option_strings:
        names = ", ".join(action.option_strings)
        name = f"`{names} {shown}`" if takes else f"`{names}`"
    else:
        name = f"`{shown}`"
    return f"| {name} | {cell(made._get_formatter()._expand_help(action))} |"


def cell(text: str) -> str:
    """Words as they stand in a table."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "\\<").replace("*", "\\*")
