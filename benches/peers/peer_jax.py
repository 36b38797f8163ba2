"""JAX: jit over lax.scan, double precision; the runs are sharded over one device a thread."""

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
from jax.sharding import Mesh, NamedSharding, PartitionSpec  # noqa: E402

import formula  # noqa: E402
import peer  # noqa: E402

starts, threads = peer.arguments()
mesh = Mesh(jax.devices(), ("runs",))
sharding = NamedSharding(mesh, PartitionSpec("runs"))
padded = -starts.shape[1] % threads
runs = starts.shape[1]
placed = tuple(jax.device_put(jnp.pad(jnp.asarray(row), (0, padded), mode="edge"), sharding) for row in starts)


@partial(jax.jit, static_argnums=1)
def descend(theta, steps, alpha):
    def one(theta):  # a run of scalars; vmap makes it all runs
        theta, _ = jax.lax.scan(
            lambda theta, _: (formula.step(theta, alpha, jnp.exp)[0], None), theta, None, length=steps
        )
        return formula.error(theta, jnp.exp)

    return jax.vmap(one)(theta)


@jax.jit
def descend_until(theta, steps, alpha, tolerance):
    def goes_on(state):
        now, _, first = state
        return (now <= steps) & (first < 0).any()

    def body(state):
        now, theta, first = state
        after, r = formula.step(theta, alpha, jnp.exp)
        first = jnp.where((first < 0) & (formula.mean_square(r) <= tolerance), now, first)
        return now + 1, after, first

    first = jnp.full(theta[0].shape, -1)
    return jax.lax.while_loop(goes_on, body, (jnp.int64(0), theta, first))[2]


def full(steps, alpha):
    return descend(placed, steps, alpha).block_until_ready()[:runs]


def stop(steps, alpha, tolerance):
    return descend_until(placed, steps, alpha, tolerance).block_until_ready()[:runs]


peer.serve(f"JAX {jax.__version__}", full, stop)
