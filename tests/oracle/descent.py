"""Where 300 steps of gradient descent of the default variant end.

This is an independent oracle: it shares no code with the crate, whose descent is checked against it.

Run, from the root of the crate (under a minute; deterministic):

    python3 tests/oracle/descent.py > tests/oracle/descent.csv

Columns: alpha, momentum, w1 ... b3 (the start), steps, error_at_end, end_w1 ... end_b3, amplification.
Twenty starts, ten uniform(0, 1) and ten normal(1), each with every alpha and momentum. Starts, alpha and momentum are
exact doubles (0.1 is the double 0.1). The descent itself is carried out with 80 digits and its end rounded once.
v <- momentum v - alpha gradient; theta <- theta + v; v is 0 at the start.

`amplification` says how closely a descent in doubles can agree. Two more descents are pushed at the start and after
every step, as rounding would push them: every parameter by about 1e-40 times the larger of 1 and its size. The larger
distance of their ends from the exact one, over 1e-40, is the amplification; a descent in doubles is to be expected
within a small multiple of amplification * 1.1e-16. A push at the start alone would not do: an oscillating direction
may first shrink far below the rounding of doubles and then grow again, from whatever rounding left there.
"""

from mpmath import mpf

from network import NAMES, VARIANTS, Source, error_and_gradient, exact, line, to_double

SEED = 300
STEPS = 300
ALPHAS = (0.1, 0.3, 0.7)
MOMENTA = (0.0, 0.9)
PUSH = mpf("1e-40")


def descend(theta, alpha, momentum, push=lambda theta: theta):
    alpha, momentum = mpf(alpha), mpf(momentum)
    theta, velocity = push(theta), [mpf(0)] * 9
    for _ in range(STEPS):
        _, gradient = error_and_gradient(VARIANTS[0], theta)
        velocity = [momentum * v - alpha * g for v, g in zip(velocity, gradient)]
        theta = push([t + v for t, v in zip(theta, velocity)])
    return theta


def pusher(source):
    """Pushes of mean square 1, uniform."""
    return lambda theta: [t + PUSH * max(1, abs(t)) * mpf(12) ** 0.5 * (source.uniform() - 0.5) for t in theta]


def main():
    source = Source(SEED)
    starts = [[source.uniform() for _ in range(9)] for _ in range(10)]
    starts += [[source.normal() for _ in range(9)] for _ in range(10)]
    push = pusher(source)
    print(line("alpha", "momentum", *NAMES, "steps", "error_at_end", *(f"end_{name}" for name in NAMES),
               "amplification"))
    for alpha in ALPHAS:
        for momentum in MOMENTA:
            for start in starts:
                theta = exact(start)
                end = descend(theta, alpha, momentum)
                others = [descend(theta, alpha, momentum, push) for _ in range(2)]
                moved = max(abs(a - b) for other in others for a, b in zip(end, other)) / PUSH
                assert moved < mpf("1e20"), "80 digits are no longer plenty"
                error, _ = error_and_gradient(VARIANTS[0], end)
                print(line(alpha, momentum, *start, STEPS, to_double(error), *(to_double(t) for t in end),
                           float(f"{float(moved):.3g}")))


if __name__ == "__main__":
    main()
