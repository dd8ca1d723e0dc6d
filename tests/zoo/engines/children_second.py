"""The children must be given."""

import math


class Scalar:
    def __init__(self, value, children):
        self.value = value
        self.grad = 0.0
        self.operands = children
        self.step = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other, ())
        out = Scalar(self.value + other.value, (self, other))

        def step():
            self.grad += out.grad
            other.grad += out.grad

        out.step = step
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other, ())
        out = Scalar(self.value * other.value, (self, other))

        def step():
            self.grad += other.value * out.grad
            other.grad += self.value * out.grad

        out.step = step
        return out

    def tanh(self):
        t = math.tanh(self.value)
        out = Scalar(t, (self,))

        def step():
            self.grad += (1 - t * t) * out.grad

        out.step = step
        return out

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for each in node.operands:
                    visit(each)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node.step()
