"""No operators: Add(a, b), Mul(a, b) and Tanh(a) are the only way to make a node."""

import math


class Node:
    def __init__(self, value, *operands):
        self.value = value
        self.gradient = 0.0
        self.operands = operands

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
