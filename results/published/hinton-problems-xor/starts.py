"""Prints the 30 published starts as the lines of a list of inits, for sweep.toml.

Needs NumPy. Seeds 0 to 29 draw uniformly from -0.5 to 0.5 in this order: the 2x2 weights of the hidden layer by units,
its biases, the two output weights, the output bias.
"""

import numpy as np


def main():
    for seed in range(30):
        generator = np.random.default_rng(seed)
        (w1, w3), (w2, w4) = generator.random((2, 2)) - 0.5
        b1, b2 = generator.random(2) - 0.5
        w5, w6 = generator.random(2) - 0.5
        (b3,) = generator.random(1) - 0.5
        numbers = ",".join(repr(float(value)) for value in (w1, w2, w3, w4, w5, w6, b1, b2, b3))
        print(f'    "point({numbers})",')


if __name__ == "__main__":
    main()
