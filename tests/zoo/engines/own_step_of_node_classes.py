"""Each operation is a class with a step of its own; a leaf is a Var."""

import math


class Node:
    def __init__(self, value):
        self.value = value
        self.grad = 0.0

    def __add__(self, other):
        return Add(self, other)

    def __mul__(self, other):
        return Mul(self, other)

    def exp(self):
        return Exp(self)


class Var(Node):
    def backward(self):
        pass


class Add(Node):
    def __init__(self, left, right):
        super().__init__(left.value + right.value)
        self.left, self.right = left, right

    def backward(self):
        self.left.grad += self.grad
        self.right.grad += self.grad


class Mul(Node):
    def __init__(self, left, right):
        super().__init__(left.value * right.value)
        self.left, self.right = left, right

    def backward(self):
        self.left.grad += self.right.value * self.grad
        self.right.grad += self.left.value * self.grad


class Exp(Node):
    def __init__(self, under):
        super().__init__(math.exp(under.value))
        self.under = under

    def backward(self):
        self.under.grad += self.value * self.grad
