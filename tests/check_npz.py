#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Archives of NumPy with random arrays, whole and damaged, read by libbp and by NumPy.

    check_npz.py PROGRAM           300 archives, and 3,000 of them damaged
    check_npz.py PROGRAM --all     10,000, and 100,000

PROGRAM is tests/npz_rows. A whole archive gives NumPy's numbers, to the bit. A damaged one gives a status of
its own, or the same numbers, if the damage does not matter. It never gives others, because each member has a CRC-32.
"""
import io
import os
import random
import subprocess
import sys
import tempfile
import zipfile

try:
    import numpy as np
except ImportError:
    print('skipped: this Python has no numpy')
    sys.exit(77)  # meson's number for a skipped test

TYPES = ['f2', 'f4', 'f8', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'b1']
REFUSED = {-10, -60, -90}  # ARG: the name is no longer there; UNSUPPORTED; FORMAT


class Reader:
    """PROGRAM, asked for one archive after the other."""

    def __init__(self, program):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)

    def take(self, count):
        return np.frombuffer(self.process.stdout.read(8 * count), np.float64)

    def read(self, path, inputs, target):
        """The status, the inputs, the target or labels, and the count of classes."""
        self.process.stdin.write(f'{path}\t{inputs}\t{target}\n'.encode())
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        assert len(answer) == 5, f'{path}: the program ended: {self.last()}'
        status, rows, columns, outputs, classes = map(int, answer)
        if status != 0:
            return status, None, None, 0
        width = 1 if classes else outputs
        return 0, self.take(rows * columns).reshape(rows, columns), self.take(rows * width).reshape(rows, width), classes

    def last(self):
        self.log.seek(0)
        return self.log.read().decode(errors='replace').splitlines()[-1:]


def shape_of(draw, most):
    """Rows and up to three dimensions more, of up to `most` numbers; often near a multiple of the reader's buffer."""
    if draw.random() < 0.3:
        return (max(1, draw.randint(1, max(1, most // 32768)) * 32768 + draw.randint(-700, 700)),)
    shape, left = [], most
    for _ in range(draw.randint(1, 4)):
        shape.append(draw.randint(1, max(1, int(left ** draw.random()))))
        left //= shape[-1]
    return tuple(shape)


def content(draw, noise, kind, shape):
    """Numbers of a type: zeros, a few runs, small whole numbers, or any bits."""
    dtype = np.dtype(kind).newbyteorder(draw.choice('<>'))
    how, count = draw.randrange(4), int(np.prod(shape))
    if how == 3 and kind != 'b1':
        array = np.frombuffer(noise.bytes(count * dtype.itemsize), dtype)
    elif how == 2:
        array = noise.randint(0, 2 if kind == 'b1' else 10, count)
    else:
        array = np.zeros(count, int)
        for _ in range(draw.randint(0, 5) if how == 1 else 0):
            array[draw.randrange(count):] = draw.randint(0, 100)
    with np.errstate(all='ignore'):
        array = array.astype(dtype).reshape(shape)
    return np.asfortranarray(array) if draw.random() < 0.3 else array


def target_of(draw, noise, rows):
    """Labels, numbers, or nothing."""
    how = draw.randrange(3)
    if how == 0:
        return noise.randint(0, draw.randint(1, 100), rows).astype(draw.choice(['u1', '<i4', '>i8', '<u2']))
    if how == 1:
        return content(draw, noise, draw.choice(['f4', 'f8']), (rows, draw.randint(1, 3)))
    return None


def packed(draw, arrays):
    """The bytes of an archive, by NumPy's own call or by zipfile with another level or with zip64."""
    out = io.BytesIO()
    how = draw.randrange(4)
    if how == 0:
        np.savez(out, **arrays)
    elif how == 1:
        np.savez_compressed(out, **arrays)
    else:
        method = zipfile.ZIP_DEFLATED if how == 2 else draw.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
        with zipfile.ZipFile(out, 'w', method, compresslevel=draw.randint(1, 9)) as archive:
            for name, array in arrays.items():
                with archive.open(name + '.npy', 'w', force_zip64=draw.random() < 0.5) as member:
                    np.lib.format.write_array(member, array, version=draw.choice([(1, 0), (2, 0), None]))
    return out.getvalue()


def make(draw, noise, most):
    """An archive, the name of its target, and what should be read of it."""
    x = content(draw, noise, draw.choice(TYPES), shape_of(draw, most))
    y = target_of(draw, noise, len(x))
    arrays = {'x': x} if y is None else draw.choice([{'x': x, 'y': y}, {'y': y, 'other': np.zeros(3), 'x': x}])
    with np.errstate(all='ignore'):  # NaNs that signal
        inputs = x.astype(np.float64).reshape(len(x), -1)
        target = np.zeros((len(x), 0)) if y is None else y.astype(np.float64).reshape(len(x), -1)
    classes = max(2, int(y.max()) + 1) if y is not None and y.ndim == 1 else 0
    return packed(draw, arrays), '' if y is None else 'y', inputs, target, classes


def same(a, b):
    """Whether all numbers are the same bits; any NaN equals any other."""
    return a.shape == b.shape and bool(((a.view(np.uint64) == b.view(np.uint64)) | (np.isnan(a) & np.isnan(b))).all())


def is_right(got, wanted):
    _, target, inputs, expected, classes = wanted
    return same(got[1], inputs) and same(got[2], expected) and got[3] == classes


def damaged(draw, archive):
    """Cut off, or with some bytes changed, put in or left out."""
    size = len(archive)
    how = draw.randrange(5)
    if how == 0:
        return archive[:draw.randrange(size)]
    changed = bytearray(archive)
    for _ in range(draw.choice([1, 1, 1, 2, 5])):
        at = draw.randrange(len(changed))
        if how == 1:
            changed[at] ^= 1 << draw.randrange(8)
        elif how == 2:
            changed[at] = draw.randrange(256)
        elif how == 3:
            changed.insert(at, draw.randrange(256))
        else:
            del changed[at]
    return bytes(changed)


def read(reader, path, archive, target):
    with open(path, 'wb') as file:
        file.write(archive)
    return reader.read(path, 'x', target)


def check_whole(reader, path, archives, seed):
    draw, noise = random.Random(seed), np.random.RandomState(seed)
    for number in range(archives):
        wanted = make(draw, noise, draw.choice([50, 3000, 3000, 200000]))
        got = read(reader, path, wanted[0], wanted[1])
        assert got[0] == 0, f'archive {number}: {got[0]}: {reader.last()}'
        assert is_right(got, wanted), f'archive {number}: other numbers than NumPy has'
    return archives


def check_damaged(reader, path, changes, seed):
    draw, noise = random.Random(seed), np.random.RandomState(seed)
    refused = 0
    for number in range(changes):
        if number % 50 == 0:
            wanted = make(draw, noise, draw.choice([20, 200, 200, 40000]))
        archive = damaged(draw, wanted[0])
        got = read(reader, path, archive, wanted[1])
        assert got[0] == 0 or got[0] in REFUSED, f'change {number}: {got[0]}: {reader.last()}'
        assert got[0] != 0 or is_right(got, wanted), f'change {number}: other numbers pass the CRC-32'
        refused += got[0] != 0
    return refused


def main():
    everything = '--all' in sys.argv
    archives, changes = (10000, 100000) if everything else (300, 3000)
    reader = Reader(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'archive.npz')
        whole = check_whole(reader, path, archives, 1)
        refused = check_damaged(reader, path, changes, 2)
    reader.process.stdin.close()
    assert reader.process.wait() == 0, f'the program ended with {reader.process.returncode}: {reader.last()}'
    print(f'{whole} archives: NumPy\'s numbers. {changes} damaged: {refused} refused, '
          f'{changes - refused} with NumPy\'s numbers still')


main()
