"""An engine with a bug: exp assigns its operand's gradient instead of adding to it.

Everything else is right. ``gradverify run engine.py:Value --quick --report-dir .``, run in this
folder, writes the report beside it.
"""

import math


def _power(a, n):
    """``a ** n`` as IEEE has it: inf and nan instead of exceptions and complex numbers."""
    try:
        y = a**n
    except ZeroDivisionError:
        return math.copysign(math.inf, a) if n % 2 == 1 else math.inf
    except OverflowError:
        return -math.inf if a < 0 and n % 2 == 1 else math.inf
    return math.nan if isinstance(y, complex) else y


def _exp(a):
    try:
        return math.exp(a)
    except OverflowError:
        return math.inf


def _divided(a, b):
    try:
        return a / b
    except ZeroDivisionError:
        return a * math.copysign(math.inf, b)


class Value:
    def __init__(self, data, children=()):
        self.data = float(data)
        self.grad = 0.0
        self._backward = lambda: None
        self._children = tuple(children)

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))  # add

        def _backward():
            self.grad += (1.0) * out.grad  # add 0
            other.grad += (1.0) * out.grad  # add 1

        out._backward = _backward  # add
        return out  # add

    def __sub__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data - other.data, (self, other))  # sub

        def _backward():
            self.grad += (1.0) * out.grad  # sub 0
            other.grad += (-1.0) * out.grad  # sub 1

        out._backward = _backward  # sub
        return out  # sub

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        a, b = self.data, other.data
        out = Value(a * b, (self, other))  # mul

        def _backward():
            self.grad += (b) * out.grad  # mul 0
            other.grad += (a) * out.grad  # mul 1

        out._backward = _backward  # mul
        return out  # mul

    def __truediv__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        a, b = self.data, other.data
        out = Value(_divided(a, b), (self, other))  # div

        def _backward():
            self.grad += (_divided(1.0, b)) * out.grad  # div 0
            other.grad += (_divided(-a, b * b)) * out.grad  # div 1

        out._backward = _backward  # div
        return out  # div

    def __pow__(self, other):
        if isinstance(other, Value):
            return self._power(other)
        a, n = self.data, other
        out = Value(_power(a, n), (self,))  # pow

        def _backward():
            self.grad += (n * _power(a, n - 1) if n else 0.0) * out.grad  # pow 0

        out._backward = _backward  # pow
        return out  # pow

    def _power(self, other):
        a, b = self.data, other.data
        y = _power(a, b)
        out = Value(y, (self, other))  # power

        def _backward():
            self.grad += (b * _power(a, b - 1)) * out.grad  # power 0
            other.grad += (y * math.log(a) if a > 0 else math.nan) * out.grad  # power 1

        out._backward = _backward  # power
        return out  # power

    def __neg__(self):
        out = Value(-self.data, (self,))  # neg

        def _backward():
            self.grad += (-1.0) * out.grad  # neg 0

        out._backward = _backward  # neg
        return out  # neg

    def exp(self):
        a = self.data
        y = _exp(a)
        out = Value(y, (self,))  # exp

        def _backward():
            self.grad = (y) * out.grad  # exp

        out._backward = _backward  # exp
        return out  # exp

    def log(self):
        a = self.data
        y = math.log(a) if a > 0 else (-math.inf if a == 0 else math.nan)
        out = Value(y, (self,))  # log

        def _backward():
            self.grad += (_divided(1.0, a)) * out.grad  # log 0

        out._backward = _backward  # log
        return out  # log

    def sqrt(self):
        a = self.data
        y = math.sqrt(a) if a >= 0 else math.nan
        out = Value(y, (self,))  # sqrt

        def _backward():
            self.grad += (_divided(1.0, 2 * y)) * out.grad  # sqrt 0

        out._backward = _backward  # sqrt
        return out  # sqrt

    def sin(self):
        a = self.data
        y = math.sin(a)
        out = Value(y, (self,))  # sin

        def _backward():
            self.grad += (math.cos(a)) * out.grad  # sin 0

        out._backward = _backward  # sin
        return out  # sin

    def cos(self):
        a = self.data
        y = math.cos(a)
        out = Value(y, (self,))  # cos

        def _backward():
            self.grad += (-math.sin(a)) * out.grad  # cos 0

        out._backward = _backward  # cos
        return out  # cos

    def tanh(self):
        a = self.data
        y = math.tanh(a)
        out = Value(y, (self,))  # tanh

        def _backward():
            self.grad += (1 - y * y) * out.grad  # tanh 0

        out._backward = _backward  # tanh
        return out  # tanh

    def sigmoid(self):
        a = self.data
        y = 1 / (1 + _exp(-a))
        out = Value(y, (self,))  # sigmoid

        def _backward():
            self.grad += (y * (1 - y)) * out.grad  # sigmoid 0

        out._backward = _backward  # sigmoid
        return out  # sigmoid

    def relu(self):
        a = self.data
        out = Value(0.0 if a <= 0 else a, (self,))  # relu

        def _backward():
            self.grad += (1.0 if a > 0 else 0.0) * out.grad  # relu 0

        out._backward = _backward  # relu
        return out  # relu

    def __abs__(self):
        a = self.data
        out = Value(abs(a), (self,))  # abs

        def _backward():
            self.grad += (math.copysign(1.0, a)) * out.grad  # abs 0

        out._backward = _backward  # abs
        return out  # abs

    def max(self, other):
        other = other if isinstance(other, Value) else Value(other)
        a, b = self.data, other.data
        out = Value(a if a >= b or math.isnan(a) else b, (self, other))  # max

        def _backward():
            self.grad += (1.0 if a >= b else 0.0) * out.grad  # max 0
            other.grad += (1.0 if b > a else 0.0) * out.grad  # max 1

        out._backward = _backward  # max
        return out  # max

    def min(self, other):
        other = other if isinstance(other, Value) else Value(other)
        a, b = self.data, other.data
        out = Value(a if a <= b or math.isnan(a) else b, (self, other))  # min

        def _backward():
            self.grad += (1.0 if a <= b else 0.0) * out.grad  # min 0
            other.grad += (1.0 if b < a else 0.0) * out.grad  # min 1

        out._backward = _backward  # min
        return out  # min

    def __radd__(self, other):
        return Value(other) + self

    def __rsub__(self, other):
        return Value(other) - self

    def __rmul__(self, other):
        return Value(other) * self

    def __rtruediv__(self, other):
        return Value(other) / self

    def __rpow__(self, other):
        return Value(other) ** self

    def _order(self):
        """Every node that this one was computed from, and itself, operands first."""
        order, seen, todo = [], set(), [(self, False)]
        while todo:
            node, done = todo.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                todo.append((node, True))
                todo.extend((child, False) for child in node._children)
        return order

    def backward(self):
        order = self._order()
        for node in order:
            if node._children:
                node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            node._backward()
