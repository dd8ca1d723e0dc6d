"""Rounds every number to float32 without numpy."""

import math
import struct


def single(number):
    return struct.unpack("f", struct.pack("f", number))[0]


class Scalar:
    def __init__(self, data, operands=()):
        self.data = single(data)
        self.grad = 0.0
        self.operands = operands
        self.step = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        out = Scalar(self.data + other.data, (self, other))

        def step():
            self.grad = single(self.grad + out.grad)
            other.grad = single(other.grad + out.grad)

        out.step = step
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        out = Scalar(self.data * other.data, (self, other))

        def step():
            self.grad = single(self.grad + single(other.data * out.grad))
            other.grad = single(other.grad + single(self.data * out.grad))

        out.step = step
        return out

    def tanh(self):
        t = single(math.tanh(self.data))
        out = Scalar(t, (self,))

        def step():
            slope = single(1 - single(t * t))
            self.grad = single(self.grad + single(slope * out.grad))

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
