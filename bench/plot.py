#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Lists the dips in the lines of bench/sweep, and draws a picture of the speeds.

A shape is a dip if its speed is less than DIP times the geometric mean of its neighbours: on each of the three axes,
the shapes with the next smaller and the next larger size; with only the smaller one if there is no larger size, and
without both if there is no smaller size. The speed counts outputs in whole panels of 16, because a layer computes whole
panels. With the lines of several runs, the fastest run counts for each shape: a real dip is in all of them.

usage: sweep > 1.tsv; sweep > 2.tsv; plot.py [--picture sweep.png] 1.tsv 2.tsv
       plot.py --self-test
"""
import math
import sys

DIP = 0.6
PANEL = 16
BATCHES = [1, 10, 64, 256, 1024]


def read(lines, share):
    """Adds to the shares of the FMA peak, by (what, batch, inputs, outputs)."""
    for line in lines:
        what, batch, inputs, outputs, _, _, part = line.split()
        key = what, int(batch), int(inputs), int(outputs)
        share[key] = max(float(part), share.get(key, 0))


def neighbours(sizes, shape):
    for axis in range(3):
        at = sizes.index(shape[axis])
        for other in sizes[at - 1:at] + sizes[at + 1:at + 2] if at > 0 else []:
            yield *shape[:axis], other, *shape[axis + 1:]


def find_dips(share):
    """(of its neighbours, what, shape) of each dip, the deepest first."""
    sizes = sorted({size for _, *shape in share for size in shape})
    speed = {key: part * math.ceil(key[3] / PANEL) * PANEL / key[3] for key, part in share.items()}
    dips = []
    for (what, *shape), own in speed.items():
        near = [math.log(speed[(what, *other)]) for other in neighbours(sizes, shape)]
        ratio = own / math.exp(sum(near) / len(near)) if near else 1
        if ratio < DIP:
            dips.append((ratio, what, shape))
    return sorted(dips)


def list_dips(share):
    dips = find_dips(share)
    for ratio, what, shape in dips:
        print(f'{what} batch {shape[0]} in {shape[1]} out {shape[2]}: {100 * share[(what, *shape)]:.1f} % of the peak, '
              f'{ratio:.2f} of its neighbours')
    print(len(dips), 'dips among', len(share))


def draw(share, path):
    import matplotlib

    matplotlib.use('Agg')
    import matplotlib.pyplot as plt

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
    figure.savefig(path, dpi=70)


def self_test():
    """A surface that rises has no dip, also where outputs are no whole panel; shapes that are made slower are dips."""
    sizes = [1, 16, 17, 256, 1024]

    def surface(slow):
        for batch in sizes:
            for inputs in sizes:
                for outputs in sizes:
                    panels = math.ceil(outputs / PANEL) * PANEL
                    part = batch * inputs / (batch + 20) / (inputs + 20) * outputs / panels
                    part *= slow.get((batch, inputs, outputs), 1)
                    yield f'train\t{batch}\t{inputs}\t{outputs}\t1\t1\t{part:.9f}\n'

    def dips(*runs):
        share = {}
        for run in runs:
            read(surface(run), share)
        return [shape for _, _, shape in find_dips(share)]

    inside, corner = (256, 17, 256), (1024, 1024, 1024)
    assert dips({}) == []
    assert dips({inside: DIP - 0.1}) == [[*inside]]
    assert dips({inside: DIP + 0.1}) == []
    assert dips({corner: 0.3, inside: 0.4}) == [[*corner], [*inside]]
    assert dips({inside: 0.3, corner: 0.3}, {corner: 0.3}) == [[*corner]]
    assert dips({corner: 0.3}, {inside: 0.3, corner: 0.3}) == [[*corner]]


def main(arguments):
    picture = arguments[1] if arguments[:1] == ['--picture'] else None
    paths = arguments[2:] if picture else arguments
    if paths == ['--self-test']:
        return self_test()
    if not paths or any(path.startswith('-') for path in paths):
        return __doc__
    share = {}
    for path in paths:
        with open(path) as file:
            read(file, share)
    list_dips(share)
    return draw(share, picture) if picture else None


sys.exit(main(sys.argv[1:]))
