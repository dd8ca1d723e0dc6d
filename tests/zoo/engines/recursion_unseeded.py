"""backward() hands on what the node holds and calls its operands': paths are counted twice."""


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

    def backward(self):
        for each, slope in zip(self.operands, self.slopes):
            each.grad += slope * self.grad
            each.backward()
