"""A leaf's number is its input too; that of a result is its output alone."""


class Value:
    def __init__(self, data, parents=()):
        self.input, self.output = None if parents else data, data
        self.grad, self.parents = 0.0, parents

    def __mul__(self, other):
        return Value(self.output * other.output, ((self, other.output), (other, self.output)))

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
                node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for operand, slope in node.parents:
                operand.grad += slope * node.grad
