"""Known bugs that sit in one operation."""

from verify.faults import operations as ops
from verify.faults.fault import Fault
from verify.faults.operations import wrong_rule

OPERATION_FAULTS = (
    Fault(
        "overwrite", "shared-node overwrite", "operation",
        "that assigns the gradient in {form} instead of adding to it",
        "Look for `.grad = ...` in {form}'s backward; it should be `.grad += ...`.",
        "the notebook; assignment in one operation only is the commonest bug of small engines",
        ops.overwrites,
    ),
    Fault(
        "reflected", "reflected operands swapped", "operation",
        "that computes {form} (a number on the left) with its operands swapped",
        "In {method} make a value of the number and put it first: `return Value(other) {sign} "
        "self`.",
        "the notebook; six of 78 public engines; DiffSharp#132",
        ops.reflected,
    ),
    Fault(
        "forgotten-operand", "an operand gets no gradient", "operation",
        "whose {form} gives one operand no gradient",
        "Add the missing `+=` for that operand in {form}'s backward.",
        "value exponents without a gradient in four of 78 public engines; stan-math#2167",
        ops.forgotten,
    ),
    Fault(
        "never-wired", "no operand gets a gradient", "operation",
        "whose {form} gives its operands no gradient at all",
        "Give {form} a backward, and attach it to its result.",
        "cs249r_book#1343; engines whose operation forgets its backward",
        ops.never_wired,
    ),
    Fault(
        "cut-graph", "the result forgets its operands", "operation",
        "whose {form} does not record its operands, or one of them, so that what lies below is "
        "not reached that way",
        "Give the result of {form} all its operands as children.",
        "graphs cut by an operation in three of 78 public engines",
        ops.cut_graph,
    ),
    Fault(
        "closure-on-operand", "backward attached to the wrong node", "operation",
        "whose {form} attaches its backward to its first operand instead of to its result",
        "In {form} write `out._backward = ...`, not `self._backward = ...`.",
        "two of 78 public engines",
        ops.closure_on_operand,
    ),
    Fault(
        "same-operand-once", "one contribution for an operand used twice", "operation",
        "whose {form} keeps contributions by operand, so that one is lost where a value is both "
        "operands",
        "Add the contributions of {form} one after the other, not through a dict or a set.",
        "pytorch#183604; tensorflow#36999; contributions kept in a dict keyed by operand",
        ops.same_operand_once,
    ),
    Fault(
        "wrong-sign", "partial with the wrong sign", "operation",
        "whose {form} passes on a gradient with the wrong sign",
        "Check the sign of the partial in {form}'s backward.",
        "micrograd_c#1; casadi#2585; Enzyme-JAX#2066",
        ops.sign,
    ),
    Fault(
        "dropped-adjoint", "incoming gradient dropped", "operation",
        "whose {form} passes on its partial without multiplying by the incoming gradient",
        "Multiply by `out.grad` in {form}'s backward.",
        "smile#528; dl4j#5978; stan-math#1569",
        ops.no_incoming,
    ),
    Fault(
        "dropped-partial", "local derivative dropped", "operation",
        "whose {form} passes on the incoming gradient unchanged",
        "Multiply by the local derivative in {form}'s backward.",
        "autodiff#395, #396; DiffSharp#132",
        ops.no_partial,
    ),
    Fault(
        "swapped-partials", "the operands' partials swapped", "operation",
        "whose {form} gives each operand the other's partial",
        "Exchange the two partials in {form}'s backward.",
        "keops#155",
        ops.swapped_partials,
    ),
    Fault(
        "dropped-factor", "a factor of the local derivative dropped", "operation",
        "whose {form} leaves a factor out of its local derivative",
        "Compare the local derivative of {form} with a table of derivatives: a factor is missing.",
        "autodiff#395, #396; a missing chain factor in three of 78 public engines",
        wrong_rule("dropped-factor"),
    ),
    Fault(
        "output-for-input", "output used where the input is needed", "operation",
        "whose {form} computes its local derivative from its result instead of its operand",
        "Use the operand in {form}'s local derivative, not `out`.",
        "pytorch#31938",
        wrong_rule("output-for-input"),
    ),
    Fault(
        "input-for-output", "input used where the output is needed", "operation",
        "whose {form} computes its local derivative from its operand instead of its result",
        "Use `out` in {form}'s local derivative, not the operand.",
        "the mirror image of pytorch#31938",
        wrong_rule("input-for-output"),
    ),
    Fault(
        "ignored-exponent", "rule ignores the exponent", "operation",
        "whose {form} differentiates every power as a square",
        "Use the exponent in {form}'s backward: n * x**(n - 1).",
        "js-pytorch#42",
        wrong_rule("ignored-exponent"),
    ),
    Fault(
        "power-as-exponential", "power differentiated as an exponential", "operation",
        "whose {form} differentiates x**n as if x were the exponent",
        "d/dx x**n is n * x**(n - 1), not x**n * log(x).",
        "tt-metal#52144",
        wrong_rule("power-as-exponential"),
    ),
    Fault(
        "exponential-as-power", "exponential differentiated as a power", "operation",
        "whose {form} differentiates e**x as if x were the base",
        "d/dx e**x is e**x, not x * e**(x - 1).",
        "tt-metal#52144, the other way round",
        wrong_rule("exponential-as-power"),
    ),
    Fault(
        "precedence", "a parenthesis missing", "operation",
        "whose {form} has an operator of lower precedence where a parenthesis is missing",
        "Put {form}'s local derivative in parentheses.",
        "tvm#7340",
        wrong_rule("precedence"),
    ),
    Fault(
        "wrong-below-zero", "partial wrong below zero", "operation",
        "whose {form} computes its local derivative from absolute values",
        "Let {form}'s local derivative keep the sign of its operands.",
        "Mooncake#1195",
        wrong_rule("wrong-below-zero"),
    ),
    Fault(
        "wrong-at-zero", "partial wrong at exactly zero", "operation",
        "whose {form} gives no gradient to an operand that is exactly 0",
        "Look for `if self.data` or `x and ...` in {form}: 0 is a number like others.",
        "tinygrad#17758; products with zeros: tensorflow#3862, pytensor#1911, burn#5533",
        wrong_rule("wrong-at-zero"),
    ),
    Fault(
        "tie-counted-twice", "both operands of a tie get the whole gradient", "operation",
        "whose {form} gives both operands of a tie the whole gradient",
        "Give a tie's gradient to one operand, or half to each.",
        "HIPS/autograd#141; Theano#4568",
        ops.tie_twice,
    ),
    Fault(
        "tie-to-neither", "neither operand of a tie gets the gradient", "operation",
        "whose {form} gives neither operand of a tie its gradient",
        "Give a tie's gradient to one operand, or half to each: compare with >= on one side.",
        "MyGrad's maximum and minimum",
        ops.tie_to_neither,
    ),
    Fault(
        "cotangent-changed", "backward changes its incoming gradient", "operation",
        "whose {form} multiplies the incoming gradient where it lies, instead of a copy",
        "In {form}'s backward compute a new number; never `out.grad *= ...`.",
        "pytorch#81417",
        ops.cotangent_changed,
    ),
    Fault(
        "missing-return", "the operation returns nothing", "operation",
        "whose {form} returns None",
        "Add `return out` to {form}.",
        "two of 78 public engines",
    ),
    Fault(
        "in-place", "an operation changes its operand", "operation",
        "whose {form} changes its operand and returns it, though graphs made before hold it",
        "Let the in-place method (`__iadd__`, `__imul__` and so on) make a new value, or leave it "
        "out: Python then uses the other.",
        "input changed before backward: Warp#1350",
    ),
)  # fmt: skip
