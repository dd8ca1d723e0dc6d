"""backward() belongs to the class and is told the output."""


class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __mul__(self, other):
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    @staticmethod
    def backward(root):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for operand, _ in node.parents:
                    visit(operand)
                order.append(node)

        visit(root)
        for node in order:
            if node.parents:
                node.grad = 0.0
        root.grad = 1.0
        for node in reversed(order):
            for operand, slope in node.parents:
                operand.grad += slope * node.grad
