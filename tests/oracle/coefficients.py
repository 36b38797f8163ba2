"""Minimax polynomials for e^x, by Remez exchange with mpmath at 80 digits (60 and more are right).

This is an independent oracle: it shares no code with the crate, whose constants are checked against it.

Run, from the root of the crate (a few seconds; deterministic):

    python3 tests/oracle/coefficients.py > tests/oracle/coefficients.txt

Family A, for a reduced argument:   e^r = 1 + r + r^2 q(r),  |r| <= ln2/2,  whole degree d = 10..13.
Family B, for a short interval:     e^x = 1 + x p(x),        |x| <= c,      whole degree d = 4..9.

Each minimises the largest relative error of e^x, that is of (polynomial - e^x) / e^x.
`minimax` is that error with unrounded coefficients, `rounded` after each coefficient has been rounded to the nearest
double. Both are errors of the polynomial in exact arithmetic: evaluating it in doubles adds its own rounding errors.
Coefficients are listed from the lowest degree of q or p upwards.
"""

from mpmath import mp, mpf

mp.dps = 80


class Problem:
    """Best approximation of e^x by 1 + (x) + x^first * polynomial, on |x| <= c, in relative error."""

    def __init__(self, c, degree, first):
        self.c = c
        self.first = first
        self.count = degree - first + 1
        # The sign below is that of x^first: divided out, the errors of the free polynomial alternate.
        cells = 40 * (degree + 2)
        self.width = 2 * c / cells
        self.grid = [-c + self.width * i for i in range(cells + 1)]
        self.inverse = [mp.exp(-x) for x in self.grid]

    def side(self, x):
        return -1 if self.first % 2 and x < 0 else 1

    def fixed(self, x):
        return 1 + x if self.first == 2 else mpf(1)

    def error(self, coefficients, x, inverse=None):
        inverse = mp.exp(-x) if inverse is None else inverse
        total = mpf(0)
        for a in reversed(coefficients):
            total = total * x + a
        return (self.fixed(x) + total * x**self.first) * inverse - 1

    def refine(self, coefficients, x):
        """Walks from a grid point to the extremum of |error| beside it, by parabolas over shrinking steps."""
        h = self.width / 2
        best = (abs(self.error(coefficients, x)), x)
        for _ in range(5):
            centre = min(max(best[1], -self.c + h), self.c - h)
            l, m, r = (abs(self.error(coefficients, centre + k * h)) for k in (-1, 0, 1))
            best = max(best, (l, centre - h), (m, centre), (r, centre + h))
            bend = l - 2 * m + r
            if bend < 0:
                x = min(max(centre + h * (l - r) / (2 * bend), -self.c), self.c)
                best = max(best, (abs(self.error(coefficients, x)), x))
            h /= 8
        return best

    def largest(self, coefficients):
        """The largest |error|: every local maximum of the grid, refined."""
        size = [abs(self.error(coefficients, x, y)) for x, y in zip(self.grid, self.inverse)]
        last = len(size) - 1
        peaks = [
            i for i in range(last + 1)
            if (i == 0 or size[i] >= size[i - 1]) and (i == last or size[i] >= size[i + 1])
        ]
        return max(self.refine(coefficients, self.grid[i])[0] for i in peaks)

    def solve(self, nodes):
        """Coefficients and level whose errors at the nodes are +level, -level, ..."""
        n = len(nodes)
        matrix, right = mp.matrix(n, n), mp.matrix(n, 1)
        for i, x in enumerate(nodes):
            weight = self.side(x) * mp.exp(-x)
            for k in range(n - 1):
                matrix[i, k] = x ** (self.first + k) * weight
            matrix[i, n - 1] = (-1) ** i
            right[i] = self.side(x) - self.fixed(x) * weight
        solution = mp.lu_solve(matrix, right)
        return [solution[k] for k in range(n - 1)], abs(solution[n - 1])

    def exchange(self, coefficients):
        """The extremum of each stretch of one sign, in order."""
        stretches = []
        for i, (x, y) in enumerate(zip(self.grid, self.inverse)):
            value = self.error(coefficients, x, y) * self.side(x)
            if value == 0:
                continue
            if not stretches or (value > 0) != stretches[-1][0]:
                stretches.append((value > 0, []))
            stretches[-1][1].append((abs(value), i))
        return [self.refine(coefficients, self.grid[max(s)[1]]) for _, s in stretches]

    def minimax(self):
        n = self.count + 1
        nodes = [-self.c * mp.cos(mp.pi * i / (n - 1)) for i in range(n)]
        nodes = [x if abs(x) > self.c / 1000 else self.c / 20 for x in nodes]
        for _ in range(30):
            coefficients, level = self.solve(nodes)
            extrema = self.exchange(coefficients)
            while len(extrema) > n:
                extrema.pop(0 if extrema[0][0] < extrema[-1][0] else -1)
            assert len(extrema) == n, f"{len(extrema)} alternations where {n} are needed"
            top = max(size for size, _ in extrema)
            if top / level - 1 < mpf("1e-6"):
                return coefficients, top
            nodes = [x for _, x in extrema]
        raise AssertionError("the exchange did not settle")


def literal(value):
    """A Rust decimal literal with its digits in groups of three."""
    mantissa, _, exponent = repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    groups = "_".join(fraction[i : i + 3] for i in range(0, len(fraction), 3)) or "0"
    return f"{whole}.{groups}" + (f"e{int(exponent)}" if exponent else "")


def power(value):
    return f"2^{float(mp.log(value, 2)):.2f}"


def report(label, problem):
    exact, level = problem.minimax()
    doubles = [float(a) for a in exact]
    rounded = problem.largest([mpf(a) for a in doubles])
    literals = [literal(a) for a in doubles]
    assert [float(t.replace("_", "")) for t in literals] == doubles
    print(f"{label}: minimax {power(level)}, rounded {power(rounded)}")
    for k, (a, text) in enumerate(zip(doubles, literals)):
        print(f"    {k:2}  {a!r:26} {text}")
    print(flush=True)
    return level, rounded


def main():
    print("Minimax polynomials for e^x, relative error. Written by coefficients.py; not edited by hand.")
    print("Columns of a block: index in q or p, double as repr, the same double as a Rust literal.\n")
    print("Family A: e^r = 1 + r + r^2 q(r), |r| <= ln2/2 (with the coefficients of q)\n")
    for degree in range(10, 14):
        report(f"A d = {degree}", Problem(mp.log(2) / 2, degree, 2))
    print("Family B: e^x = 1 + x p(x), |x| <= c (with the coefficients of p)\n")
    table = {}
    for denominator in (128, 64, 48, 32, 24, 16, 12, 8):
        for degree in range(4, 10):
            problem = Problem(mpf(1) / denominator, degree, 1)
            table[denominator, degree] = report(f"B c = 1/{denominator}, d = {degree}", problem)
    print("Family C: as family A, |x| <= c (with the coefficients of q)\n")
    for denominator in (4, 2):
        for degree in range(9, 14):
            report(f"C c = 1/{denominator}, d = {degree}", Problem(mpf(1) / denominator, degree, 2))
    for which, title in ((0, "minimax"), (1, "rounded")):
        print(f"Family B, log2 of the largest relative error, {title}:\n")
        print("    c     " + "".join(f"   d = {d}" for d in range(4, 10)))
        for denominator in (128, 64, 48, 32, 24, 16, 12, 8):
            row = (float(mp.log(table[denominator, d][which], 2)) for d in range(4, 10))
            print(f"    1/{denominator:<4}" + "".join(f"{v:8.2f}" for v in row))
        print()


if __name__ == "__main__":
    main()
