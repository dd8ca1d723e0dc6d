"""A small right network, written as learners write one, and named ways to break it.

As in ``faulty_engines``: a fault is a replacement of text that must be there.
"""

from __future__ import annotations

from faulty_engines import SOURCE, overwriting, replaced

NETWORK = """

import random


class Neuron:
    def __init__(self, n_in, layer=0, last=False):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(n_in)]
        self.b = Value(0.0)
        self.layer, self.last = layer, last

    def __call__(self, x):
        if len(x) != len(self.w):
            raise ValueError(f"{len(self.w)} inputs, not {len(x)}")
        z = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)
        return z.tanh()

    def parameters(self):
        return self.w + [self.b]


class Layer:
    def __init__(self, n_in, n_out, layer=0, last=False):
        self.neurons = [Neuron(n_in, layer, last) for _ in range(n_out)]

    def __call__(self, x):
        return [neuron(x) for neuron in self.neurons]

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


class MLP:
    def __init__(self, n_in, widths):
        sizes = [n_in] + widths
        self.layers = [
            Layer(sizes[i], sizes[i + 1], i, i == len(widths) - 1) for i in range(len(widths))
        ]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x[0] if len(x) == 1 else x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]

    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0.0
"""
RIGHT = SOURCE + NETWORK


def network(*pairs: tuple[str, str], engine: str = SOURCE) -> str:
    """The right network with some of its text replaced, on an engine."""
    return engine + replaced(NETWORK, *pairs)


TANH = "        return z.tanh()\n"
SUM = "        z = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)\n"
LISTED = "        return [p for layer in self.layers for p in layer.parameters()]\n"
CALL = "        for layer in self.layers:\n            x = layer(x)\n"
CHECK = (
    "        if len(x) != len(self.w):\n"
    '            raise ValueError(f"{len(self.w)} inputs, not {len(x)}")\n'
)
ZERO = "            p.grad = 0.0\n"
NEURON_LIST = "        return self.w + [self.b]\n"

OWN = "        return self.outputs(x)\n"
OTHER_CALL = (
    (CALL, CALL.replace("layer(x)", "layer.outputs(x)")),
    ("    def __call__(self, x):\n        return [neuron(x) for neuron in self.neurons]\n",
     "    def outputs(self, x):\n        return [neuron(x) for neuron in self.neurons]\n\n"
     "    def __call__(self, x):\n        return self.outputs(x)\n"),
)  # fmt: skip
"""The network goes around its layers' own call."""

UNUSUAL = {
    "relu, last linear": network((TANH, "        return z if self.last else z.relu()\n")),
    "relu everywhere": network((TANH, "        return z.relu()\n")),
    "tanh, last linear": network((TANH, "        return z if self.last else z.tanh()\n")),
    "linear": network((TANH, "        return z\n")),
    "tanh by exponentials": network(
        (TANH, "        e = (z * 2).exp()\n        return (e - 1) / (e + 1)\n")
    ),
    "bias listed first": network((NEURON_LIST, "        return [self.b] + self.w\n")),
    "bias added last": network(
        (SUM, "        z = sum(wi * xi for wi, xi in zip(self.w, x)) + self.b\n")
    ),
    "all weights, then all biases": network(
        (LISTED,
         "        ns = [n for layer in self.layers for n in layer.neurons]\n"
         "        return [w for n in ns for w in n.w] + [n.b for n in ns]\n")
    ),
    "last layer listed first": network(
        (LISTED, LISTED.replace("self.layers", "self.layers[::-1]"))
    ),
    "the engine's tanh by exponentials": network(
        engine=replaced(SOURCE, ("math.tanh(self.data)",
                                 "(math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)"))
    ),
    "sizes in one list": network(
        ("    def __init__(self, n_in, widths):\n        sizes = [n_in] + widths\n",
         "    def __init__(self, sizes):\n        widths = sizes[1:]\n")
    ),
    "a list taken for one neuron": network(
        ("    def __init__(self, n_in, widths):\n        sizes = [n_in] + widths\n",
         "    def __init__(self, *sizes):\n"
         "        sizes = [n if isinstance(n, int) else 1 for n in sizes]\n"
         "        widths = sizes[1:]\n")
    ),
    "sizes one by one": network(("(self, n_in, widths)", "(self, n_in, *widths)"),
                                ("[n_in] + widths", "[n_in, *widths]")),
    "a generator demanded": network(
        ("    def __init__(self, n_in, widths):\n",
         "    def __init__(self, n_in, widths, rng):\n        random.seed(rng.random())\n")
    ),
    "no zero_grad": network(("    def zero_grad(self):", "    def _unused(self):")),
    "output always a list": network(("return x[0] if len(x) == 1 else x", "return x")),
    "params and forward": network(
        ("    def __call__(self, x):\n        for layer",
         "    def forward(self, x):\n        for layer"),
        ("    def parameters(self):\n        return [p for layer",
         "    @property\n    def params(self):\n        return [p for layer"),
        ("in self.parameters():\n            p.grad", "in self.params:\n            p.grad"),
    ),
}  # fmt: skip
"""Right networks that are written in other ways."""

PLANTED: dict[str, tuple[str, str]] = {
    "bias left out of parameters": ("NET01", network((NEURON_LIST, "        return self.w\n"))),
    "last layer left out of parameters": (
        "NET01", network((LISTED, LISTED.replace("self.layers", "self.layers[:-1]")))
    ),
    "parameters listed twice": ("NET01", network((LISTED, LISTED.rstrip() + " * 2\n"))),
    "one neuron's weights shared by its layer": (
        "NET01",
        network(("for _ in range(n_out)]\n", "for _ in range(n_out)]\n"
                 "        for neuron in self.neurons:\n"
                 "            neuron.w = self.neurons[0].w\n")),
    ),
    "repeated parameter hides a missing one": (
        "NET01", network((NEURON_LIST, "        return self.w + [self.w[0]]\n"))
    ),
    "parameters are copies": (
        "NET01", network((LISTED, LISTED.replace("[p for", "[Value(p.data) for")))
    ),
    "first neuron's weights used by all": (
        "NET02",
        network(("return [neuron(x) for neuron in self.neurons]",
                 "return [Neuron.with_weights(n, self.neurons[0].w, x) for n in self.neurons]"),
                ("    def parameters(self):\n        return self.w",
                 "    def with_weights(self, w, x):\n"
                 "        return sum((a * b for a, b in zip(w, x)), self.b).tanh()\n\n"
                 "    def parameters(self):\n        return self.w")),
    ),
    "weights in the wrong order": (
        "NET02", network((SUM, SUM.replace("zip(self.w, x)", "zip(self.w, self._turned(x))")),
                         (NEURON_LIST, NEURON_LIST + "\n    def _turned(self, x):\n"
                          "        return [x[1], x[0], *x[2:]] if len(x) > 2 else x\n")),
    ),
    "lengths compared by identity": (
        "NET02", network(("if len(x) != len(self.w):", "if len(x) is not len(self.w):"))
    ),
    "last input dropped": (
        "NET02", network((SUM, SUM.replace("zip(self.w, x)", "zip(self.w, x[:-1])")))
    ),
    "bias not added": ("NET02", network((SUM, SUM.replace(", self.b)", ", Value(0.0))")))),
    "bias subtracted": ("NET02", network((SUM, SUM.replace(", self.b)", ", -self.b)")))),
    "activation missing in the second layer": (
        "NET02",
        network((TANH, "        return z if self.layer == 1 and not self.last else z.tanh()\n"))
    ),
    "activation missing in the fourth layer": (
        "NET02",
        network((TANH, "        return z if self.layer == 3 and not self.last else z.tanh()\n"))
    ),
    "activation applied twice": ("NET02", network((TANH, "        return z.tanh().tanh()\n"))),
    "one neuron never used": (
        "NET02",
        network((CALL, "        for layer in self.layers:\n            x = layer(x)\n"
                 "            if len(x) > 2:\n                x = x[:-1] + [Value(0.0)]\n")),
    ),
    "every output is the first": (
        "NET02",
        network(("        return x[0] if len(x) == 1 else x\n",
                 "        return x[0] if len(x) == 1 else [x[0]] * len(x)\n")),
    ),
    "a second call answers as the first": (
        "NET02",
        network((CALL, "        if getattr(self, 'kept', None) is not None:\n"
                 "            return self.kept\n" + CALL),
                ("        return x[0] if len(x) == 1 else x\n",
                 "        self.kept = x[0] if len(x) == 1 else x\n        return self.kept\n")),
    ),
    "many inputs raise": ("NET02", network((SUM, "        assert len(x) < 12\n" + SUM))),
    "many neurons cannot be made": (
        "NET01",
        network(("        self.neurons = ", "        assert n_out < 20\n        self.neurons = "))
    ),
    "an activation that is off by 1e-13": (
        "NET02", network((TANH, "        return z.tanh() + 1e-13\n"))
    ),
    "wrong length accepted": ("NET03", network((CHECK, ""))),
    "missing inputs are made up": (
        "NET03", network((CHECK, "        x = (list(x) + [1.0] * len(self.w))[:len(self.w)]\n"))
    ),
    "too few accepted": ("NET03", network((CHECK, CHECK.replace("!=", ">")))),
    "mul assigns its gradients": ("NET04", network(engine=overwriting("mul"))),
    "add assigns its gradients": ("NET04", network(engine=overwriting("add"))),
    "tanh's slope is off by 1e-12": (
        "NET04",
        network(engine=replaced(SOURCE, ("(1 - out.data * out.data) * out.grad  # tanh",
                                         "(1 + 1e-12 - out.data * out.data) * out.grad  # tanh"))),
    ),
    "the graph is cut between layers": (
        "NET04", network((CALL, "        for layer in self.layers:\n"
                          "            x = layer(x)\n"
                          "            if layer is not self.layers[-1]:\n"
                          "                x = [Value(v.data) for v in x]\n")),
    ),
    "backward raises": (
        "NET04",
        network(engine=replaced(SOURCE, ("        self.grad = 1.0\n",
                                         "        raise OSError('no')\n"))),
    ),
    "biases have no gradient": (
        "NET04",
        network((SUM, SUM.replace(", self.b)", ", Value(self.b.data))")),
                ("        self.b = Value(0.0)\n",
                 "        self.b = Value(0.0)\n        self.b.grad = None\n")),
    ),
    "zero_grad forgets the biases": (
        "NET05", network(("        for p in self.parameters():\n",
                          "        neurons = [n for layer in self.layers for n in layer.neurons]\n"
                          "        for p in [w for neuron in neurons for w in neuron.w]:\n")),
    ),
    "zero_grad does nothing": ("NET05", network((ZERO, "            pass\n"))),
    "zeroed gradients come back": (
        "NET05",
        network((ZERO, "            p.old, p.grad = p.grad, 0.0\n"),
                (CALL, "        for p in self.parameters():\n"
                 "            p.grad, p.old = p.grad + getattr(p, 'old', 0.0), 0.0\n" + CALL)),
    ),
    "zero_grad sets one": ("NET05", network((ZERO, "            p.grad = 1.0\n"))),
    "inputs off from the hundredth call on": (
        "NET06",
        network((CALL, "        self.calls = getattr(self, 'calls', 0) + isinstance(x[0], Value)\n"
                 "        if self.calls > 100:\n            x = [v + 1e-9 for v in x]\n" + CALL)),
    ),
    "raises from the hundredth call on": (
        "NET06",
        network((CALL, "        self.calls = getattr(self, 'calls', 0) + isinstance(x[0], Value)\n"
                 "        if self.calls > 100:\n            raise OSError('full')\n" + CALL)),
    ),
    "hidden layer of one neuron raises": (
        "NET07", network(("return [neuron(x) for neuron in self.neurons]",
                          "out = [neuron(x) for neuron in self.neurons]\n"
                          "        return out[0] if len(out) == 1 else out"),
                         ("        return x[0] if len(x) == 1 else x\n", "        return x\n")),
    ),
    "a number is answered": (
        "NET03", network(("    def __call__(self, x):\n        for layer",
                          "    def __call__(self, x):\n"
                          "        if isinstance(x, float):\n            return Value(x)\n"
                          "        for layer"))
    ),
    "a slip where no list is refused": (
        "NET03", network(("    def __call__(self, x):\n        for layer",
                          "    def __call__(self, x):\n"
                          "        if isinstance(x, float):\n            raise Mistake(x)\n"
                          "        for layer"))
    ),
    "weights are all one": (
        "NET08", network(("Value(random.uniform(-1, 1))", "Value(1.0)"))
    ),
    "one draw for all neurons": (
        "NET08",
        network(("        self.layer, self.last = layer, last\n",
                 "        self.layer, self.last = layer, last\n        random.seed(n_in)\n"
                 "        self.w = [Value(random.uniform(-1, 1)) for _ in range(n_in)]\n"))
    ),
    "a layer by itself raises": (
        "NET12", network(*OTHER_CALL, (OWN, "        return self.nothing\n"))
    ),
    "a layer by itself gives its first output": (
        "NET12", network(*OTHER_CALL, (OWN, "        return self.outputs(x)[0]\n"))
    ),
    "a layer by itself turns its inputs round": (
        "NET12", network(*OTHER_CALL, (OWN, "        return self.outputs(x[::-1])\n"))
    ),
}  # fmt: skip
"""Fault -> the law that it must break, and a network with the fault in it."""
