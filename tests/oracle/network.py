"""The network's error, gradient and Hessian over mpmath numbers: what gradient.py, descent.py and hessian.py share.

This is an independent oracle: it shares no code with the crate. It writes the network out sample by sample and
differentiates by the chain rule, without the crate's grouping of sums. It is not run by itself.

Parameters are always in the order w1, w2, w3, w4, w5, w6, b1, b2, b3. Hidden unit 1 reads x1 w1 + x2 w3 + b1 and is
weighted by w5; hidden unit 2 reads x1 w2 + x2 w4 + b2 and is weighted by w6; b3 is the output's bias. The error is the
mean over the four samples of (target - output)^2.
"""

import math
import random

from mpmath import mp, mpf

mp.dps = 80  # 50 digits of result, and 30 to lose where terms cancel

NAMES = ["w1", "w2", "w3", "w4", "w5", "w6", "b1", "b2", "b3"]
VARIANTS = [
    "sigmoid-linear-zero-one",
    "tanh-linear-zero-one",
    "sigmoid-sigmoid-zero-one",
    "tanh-sigmoid-zero-one",
    "sigmoid-linear-plus-minus",
    "tanh-linear-plus-minus",
]
SAMPLES = {
    "zero-one": [(0, 0, 0), (1, 0, 1), (0, 1, 1), (1, 1, 0)],
    "plus-minus": [(-1, -1, -1), (1, -1, 1), (-1, 1, 1), (1, 1, -1)],
}


def sigmoid(z):
    """Value, first and second derivative, each to full relative precision however far z is out."""
    e = mp.exp(-abs(z))
    small, large = e / (1 + e), 1 / (1 + e)
    value, other = (large, small) if z >= 0 else (small, large)
    slope = value * other
    return value, slope, slope * (other - value)


def tanh(z):
    e = mp.exp(-2 * abs(z))
    size = (1 - e) / (1 + e)
    value = size if z >= 0 else -size
    slope = 4 * e / (1 + e) ** 2
    return value, slope, -2 * value * slope


def linear(z):
    return z, mpf(1), mpf(0)


UNITS = {"sigmoid": sigmoid, "tanh": tanh, "linear": linear}


def parts(variant):
    hidden, output, coding = variant.split("-", 2)
    return UNITS[hidden], UNITS[output], SAMPLES[coding]


def error_and_gradient(variant, theta):
    hidden, output, samples = parts(variant)
    w1, w2, w3, w4, w5, w6, b1, b2, b3 = theta
    error, gradient = mpf(0), [mpf(0)] * 9
    for x1, x2, target in samples:
        h1, s1, _ = hidden(x1 * w1 + x2 * w3 + b1)
        h2, s2, _ = hidden(x1 * w2 + x2 * w4 + b2)
        y, s, _ = output(w5 * h1 + w6 * h2 + b3)
        miss = y - target
        error += miss * miss / 4
        back = miss * s / 2
        back1, back2 = back * w5 * s1, back * w6 * s2
        terms = (back1 * x1, back2 * x1, back1 * x2, back2 * x2, back * h1, back * h2, back1, back2, back)
        gradient = [g + t for g, t in zip(gradient, terms)]
    return error, gradient


def hessian(variant, theta):
    hidden, output, samples = parts(variant)
    w1, w2, w3, w4, w5, w6, b1, b2, b3 = theta
    total = [[mpf(0)] * 9 for _ in range(9)]
    for x1, x2, target in samples:
        h1, s1, c1 = hidden(x1 * w1 + x2 * w3 + b1)
        h2, s2, c2 = hidden(x1 * w2 + x2 * w4 + b2)
        y, s, c = output(w5 * h1 + w6 * h2 + b3)
        miss = y - target
        # Of the output's argument: its slope, and its second derivatives, which join only entries of one hidden unit.
        slope = (w5 * s1 * x1, w6 * s2 * x1, w5 * s1 * x2, w6 * s2 * x2, h1, h2, w5 * s1, w6 * s2, mpf(1))
        bend = [[mpf(0)] * 9 for _ in range(9)]
        for inner, out, weight, s_unit, c_unit in (((0, 2, 6), 4, w5, s1, c1), ((1, 3, 7), 5, w6, s2, c2)):
            for i, xi in zip(inner, (x1, x2, 1)):
                bend[i][out] = bend[out][i] = s_unit * xi
                for j, xj in zip(inner, (x1, x2, 1)):
                    bend[i][j] = weight * c_unit * xi * xj
        for i in range(9):
            for j in range(9):
                total[i][j] += ((s * s + miss * c) * slope[i] * slope[j] + miss * s * bend[i][j]) / 2
    return total


def to_double(value):
    """Rounds once, to nearest and ties to even. (float(mpf) rounds twice where the result is subnormal.)"""
    sign, man, exp, _ = value._mpf_
    try:
        size = float(man << exp) if exp >= 0 else (man / (1 << -exp) if man else 0.0)
    except OverflowError:
        size = math.inf
    return -size if sign else size


class Source:
    """Seeded doubles that do not depend on the machine's mathematical library."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def uniform(self):
        return self.random.random()

    def normal(self, deviation=1.0):
        radius = mp.sqrt(-2 * mp.log(1 - mpf(self.uniform())))
        return float(radius * mp.cos(2 * mp.pi * mpf(self.uniform()))) * deviation


def exact(theta):
    return [mpf(v) for v in theta]


def line(*cells):
    return ",".join(c if isinstance(c, str) else repr(c) for c in cells)
