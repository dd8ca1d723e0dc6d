"""More bytes than were drawn: the same ones first, and always the same after them."""

from strategies import focuses
from strategies.dice import Dice, stretched
from strategies.programs import BYTES, build, bytes_for
from verify.program import FORMS


def test_stretched_begins_with_what_was_drawn_and_is_repeatable() -> None:
    data = bytes(range(32))
    assert stretched(data, 100)[:32] == data
    assert stretched(data, 100) == stretched(data, 120)[:100]
    assert stretched(data, 20) == data
    assert stretched(data, 100) != stretched(bytes(32), 100)


def test_programs_at_many_points_are_as_large_as_those_at_few() -> None:
    about = focuses(tuple(FORMS))

    def sizes(n_points: int) -> list[tuple[int, int]]:
        found = []
        for k in range(60):
            data = stretched(stretched(bytes([k]), BYTES), bytes_for(n_points))
            made = build(Dice(data), tuple(FORMS), about[k % len(about)], n_points)
            found.append((len(made.program.instructions), len(set(made.points))))
        return found

    few, many = sizes(12), sizes(96)
    assert sum(size for size, _ in many) > 0.7 * sum(size for size, _ in few)
    assert sum(points for _, points in many) > 60 * 96 / 2
