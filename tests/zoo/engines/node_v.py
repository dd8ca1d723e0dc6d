"""A Node: v, grade, run_backpropagation()."""

import math


class Node:
    def __init__(self, v, operands=()):
        self.v = v
        self.grade = 0.0
        self.operands = operands
        self.step = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Node) else Node(other)
        out = Node(self.v + other.v, (self, other))

        def step():
            self.grade += out.grade
            other.grade += out.grade

        out.step = step
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Node) else Node(other)
        out = Node(self.v * other.v, (self, other))

        def step():
            self.grade += other.v * out.grade
            other.grade += self.v * out.grade

        out.step = step
        return out

    def tanh(self):
        t = math.tanh(self.v)
        out = Node(t, (self,))

        def step():
            self.grade += (1 - t * t) * out.grade

        out.step = step
        return out

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def run_backpropagation(self):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for each in node.operands:
                    visit(each)
                order.append(node)

        visit(self)
        self.grade = 1.0
        for node in reversed(order):
            node.step()
