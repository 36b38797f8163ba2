"""Error and gradient of every variant of the network at random points.

This is an independent oracle: it shares no code with the crate, whose gradient is checked against it.

Run, from the root of the crate (some seconds; deterministic):

    python3 tests/oracle/gradient.py > tests/oracle/gradient.csv

Columns: variant, w1 ... b3, error, g_w1 ... g_b3. The points are exact doubles; error and gradient are computed with
80 digits and rounded once. 1,000 points for the default variant, in this order:
400 normal(1), 200 uniform(0, 1), 200 normal(5), 50 beside exact solutions of the default variant, 50 normal(1) with
hidden weights and biases normal(30), 50 normal(1e-8), 50 normal(1) with hidden weights and biases uniform within 400.
The other variants have every fifth of these points: 200 each.
Before it prints, the program checks some gradients of each variant against differences of the error.
"""

from mpmath import mp, mpf

from network import NAMES, VARIANTS, Source, error_and_gradient, exact, line, sigmoid, to_double

SEED = 1986


def beside_solution(source):
    """Both hidden units read x1 + x2; then w5, w6 and b3 can be solved for. Then a push, of many sizes."""
    while True:
        k1, k2, b1, b2 = (4 * source.normal() for _ in range(4))
        h1, h2 = ([sigmoid(k * n + b)[0] for n in (0, 1, 2)] for k, b in ((mpf(k1), mpf(b1)), (mpf(k2), mpf(b2))))
        rows = mp.matrix([[h1[n], h2[n], 1] for n in (0, 1, 2)])
        if abs(mp.det(rows)) > 1e-3:
            break
    w5, w6, b3 = (float(v) for v in mp.lu_solve(rows, mp.matrix([0, 1, 0])))
    push = 10.0 ** -(1 + 9 * source.uniform())
    return [v + source.normal(push) for v in (k1, k2, k1, k2, w5, w6, b1, b2, b3)]


def hidden_replaced(source, draw):
    theta = [source.normal() for _ in range(9)]
    for i in (0, 1, 2, 3, 6, 7):
        theta[i] = draw()
    return theta


def points():
    source = Source(SEED)
    found = [[source.normal() for _ in range(9)] for _ in range(400)]
    found += [[source.uniform() for _ in range(9)] for _ in range(200)]
    found += [[source.normal(5.0) for _ in range(9)] for _ in range(200)]
    found += [beside_solution(source) for _ in range(50)]
    found += [hidden_replaced(source, lambda: source.normal(30.0)) for _ in range(50)]
    found += [[source.normal(1e-8) for _ in range(9)] for _ in range(50)]
    found += [hidden_replaced(source, lambda: 800.0 * source.uniform() - 400.0) for _ in range(50)]
    return found


def check(variant, theta):
    """Central differences of the error, at 80 digits: good to about 1e-50 where the error's bends are of order one."""
    theta, h = exact(theta), mpf("1e-25")
    _, gradient = error_and_gradient(variant, theta)
    for i in range(9):
        up, down = ([v + (k * h if i == j else 0) for j, v in enumerate(theta)] for k in (1, -1))
        difference = (error_and_gradient(variant, up)[0] - error_and_gradient(variant, down)[0]) / (2 * h)
        assert abs(difference - gradient[i]) < mpf("1e-40"), (variant, i)


def main():
    everything = points()
    assert len(everything) == 1000
    for variant in VARIANTS:
        for theta in everything[::100]:
            check(variant, theta)
    print(line("variant", *NAMES, "error", *(f"g_{name}" for name in NAMES)))
    for variant in VARIANTS:
        for theta in everything if variant == VARIANTS[0] else everything[::5]:
            error, gradient = error_and_gradient(variant, exact(theta))
            print(line(variant, *theta, to_double(error), *(to_double(g) for g in gradient)))


if __name__ == "__main__":
    main()
