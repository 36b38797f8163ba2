"""Makes the files of this folder, each by the program whose format it is: NumPy, pandas, PyTorch, Keras, scikit-learn.

    python3 -m venv target/venv
    target/venv/bin/pip install numpy pandas torch keras scikit-learn
    KERAS_BACKEND=torch target/venv/bin/python tests/starts/make.py

All hold the three starts of plain.csv, or the first of them; those of networks are rounded to float32, as PyTorch and
Keras have them. R's files are made by make.R. toy-nn.json was made by Daniel Shiffman's Toy-Neural-Network-JS, whose
weights were set to the first start, by its own serialize(). convergence.csv is xorsweep's own, of

    xorsweep --starts tests/starts/named.csv --alpha 0.3 --steps 10 --out made --no-pictures
"""

import json
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import torch
from sklearn.neural_network import MLPRegressor

HERE = Path(__file__).parent
NAMES = ["w1", "w2", "w3", "w4", "w5", "w6", "b1", "b2", "b3"]
starts = np.random.default_rng(11).normal(size=(3, 9))

np.savetxt(HERE / "savetxt.txt", starts)
np.savetxt(HERE / "savetxt-header.txt", starts, header=" ".join(NAMES))
np.savetxt(HERE / "savetxt-comma.csv", starts, delimiter=",", header=",".join(NAMES), footer="that is all")
np.savetxt(HERE / "savetxt-one.txt", starts[0])
np.save(HERE / "rows.npy", starts)
np.save(HERE / "fortran.npy", np.asfortranarray(starts))
np.save(HERE / "float32.npy", starts.astype(np.float32))
np.save(HERE / "fortran-float32.npy", np.asfortranarray(starts.astype(np.float32)))
np.save(HERE / "one.npy", starts[0])
np.save(HERE / "big-endian.npy", starts.astype(">f8"))

frame = pd.DataFrame(starts, columns=NAMES)
frame.to_csv(HERE / "plain.csv", index=False)
frame.to_csv(HERE / "index.csv")
frame.to_csv(HERE / "german.csv", sep=";", decimal=",", index=False)
frame.to_csv(HERE / "tabs.tsv", sep="\t")
named = frame.set_axis(["near", "far off", "a, b"], axis="index").rename_axis("name")
named.to_csv(HERE / "named.csv")
named.reset_index().to_json(HERE / "records.json", orient="records", double_precision=15)
pd.DataFrame(starts).to_csv(HERE / "counted.csv")
pd.DataFrame(starts).to_csv(HERE / "counted-no-index.csv", index=False)


def dump(name, value):
    (HERE / name).write_text(json.dumps(value) + "\n")


w, v, b, c = starts[0, :4].reshape(2, 2), starts[0, 4:6], starts[0, 6:8], starts[0, 8:]

model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Sigmoid(), torch.nn.Linear(2, 1))
with torch.no_grad():
    model[0].weight.copy_(torch.tensor(w.T))
    model[0].bias.copy_(torch.tensor(b))
    model[2].weight.copy_(torch.tensor(v[None, :]))
    model[2].bias.copy_(torch.tensor(c))
dump("torch-state-dict.json", {name: value.tolist() for name, value in model.state_dict().items()})
dump("torch-parameters.json", [value.tolist() for value in model.parameters()])
vector = torch.nn.utils.parameters_to_vector(model.parameters()).detach().numpy()
np.save(HERE / "torch-vector.npy", vector)  # starts_layout = pytorch

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, activation="sigmoid"), keras.layers.Dense(1)])
model.set_weights([w, b, v[:, None], c])
dump("keras-get-weights.json", [value.tolist() for value in model.get_weights()])
dump("keras-layers.json", [[value.tolist() for value in layer.get_weights()] for layer in model.layers])
dump("keras-paths.json", {variable.path: variable.numpy().tolist() for variable in model.weights})
flat = np.concatenate([value.ravel() for value in model.get_weights()])
np.savetxt(HERE / "keras-flat.csv", flat[None, :], delimiter=",")  # starts_layout = keras

model = MLPRegressor(hidden_layer_sizes=(2,), activation="logistic", max_iter=1)
model.partial_fit([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0])
model.coefs_, model.intercepts_ = [w, v[:, None]], [b, c]
arrays = {name: [array.tolist() for array in getattr(model, name)] for name in ("coefs_", "intercepts_")}
dump("sklearn-mlp.json", arrays)
