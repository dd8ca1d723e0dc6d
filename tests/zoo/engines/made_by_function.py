"""Values are made by a function, which knows the place of each on the tape."""

TAPE = []


class Node:
    def __init__(self, place, value):
        self.place, self.value, self.grad = place, value, 0.0

    def __add__(self, other):
        return record(self.value + other.value, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return record(self.value * other.value, [(self, other.value), (other, self.value)])


def record(value, operands):
    TAPE.append((Node(len(TAPE), value), operands))
    return TAPE[-1][0]


def variable(value):
    return record(value, [])


def backward(root):
    for node, operands in TAPE:
        node.grad = 0.0 if operands else node.grad
    root.grad = 1.0
    for node, operands in reversed(TAPE[: root.place + 1]):
        for operand, slope in operands:
            operand.grad += slope * node.grad
