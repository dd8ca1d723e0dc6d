"""Operations of an engine that nothing looks at are named."""

from __future__ import annotations

import pytest
from faulty_engines import SOURCE

from verify.engines import open_engine

MORE = """
    def square(self):
        out = Value(self.data * self.data, (self,))
        return out

    def scaled(self, factor):
        return Value(self.data * factor, (self,))

    def __pos__(self):
        return self.__class__(self.data)

    def __ipow__(self, n):
        return Value(self.data**n)

    def cube(self):
        return self * self * self

    def lerp(self, other, weight):
        return Value(self.data + weight * (other.data - self.data))

    def _hidden(self):
        return Value(self.data)

    @classmethod
    def zero(cls):
        return cls(0.0)

    def save(self, path):
        raise SystemExit("a method of unknown name was called")
"""


def test_methods_that_make_values_and_are_no_operation_are_named(engine_file):
    (note,) = open_engine(engine_file(SOURCE + MORE)).facts.notes
    assert note.endswith("no operations known here: __ipow__, __pos__, scaled, square")


def test_many_are_counted(engine_file):
    source = SOURCE + "".join(
        f"\n    def f{k}(self):\n        return Value(self.data)\n" for k in range(11)
    )
    (note,) = open_engine(engine_file(source)).facts.notes
    assert note.endswith("f0, f1, f10, f2, f3, f4, f5, f6 and 3 more")


@pytest.mark.parametrize("target", ["microgradref:Value", "micrograd.engine:Value"])
def test_engines_of_known_operations_have_none(target):
    assert not open_engine(target).facts.notes
