"""Plain doubles: a multiply-add that is rounded once, and the functions the formulas are made of.

Every operation is one of IEEE 754, so the order of operations decides the bits. Where the formula fuses, `fma` stands.
"""

import math
from decimal import Decimal, getcontext
from fractions import Fraction
from math import inf, isfinite, isnan, ldexp, nan
from pathlib import Path

getcontext().prec = 60


def fma_by_fractions(a, b, c):
    """The same for a Python that has no math.fma (before 3.13), from exact fractions."""
    product = a * b
    if not (isfinite(a) and isfinite(b)):
        return product + c
    if not isfinite(c):
        return c
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    if exact == 0:
        # Two zeros, or numbers that cancel: the sum of doubles has the sign.
        return product + c if c == 0 else 0.0
    try:
        return float(exact)
    except OverflowError:
        return inf if exact > 0 else -inf


def fma(a, b, c):
    """a * b + c, rounded once."""
    try:
        return math.fma(a, b, c)
    except (ValueError, OverflowError):
        # Python complains where IEEE 754 has NaN or infinity.
        return fma_by_fractions(a, b, c)


if not hasattr(math, "fma"):
    fma = fma_by_fractions


def smaller(a, b):
    return a if a < b else b


def larger(a, b):
    return a if a > b else b


def coefficients(block):
    """A block of coefficients.txt, from the lowest degree."""
    lines = (Path(__file__).parent.parent / "coefficients.txt").read_text().splitlines()
    first = next(place for place, line in enumerate(lines) if line.startswith(block + ":")) + 1
    end = next(place for place in range(first, len(lines) + 1) if place == len(lines) or not lines[place].strip())
    return [float(line.split()[1]) for line in lines[first:end]]


def horner(coefficients, x):
    total = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        total = fma(total, x, coefficient)
    return total


# e^r = 1 + r + r^2 q(r) for |r| <= ln 2 / 2; e^x = 1 + x p(x) for |x| <= 1/64; e^x = 1 + x + x^2 q(x) for |x| <= 1/2.
REDUCED = coefficients("A d = 12")
NEAR_ZERO = coefficients("B c = 1/64, d = 6")
FAIRLY_NEAR_ZERO = coefficients("C c = 1/2, d = 12")
SMALL = 1 / 64
FAIR = 1 / 2

LN_2 = Decimal("0.693147180559945309417232121458176568075500134360255254")
# ln 2 in two parts, the first of which has 42 digits, so that its product with a whole number below 2^11 is exact.
LN_2_HIGH = math.floor(float(LN_2) * 2.0**42) / 2.0**42
LN_2_LOW = float(LN_2 - Decimal(LN_2_HIGH))
LOG2_E = float(1 / LN_2)
# Added to a number below 2^51 and taken away again, it rounds that to a whole number.
ROUND = 1.5 * 2.0**52
# Beyond these e^x is infinite, or subnormal, for which 0 stands.
OVERFLOW = 709.782712893384
UNDERFLOW = -708.3964185322641


def plain_exp(x):
    """e^x = 2^k e^r for |x| <= 708."""
    k = fma(x, LOG2_E, ROUND) - ROUND
    r = fma(-k, LN_2_LOW, fma(-k, LN_2_HIGH, x))
    return ldexp(fma(r * r, horner(REDUCED, r), r) + 1.0, int(k))


def exp(x):
    if isnan(x):
        return nan
    if x > OVERFLOW:
        return inf
    return 0.0 if x < UNDERFLOW else plain_exp(x)


def advance(exponential, x):
    """exponential * e^x for |x| <= 1/64."""
    return fma(exponential * x, horner(NEAR_ZERO, x), exponential)


def leap(exponential, x):
    """exponential * e^x for |x| <= 1/2."""
    return fma(exponential, fma(x * x, horner(FAIRLY_NEAR_ZERO, x), x), exponential)


def ln(x):
    """ln x = e ln 2 + 2 atanh s for x = m 2^e with m from the root of 1/2 to that of 2, and s = (m - 1) / (m + 1)."""
    if not isfinite(x):
        return nan
    m, exponent = math.frexp(x)
    m, exponent = 2.0 * m, exponent - 1.0
    if m > math.sqrt(2.0):
        m, exponent = 0.5 * m, exponent + 1.0
    s = (m - 1.0) / (m + 1.0)
    square = s * s
    series = horner([1.0 / (2 * k + 1) for k in range(1, 12)], square)
    twice = s + s
    return fma(exponent, LN_2_HIGH, fma(exponent, LN_2_LOW, fma(twice * square, series, twice)))


# Up to this a product of denominators has a reciprocal that is a normal number.
LIMIT = 2.0**1000


def reciprocals(d):
    """The reciprocals of one, two or four numbers by one division, and the product of all."""
    if len(d) == 1:
        return [1.0 / d[0]], d[0]
    if len(d) == 2:
        product = d[0] * d[1]
        per = 1.0 / product
        return [per * d[1], per * d[0]], product
    low, high = d[0] * d[1], d[2] * d[3]
    product = low * high
    per = 1.0 / product
    per_low, per_high = per * high, per * low
    return [per_low * d[1], per_low * d[0], per_high * d[3], per_high * d[2]], product


def sum_of_squares(x):
    total = x[0] * x[0]
    for value in x[1:]:
        total = fma(value, value, total)
    return total


def shares(z, valid=0):
    """Of each z: 1 / (1 + e^-z), what is left of 1, and e^-z; and the sum of -ln(1 / (1 + e^-z)) of the first `valid`.

    Four that are not far out need one division and one logarithm together.
    """
    bounded = [-700.0 if x < -700.0 else x for x in z]
    is_moderate = sum_of_squares(bounded) <= 172.0 * 172.0
    if is_moderate:
        e = [plain_exp(-x) for x in bounded]
        d = [1.0 + x for x in e]
        right, product = reciprocals(d)
    else:
        e = [exp(-x) for x in bounded]
        d = [1.0 + x for x in e]
        right = [1.0 / x for x in d]
    loss = 0.0
    if valid:
        for i in range(valid):
            loss += bounded[i] - z[i]
        if valid == len(z) and is_moderate:
            loss += ln(product)
        else:
            apart = 0.0
            for x in d[:valid]:
                apart += ln(x)
            loss += apart
    return right, [a * b for a, b in zip(e, right)], e, loss
