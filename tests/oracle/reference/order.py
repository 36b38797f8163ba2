"""In which order the samples of a step come, from the run's seed and the step: with counters, and no state."""

from itertools import product

MASK = (1 << 64) - 1


def mix(x):
    """The finalizer of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014)."""
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


class Digits:
    """A fraction of 1 in 64 bits, from whose top numbers below a bound are taken; anew for every second one."""

    def __init__(self, seed, step):
        self.key = (mix(seed ^ 0x6A09E667F3BCC908) + step * 0x9E3779B97F4A7C15) & MASK
        self.digits = mix(self.key)

    def below(self, bound):
        wide = self.digits * bound
        self.digits = wide & MASK
        return wide >> 64

    def refill(self, draw):
        if draw % 2 == 1:
            self.digits = mix((self.key + ((draw << 56) | 1)) & MASK)


def orders(count):
    """All orders of so many samples: each is put at every place of every order of those before it."""
    all_orders = []
    for places in product(*(range(size) for size in range(1, count + 1))):
        order = []
        for sample, place in enumerate(places):
            order.insert(place, sample)
        all_orders.append(order)
    return all_orders


ORDERS = [orders(count) for count in range(6)]


def draw(update, seed, step, count):
    digits = Digits(seed, step)
    places = []
    if update == "random":
        for draw in range(count):
            digits.refill(draw)
            places.append(digits.below(count))
    elif count <= 5:
        places = ORDERS[count][digits.below(len(ORDERS[count]))]
    else:
        # Fisher and Yates, from within.
        for place in range(count):
            digits.refill(place)
            other = digits.below(place + 1)
            places.append(place)
            places[place], places[other] = places[other], place
    return places
