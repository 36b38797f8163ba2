"""What is compared: the question's own network, and set-ups of xorsweep's general kernel. Read by the driver and by the
peers, which find theirs in PEERS_WORK."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Work:
    """`keys` are those of a spec that are not at their defaults; `steps` are taken where none stops."""

    name: str
    title: str
    init: str
    alpha: float
    steps: int
    keys: dict = field(default_factory=dict)

    def _key(self, key, default):
        return self.keys.get(key, default)

    @property
    def units(self):
        return self._key("hidden_units", 2)

    @property
    def hidden(self):
        return self._key("hidden", "sigmoid")

    @property
    def output(self):
        return self._key("output", "linear")

    @property
    def loss(self):
        return self._key("loss", "mse")

    @property
    def update(self):
        return self._key("update", "batch")

    @property
    def optimizer(self):
        return self._key("optimizer", "gradient-descent")

    @property
    def inputs(self):
        task = self.keys.get("task", "xor")
        return int(task.removeprefix("parity-")) if task.startswith("parity-") else 2

    @property
    def parameters(self):
        """Their names in the order of theta."""
        weights, biases = (self.inputs + 1) * self.units, self.units + 1
        return [f"w{k + 1}" for k in range(weights)] + [f"b{k + 1}" for k in range(biases)]

    def spec(self):
        """As xorsweep reads it."""
        quoted = {key: f'"{value}"' if isinstance(value, str) else value for key, value in self.keys.items()}
        return "".join(f"{key} = {value}\n" for key, value in quoted.items())


DEFAULT = Work("default", "the default network", "uniform(0,1)", 0.3, 2000)
SET_UPS = [
    Work("per-sample", "2-2-1, sigmoid and sigmoid, half the squared error, an update after each sample in order",
         "uniform(-1,1)", 0.5, 1000, {"output": "sigmoid", "loss": "half-mse", "update": "in-order"}),
    Work("relu-adam", "2-2-1, relu and sigmoid, cross-entropy, Adam, full batches",
         "glorot", 0.01, 1000, {"hidden": "relu", "output": "sigmoid", "loss": "cross-entropy", "optimizer": "adam"}),
    Work("parity", "parity of three inputs, 3-3-1, sigmoid and sigmoid, mean squared error, full batches",
         "uniform(-1,1)", 1.0, 1000, {"task": "parity-3", "hidden_units": 3, "output": "sigmoid"}),
]
WORKS = {work.name: work for work in [DEFAULT, *SET_UPS]}
