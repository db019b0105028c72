#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes files/torch-f32.safetensors and -f64, the state_dict of a PyTorch net, and what PyTorch predicts with each, for
tests/test_files_weights.c.

    /usr/bin/python3 tests/vectors/make_torch_files.py > tests/vectors/torch_files.txt

The tensors lie in the order of their names as the safetensors library sorts them, "10.weight" before "2.weight".
"""
import pathlib
import struct
import sys

import torch
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import read_safetensors  # noqa: E402

torch.manual_seed(5)


def vector(name, tensor):
    values = [float(value) for value in tensor.double().flatten()]
    print(f"{name} {len(values)}")
    for start in range(0, len(values), 6):
        print(" ".join(struct.pack(">d", value).hex() for value in values[start:start + 6]))


def main():
    print("# SPDX-License-Identifier: MIT")
    print(f"# Made by tests/vectors/make_torch_files.py with PyTorch {torch.__version__}; it says how to read this.")
    for name, dtype in (("f32", torch.float32), ("f64", torch.float64)):
        net = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 5, bias=False), nn.ReLU(), nn.Linear(5, 6),
                            nn.Sigmoid(), nn.Linear(6, 4), nn.Tanh(), nn.Linear(4, 4), nn.ELU(), nn.Linear(4, 3)).to(dtype)
        state = {key: tensor.numpy() for key, tensor in sorted(net.state_dict().items())}
        read_safetensors.write(HERE / f"files/torch-{name}.safetensors", {"format": "pt"}, state)
        x = torch.randn(8, 4).to(dtype)
        vector(f"{name}:x", x)
        vector(f"{name}:y", net(x).detach())


main()
