"""Engines that walk the graph wrongly, or gather contributions wrongly."""

from __future__ import annotations

from collections.abc import Iterator

from verify.faults.planting import Edit, Plant, plain, replacing


def in_graphs() -> Iterator[Plant]:
    """Every fault of the walk, and of gathering contributions."""
    yield Plant("duplicate-append", "", sorting(DUPLICATES))
    yield Plant("every-path", "", sorting(NO_VISITED_SET), "sorted")
    yield Plant("every-path", "", serving(CALLS), "called")
    yield Plant("breadth-first", "", sorting(LEVELS))
    yield Plant("preorder", "", sorting(PREORDER))
    yield Plant("not-reversed", "", replacing(("in reversed(order):", "in order:")))
    for name, which in (("first", "[:1]"), ("last", "[-1:]")):
        followed = "for child in node._children)"
        edit = replacing((followed, f"{followed[:-1]}{which})"))
        yield Plant("one-branch", "", edit, name)
    yield Plant("equal-nodes", "", defining(COMPARED))
    yield Plant("merged-leaves", "", defining(CACHED))
    pointer = ("        self._children = tuple(children)\n", ONE_POINTER)
    yield Plant("one-user", "", replacing(pointer, (SERVE, ONE_USER)))
    for most in (2, 3):
        yield Plant("few-uses", "", serving(FEW_USES.replace("MOST", str(most))), str(most))
    yield Plant("no-seed", "", replacing((SEED, "")))


def sorting(body: str) -> Edit:
    """Another body of the method that sorts the graph."""
    whole = plain()
    start, end = whole.index("        order, seen, todo"), whole.index("    def backward")
    return replacing((whole[start:end], f"{body}\n"))


def serving(loop: str) -> Edit:
    """Another loop that serves the nodes."""
    return replacing((SERVE, loop))


def defining(methods: str) -> Edit:
    """Further methods of the class."""
    return replacing(("    def __init__", f"{methods}\n    def __init__"))


SEED = "        self.grad = 1.0 + (0.0 if self._children else self.grad)\n"
SERVE = """\
        for node in reversed(order):
            node._backward()
"""
DUPLICATES = """\
        order, seen = [], set()

        def visit(node):
            for child in node._children:
                if child not in seen:
                    seen.add(child)
                    visit(child)
                order.append(child)

        visit(self)
        return [*order, self]
"""
NO_VISITED_SET = """\
        order = []

        def visit(node):
            for child in node._children:
                visit(child)
            order.append(node)

        visit(self)
        return order
"""
CALLS = """\
        self._pass_on()

    def _pass_on(self):
        self._backward()
        for child in self._children:
            child._pass_on()
"""
LEVELS = """\
        order, seen = [self], {self}
        for node in order:
            for child in node._children:
                if child not in seen:
                    seen.add(child)
                    order.append(child)
        return order[::-1]
"""
PREORDER = """\
        order, seen, todo = [], set(), [self]
        while todo:
            node = todo.pop()
            if node not in seen:
                seen.add(node)
                order.append(node)
                todo.extend(node._children)
        return order[::-1]
"""
COMPARED = """\
    def __eq__(self, other):
        return self.data == other.data

    def __hash__(self):
        return hash(self.data)
"""
CACHED = """\
    _leaves = {}

    def __new__(cls, data, children=()):
        node = super().__new__(cls)
        return node if children else cls._leaves.setdefault(float(data), node)
"""
ONE_POINTER = """\
        self._children = tuple(children)
        for child in children:
            child._user = self
"""
ONE_USER = """\
        for node in reversed(order):
            others = [(c, c.grad) for c in node._children if c._user is not node]
            node._backward()
            for child, grad in others:
                child.grad = grad
"""
FEW_USES = """\
        uses = dict.fromkeys(order, 0)
        for node in reversed(order):
            full = [(c, c.grad) for c in node._children if uses[c] >= MOST]
            node._backward()
            for child, grad in full:
                child.grad = grad
            for child in set(node._children):
                uses[child] += 1
"""
