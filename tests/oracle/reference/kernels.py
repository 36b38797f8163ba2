"""The two kernels, one run at a time: the question's own network, and any set-up.

Each is a generator of steps 0, 1, 2, ...: what is seen there, and then the update. Exponentials of hidden units are
advanced with the parameters within windows of 32 steps, as documented at the heads of src/kernel/fused/descent.rs and
src/kernel/general.rs, which this follows.
"""

from math import sqrt

from arithmetic import FAIR, LIMIT, SMALL, advance, exp, fma, larger, leap, reciprocals, shares, smaller, sum_of_squares
from order import draw

WINDOW = 32
LEAST_NORMAL = 2.0**-1022


class Seen:
    """What a step shows."""

    def __init__(self, error, residuals, loss, theta):
        self.error, self.residuals, self.loss, self.theta = error, residuals, loss, theta


def question(set_up, theta, alpha, momentum):
    """Two sigmoid units and a linear output on the corners of the unit square, by full-batch gradient descent."""
    theta, velocity = list(theta), [0.0] * 9
    half_rate = alpha * set_up.factor(4)
    # Pre-activations are base, base + first, base + second, base + first + second.
    units = [(6, 0, 2, 4), (7, 1, 3, 5)]

    def parts(values):
        return [[values[base], values[first], values[second]] for base, first, second, _ in units]

    def afresh():
        return [[exp(-part) for part in unit] for unit in parts(theta)]

    def are_moderate():
        return all(abs(part) <= 70.0 for unit in parts(theta) for part in unit)

    step = 0
    while True:
        if step % WINDOW == 0:
            is_current = False
        if not is_current:
            e, is_moderate = afresh(), are_moderate()
        h = []
        for (base, first, second), unit in zip(e, parts(theta)):
            if is_moderate:
                along = base * first
                h.append(reciprocals([1.0 + base, 1.0 + along, 1.0 + base * second, 1.0 + along * second])[0])
            else:
                along = unit[0] + unit[1]
                z = [unit[0], along, unit[0] + unit[2], along + unit[2]]
                h.append([1.0 / (1.0 + exp(-x)) for x in z])
        w5, w6, b3 = theta[4], theta[5], theta[8]
        start = [-b3, 1.0 - b3, 1.0 - b3, -b3]
        residual = [fma(-h[1][i], w6, fma(-h[0][i], w5, start[i])) for i in range(4)]
        squares = [r * r for r in residual]
        error = ((squares[0] + squares[1]) + (squares[2] + squares[3])) * 0.25
        yield Seen(error, residual, 0.0, theta)

        change = [0.0] * 9
        for activation, (base, first, second, weight) in zip(h, units):
            g = [r * a for r, a in zip(residual, activation)]
            s = [fma(-x, a, x) for x, a in zip(g, activation)]
            below = half_rate * theta[weight]
            change[weight] = half_rate * ((g[0] + g[1]) + (g[2] + g[3]))
            change[base] = below * ((s[0] + s[1]) + (s[2] + s[3]))
            change[first] = below * (s[1] + s[3])
            change[second] = below * (s[2] + s[3])
        change[8] = half_rate * ((residual[0] + residual[1]) + (residual[2] + residual[3]))
        if momentum > 0.0:
            change = [fma(momentum, v, c) for v, c in zip(velocity, change)]
            velocity = change
        theta = [t + c for t, c in zip(theta, change)]

        moved = parts(change)
        one, two = (fma(c, c, fma(b, b, a * a)) for a, b, c in moved)
        length = one + two
        is_current = length <= FAIR * FAIR
        if is_current:
            go_on = advance if length <= SMALL * SMALL else leap
            e = [[go_on(x, -m) for x, m in zip(*pair)] for pair in zip(e, moved)]
        step += 1


class General:
    """Any set-up."""

    def __init__(self, set_up, theta, alpha, momentum, seed):
        self.set_up, self.theta, self.alpha, self.momentum, self.seed = set_up, list(theta), alpha, momentum, seed
        count = set_up.parameters
        self.first = [0.0] * count
        self.second = [alpha if set_up.optimizer == "rprop" else 0.0] * count
        self.decays = [1.0, 1.0]
        self.leak = 0.01 if set_up.hidden == "leaky-relu" else None
        self.is_batch = set_up.update == "batch"
        # The output unit's sum is looked at from the side of the target, for a sigmoid from that of 1/2.
        self.middle = 0.5 if set_up.output == "sigmoid" else set_up.low / 2.0 + set_up.high / 2.0
        # Blocks of four samples, the last filled up with its last one.
        samples = set_up.samples
        self.blocks = []
        for first in range(0, len(samples), 4):
            block = samples[first : first + 4]
            self.blocks.append((block + [block[-1]] * (4 - len(block)), len(block)))
        is_calm = set_up.optimizer in ("gradient-descent", "nesterov")
        self.advances = self.is_batch and is_calm and set_up.hidden in ("sigmoid", "tanh")
        self.memory = {}

    def is_rectifier(self):
        return self.set_up.hidden in ("relu", "leaky-relu")

    # Hidden units.

    def rectified(self, z):
        if z < 0.0:
            return 0.0 if self.leak is None else z * self.leak
        return z

    def bent(self, h):
        """From the logistic function of 2z to tanh z."""
        return [(x + x) - 1.0 for x in h] if self.set_up.hidden == "tanh" else h

    def preactivation(self, unit, inputs):
        weights, bias, _ = unit
        z = self.theta[bias]
        for weight, x in zip(weights, inputs):
            z = fma(self.theta[weight], x, z)
        return z

    def activations(self, zs):
        if self.is_rectifier():
            return [self.rectified(z) for z in zs]
        if self.set_up.hidden == "tanh":
            zs = [z + z for z in zs]
        return self.bent(shares(zs)[0])

    def from_block(self, key, unit, block, is_first):
        """Activations of a unit in a block of samples."""
        z = [self.preactivation(unit, inputs) for inputs, _ in block]
        if not self.advances:
            return self.activations(z)
        if self.set_up.hidden == "tanh":
            z = [x + x for x in z]
        if is_first:
            h, _, e, _ = shares(z)
        else:
            last, e = self.memory[key]
            moved = [a - b for a, b in zip(last, z)]
            is_good = sum_of_squares(moved) <= SMALL * SMALL
            if is_good:
                e = [advance(x, m) for x, m in zip(e, moved)]
                h, product = reciprocals([1.0 + x for x in e])
                is_good = product <= LIMIT
            if not is_good:
                e = [exp(-x) for x in z]
                h = [1.0 / (1.0 + x) for x in e]
        self.memory[key] = (z, e)
        return self.bent(h)

    def from_square(self, key, unit, is_first):
        """The same where the samples are the corners of a square: from e^-corner and e^-side of both sides."""
        (along_x, along_y), bias, _ = unit
        samples = self.set_up.samples
        double = 2.0 if self.set_up.hidden == "tanh" else 1.0
        low = [double * x for x in samples[0][0]]
        sides = [double * (samples[1][0][0] - samples[0][0][0]), double * (samples[2][0][1] - samples[0][0][1])]
        w, v, b = (self.theta[place] for place in (along_x, along_y, bias))
        b = b + b if double == 2.0 else b
        parts = [fma(v, low[1], fma(w, low[0], b)), w * sides[0], v * sides[1]]
        if is_first:
            last, e = parts, [exp(-x) for x in parts]
        else:
            last, e = self.memory[key]
        moved = [a - c for a, c in zip(last, parts)]
        is_good = sum_of_squares(moved) <= SMALL * SMALL
        if is_good:
            e = [advance(x, m) for x, m in zip(e, moved)]
            along = e[0] * e[1]
            d = [1.0 + e[0], 1.0 + along, 1.0 + e[0] * e[2], 1.0 + along * e[2]]
            h, product = reciprocals(d)
            # What is multiplied by a factor that has underflowed is lost.
            is_good = product <= LIMIT and min(e[0], e[2], along) >= LEAST_NORMAL
        if not is_good:
            e = [exp(-x) for x in parts]
            along = parts[0] + parts[1]
            z = [parts[0], along, parts[0] + parts[2], along + parts[2]]
            h = [1.0 / (1.0 + exp(-x)) for x in z]
        self.memory[key] = (parts, e)
        return self.bent(h)

    # The output unit.

    def judged(self, sums, targets, valid):
        """Residuals, what goes back to the layer below, and the cross-entropy of the first `valid`, if that is descended."""
        if self.set_up.output == "linear":
            residual = [t - s for t, s in zip(targets, sums)]
            return residual, residual, 0.0
        if self.set_up.output == "tanh":
            p, q, _, _ = shares([s + s for s in sums])
            residual = [t - (a - b) for t, a, b in zip(targets, p, q)]
            return residual, [r * (a * b * 4.0) for r, a, b in zip(residual, p, q)], 0.0
        is_high = [t > self.middle for t in targets]
        side = [1.0 if high else -1.0 for high in is_high]
        edge = [1.0 - t if high else t for t, high in zip(targets, is_high)]
        z = [s * x for s, x in zip(sums, side)]
        is_cross_entropy = self.set_up.loss == "cross-entropy"
        p, q, _, loss = shares(z, valid if is_cross_entropy else 0)
        residual = [(a - b) * x for a, b, x in zip(q, edge, side)]
        if not is_cross_entropy:
            return residual, [r * (a * b) for r, a, b in zip(residual, q, p)], 0.0
        for i in range(valid):
            loss = fma(z[i], edge[i], loss)
        return residual, residual, loss

    def below(self, h, delta, g):
        """Delta times the slope of a hidden unit, from its activation h, with g = delta h."""
        if self.set_up.hidden == "sigmoid":
            return fma(-g, h, g)
        if self.set_up.hidden == "tanh":
            return fma(-g, h, delta)
        if h > 0.0:
            return delta
        return 0.0 if self.leak is None else delta * self.leak

    # A step.

    def look(self, is_first):
        """Passes over all samples: activations and deltas, which are kept, and what is seen."""
        set_up = self.set_up
        self.hidden = []
        for number, unit in enumerate(set_up.units):
            if self.advances and set_up.is_square:
                self.hidden.append([self.from_square(number, unit, is_first)])
            else:
                blocks = enumerate(self.blocks)
                self.hidden.append([self.from_block((number, b), unit, block, is_first) for b, (block, _) in blocks])
        self.deltas, residuals, error, loss = [], [], 0.0, 0.0
        for b, (block, valid) in enumerate(self.blocks):
            sums = [self.theta[set_up.output_bias]] * 4
            for (_, _, weight), h in zip(set_up.units, self.hidden):
                sums = [fma(x, self.theta[weight], total) for x, total in zip(h[b], sums)]
            residual, delta, of_block = self.judged(sums, [target for _, target in block], valid)
            squares = [r * r for r in residual[:valid]] + [0.0] * (4 - valid)
            self.deltas.append(delta[:valid] + [0.0] * (4 - valid))
            error += (squares[0] + squares[1]) + (squares[2] + squares[3])
            loss += of_block
            residuals += residual[:valid]
        share = 1.0 / len(set_up.samples)
        return Seen(error * share, residuals, loss * share, self.theta)

    def gradient_of_batch(self):
        """Sums over the samples of delta times the slope of the output unit's sum."""
        gradient = [0.0] * self.set_up.parameters
        for (weights, bias, out), blocks in zip(self.set_up.units, self.hidden):
            of_weight, of_bias, of_inputs = 0.0, 0.0, [0.0] * len(weights)
            for (block, _), delta, h in zip(self.blocks, self.deltas, blocks):
                g = [a * b for a, b in zip(delta, h)]
                d = [self.below(*three) for three in zip(h, delta, g)]
                of_weight += (g[0] + g[1]) + (g[2] + g[3])
                of_bias += (d[0] + d[1]) + (d[2] + d[3])
                for i in range(len(weights)):
                    for s in range(4):
                        of_inputs[i] = fma(d[s], block[s][0][i], of_inputs[i])
            gradient[bias], gradient[out] = self.theta[out] * of_bias, of_weight
            for weight, total in zip(weights, of_inputs):
                gradient[weight] = self.theta[out] * total
        total = 0.0
        for delta in self.deltas:
            total += (delta[0] + delta[1]) + (delta[2] + delta[3])
        gradient[self.set_up.output_bias] = total
        return gradient

    def gradient_of_one(self, inputs, target):
        """The same for one sample. Units go two by two, the last perhaps with itself."""
        units = self.set_up.units
        z = [self.preactivation(unit, inputs) for unit in units]
        h = []
        for first in range(0, len(units), 2):
            h += self.activations([z[first], z[min(first + 1, len(units) - 1)]])
        total = self.theta[self.set_up.output_bias]
        for (_, _, out), x in zip(units, h):
            total = fma(x, self.theta[out], total)
        (delta,) = self.judged([total], [target], 0)[1]
        gradient = [0.0] * self.set_up.parameters
        for (weights, bias, out), x in zip(units, h):
            g = delta * x
            d = self.theta[out] * self.below(x, delta, g)
            gradient[bias], gradient[out] = d, g
            for weight, value in zip(weights, inputs):
                gradient[weight] = d * value
        gradient[self.set_up.output_bias] = delta
        return gradient

    def update(self, gradient):
        set_up, alpha, momentum, first, second = self.set_up, self.alpha, self.momentum, self.first, self.second
        for place in set_up.fixed:
            gradient[place] = 0.0
        factor = set_up.factor(len(set_up.samples) if self.is_batch else 1)
        rate = alpha * factor
        theta = []
        if set_up.optimizer == "adam":
            beta1, beta2 = set_up.beta1, set_up.beta2
            self.decays = [self.decays[0] * beta1, self.decays[1] * beta2]
            root = sqrt(1.0 - self.decays[1])
            rate = alpha * root / (1.0 - self.decays[0])
            epsilon = root * set_up.epsilon
        for i, (t, g) in enumerate(zip(self.theta, gradient)):
            if set_up.optimizer == "gradient-descent":
                push = g * rate
                first[i] = fma(first[i], momentum, push) if momentum > 0.0 else push
                t = t + first[i]
            elif set_up.optimizer == "nesterov":
                push = g * rate
                first[i] = fma(first[i], momentum, push)
                t = t + fma(first[i], momentum, push)
            elif set_up.optimizer == "rmsprop":
                g = g * factor
                second[i] = fma(g * g, 1.0 - set_up.rho, second[i] * set_up.rho)
                first[i] = fma(first[i], momentum, g / (sqrt(second[i]) + set_up.epsilon))
                t = fma(first[i], alpha, t)
            elif set_up.optimizer == "adam":
                g = g * factor
                first[i] = fma(g, 1.0 - beta1, first[i] * beta1)
                second[i] = fma(g * g, 1.0 - beta2, second[i] * beta2)
                t = rate * first[i] / (sqrt(second[i]) + epsilon) + t
            else:
                sign = g * first[i]
                if sign > 0.0:
                    second[i] = smaller(second[i] * 1.2, 50.0)
                elif sign < 0.0:
                    second[i] = larger(second[i] * 0.5, 1e-6)
                    g = 0.0
                # Not a number stays one.
                t = t + (second[i] if g > 0.0 else -second[i] if g < 0.0 else g * 0.0)
                first[i] = g
            theta.append(t)
        self.theta = theta

    def steps(self):
        set_up, step = self.set_up, 0
        while True:
            yield self.look(step % WINDOW == 0)
            if self.is_batch:
                self.update(self.gradient_of_batch())
            else:
                count = len(set_up.samples)
                order = range(count) if set_up.update == "in-order" else draw(set_up.update, self.seed, step, count)
                for place in order:
                    self.update(self.gradient_of_one(*set_up.samples[place]))
            step += 1


def steps(set_up, theta, alpha, momentum, seed):
    if set_up.is_the_question():
        return question(set_up, theta, alpha, momentum)
    return General(set_up, theta, alpha, momentum, seed).steps()


def outputs(set_up, theta):
    """The output of each sample."""
    seen = General(set_up, theta, 0.0, 0.0, 0).look(True)
    return [target - residual for (_, target), residual in zip(set_up.samples, seen.residuals)]
