#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the seeds and the dictionary of fuzz_sequence.c: programs of calls, by the tables of sequence_*.c.

usage: tests/fuzz/make_sequence_seeds.py

A call is the byte of its row, one for the net, and as many for its arguments as its function picks; bytes of 0 pick what is
good. Run it again when a row was added: the other rows then have other bytes."""
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
TABLES = ["net", "compute", "layers", "files"]  # as fuzz_sequence.c has them
DEEPLY = 7 << 5  # the bytes of the file are compared too

# Bytes of arguments of the functions run_*.
ARGUMENTS = {
    "create": 5, "destroy": 0, "clone": 1, "add_dense": 2, "add": 4, "layer_set": 5, "init": 1, "set": 4,
    "set_name": 7, "describe": 4, "set_text": 1, "get_text": 4, "ask": 2, "reserve": 3,
    "forward": 4, "backward": 4, "backward_labels": 4, "backward_from": 3,
    "input_gradient": 1, "step": 0, "zero_gradient": 0, "train": 6, "train_labels": 6, "predict": 5,
    "forward_rows": 12, "backward_rows": 12, "train_rows": 12, "predict_rows": 13, "loss_rows": 13, "classify": 4, "scratch": 1, "read": 5, "write": 7,
    "save_memory": 3, "save": 1, "damage": 3,
    "load_memory": 4, "load": 2, "load_weights": 2, "fail": 1,
}


def rows():
    """The functions of all rows in their order, without run_."""
    found = []
    for table in TABLES:
        text = (HERE / f"sequence_{table}.c").read_text()
        found += re.findall(r'^    \{"\w*", run_(\w+),', text, re.MULTILINE)
    return found


ROWS = rows()


def call(name, *arguments, net=0, deeply=False, more=()):
    given = list(arguments) + [0] * (ARGUMENTS[name] - len(arguments))
    return bytes([ROWS.index(name), net | (DEEPLY if deeply else 0)] + given + list(more))


def built(dtype=0, inputs=2, units=(3, 1), activation=2, net=0):
    """A net of dense layers; sizes are indexes into those of sequence.c: 1, 2, 3, 4, 5, 7, ..."""
    program = call("create", dtype, inputs, net=net)
    for size in units:
        program += call("add_dense", size, activation, net=net)
    return program + call("init", 5, net=net)


SEEDS = {
    "train": built() + call("train", 2) + call("train", 2, deeply=True) + call("predict", 2),
    "three-calls": built(1) + call("forward", 1) + call("backward", 1) + call("input_gradient") + call("read", 9)
    + call("step") + call("read", 3),
    "labels": built(0, 3, (4, 2), 1) + call("train_labels", 3) + call("forward", 3) + call("backward_labels", 3)
    + call("step", deeply=True),
    "from-outside": built(1, 4) + call("forward", 2) + call("backward_from", 2) + call("step"),
    "weighted": built() + call("forward_rows", 3) + call("backward_rows", 3, 4) + call("train_rows", 3, 6),
    "sparse": built(0, 5) + call("reserve", 2, 1, 4) + call("forward_rows", 2, 1) + call("backward", 2) + call("step")
    + call("train_rows", 2, 1) + call("loss_rows", 2, 3) + call("predict_rows", 2, 1),
    "dropout": call("create") + call("add_dense", 4, 4) + call("add", 1) + call("add_dense", 2, 0)
    + call("init", 7) + call("train", 3) + call("forward", 3),
    "save-and-load": built() + call("save_memory") + call("load_memory", net=1) + call("predict", 1, net=1)
    + call("train", 1, net=1) + call("save_memory", net=1),
    "paths": built(1) + call("save_memory") + call("load_memory", net=2) + call("save", net=2) + call("load", net=1),
    "weights": built() + call("save_memory") + built(1, net=1) + call("load_weights", net=1)
    + call("load_weights", 1, more=[0] * 4, net=1) + call("load_weights", 1, 224, net=1, more=[0] * 4),
    "damaged": built() + call("save_memory") + call("damage", 1, 9, 1, more=[52]) + call("load_memory", net=1)
    + call("predict", net=1) + call("damage", 2, 0, 0) + call("load_memory", net=1),
    "columns": built(1, 1, (2,)) + call("set_name", 0, 3) + call("write", 11) + call("write", 14)
    + call("describe", 1) + call("ask") + call("train", 2) + call("save_memory") + call("load_memory", net=1),
    "options": call("create") + call("add_dense", 2, 5) + call("layer_set", 0, 1, 10, 0, 3) + call("init")
    + call("set", 1, 3, 0, 3) + call("set", 0, 1, 0, 3) + call("train", 1) + call("layer_set", 0, 2, 0, 0, 1)
    + call("train", 1) + call("save_memory") + call("set_text", 3, more=(0, 1, 0, 1, 1, 2, 0, 4, 2)) + call("get_text", 1),
    "clones": built() + call("train", 1) + call("clone") + call("train", 1, net=1) + call("clone", net=1)
    + call("destroy") + call("scratch", net=1) + call("predict", 1, 0, 0, 0, 1, net=2),
    "no-memory": built() + call("fail", 2) + call("train", 3, deeply=True) + call("fail", 3) + call("clone")
    + call("fail", 4) + call("save_memory") + call("save_memory") + call("fail", 9) + call("load_memory", net=1),
    "names-no-memory": built(0, 2, (2,)) + call("set_name") + b"".join(
        call("fail", at) + call("set_name", 2, 3, deeply=at == 5) for at in (1, 3, 5, 7)),
    "wrong-state": call("create") + call("forward") + call("step") + call("save_memory") + call("init")
    + call("add_dense", 1, 27) + call("add", 1) + call("init") + call("destroy") + call("train")
    + call("damage") + call("load_memory") + call("predict") + call("clone"),
    "wrong-values": built() + call("train", 230) + call("train", 1, 229) + call("train", 1, 0, 255) + call("set", 255)
    + call("set", 2, 0, 0, 230) + call("write", 1, 228) + call("write", 0, 226) + call("read", 1, 255),
}


def main():
    folder = HERE / "sequence-seeds"
    folder.mkdir(exist_ok=True)
    for name, program in SEEDS.items():
        (folder / name).write_bytes(program)
    words = [f'"{"".join(f"{chr(92)}x{byte:02x}" for byte in call(name))}"' for name in ARGUMENTS]
    (HERE / "sequence.dict").write_text("# Calls of fuzz_sequence.c, by make_sequence_seeds.py.\n" + "\n".join(words) + "\n")


main()
