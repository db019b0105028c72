#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes pytorch.txt: what PyTorch makes of small networks, for tests/test_pytorch.c to compare libbp with.

    /usr/bin/python3 tests/vectors/make_pytorch.py > tests/vectors/pytorch.txt

Everything is computed in double from start values that are exact in float, so that both number types start alike. A
case is a few vectors named CASE:WHAT, each written as a line `name count` and the numbers as the 16 hexadecimal digits
of their IEEE bits:

    inputs      1 number
    layers      a row per layer: units, activation, bias mode, slope (0: has none), train weights, train bias
    options     pairs of a BP_OPT_* and its value, BP_OPT_LOSS among them
    start       the parameters: weights [units][inputs] and biases layer by layer
    x, target   [rows][inputs] and [rows][outputs]
    y, loss, gradient, dx   of one forward and backward; dx for each row's own loss
    losses, first, last     or instead of them: `batches` parts of the rows are trained on in turn; the loss at each
                            step, the parameters after the first step and after the last
"""
import math
import pathlib
import struct
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(20)

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "include/interface"))
from declarations import read_header  # noqa: E402

BP = {
    constant.name.removeprefix("BP_"): constant.value
    for path in sorted((ROOT / "include/bp").glob("*.h"))
    for one in read_header(path.name, path.read_text()).declarations
    if one.kind == "enumeration"
    for constant in one.parts
}


def to_float(tensor):
    return tensor.float().double()


def uniform(*shape, low=-1.0, high=1.0):
    return to_float(low + (high - low) * torch.rand(*shape))


# ---------------------------------------------------------------------------------------------------------- functions
# Each row: f(z, s), and the slopes to try, None where the activation has no slope.

ACTIVATIONS = {
    "IDENTITY": (lambda z, s: z, [None]),
    "SIGMOID": (lambda z, s: torch.sigmoid(z), [None]),
    "TANH": (lambda z, s: torch.tanh(z), [None]),
    "SCALED_TANH": (lambda z, s: 1.7159 * torch.tanh(2 * z / 3), [None]),
    "RELU": (lambda z, s: F.relu(z), [None]),
    "LEAKY_RELU": (lambda z, s: F.leaky_relu(z, s), [0.01, 0.25]),
    "ELU": (lambda z, s: F.elu(z, s), [1.0, 0.75]),
    "SELU": (lambda z, s: F.selu(z), [None]),
    "CELU": (lambda z, s: F.celu(z, s), [1.0, 1.5]),
    "SOFTPLUS": (lambda z, s: F.softplus(z, s, threshold=700), [1.0, 2.0]),
    "SOFTSIGN": (lambda z, s: F.softsign(z), [None]),
    "GELU": (lambda z, s: F.gelu(z), [None]),
    "GELU_TANH": (lambda z, s: F.gelu(z, approximate="tanh"), [None]),
    "SILU": (lambda z, s: F.silu(z), [None]),
    "MISH": (lambda z, s: F.mish(z), [None]),
    "HARD_SIGMOID": (lambda z, s: torch.clamp(z / 6 + 0.5, 0, 1), [None]),  # F.hardsigmoid's slope is a float's 1/6
    "HARD_TANH": (lambda z, s: F.hardtanh(z), [None]),
    "HARD_SWISH": (lambda z, s: F.hardswish(z), [None]),
    "ELLIOTT": (lambda z, s: z / (2 * (1 + z.abs())) + 0.5, [None]),
    "GAUSSIAN": (lambda z, s: torch.exp(-z * z), [None]),
    "TRIANGULAR": (lambda z, s: torch.clamp(1 - z.abs(), min=0), [None]),
    "SINE": (lambda z, s: torch.sin(z), [None]),
    "COSINE": (lambda z, s: torch.cos(z), [None]),
    "EXP": (lambda z, s: torch.exp(z), [None]),
    "STEP": (lambda z, s: (z >= 0).to(z.dtype) + 0 * z, [None]),
    "SOFTMAX": (lambda z, s: torch.softmax(z, 1), [None]),
    "LOG_SOFTMAX": (lambda z, s: torch.log_softmax(z, 1), [None]),
}
SATURATING = ["SIGMOID", "ELLIOTT", "SOFTMAX"]  # outputs in (0, 1)

# Each row: the loss of every row from (z, a, t, options), and the activations it is made for, None for all but
# log-softmax. Where the library fuses the two, so do PyTorch's functions on z.


def mean(values):
    return values.mean(1)


def binary_cross_entropy(z, a, t, o):
    return F.binary_cross_entropy(a, t, reduction="none").sum(1)


def cross_entropy(z, a, t, o):
    return F.cross_entropy(z, t, reduction="none", label_smoothing=o.get("OPT_LABEL_SMOOTHING", 0.0))


def poisson(z, a, t, o):
    if o["exponential"]:
        return F.poisson_nll_loss(z, t, log_input=True, reduction="none").sum(1)
    return F.poisson_nll_loss(a, t, log_input=False, eps=1e-8, reduction="none").sum(1)


def quantile(z, a, t, o):
    q = o.get("OPT_QUANTILE", 0.5)
    return mean(torch.max(q * (t - a), (q - 1) * (t - a)))


LOSSES = {
    "SQUARED": (lambda z, a, t, o: ((a - t) ** 2).sum(1) / 2, None),
    "MSE": (lambda z, a, t, o: mean(F.mse_loss(a, t, reduction="none")), None),
    "MAE": (lambda z, a, t, o: mean(F.l1_loss(a, t, reduction="none")), None),
    "HUBER": (lambda z, a, t, o: mean(F.huber_loss(a, t, reduction="none", delta=o.get("OPT_HUBER_DELTA", 1.0))), None),
    "LOG_COSH": (lambda z, a, t, o: mean((a - t) + F.softplus(-2 * (a - t)) - math.log(2)), None),
    "BINARY_CROSS_ENTROPY": (binary_cross_entropy, SATURATING),
    "CROSS_ENTROPY": (cross_entropy, ["SOFTMAX", "LOG_SOFTMAX"]),
    "POISSON": (poisson, SATURATING + ["EXP", "SOFTPLUS"]),
    "QUANTILE": (quantile, None),
}


# --------------------------------------------------------------------------------------------------------------- nets


class Layer:
    def __init__(self, units, activation, bias="UNIT", slope=None, train_weights=True, train_bias=True):
        self.units, self.activation, self.bias = units, activation, bias
        self.slope = ACTIVATIONS[activation][1][0] if slope is None else slope
        self.train_weights, self.train_bias = train_weights, train_bias

    def start(self, inputs):
        biases = {"NONE": 0, "UNIT": self.units, "SHARED": 1}[self.bias]
        self.w = uniform(self.units, inputs).requires_grad_(self.train_weights)
        self.b = uniform(biases).requires_grad_(self.train_bias)

    def forward(self, a):
        z = a @ self.w.T
        if self.bias != "NONE":
            z = z + self.b  # a shared one is broadcast
        return z, ACTIVATIONS[self.activation][0](z, self.slope)

    def row(self):
        return [self.units, BP["ACT_" + self.activation], BP["BIAS_" + self.bias], self.slope or 0,
                self.train_weights, self.train_bias]


class Net:
    def __init__(self, inputs, layers, options):
        self.inputs, self.layers, self.options = inputs, layers, options
        for layer in layers:
            layer.start(inputs)
            inputs = layer.units

    def losses(self, x, target):
        """The loss of every row, and the outputs."""
        a = x
        for layer in self.layers:
            z, a = layer.forward(a)
        options = dict(self.options, exponential=self.layers[-1].activation == "EXP")
        return LOSSES[self.options["loss"]][0](z, a, target, options), a

    def parameters(self):
        return [p for layer in self.layers for p in (layer.w, layer.b)]

    def trained(self):
        return [p for p in self.parameters() if p.requires_grad and p.numel() > 0]

    def flat(self, of=lambda p: p.detach()):
        return torch.cat([of(p).reshape(-1) for p in self.parameters()])

    def gradient(self):
        return self.flat(lambda p: torch.zeros_like(p) if p.grad is None else p.grad)


def emit(case, what, values):
    numbers = [float(v) for v in (values.detach().reshape(-1) if torch.is_tensor(values) else values)]
    print(f"{case}:{what} {len(numbers)}")
    words = [struct.pack(">d", number).hex() for number in numbers]
    for i in range(0, len(words), 6):
        print(" ".join(words[i:i + 6]))


def emit_net(case, net, x, target):
    options = [BP["OPT_LOSS"], BP["LOSS_" + net.options["loss"]]]
    for name, value in net.options.items():
        if name != "loss":
            options += [BP[name], value]
    emit(case, "inputs", [net.inputs])
    emit(case, "layers", [number for layer in net.layers for number in layer.row()])
    emit(case, "options", options)
    emit(case, "start", net.flat())
    emit(case, "x", x)
    emit(case, "target", target)


def targets_for(loss, rows, outputs):
    if loss == "CROSS_ENTROPY":
        return to_float(torch.softmax(uniform(rows, outputs, low=-2, high=2), 1))
    if loss == "BINARY_CROSS_ENTROPY":
        return uniform(rows, outputs, low=0)
    if loss == "POISSON":
        return uniform(rows, outputs, low=0, high=3)
    return uniform(rows, outputs, low=-1.5, high=1.5)


def one_pass(case, inputs, layers, rows=4, **options):
    """A forward and a backward."""
    net = Net(inputs, layers, options)
    x = uniform(rows, inputs, low=-2, high=2).requires_grad_()
    target = targets_for(options["loss"], rows, layers[-1].units)
    emit_net(case, net, x, target)
    losses, y = net.losses(x, target)
    (dx,) = torch.autograd.grad(losses.sum(), x, retain_graph=True)
    if net.trained():
        losses.mean().backward()
    emit(case, "y", y)
    emit(case, "loss", [losses.mean()])
    emit(case, "gradient", net.gradient())
    emit(case, "dx", dx)


# --------------------------------------------------------------------------------------------------------- optimisers

STEPS, BATCHES, ROWS = 100, 4, 4


def torch_optimizer(net, name, o):
    weights = [p for p in net.trained() if p.dim() == 2]
    biases = [p for p in net.trained() if p.dim() == 1]
    decay = o.get("OPT_WEIGHT_DECAY", 0.01 if name == "ADAMW" else 0.0)
    groups = [{"params": weights, "weight_decay": decay},
              {"params": biases, "weight_decay": decay if o.get("OPT_DECAY_BIAS") else 0.0}]
    rate = o["OPT_LEARNING_RATE"]
    if name == "SGD":
        return torch.optim.SGD(groups, rate, o.get("OPT_MOMENTUM", 0), nesterov=bool(o.get("OPT_NESTEROV")))
    if name == "ADAGRAD":
        return torch.optim.Adagrad(groups, rate, eps=o.get("OPT_EPSILON", 1e-10))
    if name == "RMSPROP":
        return torch.optim.RMSprop(groups, rate, alpha=o.get("OPT_RHO", 0.99), eps=o.get("OPT_EPSILON", 1e-8),
                                   momentum=o.get("OPT_MOMENTUM", 0))
    if name == "RPROP":  # it has no decay: see clip_and_penalise
        return torch.optim.Rprop(net.trained(), rate, etas=(o.get("OPT_ETA_MINUS", 0.5), o.get("OPT_ETA_PLUS", 1.2)),
                                 step_sizes=(o.get("OPT_STEP_MIN", 1e-6), o.get("OPT_STEP_MAX", 50)))
    kind = torch.optim.Adam if name == "ADAM" else torch.optim.AdamW
    return kind(groups, rate, betas=(o.get("OPT_BETA1", 0.9), o.get("OPT_BETA2", 0.999)), eps=o.get("OPT_EPSILON", 1e-8))


def clip_and_penalise(net, o):
    """Clipping by value, by norm, then the penalties that torch.optim does not have, or not for Rprop."""
    l2 = o.get("OPT_L2", 0.0) + (o.get("OPT_WEIGHT_DECAY", 0.0) if o["OPT_OPTIMIZER"] == BP["OPTIM_RPROP"] else 0.0)
    if "OPT_CLIP_VALUE" in o:
        torch.nn.utils.clip_grad_value_(net.trained(), o["OPT_CLIP_VALUE"])
    if "OPT_CLIP_NORM" in o:
        torch.nn.utils.clip_grad_norm_(net.trained(), o["OPT_CLIP_NORM"])
    for p in net.trained():
        if p.dim() == 2 or o.get("OPT_DECAY_BIAS"):
            p.grad += o.get("OPT_L1", 0.0) * torch.sign(p.detach()) + l2 * p.detach()


def steps(case, optimizer, layers=None, loss="SQUARED", **options):
    """100 steps of an optimiser, on four batches in turn."""
    layers = layers or [Layer(4, "TANH"), Layer(2, "SIGMOID")]
    options = dict(options, OPT_OPTIMIZER=BP["OPTIM_" + optimizer], loss=loss)
    net = Net(3, layers, options)
    x = uniform(BATCHES * ROWS, 3)
    target = targets_for(loss, BATCHES * ROWS, layers[-1].units)
    emit_net(case, net, x, target)
    stepper, losses = torch_optimizer(net, optimizer, options), []
    for step in range(STEPS):
        rows = slice(step % BATCHES * ROWS, (step % BATCHES + 1) * ROWS)
        stepper.zero_grad()
        loss_now = net.losses(x[rows], target[rows])[0].mean()
        loss_now.backward()
        clip_and_penalise(net, options)
        stepper.step()
        losses.append(loss_now.item())
        if step == 0:
            first = net.flat().clone()
    emit(case, "batches", [BATCHES])
    emit(case, "losses", losses)
    emit(case, "first", first)
    emit(case, "last", net.flat())


# -------------------------------------------------------------------------------------------------------------- cases


def activations():
    for name, (_, slopes) in ACTIVATIONS.items():
        for slope in slopes:
            suffix = "" if slope == slopes[0] else "_with_slope"
            one_pass(f"activation/{name.lower()}{suffix}", 3, [Layer(4, name, slope=slope), Layer(2, "IDENTITY")],
                     loss="SQUARED")


def losses():
    for loss, (_, made_for) in LOSSES.items():
        for name in made_for or [name for name in ACTIVATIONS if name != "LOG_SOFTMAX"]:
            one_pass(f"loss/{loss.lower()}/{name.lower()}", 2, [Layer(3, name)], rows=3, loss=loss)
    one_pass("loss/huber/wide", 2, [Layer(3, "IDENTITY")], loss="HUBER", OPT_HUBER_DELTA=2.5)
    one_pass("loss/huber/narrow", 2, [Layer(3, "TANH")], loss="HUBER", OPT_HUBER_DELTA=0.25)
    one_pass("loss/quantile/low", 2, [Layer(3, "IDENTITY")], loss="QUANTILE", OPT_QUANTILE=0.1)
    one_pass("loss/quantile/high", 2, [Layer(3, "SIGMOID")], loss="QUANTILE", OPT_QUANTILE=0.9)
    for name in ("SOFTMAX", "LOG_SOFTMAX"):
        one_pass(f"loss/cross_entropy/smoothed_{name.lower()}", 2, [Layer(3, "TANH"), Layer(4, name)],
                 loss="CROSS_ENTROPY", OPT_LABEL_SMOOTHING=0.125)


def biases_and_frozen_layers():
    for bias in ("NONE", "UNIT", "SHARED"):
        one_pass(f"bias/{bias.lower()}", 4, [Layer(5, "TANH", bias), Layer(3, "SOFTPLUS", bias), Layer(2, "SINE", bias)],
                 rows=5, loss="SQUARED")
    one_pass("bias/mixed", 4, [Layer(5, "SILU", "SHARED"), Layer(3, "SIGMOID", "NONE"), Layer(2, "IDENTITY", "UNIT"),
                               Layer(3, "TANH", "SHARED")], rows=5, loss="MSE")
    one_pass("frozen/weights", 3, [Layer(3, "TANH"), Layer(3, "MISH", train_weights=False), Layer(2, "SIGMOID")],
             loss="SQUARED")
    one_pass("frozen/biases", 3, [Layer(3, "TANH", train_bias=False), Layer(2, "SIGMOID", "SHARED", train_bias=False)],
             loss="SQUARED")


def plain_and_with_decay(optimizer, rate):
    case = f"optimizer/{optimizer.lower()}"
    steps(f"{case}/plain", optimizer, OPT_LEARNING_RATE=rate)
    steps(f"{case}/decay", optimizer, OPT_LEARNING_RATE=rate, OPT_WEIGHT_DECAY=0.05)
    steps(f"{case}/decay_bias", optimizer, OPT_LEARNING_RATE=rate, OPT_WEIGHT_DECAY=0.05, OPT_DECAY_BIAS=1)


def optimizers():
    rate = "OPT_LEARNING_RATE"
    for name, rates in {"SGD": 0.5, "ADAGRAD": 0.1, "RMSPROP": 0.01, "ADAM": 0.02, "ADAMW": 0.02}.items():
        plain_and_with_decay(name, rates)
    steps("optimizer/sgd/momentum", "SGD", **{rate: 0.1, "OPT_MOMENTUM": 0.9})
    steps("optimizer/sgd/nesterov", "SGD", **{rate: 0.1, "OPT_MOMENTUM": 0.9, "OPT_NESTEROV": 1})
    steps("optimizer/sgd/nesterov_decay", "SGD",
          **{rate: 0.1, "OPT_MOMENTUM": 0.8, "OPT_NESTEROV": 1, "OPT_WEIGHT_DECAY": 0.02})
    steps("optimizer/adagrad/epsilon", "ADAGRAD", **{rate: 0.1, "OPT_EPSILON": 0.01})
    steps("optimizer/rmsprop/momentum", "RMSPROP", **{rate: 0.005, "OPT_MOMENTUM": 0.8})
    steps("optimizer/rmsprop/rho", "RMSPROP", **{rate: 0.01, "OPT_RHO": 0.9, "OPT_EPSILON": 1e-3})
    steps("optimizer/adam/betas", "ADAM", **{rate: 0.02, "OPT_BETA1": 0.8, "OPT_BETA2": 0.95, "OPT_EPSILON": 1e-4})
    steps("optimizer/sgd/l1", "SGD", **{rate: 0.5, "OPT_L1": 0.01})
    steps("optimizer/sgd/l2", "SGD", **{rate: 0.5, "OPT_L2": 0.02})
    steps("optimizer/adamw/l1_and_l2_of_biases", "ADAMW",
          **{rate: 0.02, "OPT_L1": 0.003, "OPT_L2": 0.02, "OPT_DECAY_BIAS": 1})
    steps("optimizer/sgd/clip_value", "SGD", **{rate: 0.5, "OPT_CLIP_VALUE": 0.03})
    steps("optimizer/sgd/clip_norm", "SGD", **{rate: 0.5, "OPT_CLIP_NORM": 0.1, "OPT_L2": 0.02})
    steps("optimizer/adam/clip_both", "ADAM", **{rate: 0.02, "OPT_CLIP_VALUE": 0.05, "OPT_CLIP_NORM": 0.1})
    steps("optimizer/adam/cross_entropy", "ADAM", [Layer(4, "TANH"), Layer(3, "SOFTMAX")], "CROSS_ENTROPY",
          **{rate: 0.02, "OPT_LABEL_SMOOTHING": 0.1})
    frozen = [Layer(4, "TANH", "SHARED", train_bias=False), Layer(3, "SIGMOID", train_weights=False), Layer(2, "SIGMOID")]
    steps("optimizer/sgd/frozen_clip_norm", "SGD", frozen,
          **{rate: 0.5, "OPT_CLIP_NORM": 0.05, "OPT_WEIGHT_DECAY": 0.02, "OPT_DECAY_BIAS": 1})
    plain_and_with_decay("RPROP", 0.01)
    steps("optimizer/rprop/etas", "RPROP", **{rate: 0.02, "OPT_ETA_PLUS": 1.5, "OPT_ETA_MINUS": 0.25})
    steps("optimizer/rprop/bounds", "RPROP", **{rate: 0.01, "OPT_STEP_MIN": 0.002, "OPT_STEP_MAX": 0.03})
    steps("optimizer/rprop/first_step_above_bounds", "RPROP", **{rate: 5, "OPT_STEP_MAX": 0.05})
    steps("optimizer/rprop/first_step_below_bounds", "RPROP", **{rate: 0, "OPT_STEP_MIN": 0.001, "OPT_STEP_MAX": 0.2})
    steps("optimizer/rprop/clip_and_l1", "RPROP",
          **{rate: 0.01, "OPT_CLIP_VALUE": 0.05, "OPT_CLIP_NORM": 0.1, "OPT_L1": 0.003, "OPT_L2": 0.01})


print("# SPDX-License-Identifier: MIT")
print(f"# Made by tests/vectors/make_pytorch.py with PyTorch {torch.__version__}; it says how to read this.")
activations()
losses()
biases_and_frozen_layers()
optimizers()
