#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes texts.csv, a table with columns of text and missing values, and texts-encoded.csv, what scikit-learn's
OneHotEncoder and SimpleImputer (means) make of it, for tests/readers_csv_texts.c to compare what libbp reads with.

    /usr/bin/python3 tests/vectors/make_texts.py tests/vectors
"""
import csv
import pathlib
import sys

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder

ROWS = 48
KINDS = {
    "sex": ["M", "F", "I"],
    "length": None,
    "code": ["b", "10", "9", "1.0", "1", "B", "\u00e9", 'a, "b"', "b c", "\u65e5\u672c"],
    "": ["x", "y=z"],
    "weight": None,
}
rng = np.random.default_rng(21)


def column(texts):
    """Values as they are written, of which some but not the first are missing."""
    if texts is None:
        values = [repr(float(v)) for v in np.round(rng.normal(0, 2, ROWS), 3)]
    else:
        values = [texts[0], *(str(v) for v in rng.choice(texts, ROWS - 1))]
    return ["?" if row > 0 and rng.uniform() < 0.125 else value for row, value in enumerate(values)]


def encode(name, number, values, is_text):
    """The names of the inputs, and their numbers [rows][inputs]."""
    missing = np.array([value == "?" for value in values])
    if not is_text:
        numbers = np.array([np.nan if value == "?" else float(value) for value in values])[:, None]
        return [name], SimpleImputer().fit_transform(numbers)
    texts = np.array(values, dtype=object)[:, None]
    encoder = OneHotEncoder().fit(texts[~missing])
    numbers = np.full((ROWS, len(encoder.categories_[0])), np.nan)
    numbers[~missing] = encoder.transform(texts[~missing]).toarray()
    return [f"{name or number}={text}" for text in encoder.categories_[0]], SimpleImputer().fit_transform(numbers)


def write(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def main():
    folder = pathlib.Path(sys.argv[1])
    columns = {name: column(texts) for name, texts in KINDS.items()}
    target = [str(v) for v in rng.integers(1, 9, ROWS)]
    write(folder / "texts.csv", [[*columns, "rings"], *zip(*columns.values(), target)])
    encoded = [encode(name, number, columns[name], texts is not None)
               for number, (name, texts) in enumerate(KINDS.items(), 1)]
    names = [name for some, _ in encoded for name in some]
    numbers = np.hstack([numbers for _, numbers in encoded])
    write(folder / "texts-encoded.csv", [names, *([repr(float(v)) for v in row] for row in numbers)])


main()
