"""The kill matrix: which laws break for each planted fault, how soon, and by what name.

Data, and its JSON and Markdown forms; the picture is in ``kill_matrix_svg.py``.
"""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict, dataclass, field

SCHEMA = "gradverify/kill-matrix/1"


@dataclass(frozen=True, slots=True)
class KillRecord:
    """One hunt: a planted engine run with one seed until the first finding.

    Attributes:
        plant: name of the planted engine.
        fault: code of its fault.
        seed: the run's seed.
        law: the first law seen broken; None if it survived the whole budget.
        named: the faults diagnosed, each with its operation: ``overwrite in mul``.
        own: whether its own name, in its own operation, was among them.
        foreign: names that neither it nor what it brings along accounts for.
        size: instructions of the counterexample; 0 where a law has none.
        seconds: from opening the engine to the finding.
    """

    plant: str
    fault: str
    seed: int
    law: str | None
    named: tuple[str, ...]
    own: bool
    foreign: tuple[str, ...]
    size: int
    seconds: float


@dataclass(frozen=True, slots=True)
class KillMatrix:
    """All hunts, and for each planted engine the laws that a whole run saw broken.

    Attributes:
        hunts: one record for each planted engine and seed.
        broken: planted engine -> codes of the laws it breaks in a whole small run.
        foreign: planted engine -> names which that run gives and which are not right.
        faults: planted engine -> code of its fault, in the table's order.
        laws: codes of all laws examined, in the table's order.
    """

    hunts: tuple[KillRecord, ...]
    broken: dict[str, tuple[str, ...]]
    faults: dict[str, str]
    laws: tuple[str, ...]
    foreign: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def survivors(self) -> tuple[KillRecord, ...]:
        """Hunts that found nothing."""
        return tuple(hunt for hunt in self.hunts if hunt.law is None)

    @property
    def misnamed(self) -> tuple[KillRecord, ...]:
        """Hunts that named a fault which is not there."""
        return tuple(hunt for hunt in self.hunts if hunt.foreign)

    @property
    def unnamed(self) -> tuple[KillRecord, ...]:
        """Hunts that did not name the fault which is there."""
        return tuple(hunt for hunt in self.hunts if not hunt.own)

    def cells(self) -> dict[str, dict[str, tuple[int, int]]]:
        """Fault -> law -> (planted engines seen to break it, planted engines).

        A hunt may go where the whole small run does not: to where a formula loses digits.
        """
        seen = {plant: set(laws) for plant, laws in self.broken.items()}
        for hunt in self.hunts:
            if hunt.law is not None:
                seen.setdefault(hunt.plant, set()).add(hunt.law)
        table: dict[str, dict[str, tuple[int, int]]] = {}
        for fault in dict.fromkeys(self.faults.values()):
            plants = [plant for plant, code in self.faults.items() if code == fault]
            table[fault] = {
                law: (sum(law in seen.get(plant, ()) for plant in plants), len(plants))
                for law in self.laws
            }
        return table


def sentence(matrix: KillMatrix) -> str:
    """The matrix in a sentence or two."""
    hunts = len(matrix.hunts)
    if not hunts:
        return "Nothing was hunted."
    engines, seeds = len(matrix.faults), len({hunt.seed for hunt in matrix.hunts})
    killed = hunts - len(matrix.survivors)
    own = 1000 * (hunts - len(matrix.unnamed)) // hunts / 10  # 100 means all
    sizes = [hunt.size for hunt in matrix.hunts if hunt.size]
    seconds = statistics.median(hunt.seconds for hunt in matrix.hunts)
    median, largest = (statistics.median(sizes), max(sizes)) if sizes else (0, 0)
    return (
        f"{killed:,} of {hunts:,} hunts killed ({engines} planted engines, seeds: {seeds}); "
        f"{own:.1f} % by their own name, {len(matrix.misnamed)} by another; median counterexample "
        f"{median:g} instruction{'s' * (median != 1)}, largest {largest}; median time to the "
        f"kill {seconds:.2f} s."
    )


def to_json(matrix: KillMatrix) -> str:
    """The matrix as JSON."""
    data = {"schema": SCHEMA, "summary": sentence(matrix), **asdict(matrix)}
    return json.dumps(data, indent=1, sort_keys=True) + "\n"


def to_markdown(matrix: KillMatrix) -> str:
    """The matrix as Markdown: a row for each fault, a column for each law that kills any."""
    cells = matrix.cells()
    laws = [law for law in matrix.laws if any(row[law][0] for row in cells.values())]
    lines = [
        "# Kill matrix", "", sentence(matrix), "",
        "Each number says in how many of the fault's planted engines the law was seen broken, by a "
        "hunt, which ends with the first finding, or by a small run to the end. Engines with a "
        "fault of one operation or formula were shown in that run to the laws of random cases "
        "only.", "",
        f"| fault | engines | {' | '.join(laws)} |",
        f"|---|---:|{'---:|' * len(laws)}",
    ]  # fmt: skip
    for fault, row in cells.items():
        counts = [str(row[law][0]) if row[law][0] else "" for law in laws]
        engines = next(iter(row.values()))[1]
        lines.append(f"| {fault} | {engines} | {' | '.join(counts)} |")
    for title, hunts in (
        ("Survivors", matrix.survivors), ("Named as another", matrix.misnamed),
        ("Not named", matrix.unnamed),
    ):  # fmt: skip
        if hunts:
            lines += ["", f"## {title}", ""]
            lines += [
                f"- {hunt.plant}, seed {hunt.seed}: {hunt.law or 'nothing found'}"
                f"{', ' + ' '.join(hunt.named) if hunt.named else ''}"
                for hunt in hunts
            ]
    if matrix.foreign:
        lines += ["", "## Wrong names in a whole run", ""]
        lines += [f"- {plant}: {', '.join(names)}" for plant, names in matrix.foreign.items()]
    return "\n".join(lines) + "\n"
