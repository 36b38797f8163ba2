"""Where 300 steps of gradient descent of the default variant end.

This is an independent oracle: it shares no code with the crate, whose descent is checked against it.

Run, from the root of the crate (half a minute; deterministic):

    python3 tests/oracle/descent.py > tests/oracle/descent.csv

Columns: alpha, momentum, w1 ... b3 (the start), steps, error_at_end, end_w1 ... end_b3, amplification.
Twenty starts, ten uniform(0, 1) and ten normal(1), each with every alpha and momentum. Starts, alpha and momentum are
exact doubles (0.1 is the double 0.1). The descent itself is carried out with 80 digits and its end rounded once.
v <- momentum v - alpha gradient; theta <- theta + v; v is 0 at the start.

`amplification` says how far a descent in doubles may be trusted to agree: a second run, its start pushed by about
1e-40 in every parameter, ends this many times as far away (largest parameter against largest parameter). Rounding at
every step does about as much harm as 300 such pushes of half an ulp at most, unless the first steps amplify most.
"""

from mpmath import mpf

from network import NAMES, VARIANTS, Source, error_and_gradient, exact, line, to_double

SEED = 300
STEPS = 300
ALPHAS = (0.1, 0.3, 0.7)
MOMENTA = (0.0, 0.9)


def descend(theta, alpha, momentum):
    alpha, momentum = mpf(alpha), mpf(momentum)
    velocity = [mpf(0)] * 9
    for _ in range(STEPS):
        _, gradient = error_and_gradient(VARIANTS[0], theta)
        velocity = [momentum * v - alpha * g for v, g in zip(velocity, gradient)]
        theta = [t + v for t, v in zip(theta, velocity)]
    return theta


def main():
    source = Source(SEED)
    starts = [[source.uniform() for _ in range(9)] for _ in range(10)]
    starts += [[source.normal() for _ in range(9)] for _ in range(10)]
    pushes = [mpf("1e-40") * mpf(source.normal()) for _ in range(9)]
    print(line("alpha", "momentum", *NAMES, "steps", "error_at_end", *(f"end_{name}" for name in NAMES),
               "amplification"))
    for alpha in ALPHAS:
        for momentum in MOMENTA:
            for start in starts:
                theta = exact(start)
                end = descend(theta, alpha, momentum)
                other = descend([t + p for t, p in zip(theta, pushes)], alpha, momentum)
                moved = max(abs(a - b) for a, b in zip(end, other)) / max(abs(p) for p in pushes)
                assert moved < mpf("1e15"), "80 digits are no longer plenty"
                error, _ = error_and_gradient(VARIANTS[0], end)
                print(line(alpha, momentum, *start, STEPS, to_double(error), *(to_double(t) for t in end),
                           float(f"{float(moved):.3g}")))


if __name__ == "__main__":
    main()
