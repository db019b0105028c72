#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes descent.txt: the courses of Quickprop and iRPROP+ in NumPy, for tests/test_descent.c.

    /usr/bin/python3 tests/vectors/make_descent.py > tests/vectors/descent.txt

The net is tanh layers and an identity with half the squared error over all rows. Inputs, targets and first parameters are
exact in float. A case is a few vectors named CASE:WHAT, each written as a line `name count` and the numbers as the 16
hexadecimal digits of their IEEE bits:

    x           [rows][inputs]
    target      [rows][outputs]
    units       of each layer
    start       the first parameters
    options     pairs of a BP_OPT_* and its value
    course      the loss before each step and after the last; not of a net that Quickprop takes on a chaotic course, where the
                rounding of a sum is soon seen
    slopes      of Quickprop: the gradient at each step, [steps][parameters]
    end         the last parameters
    counts      how often a weight took each branch, so that none goes untested: of Quickprop the first step, a parabola on
                the way, one back, the longest step; of iRPROP+ the step grown, turned, turned and taken back
"""
import struct

import numpy as np

rng = np.random.default_rng(88)


def to_float(values):
    return np.asarray(values, np.float32).astype(np.float64)


def emit(case, what, values):
    words = [struct.pack(">d", float(v)).hex() for v in np.asarray(values, float).reshape(-1)]
    print(f"{case}:{what} {len(words)}")
    for i in range(0, len(words), 6):
        print(" ".join(words[i:i + 6]))


class Net:
    def __init__(self, units, rows, l2):
        self.x = to_float(rng.uniform(-1, 1, (rows, units[0])))
        self.target = to_float(np.sin(3 * self.x @ rng.normal(0, 1, (units[0], units[-1]))))
        self.shapes = list(zip(units[1:], units[:-1]))
        self.decays = np.concatenate([np.r_[np.full(o * i, l2), np.zeros(o)] for o, i in self.shapes])

    def layers(self, w):
        at = 0
        for outputs, inputs in self.shapes:
            split = at + outputs * inputs
            yield w[at:split].reshape(outputs, inputs), w[split:split + outputs]
            at = split + outputs

    def evaluate(self, w):
        """Loss and slope: the gradient of the mean over the rows and of the penalty."""
        layers, activations = list(self.layers(w)), [self.x]
        for number, (weights, bias) in enumerate(layers):
            z = activations[-1] @ weights.T + bias
            activations.append(z if number == len(layers) - 1 else np.tanh(z))
        error = activations[-1] - self.target
        delta, parts = error / len(self.x), []
        for number in reversed(range(len(layers))):
            parts = [(delta.T @ activations[number]).reshape(-1), delta.sum(0)] + parts
            delta = (delta @ layers[number][0]) * (1 - activations[number] ** 2)
        loss = (error ** 2).sum() / 2 / len(self.x)
        return loss, loss + (self.decays * w * w).sum() / 2, np.concatenate(parts) + self.decays * w


def quickprop(net, w, steps, rate=0.01, mu=1.75):
    """Branch by branch as in Fahlman's program of 1988, weight by weight."""
    w, last, slopes = w.copy(), np.zeros(w.size), np.zeros(w.size)
    shrink, course, seen, counts = mu / (1 + mu), [], [], np.zeros(4)
    for _ in range(steps):
        loss, _, now = net.evaluate(w)
        course.append(loss)
        seen.append(now)
        for i, (d, s, p) in enumerate(zip(last, now, slopes)):
            step = 0.0
            if d < 0:
                if s > 0:
                    step -= rate * s
                step += mu * d if s >= shrink * p else d * s / (p - s)
                counts[3 if s >= shrink * p else 1 if s > 0 else 2] += 1
            elif d > 0:
                if s < 0:
                    step -= rate * s
                step += mu * d if s <= shrink * p else d * s / (p - s)
                counts[3 if s <= shrink * p else 1 if s < 0 else 2] += 1
            else:
                step -= rate * s
                counts[0] += 1
            last[i], slopes[i] = step, s
            w[i] += step
    return course + [net.evaluate(w)[0]], w, counts, seen


def irprop_plus(net, w, steps, rate=0.01, plus=1.2, minus=0.5, least=1e-6, most=50.0):
    """Igel and Huesken, Improving the Rprop learning algorithm, 2000, algorithm 1."""
    w, sizes, last, slopes = w.copy(), np.full(w.size, rate), np.zeros(w.size), np.zeros(w.size)
    before, course, counts = np.inf, [], np.zeros(3)
    for _ in range(steps):
        _, loss, now = net.evaluate(w)
        course.append(loss)
        for i in range(w.size):
            if slopes[i] * now[i] > 0:
                sizes[i] = min(sizes[i] * plus, most)
                last[i] = -np.sign(now[i]) * sizes[i]
                w[i] += last[i]
                counts[0] += 1
            elif slopes[i] * now[i] < 0:
                sizes[i] = max(sizes[i] * minus, least)
                counts[2 if loss > before else 1] += 1
                if loss > before:
                    w[i] -= last[i]
                now[i] = 0
            else:
                last[i] = -np.sign(now[i]) * sizes[i]
                w[i] += last[i]
        slopes, before = now, loss
    return course + [net.evaluate(w)[1]], w, counts, None


KEYS = {"rate": 7030, "mu": 7250, "plus": 7210, "minus": 7220, "least": 7230, "most": 7240}


def case(name, method, units, rows, scale, l2=0.0, chaotic=False, **options):
    net = Net(units, rows, l2)
    start = to_float(rng.normal(0, scale, net.decays.size))
    course, end, counts, slopes = method(net, start, 100, **options)
    pairs = [(7120, l2)] + [(KEYS[key], value) for key, value in options.items()]
    for what, values in {"x": net.x, "target": net.target, "units": units[1:], "start": start, "options": pairs,
                         "course": course, "end": end, "counts": counts}.items():
        if what != "course" or not chaotic:
            emit(name, what, values)
    if slopes:
        emit(name, "slopes", slopes)


print("# SPDX-License-Identifier: MIT")
print(f"# Made by tests/vectors/make_descent.py with NumPy {np.__version__}; it says how to read this.")
case("quickprop/plain", quickprop, [2, 1], 12, 0.5, rate=0.125)
case("quickprop/net", quickprop, [2, 4, 1], 20, 0.5, chaotic=True, rate=0.0625)
case("quickprop/growth", quickprop, [3, 3, 2], 15, 0.5, l2=0.0078125, chaotic=True, rate=0.03125,
     mu=1.125)
case("irprop+/plain", irprop_plus, [2, 1], 12, 0.5)
case("irprop+/net", irprop_plus, [2, 5, 1], 20, 0.5, rate=0.0625)
case("irprop+/options", irprop_plus, [3, 4, 2], 15, 0.5, l2=0.0078125, rate=0.25, plus=1.5, minus=0.25, least=0.015625,
     most=0.5)
