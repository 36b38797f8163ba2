"""Trains set-ups with Keras, in doubles, from the same starts as `xorsweep trace`, and compares all parameters.

Usage: keras_set_ups.py XORSWEEP        (needs keras and tensorflow-cpu; nothing of the project but the program itself)

Each is 200 epochs of one `fit`. Constants of those that must agree to 1e-9 are held by single precision, to which Keras
rounds some. Keras adds epsilon under RMSprop's root: there it is too small to matter. In Adam it adds it to a root that
is not corrected: there it is corrected likewise, update by update. Those that follow are measured: Keras's formulas and
usual constants as they are.
"""

import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import numpy as np
import tensorflow

from traced import SIGNS, XOR, apart, by_xorsweep

EPOCHS = 200
LIMIT = 1e-9

OPTIMIZERS = {
    "gradient-descent": keras.optimizers.SGD,
    "nesterov": keras.optimizers.SGD,
    "rmsprop": keras.optimizers.RMSprop,
    "adam": keras.optimizers.Adam,
}
CONSTANTS = {"momentum": "momentum", "rho": "rho", "epsilon": "epsilon", "beta1": "beta_1", "beta2": "beta_2"}


def optimizer_of(keys):
    name = keys.get("optimizer", "gradient-descent")
    constants = {theirs: keys[ours] for ours, theirs in CONSTANTS.items() if ours in keys}
    if name == "nesterov":
        constants["nesterov"] = True
    return OPTIMIZERS[name](keys["alpha"], **constants)


class Correction(keras.callbacks.Callback):
    """Makes Adam's epsilon what it is here: added to a root that is divided by the root of 1 - beta2^t."""

    def __init__(self, optimizer):
        super().__init__()
        self.optimizer, self.given, self.count = optimizer, optimizer.epsilon, 0
        optimizer.epsilon = tensorflow.Variable(self.given, dtype="float64")

    def on_train_batch_begin(self, batch, logs=None):
        self.count += 1
        self.optimizer.epsilon.assign(self.given * (1 - self.optimizer.beta_2**self.count) ** 0.5)


def by_keras(keys, start, samples, is_corrected):
    """The parameters after all epochs, in the numbering of xorsweep."""
    units, inputs = keys.get("hidden_units", 2), len(samples[0][0])
    x = np.array([inputs for inputs, _ in samples])
    y = np.array([[target] for _, target in samples])
    model = keras.Sequential(
        [
            keras.Input((inputs,)),
            keras.layers.Dense(units, activation=keys.get("hidden", "sigmoid")),
            keras.layers.Dense(1, activation=keys.get("output", "linear")),
        ]
    )
    weights, out, biases, last = np.split(np.array(start), np.cumsum([inputs * units, units, units]))
    model.set_weights([weights.reshape(inputs, units), biases, out.reshape(units, 1), last])
    loss = {"mse": "mse", "cross-entropy": "binary_crossentropy"}[keys.get("loss", "mse")]
    optimizer = optimizer_of(keys)
    callbacks = [Correction(optimizer)] if is_corrected and keys.get("optimizer") == "adam" else []
    model.compile(loss=loss, optimizer=optimizer)
    batch = len(samples) if keys.get("update", "batch") == "batch" else 1
    model.fit(x, y, epochs=EPOCHS, batch_size=batch, shuffle=False, verbose=0, callbacks=callbacks)
    kernel, biases, out, last = model.get_weights()
    return np.concatenate([kernel.ravel(), out.ravel(), biases, last]).tolist()


ADAM = {"alpha": 0.01, "output": "sigmoid", "loss": "cross-entropy", "optimizer": "adam", "epsilon": 1e-7}
RELU = {**ADAM, "hidden": "relu", "init": "he", "hidden_units": 4}
# With a smaller rho the steps about a minimum make the smallest difference grow.
RMSPROP = {"alpha": 0.01, "output": "sigmoid", "optimizer": "rmsprop", "rho": 1 - 2**-6}

AGREEING = [
    ({"alpha": 0.3}, XOR),
    ({**RELU, "beta1": 0.875, "beta2": 1 - 2**-9}, XOR),
    ({"alpha": 0.125, "momentum": 0.5, "optimizer": "nesterov"}, XOR),
    ({**RMSPROP, "momentum": 0.25, "epsilon": 1e-30}, XOR),
    ({"alpha": 0.125, "update": "in-order", "momentum": 0.75, "output": "sigmoid"}, XOR),
    ({"alpha": 0.1, "hidden": "tanh", "output": "tanh", "coding": "plus-minus"}, SIGNS),
]
MEASURED = [
    ({**ADAM, "beta1": 0.875, "beta2": 1 - 2**-9}, XOR),
    ({**ADAM, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-30}, XOR),
    ({**RMSPROP, "epsilon": 1e-7}, XOR),
    ({"alpha": 0.1, "momentum": 0.9, "optimizer": "nesterov"}, XOR),
]


def main():
    keras.backend.set_floatx("float64")
    program, worst = sys.argv[1], 0.0
    for keys, samples in AGREEING + MEASURED:
        must_agree = (keys, samples) in AGREEING
        start, ours = by_xorsweep(program, keys, EPOCHS)
        off = apart(ours, by_keras(keys, start, samples, must_agree))
        worst = max(worst, off) if must_agree else worst
        print(f"{off:.1e}  {keys}{'' if must_agree else ', as Keras has it'}", flush=True)
    versions = f"Keras {keras.__version__} on TensorFlow {tensorflow.__version__}"
    print(f"{len(AGREEING)} set-ups agree with {versions} to {worst:.1e}")
    sys.exit(0 if worst <= LIMIT else 1)


if __name__ == "__main__":
    main()
