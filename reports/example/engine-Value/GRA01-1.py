# GRA01 exp: shared-node overwrite
#
# exp (shared-node overwrite): d %2 / d x0 = 7.38905609893065, but must lie in [8.389056098930642,
# 8.38905609893066]
#
# The first wrong gradient is that of x0, used by %1 = exp(x0). Every number seen is that of an
# engine that assigns the gradient in exp instead of adding to it.
#
# The law: The gradient of every input lies in its enclosure.
#
# To mend it: Look for `.grad = ...` in exp's backward; it should be `.grad += ...`.
#
# Exits with 1 while the engine is wrong here, with 0 once it is not. Written by gradverify;
# finding 59a9d74758e4.

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent / '..'  # where gradverify was run
sys.path.insert(0, str(ROOT))  # where the engine is
from engine import Value  # noqa: E402


def number(gradient):
    if gradient is None:
        return 0.0
    if isinstance(gradient, Value):
        gradient = gradient.data
    return float(gradient)


outside = False


def compare(what, actual, low, high):
    global outside
    right = actual != actual if low is None else low <= actual <= high
    outside = outside or not right
    expected = "nan" if low is None else f"[{low!r}, {high!r}]"
    print(f"{what}: expected {expected}, actual {actual!r}{'' if right else '   WRONG'}")


x0 = Value(2.0)
v1 = x0.exp()
v2 = v1 + x0
v2.backward()
compare('value of v2', v2.data, 9.389056098930647, 9.389056098930654)
compare('d v2 / d x0', number(x0.grad), 8.389056098930642, 8.38905609893066)
raise SystemExit(int(outside))
