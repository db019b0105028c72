#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Microseconds of a training step, or of a prediction, in PyTorch on one thread: the median of nine repeats.

usage: peer_torch.py ROWS WIDTH,WIDTH,... HIDDEN OUTPUT OPTIMIZER PREDICT   (names as libbp's; PREDICT 0 or 1)
"""
import statistics
import sys
import time

import torch
from torch import nn


def main():
    rows, widths, hidden, output, optimizer, predict = sys.argv[1:]
    rows, widths = int(rows), [int(w) for w in widths.split(',')]
    torch.set_num_threads(1)
    torch.manual_seed(1)
    activations = {'sigmoid': nn.Sigmoid, 'relu': nn.ReLU}
    layers = []
    for i in range(len(widths) - 1):
        layers.append(nn.Linear(widths[i], widths[i + 1]))
        name = hidden if i < len(widths) - 2 else output
        if name in activations:
            layers.append(activations[name]())
    net = nn.Sequential(*layers)
    x = torch.rand(rows, widths[0])
    labels = torch.arange(rows) % widths[-1]
    target = nn.functional.one_hot(labels, widths[-1]).float()
    optimizers = {'sgd': torch.optim.SGD, 'adam': torch.optim.Adam}
    step_of = optimizers[optimizer](net.parameters(), lr=1e-4)

    def step():
        if predict == '1':
            with torch.no_grad():
                net(x)
            return
        step_of.zero_grad(set_to_none=True)
        y = net(x)
        loss = nn.functional.cross_entropy(y, labels) if output == 'softmax' else ((y - target) ** 2).sum() / 2 / rows
        loss.backward()
        step_of.step()

    for _ in range(3):
        step()
    start = time.perf_counter()
    step()
    count = 1 + int(0.1 / (time.perf_counter() - start))
    times = []
    for _ in range(9):
        start = time.perf_counter()
        for _ in range(count):
            step()
        times.append((time.perf_counter() - start) / count * 1e6)
    print(f'{statistics.median(times):.3f}')


main()
