"""A function beside the class, whose order holds a node once a path."""

import math


class Var:
    def __init__(self, val, operands=()):
        self.val = val
        self.grad = 0.0
        self.operands = operands
        self.step = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Var) else Var(other)
        out = Var(self.val + other.val, (self, other))

        def step():
            self.grad += out.grad
            other.grad += out.grad

        out.step = step
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Var) else Var(other)
        out = Var(self.val * other.val, (self, other))

        def step():
            self.grad += other.val * out.grad
            other.grad += self.val * out.grad

        out.step = step
        return out

    def tanh(self):
        t = math.tanh(self.val)
        out = Var(t, (self,))

        def step():
            self.grad += (1 - t * t) * out.grad

        out.step = step
        return out

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other


def run_backpropagation(root):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for each in node.operands:
                visit(each)
        order.append(node)

    visit(root)
    root.grad = 1.0
    for node in reversed(order):
        node.step()
