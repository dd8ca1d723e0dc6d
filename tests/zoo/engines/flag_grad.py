"""``grad`` is a flag; the gradient has another name."""


class Value:
    def __init__(self, data, parents=(), grad=True):
        self.data, self.gradient, self.parents = data, 0.0, parents
        self.grad = grad

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
                node.gradient = 0.0
        self.gradient = 1.0
        for node in reversed(order):
            for operand, slope in node.parents:
                operand.gradient += slope * node.gradient
