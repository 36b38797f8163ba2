"""The XOR network in PyTorch, and its run as xorsweep writes one.

    python from_pytorch.py [float32] > mine.csv

Leaves its start in pytorch-start.json, the state dict as lists.
"""

import json
import sys

import torch

if "float32" not in sys.argv:
    torch.set_default_dtype(torch.float64)
ETA = 0.0125
STEPS = 2000

X = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])

torch.manual_seed(3)
model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Sigmoid(), torch.nn.Linear(2, 1))
criterion = torch.nn.MSELoss(reduction="sum")
optimizer = torch.optim.SGD(model.parameters(), lr=ETA, momentum=0.9)


def theta():
    hidden, output = model[0], model[2]
    # The matrix is units by inputs.
    parts = [hidden.weight.T.reshape(-1), output.weight.reshape(-1), hidden.bias, output.bias]
    return torch.cat(parts).tolist()


with open("pytorch-start.json", "w") as file:
    json.dump({name: value.tolist() for name, value in model.state_dict().items()}, file)

print("step,error,w1,w2,w3,w4,w5,w6,b1,b2,b3")
for step in range(STEPS + 1):
    loss = criterion(model(X), y)
    print(step, loss.item() / 4, *theta(), sep=",")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
