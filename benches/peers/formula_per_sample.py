"""XOR with sigmoid units and a sigmoid output, half the squared error, an update after each sample: the tuned formula.

As in the other files `formula_*`, it is straight code on tuples of numbers or arrays, so that Numba compiles it as well
as JAX and PyTorch. What is kept of a run between steps is a tuple.
"""

PARAMETERS = KEPT = 9


def start(starts):
    return tuple(starts)


def sigmoid(z, exp):
    return 1 / (1 + exp(-z))


def weighed(bias, first, second, x1, x2):
    """bias + x1 * first + x2 * second, of inputs that are 0 or 1."""
    if x1:
        bias = bias + first
    if x2:
        bias = bias + second
    return bias


def outputs(theta, x1, x2, exp):
    """Both hidden activations and the output."""
    w1, w2, w3, w4, w5, w6, b1, b2, b3 = theta
    g = sigmoid(weighed(b1, w1, w3, x1, x2), exp)
    h = sigmoid(weighed(b2, w2, w4, x1, x2), exp)
    return g, h, sigmoid(b3 + w5 * g + w6 * h, exp)


def update(theta, x1, x2, target, alpha, exp):
    """theta after the update from one sample."""
    w1, w2, w3, w4, w5, w6, b1, b2, b3 = theta
    g, h, y = outputs(theta, x1, x2, exp)
    top = alpha * (target - y) * (y * (1 - y))
    u, v = top * g, top * h
    s, t = w5 * (u - u * g), w6 * (v - v * h)
    return (
        weighed(w1, s, s, x1, 0),
        weighed(w2, t, t, x1, 0),
        weighed(w3, s, s, x2, 0),
        weighed(w4, t, t, x2, 0),
        w5 + u,
        w6 + v,
        b1 + s,
        b2 + t,
        b3 + top,
    )


def step(theta, alpha, exp):
    theta = update(theta, 0, 0, 0, alpha, exp)
    theta = update(theta, 1, 0, 1, alpha, exp)
    theta = update(theta, 0, 1, 1, alpha, exp)
    return update(theta, 1, 1, 0, alpha, exp)


def error(theta, exp):
    """E, the mean of the squares."""
    r0 = outputs(theta, 0, 0, exp)[2]
    r1 = 1 - outputs(theta, 1, 0, exp)[2]
    r2 = 1 - outputs(theta, 0, 1, exp)[2]
    r3 = outputs(theta, 1, 1, exp)[2]
    return ((r0 * r0 + r1 * r1) + (r2 * r2 + r3 * r3)) * 0.25
