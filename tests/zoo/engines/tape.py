"""A tape that all values share; backward(v) reads it from its end."""

import math

TAPE = []


class Var:
    def __init__(self, value):
        self.value = value
        self.grad = 0.0

    def __add__(self, other):
        return written(Var(self.value + other.value), (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        return written(Var(self.value * other.value), (self, other.value), (other, self.value))

    def sin(self):
        return written(Var(math.sin(self.value)), (self, math.cos(self.value)))


def written(out, *operands):
    TAPE.append((out, operands))
    return out


def backward(root):
    root.grad = 1.0
    while TAPE:
        out, operands = TAPE.pop()
        for each, slope in operands:
            each.grad += slope * out.grad
