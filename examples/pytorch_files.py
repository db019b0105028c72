#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A PyTorch net for libbp and back, without the safetensors package.

    save_for_libbp(net.state_dict(), 'net.safetensors')    then, in C: bp_net_load_weights(net, "net.safetensors", NULL)
    net.load_state_dict(load_from_libbp('saved.safetensors', net.state_dict()))    of a file of bp_net_save()

The nn.Sequential and the bp_net have Linear and dense layers of the same sizes in the same order.
"""
import json
import re
import struct

import torch

TYPES = {'F32': torch.float32, 'F64': torch.float64}


def save_for_libbp(state, path):
    """Writes the tensors of a state_dict, of float32 or float64."""
    header, payload = {}, bytearray()
    for name, tensor in state.items():
        dtype = {torch.float32: 'F32', torch.float64: 'F64'}[tensor.dtype]
        begin = len(payload)
        payload += tensor.detach().cpu().contiguous().numpy().tobytes()
        header[name] = {'dtype': dtype, 'shape': list(tensor.shape), 'data_offsets': [begin, len(payload)]}
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text + payload)


def read(path):
    """The tensors of a file, by name."""
    with open(path, 'rb') as file:
        (size,) = struct.unpack('<Q', file.read(8))
        header = json.loads(file.read(size))
        payload = bytearray(file.read())
    header.pop('__metadata__', None)
    return {name: torch.frombuffer(payload, dtype=TYPES[entry['dtype']], offset=entry['data_offsets'][0],
                                   count=(entry['data_offsets'][1] - entry['data_offsets'][0]) //
                                   (int(entry['dtype'][1:]) // 8)).reshape(entry['shape'])
            for name, entry in header.items()}


def natural(name):
    """Digits count as numbers: 2.weight is before 10.weight."""
    return [int(part) if part.isdigit() else part for part in re.split(r'(\d+)', name)]


def load_from_libbp(path, state):
    """The file's tensors under the names of the state_dict, layer by layer. A shared bias becomes one for each unit."""
    tensors = read(path)
    names = sorted(state, key=natural)
    if len(names) != len(tensors):
        raise ValueError(f'{path} has {len(tensors)} tensors, the net {len(names)}')
    return {name: tensors[theirs].expand(state[name].shape).clone()
            for name, theirs in zip(names, sorted(tensors, key=natural))}


if __name__ == '__main__':
    import os
    import tempfile
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'net.safetensors')
        save_for_libbp(net.state_dict(), path)
        again = load_from_libbp(path, net.state_dict())
    assert all(torch.equal(again[name], tensor) for name, tensor in net.state_dict().items())
    print('a net came through a file')
