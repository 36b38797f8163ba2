"""The XOR network in Keras, and its run as xorsweep writes one.

    KERAS_BACKEND=tensorflow python from_keras.py [float32] > mine.csv

Leaves its start in keras-start.json, as get_weights() gives it. With other backends than TensorFlow, Keras 3 multiplies
matrices in single precision whatever floatx is; and it rounds the momentum to single precision, hence 0.875.
"""

import json
import sys

import keras
import numpy as np

if "float32" not in sys.argv:
    keras.backend.set_floatx("float64")
ETA = 0.125
EPOCHS = 500

X = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], keras.backend.floatx())
y = np.array([[0], [1], [1], [0]], keras.backend.floatx())

keras.utils.set_random_seed(7)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, activation="sigmoid"), keras.layers.Dense(1)])
model.compile(loss="mse", optimizer=keras.optimizers.SGD(ETA, momentum=0.875))


def theta():
    kernel, hidden_bias, output_kernel, output_bias = model.get_weights()
    return np.concatenate([kernel.ravel(), output_kernel.ravel(), hidden_bias, output_bias])


with open("keras-start.json", "w") as file:
    json.dump([array.tolist() for array in model.get_weights()], file)

rows = [theta()]
keep = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: rows.append(theta()))
history = model.fit(X, y, epochs=EPOCHS, batch_size=4, verbose=0, callbacks=[keep])
# The loss that an epoch reports was computed before its update.
losses = history.history["loss"] + [model.evaluate(X, y, batch_size=4, verbose=0)]

print("step,error,w1,w2,w3,w4,w5,w6,b1,b2,b3")
for step, (loss, row) in enumerate(zip(losses, rows)):
    print(step, loss, *row.astype(float), sep=",")
