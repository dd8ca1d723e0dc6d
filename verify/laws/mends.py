"""MENDS: what to do where a law is broken and no known fault says more."""

MENDS = {
    "EDG01": "Return what IEEE arithmetic gives: inf or 0 with the right sign, and the function's "
    "limit where it has one.",
    "EDG02": "Return inf with the right sign, or raise an error that says what was refused.",
    "EDG03": "Where x is 0, compute no slope by dividing by x or by its logarithm. Treat the "
    "exponent 0 by itself: the value is 1 and the slope 0, at 0 too.",
    "EDG04": "Return nan, or raise a ValueError that names the operation and the number.",
    "EDG05": "Write the comparison so that nan falls through, and return it.",
    "EDG06": "Leave out small constants and thresholds that are there to be safe.",
    "EDG07": "Give the two operands of a tie slopes that add up to 1, and a kink a slope between "
    "those of its sides.",
    "EDG08": "Nothing need be done: it is a convention. PyTorch's are 0 for relu and abs, and a "
    "half each for a tie.",
    "EDG09": "Nothing need be done if nan never comes so far; else return nan for the slope where "
    "the input is nan.",
    "EDG10": "Return inf for the slope, or refuse the point with an error that says so.",
    "EDG11": "Raise one class of exception for all refusals, ValueError say.",
    "LIF01": "Nothing need be done if each graph is differentiated once. Else, in backward(), "
    "after the nodes are sorted and before the root's gradient is set, set to 0 the gradient of "
    "every node that an operation made, and of no leaf.",
    "LIF03": "In backward(), after the nodes are sorted and before the root's gradient is set, set "
    "to 0 the gradient of every node that an operation made, and of no leaf.",
    "LIF02": "Look for `self.data` on the left of an assignment inside a backward.",
    "LIF04": "Keep nothing from one backward() to the next but gradients: no marks on nodes, no "
    "stored order, no stored partials.",
    "LIF05": "Look for what graphs share: a global tape, a default argument that is a list or a "
    "set, an attribute of the class.",
    "LIF06": "Give a root without operands the gradient 1 too.",
    "LIF07": "Nothing need be done if values are never assigned. Else keep the numbers that a "
    "derivative needs when the operation is made.",
    "LIF09": "Walk from the root to every value that it was made of, or document what is reset.",
    "LIF10": "Start every gradient with the same: 0.0, or None.",
    "LIF11": "Let a result refer to its operands themselves, not by weak references.",
    "LIF12": "Turn the number into a float where a leaf is made: `self.data = float(data)`.",
    "SCL01": "Walk with a list as a stack, not by calls.",
    "SCL02": "Look for a search in a list, or a copy of one, in what runs once a node.",
    "SCL03": "Visit each node once: return at once from one that was seen.",
    "SCL04": "Look for a limit on depth, on uses or on the size of gradients, and for an `except` "
    "that goes on with half a graph.",
    "DET01": "Look for a `set`, `id` or `hash` in what decides the order of additions.",
    "DET02": "Look for a `set`, `id` or `hash` in what decides the order of additions.",
    "NET03": "Compare the number of inputs with the number of weights, and raise.",
    "NET07": "Unwrap a single output at the network's end only (`outs[0] if len(outs) == 1` in its "
    "`__call__`), not in each layer.",
    "NET08": "Draw each weight by itself, from a continuous distribution.",
    "NET09": "Draw weights from a distribution about 0.",
    "NET10": "Hand the generator on to every layer and neuron.",
    "NET11": "Raise a ValueError unless there is a layer, and every size is an int (no bool) of at "
    "least 1.",
}
