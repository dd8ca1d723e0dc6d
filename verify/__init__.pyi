from verify.conformance import ConformanceError as ConformanceError
from verify.conformance import InDoubtError as InDoubtError
from verify.conformance import assert_case as assert_case
from verify.conformance import check_case as check_case
from verify.conformance import operations_of as operations_of
from verify.conformance import run_conformance as run_conformance
from verify.engines import TargetError as TargetError
from verify.program import Case as Case
from verify.program import Instruction as Instruction
from verify.program import Program as Program
from verify.program import Ref as Ref
from verify.report import Document as Document
from verify.report import FindingRecord as FindingRecord
from verify.verdict import Agree as Agree
from verify.verdict import EngineError as EngineError
from verify.verdict import Inaccurate as Inaccurate
from verify.verdict import Mismatch as Mismatch
from verify.verdict import Undecided as Undecided
from verify.verdict import Verdict as Verdict

__version__: str
HOME: dict[str, str]
