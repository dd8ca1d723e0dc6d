"""The laws that every random case is checked against, by every oracle."""

from verify.laws.law import Law

NUMBERS = (
    Law(
        "VAL01", "error", "wrong value",
        "The value of every operation lies in its enclosure, in every spelling.",
        why="Finite differences bless a wrong forward pass: they differentiate what is there. So "
        "values are compared first, and in each spelling a user may write: `2 - v` is another "
        "method than `v - 2`, and many engines have the two the wrong way round.",
        subject="case",
    ),
    Law(
        "GRA01", "error", "wrong gradient",
        "The gradient of every input lies in its enclosure.",
        why="This is what an engine is for. The enclosure holds whatever a right float64 engine "
        "can print, in any order of adding, so a gradient outside is wrong and not suspicious. "
        "Look at the counterexample: it is the smallest program found that shows it, and the first "
        "wrong contribution is named.",
        subject="case",
    ),
    Law(
        "GRA02", "error", "wrong intermediate gradient",
        "Where the engine keeps them, the gradient of every intermediate lies in its enclosure.",
        why="An error in the middle of a graph can cancel on its way to the inputs of one program "
        "and not of the next. Intermediates show it where it happens. Engines that keep no such "
        "gradients are checked by their inputs alone.",
        subject="case",
    ),
    Law(
        "ACC01", "warning", "digits lost",
        "No operation is computed by a formula that loses digits.",
        why="Some formulas are right in real numbers and lose digits in float64: tanh as a "
        "quotient of exponentials, a power by logarithms. They are no gradient bug. The numbers "
        "lie outside the operation's enclosure and inside that of the formula, which is computed "
        "rounding by rounding, so the formula is named and how many digits were left. A number "
        "outside that too is an error like any other.",
        subject="case",
    ),
    Law(
        "RUN01", "error", "raises on legal input",
        "An operation that exists gives a real number on every ordinary input of its domain.",
        why="Inputs are well inside the domain, where the function is smooth and no number is near "
        "overflow: nothing there is a reason to raise, or to give None, nan or a complex number. "
        "Often it is a forgotten `return`, or an operand that is a number where a value was meant.",
        subject="case",
    ),
    Law(
        "RUN02", "error", "hangs",
        "Every case comes to an end, within the time that it is given.",
        why="A case is a dozen operations on a dozen numbers, and takes a millisecond. One that is "
        "not done after seconds never will be: a loop whose end never comes, a walk that goes back "
        "and forth between two nodes, or one that visits each path of a graph instead of each "
        "node. The engine's process is ended and another one started, and the run goes on.",
        subject="case",
    ),
    Law(
        "RUN03", "error", "out of memory",
        "Every case is done within the memory that it is given.",
        why="A case needs some kilobytes. An engine that takes gigabytes for it keeps copies of "
        "the graph, or appends without end to a list that outlives the call; in training it would "
        "take the machine with it. The engine's process is ended and another one started.",
        subject="case",
    ),
    Law(
        "RUN04", "error", "ends the process",
        "No case ends the process that the engine runs in.",
        why="An operation gives a number or raises an exception that its caller can catch. One "
        "that calls `os._exit`, overflows the stack of C, or runs into a bug of compiled code "
        "takes the training run, the notebook and all that was not saved with it.",
        subject="case",
    ),
)  # fmt: skip
