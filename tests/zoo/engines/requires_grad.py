"""Nothing has a gradient unless it is asked for."""

import math


class Value:
    def __init__(self, data, operands=(), requires_grad=False):
        self.data = data
        self.requires_grad = requires_grad or any(each.requires_grad for each in operands)
        self.grad = 0.0
        self.operands = operands
        self.step = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))

        def step():
            self.take(out.grad)
            other.take(out.grad)

        out.step = step
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))

        def step():
            self.take(other.data * out.grad)
            other.take(self.data * out.grad)

        out.step = step
        return out

    def tanh(self):
        t = math.tanh(self.data)
        out = Value(t, (self,))

        def step():
            self.take((1 - t * t) * out.grad)

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
            if node.requires_grad:
                node.step()

    def take(self, gradient):
        if self.requires_grad:
            self.grad += gradient
