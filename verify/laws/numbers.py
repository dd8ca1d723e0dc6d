"""The laws that every random case is checked against, by every oracle."""

from verify.laws.law import Law

NUMBERS = (
    Law(
        "VAL01", "error", "wrong value",
        "The value of every operation lies in its enclosure, in every spelling.",
        subject="case",
    ),
    Law(
        "GRA01", "error", "wrong gradient",
        "The gradient of every input lies in its enclosure.",
        subject="case",
    ),
    Law(
        "GRA02", "error", "wrong intermediate gradient",
        "Where the engine keeps them, the gradient of every intermediate lies in its enclosure.",
        subject="case",
    ),
    Law(
        "ACC01", "warning", "digits lost",
        "No operation is computed by a formula that loses digits.",
        subject="case",
    ),
    Law(
        "RUN01", "error", "raises on legal input",
        "An operation that exists gives a real number on every ordinary input of its domain.",
        subject="case",
    ),
)  # fmt: skip
