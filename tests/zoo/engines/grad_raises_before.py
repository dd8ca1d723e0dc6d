"""Reading the gradient raises until backward() has run."""


class Value:
    def __init__(self, data, parents=()):
        self.data, self.parents, self.found = data, parents, None

    @property
    def grad(self):
        if self.found is None:
            raise RuntimeError("call backward() first")
        return self.found

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
            node.found = 0.0
        self.found = 1.0
        for node in reversed(order):
            for operand, slope in node.parents:
                operand.found += slope * node.found
