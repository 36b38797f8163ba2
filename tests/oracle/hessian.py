"""The Hessian of the error of every variant of the network at random points.

This is an independent oracle: it shares no code with the crate, whose Hessian is checked against it.

Run, from the root of the crate (some seconds; deterministic):

    python3 tests/oracle/hessian.py > tests/oracle/hessian.csv

Columns: variant, w1 ... b3, then h_i_j for i <= j, indices from 0 in the order of the parameters: 45 entries.
The points are exact doubles, ten normal(1) and ten normal(3), the same for every variant. The entries come from the
analytic Hessian with 80 digits, rounded once. Each matrix is checked, before it is printed, to be symmetric and to
agree with central differences of the gradient.
"""

from mpmath import mpf

from network import NAMES, VARIANTS, Source, error_and_gradient, exact, hessian, line, to_double

SEED = 45


def check(variant, theta, matrix):
    h = mpf("1e-25")
    for j in range(9):
        up, down = ([v + (k * h if i == j else 0) for i, v in enumerate(theta)] for k in (1, -1))
        ahead, behind = error_and_gradient(variant, up)[1], error_and_gradient(variant, down)[1]
        for i in range(9):
            assert abs((ahead[i] - behind[i]) / (2 * h) - matrix[i][j]) < mpf("1e-40"), (variant, i, j)
            assert abs(matrix[i][j] - matrix[j][i]) < mpf("1e-70"), (variant, i, j)


def main():
    source = Source(SEED)
    points = [[source.normal(deviation) for _ in range(9)] for deviation in (1.0, 3.0) for _ in range(10)]
    places = [(i, j) for i in range(9) for j in range(i, 9)]
    print(line("variant", *NAMES, *(f"h_{i}_{j}" for i, j in places)))
    for variant in VARIANTS:
        for theta in points:
            matrix = hessian(variant, exact(theta))
            check(variant, exact(theta), matrix)
            print(line(variant, *theta, *(to_double(matrix[i][j]) for i, j in places)))


if __name__ == "__main__":
    main()
