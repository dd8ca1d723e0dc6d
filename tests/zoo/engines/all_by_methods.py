"""The number and the gradient are read by methods."""

import math


class Value:
    def __init__(self, _value, operands=()):
        self._value = _value
        self._grad = 0.0
        self.operands = operands
        self.step = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self._value + other._value, (self, other))

        def step():
            self._grad += out._grad
            other._grad += out._grad

        out.step = step
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self._value * other._value, (self, other))

        def step():
            self._grad += other._value * out._grad
            other._grad += self._value * out._grad

        out.step = step
        return out

    def tanh(self):
        t = math.tanh(self._value)
        out = Value(t, (self,))

        def step():
            self._grad += (1 - t * t) * out._grad

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
        self._grad = 1.0
        for node in reversed(order):
            node.step()

    def value(self):
        return self._value

    def grad(self):
        return self._grad
