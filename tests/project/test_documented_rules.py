"""What counts as a block, as a command and as the output that was shown."""

from __future__ import annotations

import pytest
from documented_blocks import Block, Step, blocks_of, complaint, matches, refreshed, steps_of

PAGE = """\
# Title

<!-- given: a/b.py as c.py -->
<!-- file: c.toml -->
```toml
x = 1
```

Words.

<!-- not run: it would take a minute -->
```sh
sleep 60
```

```console
$ one
1
```

    indented
"""


def test_blocks_come_with_the_comment_before_them_and_no_other():
    assert blocks_of(PAGE) == [
        Block("given", "", 3, "given", "a/b.py as c.py"),
        Block("toml", "x = 1\n", 5, "file", "c.toml"),
        Block("sh", "sleep 60\n", 12, "not run", "it would take a minute"),
        Block("console", "$ one\n1\n", 16),
        Block("text", "indented\n", 21),
    ]
    assert [block.is_tried for block in blocks_of(PAGE)] == [True, True, False, True, False]


@pytest.mark.parametrize(
    "block",
    [
        Block("text", "$ gradverify run\n", 1),
        Block("text", "gradverify run\n", 1),
        Block("", "anything\n", 1),
        Block("ruby", "1\n", 1),
        Block("toml", "x = 1\n", 1),
        Block("sh", "ls\n", 1, "not run", ""),
    ],
)
def test_block_that_nobody_would_try_is_a_complaint(block):
    assert complaint(block)


@pytest.mark.parametrize(
    "block",
    [
        Block("text", "a sample\n", 1),
        Block("{toctree}", "tutorial\n", 1),
        Block("console", "$ ls\n", 1),
        Block("yaml", "- run: ls\n", 1, "steps"),
        Block("sh", "ls\n", 1, "not run", "it needs the network"),
    ],
)
def test_block_that_is_tried_or_says_why_not_is_none(block):
    assert complaint(block) is None


def test_console_is_commands_and_their_outputs():
    block = Block("console", "$ one \\\n> more\n1\n\n2\n$ two\n", 1)
    assert steps_of(block) == [Step("one \\\nmore", ("1", "", "2")), Step("two", ())]
    with pytest.raises(ValueError, match="line 7: output before"):
        steps_of(Block("console", "out\n", 7))


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        (("a", "b"), ["a", "b"], True),
        (("a", "b"), ["a"], False),
        (("a",), ["a", "b"], False),
        (("a 1",), ["a 2"], False),
        (("...", "b"), ["a", "a", "b"], True),
        (("a", "..."), ["a"], True),
        (("...", "b"), ["b", "c"], False),
        ((), ["a"], False),
        (("in 3.1 s",), ["in 12 s  "], True),
        (("backward 2.43x (2.20 to 2.57 over 15 pairs)",),
         ["backward 2.10x (1.90 to 2.30 over 15 pairs)"], True),
        (("compared with 76c08f22f (main)",), ["compared with 123456789 (main)"], True),
    ],
)  # fmt: skip
def test_output_is_what_was_shown_but_for_times_and_revisions(expected, actual, same):
    assert matches(expected, actual) is same


def test_refreshing_mends_numbers_and_nothing_else():
    shown = ("...", "in 1,234 cases", "other words", "", "width 2.0e-15")
    printed = ["head", "in 99 cases", "new words", "", "width 3.5e-15"]
    mended = ["...", "in 99 cases", "other words", "", "width 3.5e-15"]
    assert refreshed(shown, printed) == mended
