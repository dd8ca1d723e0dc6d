"""Compare the first repair of the sort with the textbook sort on every graph up to a size.

Run it as ``python examples/lineage/compare_sorts.py [--shapes 4] [--gradients 4]``.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import first_repair  # noqa: E402
import textbook  # noqa: E402

from strategies.exhaustive import all_programs  # noqa: E402
from verify.engines import Engine, build, open_engine  # noqa: E402
from verify.program import Program  # noqa: E402

POINT = (1.3125, 0.78125, 1.8125, 0.59375, 2.0625)


class Node:
    """A node of which only the operands matter."""

    def __init__(self, operands: tuple[Node, ...] = ()) -> None:
        self._operands = operands


def shapes(size: int) -> Iterator[list[Node]]:
    """Every graph of exactly ``size`` nodes with one or two operands each; the output comes last.

    Operands are ordered and may be the same node twice. Every node is needed by the output.
    """
    for program in all_programs(("neg", "add"), size, size + 1):
        nodes = [Node() for _ in range(program.n_inputs)]
        for _, made in program.steps():
            nodes.append(Node(tuple(nodes[ref] for ref in made.refs)))
        yield nodes


def compare_orders(size: int) -> Counter[str]:
    """Count roots and broken laws over all graphs of 0 to ``size`` operations, every node a root.

    Laws: the two orders are the same list; the root comes first; every node at or below the root
    is there exactly once; no node comes before one that uses it.
    """
    found: Counter[str] = Counter()
    graphs = [[Node()], *(nodes for k in range(1, size + 1) for nodes in shapes(k))]
    for nodes in graphs:
        found["graphs"] += 1
        for root in nodes:
            found["roots"] += 1
            found["roots that are leaves"] += not root._operands
            one, calls_of_one, frames_of_one = _watched(first_repair.ordered, root)
            two, calls_of_two, frames_of_two = _watched(textbook.ordered, root)
            found["different orders"] += one != two
            found["broken orders"] += not (_is_right(one, root) and _is_right(two, root))
            found["calls, first repair"] += calls_of_one
            found["calls, textbook"] += calls_of_two
            found[f"roots with {frames_of_two - frames_of_one} more frames in the textbook"] += 1
    return found


def _is_right(order: Sequence[Node], root: Node) -> bool:
    """Whether an order is topological from the root, with each node below it exactly once."""
    place = {node: i for i, node in enumerate(order)}
    below = [root]
    for node in below:  # the list grows while it is read
        below += [operand for operand in node._operands if operand not in below]
    return (
        len(place) == len(order)
        and set(place) == set(below)
        and order[0] is root
        and all(place[n] < place[operand] for n in order for operand in n._operands)
    )


def _watched(ordered: Any, root: Node) -> tuple[list[Node], int, int]:
    """The order, how often the inner function was called, and how deep it went."""
    calls = depth = deepest = 0

    def watch(frame: FrameType, event: str, _arg: object) -> None:
        nonlocal calls, depth, deepest
        if frame.f_code.co_name in {"below", "visit"}:
            depth += {"call": 1, "return": -1}.get(event, 0)
            calls += event == "call"
            deepest = max(deepest, depth)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        order = ordered(root)
    finally:
        sys.setprofile(before)
    return order, calls, deepest


def compare_gradients(size: int, inputs: int) -> Counter[str]:
    """Count programs of add and mul on which the two engines' numbers differ in any bit.

    Every node's gradient is compared after one ``backward()`` and after a second on the same graph.
    """
    engines = [open_engine(f"{HERE / name}.py:Value") for name in ("first_repair", "textbook")]
    found: Counter[str] = Counter()
    for length in range(1, size + 1):
        for program in all_programs(("add", "mul"), length, inputs):
            one, two = (_gradients(engine, program) for engine in engines)
            found["programs"] += 1
            found["different gradients"] += one != two
            found["second backward adds more than the first"] += one[1][0] != 2 * one[0][0]
    return found


def _gradients(engine: Engine, program: Program) -> list[list[float | None]]:
    nodes: list[Any] = []
    build(engine, program, POINT[: program.n_inputs], nodes)
    passes = []
    for _ in range(2):
        engine.backward(nodes[-1])
        passes.append([engine.adjoint(node) for node in nodes])
    return passes


def main() -> None:
    """Compare, and print what was counted."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--shapes", type=int, default=4, help="operations in a graph, at most")
    options.add_argument("--gradients", type=int, default=4, help="size of a program, at most")
    chosen = options.parse_args()
    for name, count in compare_orders(chosen.shapes).items():
        print(f"{count:>10,}  {name}")
    print()
    for name, count in compare_gradients(chosen.gradients, 2).items():
        print(f"{count:>10,}  {name}")


if __name__ == "__main__":
    main()
