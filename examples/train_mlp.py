"""Train a small network on four samples, and watch the loss fall.

    python examples/train_mlp.py [--seed N] [--picture FILE]

The network has 3 inputs and layers of 4, 4 and 1 tanh neurons; it takes 1000 steps of gradient
descent at a rate of 0.01 on all four samples at once. The picture of the loss needs matplotlib:
``pip install "microgradref[examples]"``.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from microgradref import MLP, train

SAMPLES = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
TARGETS = [1.0, -1.0, -1.0, 1.0]
STEPS = 1000
RATE = 0.01

OnStep = Callable[[int, float], None]


def new_network(seed: int) -> MLP:
    """Return the untrained network of a seed."""
    return MLP(3, [4, 4, 1], random.Random(seed))


def predictions(network: MLP) -> list[float]:
    """Return what the network says of each sample."""
    return [network.outputs(sample)[0].data for sample in SAMPLES]


def run(network: MLP, on_step: OnStep | None = None) -> list[float]:
    """Train the network as described above; return the loss before each step."""
    return train(network, SAMPLES, TARGETS, steps=STEPS, rate=RATE, on_step=on_step)


def text_curve(losses: list[float], width: int = 64, height: int = 8) -> str:
    """Draw losses, which are positive, on a logarithmic scale."""
    chosen = [losses[i * (len(losses) - 1) // (width - 1)] for i in range(width)]
    logs = [math.log10(loss) for loss in chosen]
    low, high = min(logs), max(logs)
    span = (high - low) or 1.0
    rows = [round((high - log) / span * (height - 1)) for log in logs]
    lines = []
    for row in range(height):
        scale = 10 ** (high - row / (height - 1) * span)
        lines.append(f"{scale:10.5f} | " + "".join("*" if r == row else " " for r in rows).rstrip())
    return "\n".join([*lines, f"{'loss':>10} | step 0 to {len(losses) - 1}"])


def save_picture(losses: list[float], path: Path) -> str:
    """Save the loss curve with matplotlib if it is there; return a sentence saying what was done.

    Raises ``OSError`` if the file cannot be written.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return 'No picture: matplotlib is missing. pip install "microgradref[examples]" brings it.'
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    axes.semilogy(losses)
    axes.set(xlabel="step", ylabel="squared error", title="Loss of the 3-4-4-1 network")
    axes.grid(visible=True, which="both", alpha=0.3)
    figure.savefig(path, dpi=150)
    return f"The loss curve is in {path}."


@contextmanager
def progress() -> Iterator[OnStep | None]:
    """Give a function that moves a progress bar on a terminal, and none elsewhere."""
    if not sys.stdout.isatty():
        yield None
        return
    # Imported only where a bar is shown: the engine and this script need no package without it.
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn("training"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns) as bar:
        task = bar.add_task("", total=STEPS)
        yield lambda step, loss: bar.update(
            task, completed=step + 1, description=f"loss {loss:.5f}"
        )


def table(before: list[float], after: list[float]) -> str:
    """Set predictions beside their targets."""
    lines = [f"{'sample':>20}{'target':>9}{'before':>9}{'after':>9}"]
    for sample, *numbers in zip(SAMPLES, TARGETS, before, after, strict=True):
        lines.append(f"{sample!s:>20}" + "".join(f"{number:9.3f}" for number in numbers))
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Train once and report; return the exit code."""
    parser = argparse.ArgumentParser(description="Train a 3-4-4-1 network on four samples.")
    parser.add_argument("--seed", type=int, default=0, help="of the initial weights (default: 0)")
    parser.add_argument("--picture", type=Path, default=Path("loss.png"), metavar="FILE")
    options = parser.parse_args(arguments)
    network = new_network(options.seed)
    before = predictions(network)
    with progress() as on_step:
        losses = run(network, on_step)
    print(table(before, predictions(network)))
    print(f"\nloss {losses[0]:.5f} before the first step, {losses[-1]:.5f} before the last\n")
    print(text_curve(losses))
    try:
        print(f"\n{save_picture(losses, options.picture)}")
    except OSError as error:
        print(f"\nNo picture: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
