"""JAX as its users write it: one network, JAX's own gradient, an update that is compiled and called in a loop."""

import os

os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["JAX_ENABLE_X64"] = "1"

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402

import peer  # noqa: E402
from peer import WORK  # noqa: E402
from textbook import corners  # noqa: E402

SAMPLE = 4
UNITS = {"sigmoid": jax.nn.sigmoid, "relu": jax.nn.relu}

starts, _ = peer.arguments()
x, y = map(jnp.asarray, corners(WORK.inputs))
tree_map = jax.tree.map


def weighted(theta, x):
    """What goes into the output unit."""
    w, b, v, c = theta
    return UNITS[WORK.hidden](x @ w + b) @ v + c


def mean_square(theta, x, y):
    return jnp.mean((UNITS[WORK.output](weighted(theta, x)) - y) ** 2)


def cross_entropy(theta, x, y):
    z = weighted(theta, x)
    return -jnp.mean(y * jax.nn.log_sigmoid(z) + (1 - y) * jax.nn.log_sigmoid(-z))


losses = {"mse": mean_square, "half-mse": lambda *all: 0.5 * mean_square(*all), "cross-entropy": cross_entropy}
gradient = jax.grad(losses[WORK.loss])


@jax.jit
def descend(state, x, y, alpha):
    (theta,) = state
    return (tree_map(lambda place, slope: place - alpha * slope, theta, gradient(theta, x, y)),)


@jax.jit
def adam(state, x, y, alpha):
    theta, means, squares, t = state
    slopes = gradient(theta, x, y)
    t = t + 1
    means = tree_map(lambda mean, slope: 0.9 * mean + 0.1 * slope, means, slopes)
    squares = tree_map(lambda square, slope: 0.999 * square + 0.001 * slope**2, squares, slopes)

    def moved(place, mean, square):
        return place - alpha * (mean / (1 - 0.9**t)) / (jnp.sqrt(square / (1 - 0.999**t)) + 1e-8)

    return tree_map(moved, theta, means, squares), means, squares, t


def begin(start):
    theta = tuple(map(jnp.asarray, peer.layers(start)))
    zeros = tree_map(jnp.zeros_like, theta)
    return (theta, zeros, zeros, jnp.asarray(0.0)) if WORK.optimizer == "adam" else (theta,)


update = adam if WORK.optimizer == "adam" else descend


def train(start, steps, alpha):
    state = begin(start)
    batches = [(x[k:k + 1], y[k:k + 1]) for k in range(len(y))] if WORK.update == "in-order" else [(x, y)]
    for _ in range(steps):
        for inputs, targets in batches:
            state = update(state, inputs, targets, alpha)
    return mean_square(state[0], x, y)


def full(steps, alpha):
    return [train(start, steps, alpha).block_until_ready() for start in starts.T[:SAMPLE]]


peer.serve(f"JAX {jax.__version__}", full)
