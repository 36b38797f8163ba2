"""e^x and the logistic function 1 / (1 + e^-x), correctly rounded, with the tails that rounding dropped.

This is an independent oracle: it shares no code with the crate, whose functions are checked against it.

Run, from the root of the crate (under a second; deterministic):

    python3 tests/oracle/exp.py > tests/oracle/exp.csv

Columns: x, exp, exp_tail, sigmoid, sigmoid_tail.
`exp` and `sigmoid` are the exact values rounded once, to nearest and ties to even, subnormals included.
A tail is the exact value minus the rounded one, itself rounded to a double: value + tail knows far more than 1e-3 ulp.
The exception is values under about 1e-305, whose tails are near or under the least subnormal, 4.9e-324, and lose
digits in turn; in the subnormal range a tail is 0 or one least subnormal.
Where the value is infinite the tail is 0; where it is nan the tail is nan.
"""

import math
import random
import struct

from mpmath import mp, mpf

SEED = 20240229
OVERFLOW = 709.782712893384  # the last double whose exponential is finite
NORMAL = -708.3964185322641  # about where the exponential becomes subnormal
VANISHED = 800.0  # beyond it every value and tail is 0, 1 or infinite as a double


def to_double(value):
    """Rounds once. (float(mpf) rounds twice where the result is subnormal.)"""
    sign, man, exp, _ = value._mpf_
    try:
        size = float(man << exp) if exp >= 0 else man / (1 << -exp)  # a quotient of ints is correctly rounded
    except OverflowError:
        size = math.inf
    return -size if sign else size


def split(value):
    head = to_double(value)
    return (head, to_double(value - mpf(head))) if math.isfinite(head) else (head, 0.0)


def row(x):
    if math.isnan(x):
        return [math.nan] * 5
    if x > VANISHED:
        return [x, math.inf, 0.0, 1.0, 0.0]
    if x < -VANISHED:
        return [x, 0.0, 0.0, 0.0, 0.0]
    # 50 digits beyond whatever 1 + x or 1 + e^-|x| needs to keep both of its terms.
    mp.prec = 200 + int(1.5 * abs(x)) + (max(0, -math.frexp(x)[1]) if x else 0)
    exact = mpf(x)
    return [x, *split(mp.exp(exact)), *split(1 / (1 + mp.exp(-exact)))]


def around(x, count):
    """The double x and `count` neighbours on either side."""
    up, down, found = x, x, [x]
    for _ in range(count):
        up, down = math.nextafter(up, math.inf), math.nextafter(down, -math.inf)
        found += [up, down]
    return found


def arguments():
    rng = random.Random(SEED)
    ln2 = math.log(2)
    xs = [0.0, -0.0, math.inf, -math.inf, math.nan]
    # Landmarks and their neighbours.
    for x in (OVERFLOW, NORMAL, 708.3964185322641, -745.1332191019412, -744.4400719213812, -745.0, -746.0, -709.0,
              708.0, -708.0, 709.0, 710.0, 745.0, 746.0, -OVERFLOW, 36.7368005696771, -36.7368005696771,
              1.0, -1.0, 0.5, -0.5, 2.0, -2.0, ln2, -ln2, ln2 / 2, -ln2 / 2, 20.0, -20.0, 40.0, -40.0, 350.0, -350.0):
        xs += around(x, 4)
    for x in (2.0**-53, 2.0**-54, 2.0**-52, 2.0**-26, 2.0**-27, 2.0**-1022, 2.0**-1074, 1.0 / 128, 1.0 / 64, 1.0 / 32):
        for y in (x, -x):
            xs += around(y, 2)
    # Odd and even multiples of ln2/2: where a range reduction changes its integer, and where its remainder vanishes.
    for k in [k for k in range(-64, 65) if k] + rng.sample(range(65, 2048), 60) + rng.sample(range(-2149, -64), 60):
        xs += around(k * (ln2 / 2), 1)
    # Exponential spread of sizes, subnormal to huge.
    for e in range(-1074, 1024, 9):
        for sign in (1.0, -1.0):
            xs.append(math.ldexp(sign * (1.0 + rng.random()), e) if e < 1023 else sign * 1.7e308)
    xs += [struct.unpack("<d", struct.pack("<Q", rng.getrandbits(52)))[0] * s for s in (1, -1) for _ in range(20)]
    xs += [1e308, -1e308, 1.7976931348623157e308, -1.7976931348623157e308, 1e4, -1e4, 1e10, -1e10, 800.5, -800.5]
    # Random arguments.
    for count, low, high in ((500, -1.0, 1.0), (300, -ln2 / 2, ln2 / 2), (200, -0.03125, 0.03125), (500, -10.0, 10.0),
                             (300, -40.0, 40.0), (300, -708.0, 709.0), (80, 708.0, 746.0), (160, -746.0, -708.0)):
        xs += [low + (high - low) * rng.random() for _ in range(count)]
    for centre in (1.0, -1.0):
        xs += [centre + (rng.random() - 0.5) * 2.0 ** -rng.randrange(1, 40) for _ in range(60)]
    seen, kept = set(), []
    for x in xs:
        key = struct.pack("<d", x)
        if key not in seen:
            seen.add(key)
            kept.append(x)
    return kept


def main():
    print("x,exp,exp_tail,sigmoid,sigmoid_tail")
    for x in arguments():
        print(",".join(repr(v) for v in row(x)))


if __name__ == "__main__":
    main()
