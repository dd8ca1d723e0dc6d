"""A thousand notebooks that something went wrong with: each is loaded or refused in a sentence."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from notebooks import notebook

from verify.engines import TargetError
from verify.engines.loading import load

pytestmark = pytest.mark.once

ENGINE = """\
%matplotlib inline
from no_such_drawing import Digraph


class Value:
    def __init__(self, data, children=()):
        self.data, self.grad, self.children = data, 0.0, children

    def __add__(self, other):
        return Value(self.data + other.data, (self, other))
"""
CELLS = (("markdown", "# Größe"), ENGINE, "a = Value(1.0)\nprint(a + a)", ENGINE + "\nKIND = 'é'\n")
WRONG: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, "", "code", "text\n", "class Value:\n", "\x00", "\ud800", [], [[]],
    [None], ["x = 1\n", 2], {}, {"a": 1}, [{}], "%%bash\n", "x" * 10_000, "(" * 500,
    "-" * 3_000 + "1", "if x:\n" * 101, "'''", "raise SystemExit", "import os; os._exit",
)  # fmt: skip
"""Things that are put where they do not belong; executed, none of them harms."""


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON document, by keys and indices."""
    yield path
    pairs: Any = enumerate(data) if isinstance(data, list) else ()
    if isinstance(data, dict):
        pairs = data.items()
    for key, value in pairs:
        yield from places(value, (*path, key))


def changed(data: Any, path: tuple[Any, ...], change: Callable[[Any, Any], None]) -> Any:
    """A copy of a document in which the holder of a place was changed."""
    data = copy.deepcopy(data)
    holder = [data]
    whole = (0, *path)
    found: Any = holder
    for key in whole[:-1]:
        found = found[key]
    change(found, whole[-1])
    return holder[0]


def of_another_type(rng: random.Random, data: Any) -> bytes:
    path = rng.choice(list(places(data)))
    return as_bytes(
        changed(data, path, lambda found, key: found.__setitem__(key, rng.choice(WRONG)))
    )


def without_a_part(rng: random.Random, data: Any) -> bytes:
    path = rng.choice([path for path in places(data) if path])
    return as_bytes(changed(data, path, lambda found, key: found.__delitem__(key)))


def with_a_part_twice(rng: random.Random, data: Any) -> bytes:
    path = rng.choice([path for path in places(data) if path and isinstance(path[-1], int)])
    return as_bytes(changed(data, path, lambda found, key: found.insert(key, found[key])))


def truncated(rng: random.Random, data: Any) -> bytes:
    raw = as_bytes(data)
    return raw[: rng.randrange(len(raw))]


def with_other_bytes(rng: random.Random, data: Any) -> bytes:
    raw = bytearray(as_bytes(data))
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        raw[rng.randrange(len(raw))] = rng.randrange(256)
    return bytes(raw)


def of_another_encoding(rng: random.Random, data: Any) -> bytes:
    text = json.dumps(data, ensure_ascii=False, indent=1)
    encoding = rng.choice(("latin-1", "utf-16", "utf-32", "utf-8-sig", "cp437"))
    return text.encode(encoding, errors="replace")


def with_another_source(rng: random.Random, data: Any) -> bytes:
    """A cell whose Python is cut, doubled or shuffled."""
    cells = data.get("cells") or data["worksheets"][0]["cells"]
    cell = rng.choice([c for c in cells if c["cell_type"] == "code"])
    key = "source" if "source" in cell else "input"
    text = "".join(cell[key])
    lines = text.splitlines(keepends=True)
    cut = rng.randrange(len(text) + 1)
    rng.shuffle(lines)
    other = rng.choice(
        (text[:cut], text[cut:], "".join(lines), text.replace("\n", "\r"), text * 50)
    )
    copied = json.loads(json.dumps(data).replace(json.dumps(cell[key]), json.dumps(other), 1))
    return as_bytes(copied)


def as_bytes(data: Any) -> bytes:
    return json.dumps(data, indent=1, ensure_ascii=True).encode()


MUTATIONS = (
    of_another_type, of_another_type, of_another_type, without_a_part, with_a_part_twice, truncated,
    with_other_bytes, with_other_bytes, of_another_encoding, with_another_source,
)  # fmt: skip


@pytest.mark.parametrize("part", range(4))
def test_a_mutated_notebook_is_loaded_or_refused_in_a_sentence(tmp_path: Path, part):
    seen: Counter[str] = Counter()
    for number in range(250):
        seed = 250 * part + number
        rng = random.Random(seed)
        whole = json.loads(notebook(CELLS, rng.choice((3, 4))))
        data = MUTATIONS[seed % len(MUTATIONS)](rng, whole)
        path = tmp_path / f"mutated{seed}.ipynb"
        path.write_bytes(data)
        target = f"{path}:Value" + rng.choice(("", "", "@1", "@2", "@3"))
        try:
            loaded = load(target)
        except TargetError as error:
            sentence = str(error)
            assert sentence.isprintable(), (seed, sentence)
            assert len(sentence) < 600, (seed, sentence)
            assert "Traceback" not in sentence
            seen["refused"] += 1
        else:
            assert loaded.cls.__name__ == "Value", seed
            seen["loaded"] += 1
    assert min(seen["refused"], seen["loaded"]) > 50, seen
