"""How a value was computed, written when it is asked for; building a graph stores no text.

The value itself is written out, and so is each operand without a label; an operand with a label
is written as that label, an unlabelled leaf as its number. ``…`` stands for what is left out: a
sub-expression already written, all but the ``MAX_OPERATIONS`` operations nearest to the value,
and the tail of a label longer than ``MAX_LABEL`` characters. So the text is bounded, whatever
the graph: sharing cannot make it grow exponentially, nor depth make it long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from microgradref.value import Number, Value

MAX_OPERATIONS = 100
MAX_LABEL = 40
ELLIPSIS = "…"

# How tightly each spelling binds, as in Python; a call or a name binds tightest.
LOOSE, TIGHT = 0, 5
BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3, "**": 4}


def spell(root: Value) -> str:
    """Return the expression of ``root`` under the rules above."""
    chosen = _nearest(root)
    written: set[Value] = set()
    text: list[str] = []
    todo: list[str | tuple[Value | Number, int]] = [(root, LOOSE)]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            text.append(item)
            continue
        operand, needed = item
        if isinstance(operand, (int, float)):
            text.append(_number(operand, needed))
        elif operand in chosen and operand not in written:
            written.add(operand)
            todo.extend(reversed(_pieces(operand, needed)))
        else:
            text.append(_name(operand, needed))
    return "".join(text)


def _nearest(root: Value) -> set[Value]:
    """The operations to write out: ``root`` and the unlabelled ones nearest to it."""
    chosen = [root] if root.left is not None else []
    seen = set(chosen)
    for node in chosen:
        for operand in node.operands:
            if len(chosen) == MAX_OPERATIONS:
                return seen
            if operand.left is not None and not operand.label and operand not in seen:
                seen.add(operand)
                chosen.append(operand)
    return seen


def _pieces(node: Value, needed: int) -> list[str | tuple[Value | Number, int]]:
    """The operation of ``node`` as text and operands still to be written, in reading order."""
    name, operands = spelled(node)
    binding = BINDING.get(name, TIGHT)
    if name == "neg":
        pieces: list[str | tuple[Value | Number, int]] = ["-", (operands[0], binding)]
    elif name == "**":  # Groups to the right, and takes a sign on its right.
        pieces = [(operands[0], binding + 1), " ** ", (operands[1], BINDING["neg"])]
    elif name in BINDING:
        pieces = [(operands[0], binding), f" {name} ", (operands[1], binding + 1)]
    else:
        inside = [(operand, LOOSE) for operand in operands]
        pieces = [f"{name}(", inside[0], *((", ", inside[1]) if inside[1:] else ()), ")"]
    return ["(", *pieces, ")"] if binding < needed else pieces


def spelled(node: Value) -> tuple[str, list[Value | Number]]:
    """Return an operation's name and its operands as the user wrote them, numbers included."""
    if isinstance(node.op, str):
        return node.op, [*node.operands]
    before, after = node.op
    if isinstance(before, str):
        return before, [*node.operands, cast("Number", after)]
    return cast("str", after), [before, *node.operands]


def _name(operand: Value, needed: int) -> str:
    if operand.label:
        clear = not any(character in " +*/" for character in operand.label)
        return _atom(shortened(operand.label, MAX_LABEL), TIGHT if clear else LOOSE, needed)
    if operand.left is None:
        return _number(operand.data, needed)
    return ELLIPSIS


def _number(x: Number, needed: int) -> str:
    text = repr(x)
    return _atom(text, BINDING["neg"] if text.startswith("-") else TIGHT, needed)


def _atom(text: str, binding: int, needed: int) -> str:
    return f"({text})" if binding < needed else text


def shortened(text: str, length: int) -> str:
    """Return ``text`` cut to at most ``length`` characters, the last then an ellipsis."""
    return text if len(text) <= length else text[: length - 1] + ELLIPSIS
