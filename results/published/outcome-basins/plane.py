"""Prints the plane of the outcome-basins comparisons as lines for the [plane] table of their specs.

Needs NumPy, whose default_rng is a PCG64 with a fixed stream: any version gives the same numbers, but for the last bit
of the norms. The recipe is the published one: a centre and two directions, all of normal draws, the first direction
normalised, the second made orthogonal to it and normalised.
"""

import numpy as np

# The published order of the parameters: each hidden unit's two weights, the hidden biases, the output weights, the
# output bias. w3 and w2 change places, as do the biases and the output weights.
THEIRS = ["w1", "w3", "w2", "w4", "b1", "b2", "w5", "w6", "b3"]
OURS = ["w1", "w2", "w3", "w4", "w5", "w6", "b1", "b2", "b3"]


def main():
    generator = np.random.default_rng(4)
    origin = generator.normal(size=9)
    x = generator.normal(size=9)
    x /= np.linalg.norm(x)
    y = generator.normal(size=9)
    y -= x * (x @ y)
    y /= np.linalg.norm(y)
    for name, vector in [("origin", origin), ("x", x), ("y", y)]:
        numbers = [repr(float(vector[THEIRS.index(parameter)])) for parameter in OURS]
        print(f"{name} = [{', '.join(numbers)}]")


if __name__ == "__main__":
    main()
