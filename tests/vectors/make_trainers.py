#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes trainers.txt: what SciPy's L-BFGS-B and Moller's algorithm in NumPy come to, for tests/test_trainers.c.

    /usr/bin/python3 tests/vectors/make_trainers.py > tests/vectors/trainers.txt

All inputs, targets and first parameters are exact in float, so that both number types start alike. A case is a few vectors
named CASE:WHAT, each written as a line `name count` and the numbers as the 16 hexadecimal digits of their IEEE bits:

    x           [rows][inputs]
    labels      [rows], or
    target      [rows][outputs]
    units       of each layer
    start       the first parameters
    l2          the penalty of the weights, 1 number
    decay_bias  1 if the biases have it too
    least       of convex cases: the least loss, 1 number
    course      of the others: the loss before and after each iteration
    failures    and how many of these left the parameters as they were
"""
import pathlib
import struct

import numpy as np
import scipy
from scipy.optimize import minimize

rng = np.random.default_rng(93)


def to_float(values):
    return np.asarray(values, np.float32).astype(np.float64)


def emit(case, what, values):
    words = [struct.pack(">d", float(v)).hex() for v in np.asarray(values).reshape(-1)]
    print(f"{case}:{what} {len(words)}")
    for i in range(0, len(words), 6):
        print(" ".join(words[i:i + 6]))


# ------------------------------------------------------------------------------------ logistic regression, by L-BFGS-B


def softmax_loss(z, labels):
    """Cross-entropy of each row, and its derivative by z."""
    z = z - z.max(1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    hot = np.eye(z.shape[1])[labels]
    return -(hot * (z - np.log(np.exp(z).sum(1, keepdims=True)))).sum(1), p - hot


def sigmoid_loss(z, labels):
    t = labels[:, None]
    return (np.logaddexp(0, z) - t * z)[:, 0], 1 / (1 + np.exp(-z)) - t


def convex(name, x, labels, units, l2, decay_bias):
    inputs = x.shape[1]
    decays = np.concatenate([np.full(units * inputs, l2), np.full(units, l2 * decay_bias)])
    row_loss = sigmoid_loss if units == 1 else softmax_loss

    def objective(w):
        z = x @ w[:units * inputs].reshape(units, inputs).T + w[units * inputs:]
        losses, dz = row_loss(z, labels)
        dz = dz / len(x)
        gradient = np.concatenate([(dz.T @ x).reshape(-1), dz.sum(0)]) + decays * w
        return losses.mean() + (decays * w * w).sum() / 2, gradient

    start = to_float(rng.normal(0, 0.5, decays.size))
    found = minimize(objective, start, jac=True, method="L-BFGS-B",
                     options={"maxiter": 10000, "maxfun": 100000, "ftol": 1e-16, "gtol": 1e-11})
    for what, values in {"x": x, "labels": labels, "units": [units], "start": start, "l2": [l2],
                         "decay_bias": [decay_bias], "least": [found.fun]}.items():
        emit(name, what, values)


def iris():
    lines = (pathlib.Path(__file__).parents[2] / "examples/data/iris.csv").read_text().split("\n")
    rows = [line.split(",") for line in lines if line[:1].isdigit()]
    x = np.array([[float(v) for v in row[:4]] for row in rows])
    kinds = sorted({row[4] for row in rows})
    return to_float((x - x.mean(0)) / x.std(0)), np.array([kinds.index(row[4]) for row in rows])


# ---------------------------------------------------------------------------------------- scaled conjugate gradient
# Step by step as in Moller, A scaled conjugate gradient algorithm for fast supervised learning, 1993, section 4.


def scg(loss, slope, w, iterations, sigma=5e-5, first_lambda=5e-7):
    lam, lam_bar, success, failures = first_lambda, 0.0, True, 0
    p = r = -slope(w)
    course = [loss(w)]
    for k in range(1, iterations + 1):
        if success:
            sigma_k = sigma / np.linalg.norm(p)
            delta = p @ ((slope(w + sigma_k * p) - slope(w)) / sigma_k)
        delta += (lam - lam_bar) * (p @ p)
        if delta <= 0:
            lam_bar = 2 * (lam - delta / (p @ p))
            delta = -delta + lam * (p @ p)
            lam = lam_bar
        mu = p @ r
        alpha = mu / delta
        comparison = 2 * delta * (loss(w) - loss(w + alpha * p)) / mu ** 2
        pp = p @ p
        if comparison >= 0:
            w = w + alpha * p
            new_r = -slope(w)
            lam_bar, success = 0.0, True
            beta = 0 if k % w.size == 0 else (new_r @ new_r - new_r @ r) / mu
            p, r = new_r + beta * p, new_r
            if comparison >= 0.75:
                lam = lam / 4
        else:
            lam_bar, success = lam, False
            failures += 1
        if comparison < 0.25:
            lam = lam + delta * (1 - comparison) / pp
        course.append(loss(w))
    return course, failures


def net_course(name, units, rows, scale, l2, decay_bias, iterations=10):
    """tanh layers and an identity, half squared error."""
    x, target = to_float(rng.uniform(-1, 1, (rows, units[0]))), to_float(rng.uniform(-1, 1, (rows, units[-1])))
    shapes = list(zip(units[1:], units[:-1]))
    decays = np.concatenate([np.concatenate([np.full(o * i, l2), np.full(o, l2 * decay_bias)]) for o, i in shapes])

    def forward(w):
        layers, activations, at = [], [x], 0
        for number, (outputs, inputs) in enumerate(shapes):
            weights = w[at:at + outputs * inputs].reshape(outputs, inputs)
            z = activations[-1] @ weights.T + w[at + outputs * inputs:at + outputs * (inputs + 1)]
            layers.append(weights)
            activations.append(np.tanh(z) if number < len(shapes) - 1 else z)
            at += outputs * (inputs + 1)
        return layers, activations

    def loss(w):
        error = forward(w)[1][-1] - target
        return (error ** 2).sum() / 2 / rows + (decays * w * w).sum() / 2

    def slope(w):
        layers, activations = forward(w)
        delta, parts = (activations[-1] - target) / rows, []
        for number in reversed(range(len(shapes))):
            parts = [(delta.T @ activations[number]).reshape(-1), delta.sum(0)] + parts
            delta = (delta @ layers[number]) * (1 - activations[number] ** 2)
        return np.concatenate(parts) + decays * w

    start = to_float(rng.normal(0, scale, decays.size))
    course, failures = scg(loss, slope, start, iterations)
    for what, values in {"x": x, "target": target, "units": units[1:], "start": start, "l2": [l2],
                         "decay_bias": [decay_bias], "course": course, "failures": [failures]}.items():
        emit(name, what, values)


print("# SPDX-License-Identifier: MIT")
print(f"# Made by tests/vectors/make_trainers.py with SciPy {scipy.__version__}; it says how to read this.")
convex("convex/iris", *iris(), units=3, l2=0.01, decay_bias=0)
convex("convex/iris_bias", *iris(), units=3, l2=0.001, decay_bias=1)
x = to_float(rng.normal(0, 1, (60, 5)) * [1, 2, 0.5, 3, 1])
convex("convex/binary", x, (x @ [1, -1, 2, 0.2, 0] + rng.logistic(0, 1, 60) > 0).astype(int), units=1, l2=0.02,
       decay_bias=0)
net_course("scg/small", [3, 5, 2], 20, 0.5, 0, 0)
net_course("scg/penalty", [3, 5, 2], 20, 0.5, 0.01, 1)
net_course("scg/deep", [2, 6, 6, 1], 15, 2, 0, 0)
net_course("scg/restart", [1, 2, 1], 15, 1, 0, 0, iterations=20)  # after 7 and 14
