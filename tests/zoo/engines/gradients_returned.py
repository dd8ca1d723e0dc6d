"""backward() returns gradients in a dictionary, and keeps none."""


class Value:
    def __init__(self, data, pairs=()):
        self.data = data
        self.pairs = pairs

    def __add__(self, other):
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def backward(self):
        found = {}

        def visit(node, gradient):
            found[node] = found.get(node, 0.0) + gradient
            for each, slope in node.pairs:
                visit(each, gradient * slope)

        visit(self, 1.0)
        return found
