#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Turns the lines of bench/sweep into a picture, and lists the dips: points well below their neighbours.

usage: sweep > sweep.tsv; plot.py sweep.tsv sweep.png
"""
import math
import sys

import matplotlib

matplotlib.use('Agg')
import matplotlib.pyplot as plt

BATCHES = [1, 10, 64, 256, 1024]


def main():
    share = {}
    for line in open(sys.argv[1]):
        what, batch, inputs, outputs, _, _, part = line.split()
        share[what, int(batch), int(inputs), int(outputs)] = float(part)
    sizes = sorted({key[2] for key in share})
    batches = [b for b in BATCHES if any(key[1] == b for key in share)]
    figure, axes = plt.subplots(2, len(batches), figsize=(4 * len(batches), 8), squeeze=False)
    for row, what in enumerate(('forward', 'train')):
        for axis, batch in zip(axes[row], batches):
            table = [[100 * share[what, batch, i, o] for o in sizes] for i in sizes]
            image = axis.imshow(table, vmin=0, vmax=100, origin='lower')
            axis.set_title(f'{what}, batch {batch}')
            axis.set_xticks(range(len(sizes)), sizes, rotation=90, fontsize=6)
            axis.set_yticks(range(len(sizes)), sizes, fontsize=6)
            axis.set_xlabel('out')
            axis.set_ylabel('in')
    figure.colorbar(image, ax=axes, label='% of the FMA peak')
    figure.savefig(sys.argv[2], dpi=70)
    dips = []
    for (what, *point), part in share.items():
        near = []
        for axis in range(3):
            at = sizes.index(point[axis])
            for other in sizes[max(0, at - 1):at] + sizes[at + 1:at + 2]:
                near.append(share[(what, *point[:axis], other, *point[axis + 1:])])
        mean = math.exp(sum(map(math.log, near)) / len(near))
        if part < 0.6 * mean:
            dips.append((part / mean, what, point, part))
    for ratio, what, point, part in sorted(dips):
        print(f'{what} batch {point[0]} in {point[1]} out {point[2]}: {100 * part:.1f} % of the peak, '
              f'{ratio:.2f} of its neighbours')
    print(len(dips), 'dips among', len(share))


main()
