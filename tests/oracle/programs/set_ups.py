"""Trains set-ups with PyTorch, in doubles, from the same starts as `xorsweep trace`, and compares all parameters.

Usage: set_ups.py XORSWEEP        (needs torch; nothing of the project but the program itself)

Each set-up is 200 steps long, Rprop 60: it goes by the signs of gradients, which beyond that hang on their rounding. Both
must agree to 1e-9.
"""

import sys

import torch

from traced import AND, PARITY, SIGNS, XOR, apart, by_xorsweep

HIDDEN = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky-relu": lambda z: torch.nn.functional.leaky_relu(z, 0.01),
}
OUTPUT = {"linear": lambda z: z, "sigmoid": torch.sigmoid, "tanh": torch.tanh}


def loss_of(name, outputs, targets):
    if name == "cross-entropy":
        return torch.nn.functional.binary_cross_entropy(outputs, targets)
    squares = (outputs - targets) ** 2
    return {
        "mse": squares.mean(),
        "half-mse": squares.mean() / 2,
        "sse": squares.sum(),
        "half-sse": squares.sum() / 2,
    }[name]


def optimizer_of(name, parameters, alpha, momentum):
    if name == "gradient-descent":
        return torch.optim.SGD(parameters, lr=alpha, momentum=momentum)
    if name == "nesterov":
        return torch.optim.SGD(parameters, lr=alpha, momentum=momentum, nesterov=True)
    if name == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=alpha, momentum=momentum)
    if name == "adam":
        return torch.optim.Adam(parameters, lr=alpha)
    return torch.optim.Rprop(parameters, lr=alpha)


def by_torch(keys, start, samples, steps):
    """The parameters after all steps, in the numbering of xorsweep."""
    units, inputs = keys.get("hidden_units", 2), len(samples[0][0])
    theta = torch.tensor(start, dtype=torch.float64)
    parts = [theta[: inputs * units], theta[inputs * units : (inputs + 1) * units]]
    parts += [theta[(inputs + 1) * units : (inputs + 2) * units], theta[(inputs + 2) * units :]]
    parts = [part.clone().requires_grad_() for part in parts]
    weights, out, biases, last = parts
    moving = [weights, out] if keys.get("bias") == "false" else parts
    optimizer = optimizer_of(
        keys.get("optimizer", "gradient-descent"), moving, keys["alpha"], keys.get("momentum", 0.0)
    )
    hidden, output = HIDDEN[keys.get("hidden", "sigmoid")], OUTPUT[keys.get("output", "linear")]

    def update(chosen):
        x = torch.tensor([inputs for inputs, _ in chosen], dtype=torch.float64)
        y = torch.tensor([target for _, target in chosen], dtype=torch.float64)
        optimizer.zero_grad()
        activations = hidden(x @ weights.reshape(inputs, units) + biases)
        loss_of(keys.get("loss", "mse"), output(activations @ out + last), y).backward()
        optimizer.step()

    for _ in range(steps):
        if keys.get("update", "batch") == "batch":
            update(samples)
        else:
            for sample in samples:
                update([sample])
    return torch.cat(parts).detach().tolist()


SET_UPS = [
    ({"alpha": 0.3}, XOR),
    ({"alpha": 0.2, "momentum": 0.9}, XOR),
    ({"alpha": 0.1, "momentum": 0.5, "optimizer": "nesterov"}, XOR),
    ({"alpha": 0.5, "output": "sigmoid"}, XOR),
    ({"alpha": 0.5, "output": "sigmoid", "loss": "cross-entropy"}, XOR),
    ({"alpha": 0.1, "hidden": "tanh", "coding": "plus-minus"}, SIGNS),
    ({"alpha": 0.1, "hidden": "tanh", "output": "tanh", "coding": "plus-minus"}, SIGNS),
    ({"alpha": 0.05, "hidden": "relu", "init": "pytorch", "hidden_units": 4}, XOR),
    ({"alpha": 0.05, "hidden": "leaky-relu", "init": "he", "hidden_units": 3}, XOR),
    ({"alpha": 0.5, "hidden_units": 5, "output": "sigmoid", "loss": "half-sse"}, XOR),
    ({"alpha": 0.1, "loss": "sse"}, XOR),
    ({"alpha": 0.4, "loss": "half-mse", "init": "uniform(-1,1)"}, XOR),
    ({"alpha": 0.2, "bias": "false", "hidden_units": 3}, XOR),
    ({"alpha": 0.5, "update": "in-order", "output": "sigmoid", "loss": "half-mse"}, XOR),
    ({"alpha": 0.05, "update": "in-order", "momentum": 0.7, "hidden": "tanh"}, XOR),
    ({"alpha": 0.01, "optimizer": "adam", "output": "sigmoid", "loss": "cross-entropy"}, XOR),
    ({"alpha": 0.01, "optimizer": "rmsprop", "momentum": 0.3, "output": "sigmoid"}, XOR),
    ({"alpha": 0.01, "optimizer": "rprop", "output": "sigmoid"}, XOR),
    ({"alpha": 0.3, "task": "parity-3", "hidden_units": 3, "output": "sigmoid"}, PARITY),
    ({"alpha": 0.1, "task": "and", "hidden_units": 1, "update": "in-order", "optimizer": "adam"}, AND),
]


def main():
    program, worst = sys.argv[1], 0.0
    for keys, samples in SET_UPS:
        steps = 60 if keys.get("optimizer") == "rprop" else 200
        start, ours = by_xorsweep(program, keys, steps)
        theirs = by_torch(keys, start, samples, steps)
        off = apart(ours, theirs)
        worst = max(worst, off)
        print(f"{off:.1e}  {keys}")
    print(f"{len(SET_UPS)} set-ups agree with PyTorch {torch.__version__} to {worst:.1e}")
    sys.exit(0 if worst <= 1e-9 else 1)


if __name__ == "__main__":
    main()
