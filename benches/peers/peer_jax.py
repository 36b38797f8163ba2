"""JAX: jit over lax.scan, double precision; the runs are sharded over one device a thread.

A run is written alone, vmap makes it all runs; in the plain way its gradient is JAX's own.
"""

import os
import sys

THREADS = int(sys.argv[3])
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_NUM_CPU_DEVICES"] = str(THREADS)
if THREADS == 1:
    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[0]})

from functools import partial  # noqa: E402

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
from jax.sharding import Mesh, NamedSharding, PartitionSpec  # noqa: E402

import peer  # noqa: E402

formula = peer.formula()
starts, threads = peer.arguments()
mesh = Mesh(jax.devices(), ("runs",))
sharding = NamedSharding(mesh, PartitionSpec("runs"))
padded = -starts.shape[1] % threads
runs = starts.shape[1]
placed = jax.tree.map(lambda part: jax.device_put(jnp.asarray(part), sharding),
                      formula.start(np.pad(starts, ((0, 0), (0, padded)), mode="edge")))

if peer.PLAIN:
    def error(theta):
        return formula.error(theta, jnp.asarray(formula.X), jnp.asarray(formula.Y), jnp.exp)

    def step(theta, alpha):
        """theta of one run after an update, and the error before it."""
        before, gradient = jax.value_and_grad(error)(theta)
        return theta - alpha * gradient, before
elif peer.WORK is not peer.DEFAULT:
    def error(kept):
        return formula.error(kept, jnp.exp)

    def step(kept, alpha):
        return formula.step(kept, alpha, jnp.exp), None
else:
    def error(theta):
        return formula.error(theta, jnp.exp)

    def step(theta, alpha):
        after, residuals = formula.step(theta, alpha, jnp.exp)
        return after, formula.mean_square(residuals)


@partial(jax.jit, static_argnums=1)
def descend(theta, steps, alpha):
    def one(theta):
        theta, _ = jax.lax.scan(lambda theta, _: (step(theta, alpha)[0], None), theta, None, length=steps)
        return error(theta)

    return jax.vmap(one)(theta)


@jax.jit
def descend_until(theta, steps, alpha, tolerance):
    def goes_on(state):
        now, _, first = state
        return (now <= steps) & (first < 0).any()

    def body(state):
        now, theta, first = state
        after, before = jax.vmap(partial(step, alpha=alpha))(theta)
        first = jnp.where((first < 0) & (before <= tolerance), now, first)
        return now + 1, after, first

    first = jnp.full(jax.tree.leaves(theta)[0].shape[:1], -1)
    return jax.lax.while_loop(goes_on, body, (jnp.int64(0), theta, first))[2]


def full(steps, alpha):
    return descend(placed, steps, alpha).block_until_ready()[:runs]


def stop(steps, alpha, tolerance):
    return descend_until(placed, steps, alpha, tolerance).block_until_ready()[:runs]


peer.serve(f"JAX {jax.__version__}", full, stop)
