#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The files of docs/format.md, read, written and run by json, struct and numpy alone.

    read_safetensors.py FILE            what is in it
    read_safetensors.py --test PROGRAM  files of tests/files_nets.c, and files of this script, computed by both
"""
import json
import math
import pathlib
import struct
import subprocess
import sys
import tempfile

import numpy as np

TYPES = {'F32': '<f4', 'F64': '<f8'}


def read(path):
    """The metadata and the tensors of a file, by their names."""
    data = pathlib.Path(path).read_bytes()
    (size,) = struct.unpack_from('<Q', data)
    header = json.loads(data[8:8 + size].decode())
    metadata = header.pop('__metadata__', {})
    payload, tensors = data[8 + size:], {}
    for name, entry in header.items():
        begin, end = entry['data_offsets']
        tensors[name] = np.frombuffer(payload[begin:end], TYPES[entry['dtype']]).reshape(entry['shape'])
    return metadata, tensors


def write(path, metadata, tensors):
    """A file with these; the tensors are in the given order."""
    header, payload = {'__metadata__': metadata} if metadata else {}, b''
    for name, tensor in tensors.items():
        dtype = 'F32' if tensor.dtype == np.float32 else 'F64'
        data = np.ascontiguousarray(tensor, TYPES[dtype]).tobytes()
        header[name] = {'dtype': dtype, 'shape': list(tensor.shape),
                        'data_offsets': [len(payload), len(payload) + len(data)]}
        payload += data
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    pathlib.Path(path).write_bytes(struct.pack('<Q', len(text)) + text + payload)


def sigmoid(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))))


def softplus(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def elu(z, s):
    return np.where(z > 0, z, s * np.expm1(np.minimum(z, 0)))


def hard_sigmoid(z):
    return np.clip(z / 6 + 0.5, 0, 1)


ACTIVATIONS = {
    'identity': lambda z, s: z,
    'sigmoid': lambda z, s: sigmoid(z),
    'tanh': lambda z, s: np.tanh(z),
    'scaled_tanh': lambda z, s: 1.7159 * np.tanh(2 * z / 3),
    'relu': lambda z, s: np.maximum(z, 0),
    'leaky_relu': lambda z, s: np.where(z > 0, z, s * z),
    'elu': elu,
    'selu': lambda z, s: 1.0507009873554805 * elu(z, 1.6732632423543772),
    'celu': lambda z, s: np.maximum(z, 0) + np.minimum(0, s * np.expm1(np.minimum(z, 0) / s)),
    'softplus': lambda z, s: softplus(s * z) / s,
    'softsign': lambda z, s: z / (1 + np.abs(z)),
    'gelu': lambda z, s: z * (1 + np.vectorize(math.erf)(z / math.sqrt(2))) / 2,
    'gelu_tanh': lambda z, s: z * (1 + np.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z ** 3))) / 2,
    'silu': lambda z, s: z * sigmoid(z),
    'mish': lambda z, s: z * np.tanh(softplus(z)),
    'hard_sigmoid': lambda z, s: hard_sigmoid(z),
    'hard_tanh': lambda z, s: np.clip(z, -1, 1),
    'hard_swish': lambda z, s: z * hard_sigmoid(z),
    'elliott': lambda z, s: z / (2 * (1 + np.abs(z))) + 0.5,
    'gaussian': lambda z, s: np.exp(-z * z),
    'triangular': lambda z, s: np.maximum(0, 1 - np.abs(z)),
    'sine': lambda z, s: np.sin(z),
    'cosine': lambda z, s: np.cos(z),
    'exp': lambda z, s: np.exp(z),
    'step': lambda z, s: np.where(z >= 0, 1.0, 0.0),
    'softmax': lambda z, s: np.exp(log_softmax(z)),
    'log_softmax': lambda z, s: log_softmax(z),
}


def numbers(metadata, name):
    return np.array([float(word) for word in metadata[name].split()])


def forward(metadata, tensors, x):
    """What the net predicts for x, [rows][inputs], in double."""
    raw = float(metadata.get('bp.option.raw', '0')) == 1
    a = np.asarray(x, np.float64)
    if 'bp.input.scaling.center' in metadata and not raw:
        a = (a - numbers(metadata, 'bp.input.scaling.center')) * numbers(metadata, 'bp.input.scaling.factor')
    for layer in range(int(metadata['bp.layers'])):
        key = f'bp.layer.{layer}.'
        if metadata[key + 'kind'] == 'dropout':
            continue
        z = a @ tensors[f'layers.{layer}.weight'].astype(np.float64).T
        if f'layers.{layer}.bias' in tensors:
            z = z + tensors[f'layers.{layer}.bias'].astype(np.float64)
        a = ACTIVATIONS[metadata[key + 'activation']](z, float(metadata.get(key + 'slope', 'nan')))
    if 'bp.output.scaling.center' in metadata and not raw:
        a = a / numbers(metadata, 'bp.output.scaling.factor') + numbers(metadata, 'bp.output.scaling.center')
    return a


# ---- the test


def from_hex(text):
    return np.array([[float.fromhex(word) for word in line.split()] for line in text.splitlines()])


def to_hex(rows):
    return ''.join(' '.join(float(value).hex() for value in row) + '\n' for row in rows)


def difference(a, b):
    return float(np.max(np.abs(a - b) / np.maximum(1, np.abs(b))))


def predict(program, path, x):
    """What libbp predicts."""
    done = subprocess.run([program, 'predict', str(path)], input=to_hex(x), capture_output=True, text=True, check=True)
    return from_hex(done.stdout)


def theirs(program, folder):
    """Files of libbp: the greatest differences by number type, and the activations that occurred."""
    worst, seen = {}, set()
    subprocess.run([program, 'write', str(folder)], check=True)
    for path in sorted(folder.glob('net-*.safetensors')):
        metadata, tensors = read(path)
        x = np.linspace(-1, 1, 5 * int(metadata['bp.inputs'])).reshape(5, -1).astype(np.float32)
        dtype = metadata['bp.dtype']
        seen |= {value for key, value in metadata.items() if key.endswith('.activation')}
        worst[dtype] = max(worst.get(dtype, 0), difference(predict(program, path, x), forward(metadata, tensors, x)))
    return worst, seen


def ours(program, folder, dtype):
    """A file of this script, with nothing that may be missing."""
    random = np.random.default_rng(1)
    number = np.float32 if dtype == 'f32' else np.float64
    metadata = {'bp.format': '1.0', 'bp.dtype': dtype, 'bp.inputs': '3', 'bp.layers': '3', 'name': 'a "net"',
                'bp.layer.0.kind': 'dense', 'bp.layer.0.activation': 'tanh', 'bp.layer.1.kind': 'dropout',
                'bp.layer.1.rate': '0.5', 'bp.layer.2.kind': 'dense', 'bp.layer.2.activation': 'softmax',
                'bp.input.0.name': 'L\u00e4nge \U0001f427'}
    tensors = {'layers.2.bias': random.normal(size=4).astype(number),
               'layers.0.weight': random.normal(size=(7, 3)).astype(number),
               'layers.0.bias': random.normal(size=7).astype(number),
               'layers.2.weight': random.normal(size=(4, 7)).astype(number)}
    path = folder / 'ours.safetensors'
    write(path, metadata, tensors)
    x = random.normal(size=(6, 3)).astype(np.float32)
    return difference(predict(program, path, x), forward(metadata, tensors, x))


def test(program):
    limits = {'f32': 1e-6, 'f64': 1e-12}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        worst, seen = theirs(program, folder)
        missing = set(ACTIVATIONS) - seen
        wrong = [f'no file has {activation}' for activation in sorted(missing)]
        for dtype, value in sorted(worst.items()):
            own = ours(program, folder, dtype)
            print(f'{dtype}: differs by {value:.2g} in files of libbp, by {own:.2g} in ours')
            wrong += [f'{dtype}: {value} and {own}, allowed {limits[dtype]}'] if max(value, own) > limits[dtype] else []
        wrong += [] if worst else ['no file']
        print('\n'.join(wrong) or f'{len(seen)} activations')
        return 1 if wrong else 0


def show(path):
    metadata, tensors = read(path)
    for name, value in metadata.items():
        print(name, value)
    for name, tensor in tensors.items():
        print(name, tensor.dtype, tensor.shape)
    return 0


if __name__ == '__main__':
    sys.exit(test(sys.argv[2]) if sys.argv[1] == '--test' else show(sys.argv[1]))
