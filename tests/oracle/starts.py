"""An independent oracle for the starts that seeds give: it shares no code with the crate.

It follows the rule that src/sweep/start.rs documents, with generators written from their published definitions and
the logarithm taken to 60 digits and then rounded. `python3 tests/oracle/starts.py` prints the literals of
src/sweep/start/tests.rs.
"""

from decimal import Decimal, getcontext
from math import nextafter, sqrt, inf

getcontext().prec = 60
MASK = (1 << 64) - 1


def splitmix64(state):
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def rotate(value, count):
    return ((value << count) | (value >> (64 - count))) & MASK


def xoshiro256plusplus(seed):
    filler = splitmix64(seed)
    s = [next(filler) for _ in range(4)]
    while True:
        yield (rotate((s[0] + s[3]) & MASK, 23) + s[0]) & MASK
        t = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 45)


def unit(bits):
    return (next(bits) >> 11) / 2.0**53


def uniform(u, lo, hi):
    value = lo + u * (hi - lo)
    return value if value < hi else nextafter(hi, -inf)


def normal(bits):
    values = []
    while len(values) < 9:
        x = 2.0 * unit(bits) - 1.0
        y = 2.0 * unit(bits) - 1.0
        s = x * x + y * y
        if 0.0 < s < 1.0:
            factor = sqrt(-2.0 * float(Decimal(s).ln()) / s)
            values += [x * factor, y * factor]
    return values[:9]


def layers(bits, hidden, output):
    sizes = [hidden] * 4 + [output] * 2 + [hidden] * 2 + [output]
    return [uniform(unit(bits), -size, size) for size in sizes]


def starts():
    seed = 18446744073709551615
    bits = xoshiro256plusplus(0)
    yield "uniform(0,1)", 0, [uniform(unit(bits), 0.0, 1.0) for _ in range(9)]
    bits = xoshiro256plusplus(seed)
    yield "uniform(-0.5,2)", seed, [uniform(unit(bits), -0.5, 2.0) for _ in range(9)]
    yield "normal(1)", 7, normal(xoshiro256plusplus(7))
    yield "constant(0.1)+normal(0.01)", 7, [0.1 + 0.01 * z for z in normal(xoshiro256plusplus(7))]
    bits = xoshiro256plusplus(3)
    weights = layers(bits, sqrt(1.5), sqrt(2.0))[:6] + [0.0] * 3
    yield "glorot", 3, weights
    yield "glorot+normal(0.5)", 3, [w + 0.5 * z for w, z in zip(weights, normal(bits))]
    yield "pytorch", 3, layers(xoshiro256plusplus(3), sqrt(0.5), sqrt(0.5))


for init, seed, theta in starts():
    print(f'("{init}", {seed}, {theta}),')
