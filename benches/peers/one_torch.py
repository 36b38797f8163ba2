"""PyTorch as its users write it: layers, a loss and an optimizer of its own, one network trained in a loop."""

import torch
from torch import nn

import peer
from peer import WORK
from textbook import corners

SAMPLE = 1
UNITS = {"sigmoid": nn.Sigmoid, "relu": nn.ReLU}

torch.set_default_dtype(torch.float64)
starts, threads = peer.arguments()
torch.set_num_threads(threads)
x, y = map(torch.tensor, corners(WORK.inputs))
y = y[:, None]


def network(start):
    model = nn.Sequential(
        nn.Linear(WORK.inputs, WORK.units), UNITS[WORK.hidden](), nn.Linear(WORK.units, 1), UNITS[WORK.output](),
    )
    w, b, v, c = map(torch.tensor, peer.layers(start))
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), (w.T, b, v[None], c)):
            parameter.copy_(value)
    return model


mean_square = nn.MSELoss()
losses = {"mse": mean_square, "half-mse": lambda output, target: 0.5 * mean_square(output, target),
          "cross-entropy": nn.BCELoss()}
loss_of = losses[WORK.loss]
optimizers = {"gradient-descent": torch.optim.SGD, "adam": torch.optim.Adam}


def train(start, steps, alpha):
    model = network(start)
    optimizer = optimizers[WORK.optimizer](model.parameters(), lr=alpha)
    batches = list(zip(x.split(1), y.split(1))) if WORK.update == "in-order" else [(x, y)]
    for _ in range(steps):
        for inputs, targets in batches:
            optimizer.zero_grad()
            loss_of(model(inputs), targets).backward()
            optimizer.step()
    with torch.no_grad():
        return mean_square(model(x), y).item()


def full(steps, alpha):
    return [train(start, steps, alpha) for start in starts.T[:SAMPLE]]


peer.serve(f"PyTorch {torch.__version__}", full)
