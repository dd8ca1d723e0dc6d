"""Determinism laws: the same case gives the same bits, here and in another process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from verify.engines import Engine
from verify.engines.twin import Bits, NoTwinError, bits_elsewhere, bits_here
from verify.laws.cases import right_when_fresh
from verify.laws.law import Book, Breach, Law
from verify.program import Case, Instruction, Program, Ref
from verify.program.text import parse_case

HASH_SEEDS = (1, 2)
INPUTS, WEIGHTS = 8, 16
SMALLEST = parse_case("""\
x0 = 1.0
%1 = mul(x0, 0.1)
%2 = mul(x0, 0.7)
%3 = mul(x0, 0.3)
%4 = add(%1, %2)
%5 = add(%4, %3)
""")
"""Three contributions whose sum has other last bits in another order; it shows only sometimes."""
TRIES = 20
DIGITS = 12
"""Numbers that agree on so many digits differ in their last bits only."""


def same_bits(engine: Engine, book: Book) -> None:
    """A sum of eight inputs, each times 16 numbers, is differentiated 20 times.

    Before each, values are created and dropped, so that new ones get other addresses in another
    order. All 20 results must have the same bits.
    """
    if (case := _many_contributions(engine, book)) is None:
        return
    first, *others = bits_here(engine, case)
    for bits in others:
        if bits != first:
            said = "backward() on equal graphs gives a gradient with other last bits: its "
            said += "contributions are added in another order"
            small = next((SMALLEST for k in range(TRIES) if _differs(engine, k)), case)
            book.enter(Breach(said, None, small, fault=_fault(first, bits)))
            return
        book.enter(None)


def _differs(engine: Engine, salt: int) -> bool:
    return len(set(bits_here(engine, SMALLEST, salt))) > 1


def same_bits_elsewhere(engine: Engine, book: Book) -> None:
    """The case of DET01 is differentiated in two other processes, each with another hash seed.

    `python -m verify.engines.twin TARGET` prints the gradients' bits, and each must be what this
    process prints. An engine that cannot be opened in another process, or whose bits already differ
    within one (DET01), is not examined.
    """
    if (case := _many_contributions(engine, book)) is None:
        return
    here = bits_here(engine, case)
    if len(set(here)) > 1:
        book.skip("its bits already differ within one process")
        return
    with ThreadPoolExecutor(len(HASH_SEEDS)) as pool:  # each only waits for its process
        answers = [pool.submit(bits_elsewhere, engine, case, seed) for seed in HASH_SEEDS]
    for answer in answers:
        try:
            there = answer.result()
        except NoTwinError as error:
            book.skip(f"the engine cannot be asked in another process: {error}")
            return
        other = next((bits for bits in there if bits != here[0]), None)
        if other is not None:
            said = "the last bits of a gradient differ from process to process: the order in "
            said += "which contributions are added depends on hashes"
            book.enter(Breach(said, None, case, fault=_fault(here[0], other)))
            return
        book.enter(None)


def _fault(first: Bits, other: Bits) -> str | None:
    """``unordered`` if the gradients differ in their last bits only."""
    for a, b in zip(first, other, strict=True):
        if "None" in {a, b}:
            return None
        x, y = float.fromhex(a), float.fromhex(b)
        if not abs(x - y) <= 10.0**-DIGITS * max(abs(x), abs(y)):
            return None
    return "unordered"


def _many_contributions(engine: Engine, book: Book) -> Case | None:
    """Inputs weighted by many numbers, all added up: the order of adding shows in the bits.

    One sum of so many numbers has its commonest bits in every second order or so; that eight sums
    all have theirs by luck is rare.
    """
    if not {"mul_number", "add"} <= set(engine.facts.spellings):
        book.skip("the engine has no add, or no product with a number")
        return None
    steps = range(1, INPUTS * WEIGHTS + 1)
    instructions = [Instruction("mul", (Ref(k % INPUTS), 0.1 * k * k + 0.7 / k)) for k in steps]
    level = list(range(INPUTS, INPUTS + len(instructions)))
    while len(level) > 1:
        joined = []
        for a, b in zip(level[::2], level[1::2], strict=True):
            joined.append(INPUTS + len(instructions))
            instructions.append(Instruction("add", (Ref(a), Ref(b))))
        level = joined
    case = Case(Program(INPUTS, tuple(instructions)), (1.1,) * INPUTS)
    if right_when_fresh(engine, case):
        return case
    book.skip("the engine's add or product with a number is wrong on a fresh graph")
    return None


DETERMINISM_LAWS = (
    Law(
        "DET01", "warning", "last bits differ", "The same program prints the same bits every time.",
        why="Adding floats in another order rounds in another way. An engine that keeps operands "
        "or nodes in a `set` adds in the order of their addresses, which changes from run to run: "
        "a training run can then never be repeated exactly, and where the order of visits matters "
        "for more than rounding, results are wrong in some runs only. Keep operands in a tuple.",
        check=same_bits,
        example="backward() on equal graphs gives a gradient with other last bits: its "
        "contributions are added in another order",
    ),
    Law(
        "DET02", "warning", "bits differ between processes",
        "The same program prints the same bits in another process with another hash seed.",
        why="Python hashes strings differently in every process, so a `set` of names or labels has "
        "one order today and another tomorrow. Within one process nothing shows. Keep the order "
        "in which things were made: a list, a tuple, or a dict.",
        check=same_bits_elsewhere,
        example="the last bits of a gradient differ from process to process: the order in which "
        "contributions are added depends on hashes",
    ),
)  # fmt: skip
