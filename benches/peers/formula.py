"""The step of the descent, written once for the tuned peers that work on whole arrays (NumPy, JAX, PyTorch).

Six exponentials and their products instead of eight exponentials: e^-(b + w) = e^-b * e^-w.
"""


def hidden(b, first, second, exp):
    """A hidden unit's activations in the samples 00, 10, 01, 11, from its bias and its two weights."""
    base, first, second = exp(-b), exp(-first), exp(-second)
    along = base * first
    return 1 / (1 + base), 1 / (1 + along), 1 / (1 + base * second), 1 / (1 + along * second)


def start(starts):
    """theta of all runs, an array a parameter."""
    return tuple(starts)


def keep(theta, wanted):
    return tuple(part[wanted] for part in theta)


def residuals(theta, exp):
    """Both units' activations, and target - output in the four samples."""
    w1, w2, w3, w4, w5, w6, b1, b2, b3 = theta
    g = hidden(b1, w1, w3, exp)
    h = hidden(b2, w2, w4, exp)
    low, high = -b3, 1 - b3
    return g, h, [from_ - w5 * x - w6 * y for from_, x, y in zip((low, high, high, low), g, h)]


def error(theta, exp):
    """E, the mean of the squares."""
    return mean_square(residuals(theta, exp)[2])


def below(r, h):
    """The sums over the samples that a unit's parameters need: for its output weight, its bias, its two weights."""
    g = [a * b for a, b in zip(r, h)]
    s = [a - a * b for a, b in zip(g, h)]
    high = s[2] + s[3]
    return (g[0] + g[1]) + (g[2] + g[3]), (s[0] + s[1]) + high, s[1] + s[3], high


def step(theta, alpha, exp):
    """theta after one update, and the residuals before it."""
    w1, w2, w3, w4, w5, w6, b1, b2, b3 = theta
    g, h, r = residuals(theta, exp)
    rate = alpha / 2
    out1, bias1, first1, second1 = below(r, g)
    out2, bias2, first2, second2 = below(r, h)
    rate1, rate2 = rate * w5, rate * w6
    after = (
        w1 + rate1 * first1,
        w2 + rate2 * first2,
        w3 + rate1 * second1,
        w4 + rate2 * second2,
        w5 + rate * out1,
        w6 + rate * out2,
        b1 + rate1 * bias1,
        b2 + rate2 * bias2,
        b3 + rate * ((r[0] + r[1]) + (r[2] + r[3])),
    )
    return after, r


def mean_square(r):
    """E from the residuals."""
    r0, r1, r2, r3 = r
    return ((r0 * r0 + r1 * r1) + (r2 * r2 + r3 * r3)) * 0.25
