"""A Var: val, _grad, backwardpropagation()."""

import math


class Var:
    def __init__(self, val, operands=()):
        self.val = val
        self._grad = 0.0
        self.operands = operands
        self.step = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Var) else Var(other)
        out = Var(self.val + other.val, (self, other))

        def step():
            self._grad += out._grad
            other._grad += out._grad

        out.step = step
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Var) else Var(other)
        out = Var(self.val * other.val, (self, other))

        def step():
            self._grad += other.val * out._grad
            other._grad += self.val * out._grad

        out.step = step
        return out

    def tanh(self):
        t = math.tanh(self.val)
        out = Var(t, (self,))

        def step():
            self._grad += (1 - t * t) * out._grad

        out.step = step
        return out

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def backwardpropagation(self):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for each in node.operands:
                    visit(each)
                order.append(node)

        visit(self)
        self._grad = 1.0
        for node in reversed(order):
            node.step()
