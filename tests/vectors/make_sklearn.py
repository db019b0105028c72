#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Prints tests/vectors/sklearn.txt: what scikit-learn's MLPClassifier and MLPRegressor, all else left at their defaults, make
of the data sets of tests/test_sklearn.c. The argument is the folder of the data. Takes half an hour, of which MNIST and the
reviews take most.

NAME:scores has a number for each seed s from 0 on: the accuracy on the test rows, or of regressions the root of the mean
squared error. The test rows are those i with i % 5 == s; of MNIST and of the reviews they are fixed. What scikit-learn is
given is what the file says: MNIST as 0 to 1, digits as 0 to 16, a column of text as one column for each text."""
import gzip
import struct
import sys

import numpy as np
import sklearn
from sklearn.datasets import load_svmlight_file
from sklearn.neural_network import MLPClassifier, MLPRegressor

TABLES = {'iris': 'iris', 'banknote': 'banknote_authentication', 'wine': 'winequality-red', 'abalone': 'abalone'}
REGRESSIONS = ('wine', 'abalone')
SEEDS = 5
MOST_SEEDS = 10  # for the reviews: their mean over five seeds differs by 0.01 from the next five


def idx(path):
    with (gzip.open if path.endswith('.gz') else open)(path, 'rb') as file:
        raw = file.read()
    shape = np.frombuffer(raw, '>u4', raw[3], 4).astype(int)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape[0], -1).astype(float)


def numbers(column, one_hot):
    """A column of the table as columns of numbers."""
    try:
        return [[float(value) for value in column]]
    except ValueError:
        texts = sorted(set(column))
        if one_hot:
            return [[float(value == text) for value in column] for text in texts]
        return [[float(texts.index(value)) for value in column]]


def table(path):
    with open(path) as file:
        columns = list(zip(*(line.split(',') for line in file.read().split())))
    inputs = [one for column in columns[:-1] for one in numbers(column, one_hot=True)]
    return np.array(inputs).T, np.array(numbers(columns[-1], one_hot=False)[0])


def mnist(data, part):
    return (idx(f'{data}/mnist/{part}-images-idx3-ubyte.gz') / 255,
            idx(f'{data}/mnist/{part}-labels-idx1-ubyte.gz').ravel())


def parts(name, data, seed):
    """x and y to train on, x and y to test on."""
    if name == 'mnist':
        return *mnist(data, 'train'), *mnist(data, 't10k')
    if name == 'polarity':
        with gzip.open(f'{data}/polarity/reviews.libsvm.gz') as file:
            x, y = load_svmlight_file(file)
        return x[:1800], y[:1800], x[1800:], y[1800:]
    if name == 'digits':
        x = idx(f'{data}/digits/digits-images-idx3-ubyte')
        y = idx(f'{data}/digits/digits-labels-idx1-ubyte').ravel()
    else:
        x, y = table(f'{data}/tables/{TABLES[name]}.csv')
    test = np.arange(len(y)) % 5 == seed
    return x[~test], y[~test], x[test], y[test]


def score(name, data, seed):
    x, y, x_test, y_test = parts(name, data, seed)
    model = (MLPRegressor if name in REGRESSIONS else MLPClassifier)(random_state=seed)
    model.fit(x, y)
    if name in REGRESSIONS:
        return np.sqrt(np.mean((model.predict(x_test) - y_test) ** 2))
    return model.score(x_test, y_test)


def main():
    data = sys.argv[1]
    print('# SPDX-License-Identifier: MIT')
    print(f'# Made by tests/vectors/make_sklearn.py with scikit-learn {sklearn.__version__}; it says how to read this.')
    for name in (*TABLES, 'digits', 'mnist', 'polarity'):
        scores = [score(name, data, seed) for seed in range(MOST_SEEDS if name == 'polarity' else SEEDS)]
        print(f'{name}:scores {len(scores)}')
        print(' '.join(struct.pack('>d', value).hex() for value in scores), flush=True)


main()
