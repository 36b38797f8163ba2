"""XOR with relu units and a sigmoid output, cross-entropy, Adam: the tuned formula; see formula_per_sample.py.

What is kept of a run is theta, the means of the gradients and of their squares, and the powers of both decays.
"""

PARAMETERS = 9
KEPT = 29
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


def start(starts):
    theta = tuple(starts)
    zero = 0 * theta[0]
    zeros = (zero, zero, zero, zero, zero, zero, zero, zero, zero)
    return theta + zeros + zeros + (zero + 1, zero + 1)


def relu(b, first, second):
    """A hidden unit's activations in the samples 00, 10, 01, 11, and where it is awake."""
    z1, z2 = b + first, b + second
    z3 = z1 + second
    a0, a1, a2, a3 = b > 0, z1 > 0, z2 > 0, z3 > 0
    return (b * a0, z1 * a1, z2 * a2, z3 * a3), (a0, a1, a2, a3)


def output(theta, g, h, k, exp):
    return 1 / (1 + exp(-(theta[8] + theta[4] * g[k] + theta[5] * h[k])))


def outputs(theta, g, h, exp):
    return (output(theta, g, h, 0, exp), output(theta, g, h, 1, exp), output(theta, g, h, 2, exp),
            output(theta, g, h, 3, exp))


def below(d, weight, h, awake):
    """The gradient of what belongs to a unit: its two weights, its output weight, its bias."""
    s0, s1, s2, s3 = d[0] * awake[0], d[1] * awake[1], d[2] * awake[2], d[3] * awake[3]
    return (
        weight * (s1 + s3),
        weight * (s2 + s3),
        (d[0] * h[0] + d[1] * h[1]) + (d[2] * h[2] + d[3] * h[3]),
        weight * ((s0 + s1) + (s2 + s3)),
    )


def adam(place, mean, square, gradient, rate, share):
    """A parameter and its two means after an update; `share` is one over the root of what 1 - BETA2^t is."""
    mean = BETA1 * mean + (1 - BETA1) * gradient
    square = BETA2 * square + (1 - BETA2) * (gradient * gradient)
    return place - rate * mean / (square**0.5 * share + EPSILON), mean, square


def step(kept, alpha, exp):
    theta, m, s, decay1, decay2 = kept[:9], kept[9:18], kept[18:27], kept[27] * BETA1, kept[28] * BETA2
    g, awake1 = relu(theta[6], theta[0], theta[2])
    h, awake2 = relu(theta[7], theta[1], theta[3])
    y = outputs(theta, g, h, exp)
    d = 0.25 * y[0], 0.25 * (y[1] - 1), 0.25 * (y[2] - 1), 0.25 * y[3]
    first1, second1, out1, bias1 = below(d, theta[4], g, awake1)
    first2, second2, out2, bias2 = below(d, theta[5], h, awake2)
    rate, share = alpha / (1 - decay1), 1 / (1 - decay2) ** 0.5
    w1, m1, s1 = adam(theta[0], m[0], s[0], first1, rate, share)
    w2, m2, s2 = adam(theta[1], m[1], s[1], first2, rate, share)
    w3, m3, s3 = adam(theta[2], m[2], s[2], second1, rate, share)
    w4, m4, s4 = adam(theta[3], m[3], s[3], second2, rate, share)
    w5, m5, s5 = adam(theta[4], m[4], s[4], out1, rate, share)
    w6, m6, s6 = adam(theta[5], m[5], s[5], out2, rate, share)
    b1, m7, s7 = adam(theta[6], m[6], s[6], bias1, rate, share)
    b2, m8, s8 = adam(theta[7], m[7], s[7], bias2, rate, share)
    b3, m9, s9 = adam(theta[8], m[8], s[8], (d[0] + d[1]) + (d[2] + d[3]), rate, share)
    return (w1, w2, w3, w4, w5, w6, b1, b2, b3, m1, m2, m3, m4, m5, m6, m7, m8, m9,
            s1, s2, s3, s4, s5, s6, s7, s8, s9, decay1, decay2)


def error(kept, exp):
    """E, the mean of the squares."""
    g, _ = relu(kept[6], kept[0], kept[2])
    h, _ = relu(kept[7], kept[1], kept[3])
    y = outputs(kept[:9], g, h, exp)
    r1, r2 = 1 - y[1], 1 - y[2]
    return ((y[0] * y[0] + r1 * r1) + (r2 * r2 + y[3] * y[3])) * 0.25
