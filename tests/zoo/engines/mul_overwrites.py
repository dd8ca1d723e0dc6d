"""A product assigns its gradients."""

import math


class Node:
    def __init__(self, value, operands=()):
        self.value = value
        self.gradient = 0.0
        self.operands = operands
        self.step = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Node) else Node(other)
        out = Node(self.value + other.value, (self, other))

        def step():
            self.gradient += out.gradient
            other.gradient += out.gradient

        out.step = step
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Node) else Node(other)
        out = Node(self.value * other.value, (self, other))

        def step():
            self.gradient = other.value * out.gradient
            other.gradient = self.value * out.gradient

        out.step = step
        return out

    def tanh(self):
        t = math.tanh(self.value)
        out = Node(t, (self,))

        def step():
            self.gradient += (1 - t * t) * out.gradient

        out.step = step
        return out

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def backprop(self):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for each in node.operands:
                    visit(each)
                order.append(node)

        visit(self)
        self.gradient = 1.0
        for node in reversed(order):
            node.step()
