"""backward(gradient) adds what it is given and hands on; the first must be given."""

import math


class Value:
    def __init__(self, data, operands=(), slopes=()):
        self.data = data
        self.grad = 0.0
        self.operands = operands
        self.slopes = slopes

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def exp(self):
        e = math.exp(self.data)
        return Value(e, (self,), (e,))

    def backward(self, gradient):
        self.grad += gradient
        for each, slope in zip(self.operands, self.slopes):
            each.backward(slope * gradient)
