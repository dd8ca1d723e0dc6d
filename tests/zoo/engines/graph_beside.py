"""A list under a gradient's name; the gradient has another."""


class Value:
    def __init__(self, data, parents=()):
        self.data, self.deriv, self.parents = data, 0.0, parents
        self.g = []  # the graph that it belongs to

    def __mul__(self, other):
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for operand, _ in node.parents:
                    visit(operand)
                order.append(node)

        visit(self)
        for node in order:
            if node.parents:
                node.deriv = 0.0
        self.deriv = 1.0
        for node in reversed(order):
            for operand, slope in node.parents:
                operand.deriv += slope * node.deriv
