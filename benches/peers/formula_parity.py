"""The parity of three inputs with three sigmoid units and a sigmoid output, mean squared error, full batches: the tuned
formula; see formula_per_sample.py.

Four exponentials a unit and their products instead of eight exponentials. Samples are the corners of a cube, the first
input changing fastest; what there is for each is a tuple of eight.
"""

PARAMETERS = KEPT = 16


def start(starts):
    return tuple(starts)


def hidden(b, first, second, third, exp):
    """A hidden unit's activations."""
    e0, first, second, third = exp(-b), exp(-first), exp(-second), exp(-third)
    e1, e2 = e0 * first, e0 * second
    e3 = e1 * second
    return (1 / (1 + e0), 1 / (1 + e1), 1 / (1 + e2), 1 / (1 + e3),
            1 / (1 + e0 * third), 1 / (1 + e1 * third), 1 / (1 + e2 * third), 1 / (1 + e3 * third))


def output(theta, f, g, h, k, exp):
    return 1 / (1 + exp(-(theta[15] + theta[9] * f[k] + theta[10] * g[k] + theta[11] * h[k])))


def outputs(theta, exp):
    """Activations of the three units and of the output."""
    f = hidden(theta[12], theta[0], theta[3], theta[6], exp)
    g = hidden(theta[13], theta[1], theta[4], theta[7], exp)
    h = hidden(theta[14], theta[2], theta[5], theta[8], exp)
    y = (output(theta, f, g, h, 0, exp), output(theta, f, g, h, 1, exp), output(theta, f, g, h, 2, exp),
         output(theta, f, g, h, 3, exp), output(theta, f, g, h, 4, exp), output(theta, f, g, h, 5, exp),
         output(theta, f, g, h, 6, exp), output(theta, f, g, h, 7, exp))
    return f, g, h, y


def residuals(y):
    """Target - output: the target is whether an odd number of inputs is 1."""
    return -y[0], 1 - y[1], 1 - y[2], -y[3], 1 - y[4], -y[5], -y[6], 1 - y[7]


def times(a, b):
    return (a[0] * b[0], a[1] * b[1], a[2] * b[2], a[3] * b[3], a[4] * b[4], a[5] * b[5], a[6] * b[6], a[7] * b[7])


def sloped(a, h):
    """a * (1 - h)"""
    return (a[0] - a[0] * h[0], a[1] - a[1] * h[1], a[2] - a[2] * h[2], a[3] - a[3] * h[3],
            a[4] - a[4] * h[4], a[5] - a[5] * h[5], a[6] - a[6] * h[6], a[7] - a[7] * h[7])


def total(a):
    return ((a[0] + a[1]) + (a[2] + a[3])) + ((a[4] + a[5]) + (a[6] + a[7]))


def below(d, rate, weight, h):
    """What is added to a unit's output weight, its bias, and its three weights."""
    u = times(d, h)
    s = sloped(u, h)
    both, last = s[3] + s[7], s[5] + s[7]
    weight = rate * weight
    return (rate * total(u), weight * total(s), weight * ((s[1] + s[5]) + both), weight * ((s[2] + s[6]) + both),
            weight * ((s[4] + s[6]) + last))


def step(theta, alpha, exp):
    f, g, h, y = outputs(theta, exp)
    r = residuals(y)
    rate, d = alpha / 4, sloped(times(r, y), y)
    out1, bias1, first1, second1, third1 = below(d, rate, theta[9], f)
    out2, bias2, first2, second2, third2 = below(d, rate, theta[10], g)
    out3, bias3, first3, second3, third3 = below(d, rate, theta[11], h)
    return (
        theta[0] + first1, theta[1] + first2, theta[2] + first3,
        theta[3] + second1, theta[4] + second2, theta[5] + second3,
        theta[6] + third1, theta[7] + third2, theta[8] + third3,
        theta[9] + out1, theta[10] + out2, theta[11] + out3,
        theta[12] + bias1, theta[13] + bias2, theta[14] + bias3, theta[15] + rate * total(d),
    )


def error(theta, exp):
    """E, the mean of the squares."""
    r = residuals(outputs(theta, exp)[3])
    return total(times(r, r)) * 0.125
