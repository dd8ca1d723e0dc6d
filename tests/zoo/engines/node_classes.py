"""Add, Mul and Tanh are classes of nodes over one base, which walks; a leaf is a Leaf."""

import math


class Node:
    def __init__(self, value, *operands):
        self.value = value
        self.gradient = 0.0
        self.operands = operands

    def __add__(self, other):
        return Add(self, other)

    def __mul__(self, other):
        return Mul(self, other)

    def tanh(self):
        return Tanh(self)

    def pull(self):
        """A leaf has nothing to hand on."""

    def backprop(self):
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for each in node.operands:
                    visit(each)
                order.append(node)

        visit(self)
        self.gradient = 1.0
        for node in reversed(order):
            node.pull()


class Leaf(Node):
    def __init__(self, value):
        super().__init__(value)


class Add(Node):
    def __init__(self, a, b):
        super().__init__(a.value + b.value, a, b)

    def pull(self):
        for each in self.operands:
            each.gradient += self.gradient


class Mul(Node):
    def __init__(self, a, b):
        super().__init__(a.value * b.value, a, b)

    def pull(self):
        a, b = self.operands
        a.gradient += b.value * self.gradient
        b.gradient += a.value * self.gradient


class Tanh(Node):
    def __init__(self, a):
        super().__init__(math.tanh(a.value), a)

    def pull(self):
        self.operands[0].gradient += (1 - self.value * self.value) * self.gradient
