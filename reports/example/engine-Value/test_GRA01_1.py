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
# A test for pytest. Written by gradverify; finding 59a9d74758e4.

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


def test_GRA01_1():
    x0 = Value(2.0)
    v1 = x0.exp()
    v2 = v1 + x0
    v2.backward()
    actual = v2.data
    assert 9.389056098930647 <= actual <= 9.389056098930654, (
        f'value of v2 is {actual!r}, but must lie in [9.389056098930647, 9.389056098930654]'
    )
    actual = number(x0.grad)
    assert 8.389056098930642 <= actual <= 8.38905609893066, (
        f'd v2 / d x0 is {actual!r}, but must lie in [8.389056098930642, 8.38905609893066]'
    )
