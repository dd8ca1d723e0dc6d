"""The gradient is another value, so that it can be differentiated again."""


class Value:
    def __init__(self, data, operands=(), rules=()):
        self.data = data
        self.grad = None
        self.operands = operands
        self.rules = rules

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (lambda g: g, lambda g: g))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        rules = (lambda g: g * other, lambda g: g * self)
        return Value(self.data * other.data, (self, other), rules)

    def __neg__(self):
        return self * -1.0

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for each in node.operands:
                    visit(each)
                order.append(node)

        visit(self)
        self.grad = Value(1.0)
        for node in reversed(order):
            for each, rule in zip(node.operands, node.rules):
                given = rule(node.grad)
                each.grad = given if each.grad is None else each.grad + given
