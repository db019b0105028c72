#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes numpy.txt: files as NumPy writes them and what is in them, for tests/test_npy.c, and the small files tiny.npy,
tiny-labels.npy and tiny.npz for tests/arguments_fixture.c.

    /usr/bin/python3 tests/vectors/make_numpy.py > tests/vectors/numpy.txt

A case is a few vectors named CASE:WHAT, each written as a line `name count` and the numbers as the 16 hexadecimal digits of
their IEEE bits:

    size    bytes of the file, 1 number
    file    the file, 8 bytes to a number, the last filled up with zeros
    shape   rows and inputs
    inputs  [rows][inputs], as NumPy converts them to f64; of archives the array x
    target  [rows], of archives alone: the array y
"""
import io
import pathlib
import struct
import sys
import zipfile

import numpy as np

here = pathlib.Path(__file__).parent


def emit_words(name, words):
    print(f"{name} {len(words)}")
    for i in range(0, len(words), 6):
        print(" ".join(words[i:i + 6]))


def emit(case, what, values):
    emit_words(f"{case}:{what}", [struct.pack(">d", float(v)).hex() for v in np.asarray(values).reshape(-1)])


def emit_file(case, content):
    emit(case, "size", [len(content)])
    padded = content + bytes(-len(content) % 8)
    emit_words(f"{case}:file", [padded[i:i + 8].hex() for i in range(0, len(padded), 8)])


def emit_inputs(case, array):
    rows = array.reshape(len(array), -1)
    emit(case, "shape", rows.shape)
    emit(case, "inputs", rows.astype(np.float64))


def npy(case, array, version=None):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=version)
    emit_file(case, file.getvalue())
    emit_inputs(case, array)


def npz(case, save, x, y, saturated=False, **limits):
    """`limits` of zipfile, so that small archives have what large ones have; `saturated`: in the end record too."""
    before = {name: getattr(zipfile, name) for name in limits}
    for name, value in limits.items():
        setattr(zipfile, name, value)
    file = io.BytesIO()
    save(file, other=np.zeros(3), x=x, y=y)
    for name, value in before.items():
        setattr(zipfile, name, value)
    content = file.getvalue()
    if saturated:  # the numbers of entries, the directory's size and its offset are then in the zip64 record alone
        content = content[:-14] + b"\xff" * 12 + content[-2:]
    emit_file(case, content)
    emit_inputs(case, x)
    emit(case, "target", y)


def extremes(kind):
    """12 numbers of a type, the least and the greatest among them."""
    dtype = np.dtype(kind)
    if dtype.kind == "b":
        return np.array([0, 1, 1, 0, 0, 0, 1, 0, 1, 1, 1, 0], dtype)
    if dtype.kind == "f":
        info = np.finfo(dtype)
        special = [0.0, -0.0, info.max, info.min, info.tiny, -info.smallest_subnormal, np.inf, -np.inf, np.nan]
        return np.array(special + [1.5, -0.25, 0.1], dtype)
    info = np.iinfo(dtype)
    return np.array([0, 1, 2, info.min, info.max, info.min + 1, info.max - 1, info.max // 2, info.max // 3, info.min // 5,
                     info.max // 7 + 1, info.max // 11], dtype)


def main():
    print(f"# by make_numpy.py with NumPy {np.__version__}")
    for kind in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"):
        for order, name in (("<", "little"), (">", "big")):
            npy(f"{kind}-{name}", extremes(order + kind).reshape(4, 3))
    for version in ((1, 0), (2, 0), (3, 0)):
        npy("version-%d" % version[0], np.arange(6, dtype="<f4").reshape(2, 3), version)
    for shape in ((5,), (5, 1), (1, 5), (2, 3, 2), (2, 1, 3, 2), (3, 2) + 10 * (1,)):
        array = np.arange(np.prod(shape), dtype="<i2").reshape(shape) * 3 - 4
        npy("c-" + "x".join(map(str, shape)), array)
        npy("fortran-" + "x".join(map(str, shape)), np.asfortranarray(array))
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(6, 4)).astype("<f4"), np.array([2, 0, 1, 1, 3, 0])
    npz("stored", np.savez, x, y)
    npz("deflated", np.savez_compressed, x, y)
    npz("deflated-fortran", np.savez_compressed, np.asfortranarray(x.astype("f8")), y)
    npz("zip64-members", np.savez, x, y, ZIP64_LIMIT=100)
    npz("zip64-all", np.savez_compressed, x, y, saturated=True, ZIP64_LIMIT=10, ZIP_FILECOUNT_LIMIT=1)

    tiny = np.arange(1, 11, dtype="<f4").reshape(5, 2)
    labels = np.array([0, 1, 2, 1, 0], dtype="<i4")
    np.save(here / "tiny.npy", tiny)
    np.save(here / "tiny-labels.npy", labels)
    np.savez(here / "tiny.npz", x=tiny, y=labels)


sys.exit(main())
