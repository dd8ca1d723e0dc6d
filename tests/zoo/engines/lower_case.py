"""A class in lower case, whose gradients are None until there is one."""

import math


class value:
    def __init__(self, val, operands=()):
        self.val = val
        self.grad = None
        self.operands = operands
        self.step = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, value) else value(other)
        out = value(self.val + other.val, (self, other))

        def step():
            self.grad = (self.grad or 0.0) + out.grad
            other.grad = (other.grad or 0.0) + out.grad

        out.step = step
        return out

    def __mul__(self, other):
        other = other if isinstance(other, value) else value(other)
        out = value(self.val * other.val, (self, other))

        def step():
            self.grad = (self.grad or 0.0) + other.val * out.grad
            other.grad = (other.grad or 0.0) + self.val * out.grad

        out.step = step
        return out

    def tanh(self):
        t = math.tanh(self.val)
        out = value(t, (self,))

        def step():
            self.grad = (self.grad or 0.0) + (1 - t * t) * out.grad

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
