"""A result has no number until it is asked for it by forward()."""


class Value:
    def __init__(self, value=None, operands=()):
        self.value, self.grad, self.operands = value, 0.0, operands

    def forward(self):
        if self.operands:
            self.value = self.operands[0].forward() * self.operands[1].forward()
        return self.value

    def __mul__(self, other):
        return Value(None, (self, other))

    def backward(self):
        self.pass_on(1.0)

    def pass_on(self, gradient):
        self.grad += gradient
        if self.operands:
            first, second = self.operands
            first.pass_on(gradient * second.value)
            second.pass_on(gradient * first.value)
