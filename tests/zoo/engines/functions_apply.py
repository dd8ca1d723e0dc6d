"""Operations are classes with apply(), as in PyTorch; values have some as methods."""

import math


class Value:
    def __init__(self, data, maker=None, operands=()):
        self.data = data
        self.grad = None
        self.maker = maker
        self.operands = operands

    def mul(self, other):
        return Mul.apply(self, other)

    def backward(self):
        order, seen = [], set()

        def visit(value):
            if id(value) not in seen:
                seen.add(id(value))
                for each in value.operands:
                    visit(each)
                order.append(value)

        visit(self)
        self.grad = 1.0
        for value in reversed(order):
            for each, given in zip(value.operands, value.maker.pull(value) if value.maker else ()):
                each.grad = given if each.grad is None else each.grad + given


class Function:
    @classmethod
    def apply(cls, *operands):
        return Value(cls.number(*(each.data for each in operands)), cls, operands)


class Add(Function):
    number = staticmethod(lambda a, b: a + b)

    @staticmethod
    def pull(out):
        return out.grad, out.grad


class Mul(Function):
    number = staticmethod(lambda a, b: a * b)

    @staticmethod
    def pull(out):
        a, b = out.operands
        return b.data * out.grad, a.data * out.grad


class Exp(Function):
    number = staticmethod(math.exp)

    @staticmethod
    def pull(out):
        return (out.data * out.grad,)
