#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes metrics.txt: what scikit-learn makes of small data sets, for tests/test_metrics.c to compare libbp with.

    /usr/bin/python3 tests/vectors/make_metrics.py > tests/vectors/metrics.txt

All outputs, targets and weights are exact in float, so that both number types start alike. A case is a few vectors named
CASE:WHAT, each written as a line `name count` and the numbers as the 16 hexadecimal digits of their IEEE bits:

    outputs     1 number
    y           [rows][outputs], which the test puts in as inputs of a net that passes them through
    labels      [rows], or
    target      [rows][outputs]
    weights     [rows], where rows have weights
    confusion   [classes][classes], where they have not
    a metric's name     its value, 1 number; none where the metric has to be refused. log_loss has two, by the clipping
                        of f32 and of f64
"""
import struct
import warnings

import numpy as np
import sklearn
from sklearn import metrics

warnings.simplefilter("ignore")  # of a top k among k
rng = np.random.default_rng(20)


def to_float(values):
    return np.asarray(values, np.float32).astype(np.float64)


def uniform(*shape, low=0.0, high=1.0):
    return to_float(rng.uniform(low, high, shape))


def probabilities(rows, classes):
    values = rng.uniform(0, 1, (rows, classes)) ** 2
    return to_float(values / values.sum(1, keepdims=True))


def emit(case, what, values):
    words = [struct.pack(">d", float(v)).hex() for v in np.asarray(values).reshape(-1)]
    print(f"{case}:{what} {len(words)}")
    for i in range(0, len(words), 6):
        print(" ".join(words[i:i + 6]))


# ------------------------------------------------------------------------------------------------------------- metrics
# Each from numbers y and t, both [rows][outputs], classes c and truth, both [rows], the count of classes, and weights or
# None. None or a ValueError of scikit-learn's: to be refused.


class Case:
    def __init__(self, y, t, truth, weights):
        self.y, self.t, self.truth, self.w = y, t, truth, weights
        self.one = y.shape[1] == 1
        self.classes = 2 if self.one else y.shape[1]
        self.predicted = (y[:, 0] >= 0.5).astype(int) if self.one else y.argmax(1)


def loss(o):
    return np.average(((o.y - o.t) ** 2).sum(1) / 2, weights=o.w)


def top(o, k):
    if o.classes < k:
        return None
    # of equal scores scikit-learn takes the last first, so the columns go in from the end
    return metrics.top_k_accuracy_score(o.classes - 1 - o.truth, o.y[:, ::-1], k=k, sample_weight=o.w,
                                        labels=range(o.classes))


def macro(score):
    return lambda o: score(o.truth, o.predicted, average="macro", zero_division=0, sample_weight=o.w)


def log_loss(o):
    y = o.y[:, 0] if o.one else o.y
    return [metrics.log_loss(o.truth, y, eps=np.finfo(kind).eps, sample_weight=o.w, labels=range(o.classes))
            for kind in (np.float32, np.float64)]


def auc(o):
    columns = [1] if o.classes == 2 else range(o.classes)
    return np.mean([metrics.roc_auc_score(o.truth == c, o.y[:, 0 if o.one else c], sample_weight=o.w)
                    for c in columns])


METRICS = {
    "loss": loss,
    "accuracy": lambda o: metrics.accuracy_score(o.truth, o.predicted, sample_weight=o.w),
    "top_3": lambda o: top(o, 3),
    "top_5": lambda o: top(o, 5),
    "precision": macro(metrics.precision_score),
    "recall": macro(metrics.recall_score),
    "f1": macro(metrics.f1_score),
    "mse": lambda o: metrics.mean_squared_error(o.t, o.y, sample_weight=o.w),
    "mae": lambda o: metrics.mean_absolute_error(o.t, o.y, sample_weight=o.w),
    "r2": lambda o: metrics.r2_score(o.t, o.y, sample_weight=o.w),
    "log_loss": log_loss,
    "auc": auc,
    "bit_fail": lambda o: (np.abs(o.y - o.t) >= 0.35).sum(),  # FANN's
}


def case(name, y, labels=None, target=None, weights=None):
    y = np.asarray(y, float)
    emit(name, "outputs", [y.shape[1]])
    emit(name, "y", y)
    if labels is not None:
        truth = np.asarray(labels)
        target = truth[:, None].astype(float) if y.shape[1] == 1 else np.eye(y.shape[1])[truth]
        emit(name, "labels", labels)
    else:
        target = np.asarray(target, float)
        truth = (target[:, 0] >= 0.5).astype(int) if y.shape[1] == 1 else target.argmax(1)
        emit(name, "target", target)
    o = Case(y, target, truth, weights)
    if weights is not None:
        emit(name, "weights", weights)
    else:
        emit(name, "confusion", metrics.confusion_matrix(truth, o.predicted, labels=range(o.classes)))
    for metric, of in METRICS.items():
        try:
            value = of(o)
        except ValueError:
            value = None
        if value is not None:
            emit(name, metric, value)


# --------------------------------------------------------------------------------------------------------------- cases


def labels(rows, classes):
    return rng.integers(0, classes, rows)


def quarters(*shape):
    return rng.integers(0, 5, shape) / 4


def weights(rows):
    values = uniform(rows, high=3)
    values[rng.integers(0, rows, rows // 8)] = 0
    return values


def classification():
    case("binary/one_output", uniform(40, 1), labels(40, 2))
    case("binary/one_output_target", uniform(40, 1), target=uniform(40, 1))
    case("binary/two_outputs", probabilities(40, 2), labels(40, 2))
    case("binary/two_outputs_target", probabilities(40, 2), target=probabilities(40, 2))
    case("binary/certain", [[0], [1], [1], [0], [0.5]], [0, 1, 0, 1, 1])
    case("binary/one_class", uniform(9, 1), np.ones(9, int))
    case("binary/all_right", [[0.25], [0.75], [0.875]], [0, 1, 1])
    case("classes/three", probabilities(30, 3), labels(30, 3))
    case("classes/five", probabilities(60, 5), labels(60, 5))
    case("classes/seven", probabilities(60, 7), labels(60, 7))
    case("classes/five_target", probabilities(60, 5), target=probabilities(60, 5))
    case("classes/certain", np.eye(5)[labels(20, 5)], labels(20, 5))
    for name, classes in {"one_output": 1, "two_outputs": 2, "five": 5, "seven": 7}.items():
        case(f"ties/{name}", quarters(50, classes), labels(50, max(classes, 2)))
    case("ties/all", np.full((12, 5), 0.25), labels(12, 5))
    case("ties/target", quarters(50, 5), target=quarters(50, 5))


def classes_that_do_not_occur():
    y = probabilities(40, 5)
    case("absent/predicted", y, labels(40, 4))  # class 4 has no rows
    y[:, 4] = 0
    case("absent/not_at_all", y, labels(40, 4))
    case("absent/not_predicted", y, labels(40, 5))


def regression():
    for name, outputs in {"one_output": 1, "three_outputs": 3}.items():
        t = uniform(30, outputs, low=-3, high=3)
        case(f"regression/{name}", to_float(t + rng.normal(0, 0.5, t.shape)), target=t)
    offset = uniform(30, 2) + 1024
    case("regression/far_from_0", to_float(offset + rng.normal(0, 0.2, offset.shape)), target=to_float(offset))
    case("constant/target", uniform(10, 1), target=np.full((10, 1), 0.5))
    case("constant/perfect", np.full((10, 1), 0.5), target=np.full((10, 1), 0.5))
    t = uniform(20, 3)
    t[:, 1] = 0.25
    y = uniform(20, 3)
    case("constant/one_of_three", y, target=t)
    y[:, 1] = 0.25
    case("constant/one_of_three_perfect", y, target=t)


def many_rows():
    for rows in (255, 256, 257, 600):
        case(f"rows/{rows}", probabilities(rows, 3), labels(rows, 3))
    case("rows/512_of_a_target", uniform(512, 2), target=uniform(512, 2))


def weighted():
    case("weighted/one_output", uniform(40, 1), labels(40, 2), weights=weights(40))
    case("weighted/two_outputs", quarters(40, 2), labels(40, 2), weights=weights(40))
    case("weighted/five", probabilities(60, 5), labels(60, 5), weights=weights(60))
    case("weighted/ties", quarters(60, 5), labels(60, 5), weights=weights(60))
    t = uniform(30, 3, low=-3, high=3)
    case("weighted/regression", to_float(t + rng.normal(0, 0.5, t.shape)), target=t, weights=weights(30))
    case("weighted/constant", uniform(10, 1), target=np.full((10, 1), 0.5), weights=np.full(10, 0.5))
    case("weighted/rows", probabilities(300, 3), labels(300, 3), weights=weights(300))
    first = np.ones(20)
    first[:4] = 0
    case("weighted/from_0", uniform(20, 2), target=uniform(20, 2), weights=first)


print("# SPDX-License-Identifier: MIT")
print(f"# Made by tests/vectors/make_metrics.py with scikit-learn {sklearn.__version__}; it says how to read this.")
classification()
classes_that_do_not_occur()
regression()
many_rows()
weighted()
