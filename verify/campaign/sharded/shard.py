"""What a campaign is asked to do, and the shards that it is made of: plain data, in a fixed order.

A shard is some seconds of work. What it gives follows from these two records alone, so it may be
examined anywhere, at any time, and more than once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from verify.campaign.explore import derived_seed
from verify.laws import BY_CODE

WHOLE, LAWS, FORM = "whole", "laws", "form"
"""Parts of a campaign: a glance at every position, the laws with checks of their own, random cases
of one operation."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a campaign is asked to do. Its results depend on this, and on nothing else.

    Attributes:
        target: the engine under test.
        seed: makes the campaign repeatable.
        forms: what is examined.
        laws: codes of the laws that are looked at.
        network: a class of networks to look at too, or None.
        programs: random programs in a shard.
        points: points tried on each program.
        case_timeout: seconds that a case may take.
        memory: megabytes that the engine may take; 0 for no limit.
        in_process: whether the engine runs in the process that examines it.
        overrides: what the configuration says of the engine, as JSON; empty if nothing.
        suite: version of this package.
    """

    target: str
    seed: int
    forms: tuple[str, ...]
    laws: tuple[str, ...]
    network: str | None
    programs: int
    points: int
    case_timeout: float
    memory: int
    in_process: bool
    overrides: str
    suite: str

    @property
    def explores(self) -> bool:
        """Whether any law is about random cases."""
        return any(BY_CODE[code].subject == "case" for code in self.laws)


@dataclass(frozen=True, slots=True)
class Shard:
    """One piece of a campaign.

    Attributes:
        part: WHOLE, LAWS or FORM.
        name: the family of laws, or the form; empty for the whole.
        number: which shard of it, from 0.
    """

    part: str
    name: str = ""
    number: int = 0

    @property
    def id(self) -> str:
        """Its name in the file of results: ``whole--0``, ``laws-LIF-0``, ``form-mul-3``."""
        return f"{self.part}-{self.name}-{self.number}"

    def seed(self, campaign: int) -> int:
        """Its own seed, made of the campaign's seed and of what it is."""
        return derived_seed("campaign", campaign, self.part, self.name, self.number)


def shards(asked: Asked) -> Iterator[Shard]:
    """All shards in order, without an end if there are random cases.

    The whole and the laws come first, then shard k of every operation before shard k + 1 of any.
    """
    if asked.explores:
        yield Shard(WHOLE)
    checked = [code for code in asked.laws if BY_CODE[code].check is not None]
    yield from (Shard(LAWS, family) for family in dict.fromkeys(code[:3] for code in checked))
    for number in count() if asked.explores and asked.forms else ():
        yield from (Shard(FORM, form, number) for form in asked.forms)
