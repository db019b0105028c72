#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes least_squares.txt: what SciPy's least_squares and Foresee and Hagan's algorithm in NumPy come to, for
tests/test_least_squares.c.

    /usr/bin/python3 tests/vectors/make_least_squares.py > tests/vectors/least_squares.txt

Nets have tanh layers and an identity on top; the loss is half the squared error. All inputs, targets and first parameters
are exact in float. A case is a few vectors named CASE:WHAT, written as make_trainers.py says:

    x        [rows][inputs]
    target   [rows][outputs]
    units    of each layer
    start    the first parameters
    l2       the penalty of the weights and biases, 1 number
    least    of fits: the loss with the penalty at SciPy's minimum, 1 number
    found    of fits: the parameters there
    loss, alpha, beta, gamma  of courses: after each iteration
"""
import struct
import sys

import numpy as np
import scipy
from scipy.optimize import least_squares

rng = np.random.default_rng(1994)


def to_float(values):
    return np.asarray(values, np.float32).astype(np.float64)


def emit(case, what, values):
    words = [struct.pack(">d", float(v)).hex() for v in np.asarray(values).reshape(-1)]
    print(f"{case}:{what} {len(words)}")
    for i in range(0, len(words), 6):
        print(" ".join(words[i:i + 6]))


class Net:
    """Residuals y - t and their derivatives by all parameters, the latter for all rows and outputs at once."""

    def __init__(self, units, x, target):
        self.shapes, self.x, self.target = list(zip(units[1:], units[:-1])), x, target
        self.size = sum(o * (i + 1) for o, i in self.shapes)

    def layers(self, w):
        at = 0
        for outputs, inputs in self.shapes:
            yield (w[at:at + outputs * inputs].reshape(outputs, inputs),
                   w[at + outputs * inputs:at + outputs * (inputs + 1)])
            at += outputs * (inputs + 1)

    def activations(self, w):
        all_of = [self.x]
        for number, (weights, bias) in enumerate(self.layers(w)):
            z = all_of[-1] @ weights.T + bias
            all_of.append(z if number == len(self.shapes) - 1 else np.tanh(z))
        return all_of

    def residuals(self, w):
        return (self.activations(w)[-1] - self.target).reshape(-1)

    def jacobian(self, w):
        activations, weights = self.activations(w), [w for w, _ in self.layers(w)]
        rows, outputs = self.target.shape
        slope = np.broadcast_to(np.eye(outputs), (rows, outputs, outputs))  # of the outputs by this layer's z
        parts = []
        for number in reversed(range(len(self.shapes))):
            by_weights = np.einsum("rku,ri->rkui", slope, activations[number]).reshape(rows, outputs, -1)
            parts = [by_weights, slope] + parts
            slope = np.einsum("rku,ui->rki", slope, weights[number]) * (1 - activations[number] ** 2)[:, None, :]
        return np.concatenate(parts, 2).reshape(rows * outputs, -1)


# --------------------------------------------------------------------------------------------- curve fits, by SciPy


def marquardt(residuals, jacobian, w, mu=1e-3, most=1e10):
    """As Hagan and Menhaj have it, to the end."""
    error = residuals(w)
    for _ in range(3000):
        j = jacobian(w)
        while mu <= most:
            try:
                tried = w - np.linalg.solve(j.T @ j + mu * np.eye(w.size), j.T @ error)
            except np.linalg.LinAlgError:
                tried = w
            if (residuals(tried) ** 2).sum() < (error ** 2).sum():
                break
            mu *= 10
        else:
            return w
        w, error, mu = tried, residuals(tried), max(mu / 10, 1e-20)
    return w


def fit(name, units, x, target, l2=0.0):
    """From the first start from which two methods find the same minimum."""
    net, rows = Net(units, x, target), len(x)
    extra = np.sqrt(l2 * rows)

    def residuals(w):
        return np.concatenate([net.residuals(w), extra * w])

    def jacobian(w):
        return np.concatenate([net.jacobian(w), extra * np.eye(w.size)])

    for _ in range(60):
        start = to_float(rng.normal(0, 2, net.size))
        tight = dict(jac=jacobian, xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=1000)
        ways = [least_squares(residuals, start, method="lm", **tight).x, marquardt(residuals, jacobian, start)]
        losses = [(residuals(w) ** 2).sum() / 2 / rows for w in ways]
        slope = np.abs(jacobian(ways[0]).T @ residuals(ways[0])).max() / rows
        apart = np.abs(ways[0] - ways[1]).max()
        if max(losses) / min(losses) - 1 < 1e-11 and slope < 1e-9 and apart < 1e-5:
            break
    else:
        sys.exit(f"{name}: no start will do")
    print(f"{name}: loss {losses[0]:.6g}, gradient {slope:.2g}, losses apart by {max(losses) / min(losses) - 1:.2g}, "
          f"parameters by {apart:.2g}, of {np.abs(ways[0]).max():.3g}",
          file=sys.stderr)
    for what, values in {"x": x, "target": target, "units": units[1:], "start": start, "l2": [l2],
                         "least": [losses[0]], "found": ways[0]}.items():
        emit(name, what, values)


# ------------------------------------------------------------------------------------------- Bayesian regularisation
# Foresee and Hagan, Gauss-Newton approximation to Bayesian learning, 1997, section 4, with the inverse itself.


def bayes(name, units, x, target, scale, iterations=25):
    net = Net(units, x, target)
    w = start = to_float(rng.normal(0, scale, net.size))
    alpha, beta, gamma, mu, course = 0.0, 1.0, float(net.size), 1e-3, []
    for _ in range(iterations):
        j, error = net.jacobian(w), net.residuals(w)

        def objective(v):
            return beta * (net.residuals(v) ** 2).sum() + alpha * (v ** 2).sum()

        while True:
            normal = beta * j.T @ j + (alpha + mu) * np.eye(w.size)
            tried = w - np.linalg.solve(normal, beta * j.T @ error + alpha * w)
            if objective(tried) < objective(w):
                break
            mu *= 10
            if mu > 1e10:
                sys.exit(f"{name}: stuck after {len(course)} iterations")
        w, mu = tried, max(mu / 10, 1e-20)
        j, squares = net.jacobian(w), (net.residuals(w) ** 2).sum()
        hessian = 2 * beta * j.T @ j + 2 * alpha * np.eye(w.size)
        gamma = w.size if alpha == 0 else w.size - 2 * alpha * np.trace(np.linalg.inv(hessian))
        alpha = gamma / (2 * (w ** 2).sum())
        beta = (target.size - gamma) / (2 * squares)
        beta = beta if beta > 0 else 1.0
        course.append((squares / 2 / len(x), alpha, beta, gamma))
    print(f"{name}: {net.size} parameters, {target.size} residuals, gamma {gamma:.4f}, alpha {alpha:.4g}, "
          f"beta {beta:.4g}, mean square {2 * course[-1][0]:.4g}", file=sys.stderr)
    for what, values in {"x": x, "target": target, "units": units[1:], "start": start, "l2": [0]}.items():
        emit(name, what, values)
    for what, values in zip(("loss", "alpha", "beta", "gamma"), zip(*course)):
        emit(name, what, values)


def humps(x):
    return 1 / ((x - 0.3) ** 2 + 0.01) + 1 / ((x - 0.9) ** 2 + 0.04) - 6


def column(values):
    return to_float(np.asarray(values)[:, None])


print("# SPDX-License-Identifier: MIT")
print(f"# Made by tests/vectors/make_least_squares.py with SciPy {scipy.__version__}; it says how to read this.")
line = np.linspace(-1, 1, 50)
fit("fit/sine", [1, 4, 1], column(line), column(np.sin(2 * np.pi * line) + rng.normal(0, 0.1, 50)))
fit("fit/humps", [1, 5, 1], column(2 * np.linspace(0, 1, 60) - 1),
    column(humps(np.linspace(0, 1, 60)) / 50 + rng.normal(0, 0.05, 60)), l2=1e-4)
a, b = (grid.reshape(-1) for grid in np.meshgrid(np.linspace(-1, 1, 9), np.linspace(-1, 1, 9)))
fit("fit/surface", [2, 3, 1], to_float(np.stack([a, b], 1)),
    column(a * np.exp(-2 * a * a - 2 * b * b) + rng.normal(0, 0.02, a.size)))
fit("fit/penalty", [2, 4, 3, 2], to_float(np.stack([a, b], 1)),
    to_float(np.stack([a * b, np.cos(2 * a)], 1) + rng.normal(0, 0.05, (a.size, 2))), l2=1e-3)
rng = np.random.default_rng(1)
line = np.linspace(-1, 1, 41)
bayes("bayes/sine", [1, 5, 1], column(line), column(np.sin(np.pi * line) + rng.normal(0, 0.1, 41)), 3)
bayes("bayes/few", [1, 12, 1], column(line[::2]), column(np.sin(np.pi * line[::2]) + rng.normal(0, 0.05, 21)), 3)
bayes("bayes/two", [2, 6, 2], to_float(np.stack([a, b], 1)),
      to_float(np.stack([a * b, np.cos(2 * a)], 1) + rng.normal(0, 0.05, (a.size, 2))), 1.5)
