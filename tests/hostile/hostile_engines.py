"""Engines that hang, crash, eat memory, lie, or spoil the process they run in.

Each is a right engine whose product, or whose import, has been spoilt. It behaves on the numbers
that it is probed with, and does what it does on others.
"""

from __future__ import annotations

from dataclasses import dataclass

from faulty_engines import SOURCE, replaced

PRODUCT = "        out = Value(self.data * other.data, (self, other))\n"
RULE = "            self.grad += other.data * out.grad  # mul\n"
RARE = "1.6 < self.data < 2.4"
"""Seen of every engine sooner or later, and of none while it is probed."""


def spoilt(*lines: str, when: str = RARE, after: bool = False) -> str:
    """The engine, with more lines in its product: ``out`` is there already if they come after."""
    block = f"        if {when}:\n" + "".join(f"            {line}\n" for line in lines)
    text = PRODUCT + block if after else block + PRODUCT
    return "import os, sys, time\n" + replaced(SOURCE, (PRODUCT, text))


def importing(*lines: str) -> str:
    """The engine, with more lines before it, in a class: loops outside are not executed."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"import os, sys, time\n\n\nclass Before:\n{body}\n\n{SOURCE}"


@dataclass(frozen=True)
class Hostile:
    """A hostile engine.

    Attributes:
        source: its text.
        law: the law that it breaks, of which a finding must be made; None if it breaks none.
        words: what the finding says, in part.
    """

    source: str
    law: str | None
    words: str = ""


HOSTILE: dict[str, Hostile] = {
    "hangs-forward": Hostile(spoilt("while True: pass"), "RUN02", "no answer within"),
    "hangs-in-c": Hostile(spoilt("import itertools; sum(itertools.repeat(0))"), "RUN02"),
    "hangs-and-catches-all": Hostile(
        spoilt(
            "while True:",
            "    try: time.sleep(9)",
            "    except BaseException: pass",
        ),
        "RUN02",
    ),
    "hangs-backward": Hostile(
        replaced(SOURCE, (RULE, f"            while {RARE}: pass\n{RULE}")), "RUN02", "hangs"
    ),
    "hangs-in-repr": Hostile(
        spoilt("raise ValueError(self)") + "\n    def __repr__(self):\n        while True: pass\n",
        "RUN02",
    ),
    "eats-memory": Hostile(
        spoilt("keep = []", "while True: keep.append(bytearray(10**7))"), "RUN03", "200 MB"
    ),
    "eats-memory-at-a-stroke": Hostile(spoilt("[0] * 10**11"), "RUN03", "200 MB"),
    "recurses": Hostile(spoilt("return self * other"), "RUN01", "RecursionError"),
    "recurses-without-limit": Hostile(
        spoilt("sys.setrecursionlimit(10**9)", "return abs(self * other)")
        + "\n    def __abs__(self):\n        return sum([self, self * self])\n",
        "",
    ),
    "ends-the-process": Hostile(spoilt("os._exit(0)"), "RUN04", "exit code 0"),
    "exits": Hostile(spoilt("sys.exit(3)"), "RUN01", "SystemExit"),
    "interrupts": Hostile(spoilt("raise KeyboardInterrupt"), "RUN01", "KeyboardInterrupt"),
    "interrupts-always": Hostile(
        spoilt("raise KeyboardInterrupt", when="True"), "RUN01", "KeyboardInterrupt"
    ),
    "interrupts-backward": Hostile(
        replaced(SOURCE, (RULE, f"            if {RARE}: raise KeyboardInterrupt\n{RULE}")),
        "RUN01", "KeyboardInterrupt",
    ),
    "raises-what-is-no-exception": Hostile(
        spoilt("raise GeneratorExit('x' * 10**7)"), "RUN01", "GeneratorExit: xxx"
    ),
    "raises-what-cannot-be-read": Hostile(
        spoilt("raise type('Odd', (BaseException,), {'__str__': lambda _: sys.exit(1)})"),
        "RUN01", "Odd: (its text cannot be read)",
    ),
    "raises-a-gigabyte": Hostile(
        spoilt("raise ValueError(self)") + "\n    def __repr__(self): return 'x' * 10**9\n",
        "RUN01", "ValueError: (its text is too long to be read)",
    ),
    "segfaults": Hostile(spoilt("import ctypes; ctypes.string_at(0)"), "RUN04", "SIGSEGV"),
    "aborts": Hostile(spoilt("os.abort()"), "RUN04", "SIGABRT"),
    "closes-files": Hostile(
        spoilt("os.closerange(3, 64)"), "RUN04", "closes files that are not its own"
    ),
    "spoils-our-code": Hostile(
        replaced(SOURCE, (RULE, f"            if {RARE}:\n"
                 "                import verify.engines.isolation.worker as ours\n"
                 f"                ours.pack_observation = None\n{RULE}")),
        "RUN04", "there, our own code raised TypeError",
    ),
    "writes-megabytes": Hostile(
        spoilt("print('x' * 10**6)", "os.write(1, b'y' * 10**6)", "os.write(2, b'z' * 10**6)",
               when="True"),
        "RUN05", "written to standard output",
    ),
    "replaces-functions": Hostile(
        importing("import math, random", "exp = math.exp", "math.exp = lambda x: exp(x)",
                  "random.Random = random.shuffle = None"),
        "RUN05", "math.exp, random.Random, random.shuffle are replaced",
    ),
    "replaces-builtins": Hostile(
        importing("import builtins", "builtins.isinstance = lambda _, kind: True",
                  "builtins.len = lambda _: 3", "builtins.open = None"),
        "RUN05", "builtins.isinstance, builtins.len, builtins.open are replaced",
    ),
    "replaces-builtins-as-it-runs": Hostile(
        spoilt("import builtins; builtins.len = builtins.str = None", when="True"),
        "RUN05", "builtins.len, builtins.str are replaced",
    ),
    "replaces-builtins-beneath": Hostile(
        spoilt("import builtins; vars(builtins).update(print=None)", when="True"),
        "RUN05", "builtins.print is replaced",
    ),
    "replaces-streams": Hostile(importing("sys.stdin = sys.stdout = None"), "RUN05", "sys.stdin"),
    "replaces-modules": Hostile(
        importing("sys.modules['random'] = sys.modules['json'] = None"), "RUN05", "random"
    ),
    "gives-none": Hostile(spoilt("return None"), "RUN01"),
    "gives-nan": Hostile(spoilt("out.data = float('nan')", after=True), "VAL01"),
    "gives-inf": Hostile(spoilt("out.data = float('inf')", after=True), "VAL01"),
    "gives-complex": Hostile(spoilt("out.data += 0j", after=True), "RUN01", "complex"),
    "gives-a-string": Hostile(spoilt("out.data = 'oops'", after=True), "RUN01", "str"),
    "gives-a-huge-integer": Hostile(spoilt("out.data = 10**400", after=True), "RUN01"),
    "gives-another-float": Hostile(
        spoilt("out.data = type('Odd', (float,), {'__repr__': lambda s: 'odd'})(out.data)",
               after=True),
        None,
    ),
    "changes-operands": Hostile(spoilt("self.data += 1.0", after=True), "VAL01", "changes"),
    "leaves-children": Hostile(
        spoilt("if os.fork() == 0:", "    time.sleep(600)"), "RUN05", "processes are left running"
    ),
    "leaves-daemons": Hostile(
        spoilt("if os.fork() == 0:", "    os.setsid()", "    if os.fork() == 0: time.sleep(600)",
               "    os._exit(0)"),
        None,
    ),
    "comes-back-twice": Hostile(
        spoilt("if os.getpid() == Value.home: os.fork()") + "\n    home = os.getpid()\n", None
    ),
    "equal-to-all": Hostile(
        SOURCE + "\n    def __eq__(self, other):\n        return True\n"
        "\n    def __hash__(self):\n        return 1\n",
        "GRA01",
    ),
    "hash-raises": Hostile(
        SOURCE + "\n    def __hash__(self):\n        raise OSError('no')\n", "RUN01", "OSError"
    ),
    "deletes-the-working-folder": Hostile(
        spoilt("import shutil; shutil.rmtree('../doomed', ignore_errors=True)", when="True"),
        "RUN05", "the working folder is deleted",
    ),
    "dies-once": Hostile(
        # the file beside the engine remembers: no case does it again
        spoilt("mark = __file__ + '.mark'", "if not os.path.exists(mark):",
               "    open(mark, 'w').close()", "    os._exit(5)"),
        "RUN04", "run again one by one",
    ),
}  # fmt: skip
"""Engines that can be loaded, by what they do."""

UNLOADABLE: dict[str, Hostile] = {
    "hangs-on-import": Hostile(importing("while True: pass"), None, "it hangs"),
    "ends-on-import": Hostile(importing("os._exit(0)"), None, "exit code 0"),
    "interrupts-on-import": Hostile(
        SOURCE + "\n    raise KeyboardInterrupt\n", None, "it raises KeyboardInterrupt"
    ),
    "breaks-builtins-on-import": Hostile(
        importing("import builtins", "vars(builtins)['isinstance'] = None"), None,
        "it replaces builtins.isinstance",
    ),
    "breaks-math-on-import": Hostile(
        importing("import math", "math.isfinite = None"), None, "it replaces math.isfinite"
    ),
    "exits-on-import": Hostile(
        f"import sys\n\n{SOURCE}\n    sys.exit(1)\n", None, "SystemExit"
    ),
    "eats-memory-on-import": Hostile(
        importing("keep = []", "while True: keep.append(bytearray(10**7))"), None, "memory"
    ),
    "segfaults-on-import": Hostile(
        importing("import ctypes; ctypes.string_at(0)"), None, "SIGSEGV"
    ),
    "hangs-while-probed": Hostile(spoilt("while True: pass", when="True"), None, "it hangs"),
}  # fmt: skip
"""Engines that cannot be loaded."""
