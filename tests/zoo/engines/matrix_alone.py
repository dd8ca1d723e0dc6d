"""Takes matrices alone: its rules count rows and columns."""

import numpy as np


class Matrix:
    def __init__(self, data, operands=()):
        self.data = np.array(data, dtype=np.float64)
        self.grad = np.zeros_like(self.data)
        self.operands = operands
        self.step = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Matrix) else Matrix([[other]])
        out = Matrix(self.data + other.data, (self, other))

        def step():
            rows, columns = out.grad.shape
            self.grad = self.grad + out.grad.reshape(rows, columns)
            other.grad = other.grad + out.grad

        out.step = step
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Matrix) else Matrix([[other]])
        out = Matrix(self.data * other.data, (self, other))

        def step():
            rows, columns = out.grad.shape
            self.grad = self.grad + (other.data * out.grad).reshape(rows, columns)
            other.grad = other.grad + self.data * out.grad

        out.step = step
        return out

    def tanh(self):
        t = np.tanh(self.data)
        out = Matrix(t, (self,))

        def step():
            self.grad = self.grad + (1 - t * t) * out.grad

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
        self.grad = np.ones_like(self.data)
        for node in reversed(order):
            node.step()
