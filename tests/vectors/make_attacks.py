#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes files/attacks: hostile files, and README.md, the table by which tests/test_files_attacks.c loads each of them.

    python3 tests/vectors/make_attacks.py            writes them
    python3 tests/vectors/make_attacks.py --check checks that they are what it would write

An attack has a heading, which the test knows, and files. A file is a good one with a change in its header, whose size is
corrected, or it has bytes of its own. With it are listed the status that a load must return, and a part of its
sentence.
"""
import pathlib
import shutil
import struct
import sys

FOLDER = pathlib.Path(__file__).resolve().parent / 'files/attacks'
FORMAT, UNSUPPORTED, NONFINITE, IO = 'BP_ERR_FORMAT', 'BP_ERR_UNSUPPORTED', 'BP_ERR_NONFINITE', 'BP_ERR_IO'
NET = 'BP_OK'

W0 = '"layers.0.weight":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]}'
B0 = '"layers.0.bias":{"dtype":"F32","shape":[1],"data_offsets":[24,28]}'
W2 = '"layers.2.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[28,52]}'
B2 = '"layers.2.bias":{"dtype":"F32","shape":[2],"data_offsets":[52,60]}'
HEADER = ('{"__metadata__":{"bp.format":"1.0","bp.version":"0.1.0","bp.dtype":"f32","bp.inputs":"2","bp.layers":"3",'
          '"bp.seed":"1","bp.fresh":"1","bp.option.loss":"cross_entropy","bp.option.beta1":"0.9","bp.option.raw":"0",'
          '"bp.layer.0.kind":"dense","bp.layer.0.activation":"leaky_relu","bp.layer.0.bias":"shared",'
          '"bp.layer.0.train_bias":"1","bp.layer.0.bias_init":"auto","bp.layer.0.slope":"0.01",'
          '"bp.layer.1.kind":"dropout","bp.layer.1.rate":"0.25",'
          '"bp.layer.2.kind":"dense","bp.layer.2.activation":"softmax",'
          '"bp.input.scaling.center":"1 -0.5","bp.input.scaling.factor":"0.25 3",'
          '"bp.input.0.name":"a\\"b","bp.input.1.name":"\u00e4","bp.class.0.name":"no","bp.class.1.name":"yes"},'
          f'{W0},{B0},{W2},{B2}}}').encode()
PAYLOAD = struct.pack('<15f', *(0.5 - i / 8 for i in range(15)))


def file(header, payload=PAYLOAD):
    """Blanks make a header a multiple of 8."""
    header += b' ' * (-len(header) % 8)
    return struct.pack('<Q', len(header)) + header + payload


GOOD = file(HEADER)


def text(value):
    return value if isinstance(value, bytes) else value.encode()


def change(old, new):
    """The good file with a change in its header, at the first place of the old text."""
    old, new = text(old), text(new)
    assert old in HEADER, old
    return file(HEADER.replace(old, new, 1))


def numbers(at, value):
    """The good file with another number."""
    return file(HEADER, PAYLOAD[:4 * at] + struct.pack('<f', value) + PAYLOAD[4 * at + 4:])


def alone(metadata):
    """A file of metadata alone."""
    return file(b'{"__metadata__":{"bp.format":"1.0","bp.dtype":"f32",' + text(metadata) + b'}}', b'')


LINK, INSIDE = 'a link to good.safetensors', 'a folder'
SHORT = 'ends after {} bytes, but {} more must follow'
BEHIND = len(GOOD) - len(PAYLOAD)  # bytes before the numbers


def short(data, left):
    return SHORT.format(len(data), left)


def beyond():
    data = change('[2],"data_offsets":[52,60]', '[4000000],"data_offsets":[52,16000052]')
    return data, FORMAT, 'has 60 bytes after the header, and its tensors take 16000052'


def huge():
    """Its layers fit each other, and all in the header is consistent, but the file does not have so many numbers."""
    data = file(HEADER.replace(b'[3,2],"data_offsets":[0,24]', b'[3000000000,2],"data_offsets":[0,24000000000]')
                .replace(b'[24,28]', b'[24000000000,24000000004]')
                .replace(b'[2,3],"data_offsets":[28,52]', b'[2,3000000000],"data_offsets":[24000000004,48000000004]')
                .replace(b'[52,60]', b'[48000000004,48000000012]'))
    return data, FORMAT, 'has 60 bytes after the header, and its tensors take 48000000012'


def cut(size):
    data = GOOD[:size]
    wanted = len(GOOD) - 8 - len(PAYLOAD)  # of the header
    left = 8 - size if size < 8 else wanted - (size - 8) if size < BEHIND else len(GOOD) - size
    if size < BEHIND:
        return data, FORMAT, short(data, left)
    return data, FORMAT, f'has {size - BEHIND} bytes after the header, and its tensors take 60'


# attack: name, bytes, status, part of the sentence
ATTACKS = {
    'none: a good file': [
        ('good', GOOD, NET, ''),
    ],
    'product of dimensions overflows': [
        ('product-of-numbers', change('[3,2]', '[4294967296,4294967296,16]'), FORMAT,
         'tensor "layers.0.weight" has more numbers than can be counted'),
        ('product-of-bytes', change('[3,2]', '[900000000000000000,6]'), FORMAT,
         'tensor "layers.0.weight" has more numbers than can be counted'),
        ('product-that-wraps', change('[3,2]', '[4294967296,4294967296,1,6]'), FORMAT,
         'tensor "layers.0.weight" has more numbers than can be counted'),
        ('product-just-counted', change('[3,2]', '[900000000000000000,5]'), FORMAT,
         '"layers.0.weight" takes 18000000000000000000 bytes, but its data_offsets are 0 to 24'),
    ],
    'rank above the array': [
        ('rank-9', change('[3,2]', '[3,2,1,1,1,1,1,1,1]'), FORMAT,
         '"layers.0.weight" is not a tensor with a shape of at most 8 whole numbers'),
        ('rank-400', change('[3,2]', '[3,2' + ',1' * 398 + ']'), FORMAT,
         '"layers.0.weight" is not a tensor with a shape of at most 8 whole numbers'),
        ('rank-3', change('[3,2]', '[3,2,1]'), FORMAT,
         'tensor "layers.0.weight" has 3 dimensions, but the layer has 2'),
        ('rank-1', change('[3,2]', '[6]'), FORMAT, 'tensor "layers.0.weight" has 1 dimension, but the layer has 2'),
        ('rank-0', change('[3,2],"data_offsets":[0,24]', '[],"data_offsets":[0,4]'), FORMAT,
         'tensor "layers.0.bias" begins at 24, and the one before it ends at 4'),
        ('offsets-1', change('[24,28]', '[24]'), FORMAT, '"layers.0.bias" is not a tensor with data_offsets of 2'),
        ('offsets-3', change('[24,28]', '[24,28,30]'), FORMAT,
         '"layers.0.bias" is not a tensor with data_offsets of 2'),
    ],
    'a count checked and another used': [
        ('shape-turned', change('[3,2]', '[2,3]'), FORMAT, '"layers.0.weight" is [2, 3], but the layer has [2, 2]'),
        ('shape-of-other-layer', change('[2,3]', '[3,2]'), FORMAT,
         '"layers.2.weight" is [3, 2], but the layer has [3, 3]'),
        ('bias-of-other-size', change('"shared"', '"unit"'), FORMAT,
         'tensor "layers.0.bias" is [1], but the layer has [3]'),
        ('inputs-above-weights', change('"bp.inputs":"2"', '"bp.inputs":"200"'), FORMAT,
         '"layers.0.weight" is [3, 2], but the layer has [3, 200]'),
        ('inputs-below-weights', change('"bp.inputs":"2"', '"bp.inputs":"1"'), FORMAT,
         '"layers.0.weight" is [3, 2], but the layer has [3, 1]'),
        ('layers-above', change('"bp.layers":"3"', '"bp.layers":"4"'), FORMAT, 'have no bp.layer.3.kind'),
        ('layers-below', change('"bp.layers":"3"', '"bp.layers":"1"'), FORMAT,
         'tensor "layers.2.weight" belongs to no layer'),
        ('layers-0', change('"bp.layers":"3"', '"bp.layers":"0"'), FORMAT,
         'tensor "layers.0.weight" belongs to no layer'),
        ('layers-end-in-dropout', change('"bp.layers":"3"', '"bp.layers":"2"'), FORMAT,
         'tensor "layers.2.weight" belongs to no layer'),
        ('scaling-too-short', change('"0.25 3"', '"0.25"'), FORMAT, 'bp.input.scaling.factor: number 1 of 2 is ""'),
        ('scaling-too-long', change('"0.25 3"', '"0.25 3 4"'), FORMAT,
         'bp.input.scaling.factor has more than 2 numbers'),
        ('scaling-blank-too-many', change('"0.25 3"', '"0.25 3 "'), FORMAT,
         'bp.input.scaling.factor has more than 2 numbers'),
        ('scaling-half', change('"bp.input.scaling.center"', '"other"'), FORMAT,
         'have bp.input.scaling.factor, but not'),
        ('dtype-of-tensors', change('"bp.dtype":"f32"', '"bp.dtype":"f64"'), FORMAT,
         'tensor "layers.0.weight" is of F32, but bp.dtype is f64'),
        ('bias-missing', change('"layers.2.bias"', '"layers.2.bais"'), FORMAT, 'there is no tensor "layers.2.bias"'),
        ('bias-of-dropout', change('"layers.2.bias"', '"layers.1.bias"'), FORMAT, 'there is no tensor "layers.2.bias"'),
        ('bias-unasked', change('"shared"', '"none"'), FORMAT, 'tensor "layers.0.bias" belongs to no layer'),
    ],
    'declared size beyond the file': [
        ('size-of-data', *beyond()),
        ('size-of-header', struct.pack('<Q', len(GOOD) - 7) + GOOD[8:], FORMAT, short(GOOD, 1)),
        ('size-of-data-above-offsets', change('[3,2]', '[99999999999,2]'), FORMAT,
         '"layers.0.weight" takes 799999999992 bytes, but its data_offsets are 0 to 24'),
    ],
    'huge allocation before proof of data': [
        ('huge-but-consistent', *huge()),
        ('huge-header', struct.pack('<Q', 100000000) + b'{}', FORMAT, SHORT.format(10, 100000000 - 2)),
        ('huge-header-above-the-limit', struct.pack('<Q', 100000001) + b'{}', FORMAT,
         'a header of 100000001 bytes: is it a safetensors file?'),
        ('huge-inputs-of-dropout', alone('"bp.inputs":"1000000000000","bp.layers":"1","bp.layer.0.kind":"dropout",'
                                         '"bp.layer.0.rate":"0.5","bp.input.999999999999.name":"x"'), FORMAT,
         'its layers: the last layer is dropout'),
        ('huge-inputs-of-no-layer', alone('"bp.inputs":"1000000000000","bp.layers":"0","bp.input.7.name":"x"'),
         FORMAT, 'its layers: the net has no layer'),
        ('huge-count-of-layers', change('"bp.layers":"3"', '"bp.layers":"18446744073709551615"'), FORMAT,
         'have no bp.layer.3.kind'),
    ],
    'zero or huge layer': [
        ('layer-of-0-units', change('[3,2],"data_offsets":[0,24]', '[0,2],"data_offsets":[0,0]'), FORMAT,
         'tensor "layers.0.weight" has a dimension of 0'),
        ('layer-of-0-inputs', change('[3,2],"data_offsets":[0,24]', '[3,0],"data_offsets":[0,0]'), FORMAT,
         'tensor "layers.0.weight" has a dimension of 0'),
        ('layer-of-many-units', change(W0, '"layers.0.weight":{"dtype":"F32","shape":[1000000000,1000],'
                                           '"data_offsets":[0,4000000000000]}'), FORMAT,
         '"layers.0.bias" begins at 24, and the one before it ends at 4000000000000'),
        ('inputs-0', change('"bp.inputs":"2"', '"bp.inputs":"0"'), FORMAT, 'bp.inputs is 0: no net can have this number of inputs'),
        ('inputs-2-to-64', change('"bp.inputs":"2"', '"bp.inputs":"18446744073709551616"'), FORMAT,
         'bp.inputs is "18446744073709551616": it must be less than 2^64'),
        ('inputs-2-to-64-less-1', change('"bp.inputs":"2"', '"bp.inputs":"18446744073709551615"'), FORMAT,
         'bp.inputs is 18446744073709551615: no net can have this number of inputs'),
    ],
    'index or enumeration out of range': [
        ('layer-beyond', change('"bp.layer.0.slope"', '"bp.layer.9.slope"'), FORMAT,
         '"bp.layer.9.slope", which format'),
        ('layer-negative', change('"bp.layer.0.slope"', '"bp.layer.-1.slope"'), FORMAT,
         '"bp.layer.-1.slope", which format'),
        ('column-beyond', change('"bp.input.1.name"', '"bp.input.2.name"'), FORMAT, '"bp.input.2.name", which format'),
        ('class-beyond', change('"bp.class.1.name"', '"bp.class.18446744073709551617.name"'), FORMAT,
         '"bp.class.18446744073709551617.na...", which format'),
        ('activation-unknown', change('"leaky_relu"', '"leaky"'), FORMAT,
         'bp.layer.0.activation is "leaky", which is none of its values'),
        ('activation-number', change('"leaky_relu"', '"1050"'), FORMAT,
         'bp.layer.0.activation is "1050", which is none of its values'),
        ('activation-none', change('"bp.layer.0.activation":"leaky_relu",', ''), FORMAT,
         'have no bp.layer.0.activation'),
        ('kind-unknown', change('"bp.layer.0.kind":"dense"', '"bp.layer.0.kind":"conv"'), FORMAT,
         'bp.layer.0.kind is "conv", which is none of its values'),
        ('kind-other', change('"bp.layer.0.kind":"dense"', '"bp.layer.0.kind":"dropout"'), FORMAT,
         'have no bp.layer.0.rate'),
        ('bias-unknown', change('"shared"', '"share"'), FORMAT, 'bp.layer.0.bias is "share", which is none'),
        ('initialiser-of-weights', change('"bp.layer.0.bias_init":"auto"', '"bp.layer.0.bias_init":"he_normal"'), FORMAT,
         'bp.layer.0.bias_init: bias_init cannot be he_normal: use zeros, constant, uniform or normal'),
        ('rate-1', change('"bp.layer.1.rate":"0.25"', '"bp.layer.1.rate":"1"'), FORMAT,
         'bp.layer.1.rate: rate is 1: it must be 0 to 0.99'),
        ('switch-half', change('"bp.layer.0.train_bias":"1"', '"bp.layer.0.train_bias":"0.5"'), FORMAT,
         'bp.layer.0.train_bias: train_bias is 0.5: it must be a whole number'),
        ('option-beyond', change('"bp.option.beta1":"0.9"', '"bp.option.beta1":"1"'), FORMAT, 'bp.option.beta1: '),
        ('loss-unknown', change('"cross_entropy"', '"cross"'), FORMAT, 'bp.option.loss is "cross", which is none'),
        ('threads', change('"bp.option.raw"', '"bp.option.threads":"4096","bp.option.raw"'), FORMAT,
         '"bp.option.threads", which format'),
        ('fresh-2', change('"bp.fresh":"1"', '"bp.fresh":"2"'), FORMAT, 'bp.fresh is neither 0 nor 1'),
        ('dtype-unknown', change('"dtype":"F32"', '"dtype":"F16"'), UNSUPPORTED,
         'tensor "layers.0.weight" is of F16: only F32 and F64 are read'),
        ('dtype-with-a-blank', change('"dtype":"F32"', '"dtype":"F32 "'), UNSUPPORTED,
         'tensor "layers.0.weight" is of F32 : only F32 and F64 are read'),
        ('dtype-of-the-net', change('"bp.dtype":"f32"', '"bp.dtype":""'), FORMAT,
         'bp.dtype is "": it must be f32 or f64'),
    ],
    'truncation at every byte': [
        ('truncated-to-nothing', *cut(0)),
        ('truncated-in-the-size', *cut(7)),
        ('truncated-behind-the-size', *cut(8)),
        ('truncated-in-the-header', *cut(400)),
        ('truncated-before-the-end-of-the-header', *cut(BEHIND - 1)),
        ('truncated-behind-the-header', *cut(BEHIND)),
        ('truncated-in-a-number', *cut(BEHIND + 30)),
        ('truncated-by-a-byte', *cut(len(GOOD) - 1)),
        ('truncated-header-of-right-size', file(HEADER[:-1]), FORMAT, ': the end of the header inside an object or a list'),
        ('truncated-text-of-right-size', file(HEADER[:HEADER.index(b'relu')]), FORMAT, ': a text without a closing quote'),
        'tests/test_files_damage.c: every_truncation_is_an_error',
    ],
    'deep nesting': [
        ('nested-lists', change('[3,2]', '[' * 8 + '3' + ']' * 8), FORMAT,
         ': objects and lists that are nested deeper than 3'),
        ('nested-objects', change('[3,2]', '{"a":{"a":{}}}'), FORMAT,
         ': objects and lists that are nested deeper than 3'),
        ('nested-open', file(b'{"a":' + b'[' * 2000, b''), FORMAT,
         'header, byte 7: objects and lists that are nested deeper than 3'),
        'tests/test_files_attacks.c: large_headers_are_refused_within_the_memory_of_the_file',
    ],
    'duplicate keys': [
        ('twice-in-metadata', change('"bp.fresh":"1"', '"bp.fresh":"1","bp.fresh":"1"'), FORMAT,
         'the name "bp.fresh" comes twice'),
        ('twice-a-tensor', change(B0, B0 + ',' + B0), FORMAT, 'the name "layers.0.bias" comes twice'),
        ('twice-metadata', change(W0, '"__metadata__":{},' + W0), FORMAT, 'the name "__metadata__" comes twice'),
        ('twice-in-a-tensor', change('[24,28]', '[24,28],"dtype":"F32"'), FORMAT,
         'header: "layers.0.bias" has "dtype" twice'),
        ('twice-by-an-escape', change('"bp.fresh":"1"', '"bp.fresh":"1","bp.fres\\u0068":"0"'), FORMAT,
         ': a name with an escape'),
    ],
    'overlapping, gapped or trailing data': [
        ('overlap', change('[24,28]', '[20,24]'), FORMAT,
         'tensor "layers.0.bias" begins at 20, and the one before it ends at 24'),
        ('gap', change('[24,28]', '[28,32]'), FORMAT,
         'tensor "layers.0.bias" begins at 28, and the one before it ends at 24'),
        ('gap-at-the-start', change('[0,24]', '[4,28]'), FORMAT,
         'tensor "layers.0.weight" begins at 4, and the one before it ends at 0'),
        ('other-order', change(W0 + ',' + B0, B0 + ',' + W0), FORMAT,
         'tensor "layers.0.bias" begins at 24, and the one before it ends at 0'),
        ('offsets-backwards', change('[24,28]', '[28,24]'), FORMAT,
         'tensor "layers.0.bias" takes 4 bytes, but its data_offsets are 28 to 24'),
        ('trailing-byte', GOOD + b'\0', FORMAT, 'has 61 bytes after the header, and its tensors take 60'),
        ('trailing-file', GOOD + GOOD, FORMAT,
         f'has {60 + len(GOOD)} bytes after the header, and its tensors take 60'),
        ('trailing-tensor', change(',' + B2, ''), FORMAT, 'has 60 bytes after the header, and its tensors take 52'),
        ('trailing-claim', change(B2, B2 + ',"x":{"dtype":"F32","shape":[1],"data_offsets":[60,64]}'), FORMAT,
         'has 60 bytes after the header, and its tensors take 64'),
        ('trailing-text-in-the-header', change('[52,60]}}', '[52,60]}}{}'), FORMAT,
         ': more bytes after the end of the object'),
        ('trailing-nul-in-the-header', change('[52,60]}}', '[52,60]}}\0'), FORMAT,
         ': more bytes after the end of the object'),
        ('leading-blank', change('{"__metadata__"', ' {"__metadata__"'), FORMAT,
         'header, byte 0: something else in place of the { of an object'),
    ],
    'negative, fractional or exponent numbers': [
        ('negative', change('[24,28]', '[-24,28]'), FORMAT, ': a negative number'),
        ('negative-dimensions', change('[3,2]', '[-3,-2]'), FORMAT, ': a negative number'),
        ('negative-inputs', change('"bp.inputs":"2"', '"bp.inputs":"-2"'), FORMAT,
         'bp.inputs is "-2": it must be a whole number in digits'),
        ('fraction', change('[24,28]', '[24.0,28]'), FORMAT, ': a number with a fraction or an exponent'),
        ('exponent', change('[24,28]', '[24,28e0]'), FORMAT, ': a number with a fraction or an exponent'),
        ('exponent-in-inputs', change('"bp.inputs":"2"', '"bp.inputs":"2e0"'), FORMAT,
         'bp.inputs is "2e0": it must be a whole number in digits'),
        ('leading-zero', change('[24,28]', '[024,28]'), FORMAT, ': a number that begins with 0'),
        ('more-than-18-digits', change('[3,2]', '[4611686018427387904,1]'), FORMAT,
         ': a number of more than 18 digits'),
        ('more-than-64-bits', change('[24,28]', '[24,99999999999999999999]'), FORMAT,
         ': a number of more than 18 digits'),
        ('number-as-text', change('[24,28]', '["24",28]'), FORMAT,
         '"layers.0.bias" is not a tensor with data_offsets of 2'),
        ('true', change('[24,28]', '[true,28]'), FORMAT, ': something that is not an object, list, text or whole number'),
        ('null', change('[24,28]', 'null'), FORMAT, ': something that is not an object, list, text or whole number'),
        ('seed-in-hexadecimal', change('"bp.seed":"1"', '"bp.seed":"0x1"'), FORMAT,
         'bp.seed is "0x1": it must be a whole number in digits'),
        ('seed-too-long', change('"bp.seed":"1"', '"bp.seed":"' + '1' * 70 + '"'), FORMAT,
         '"bp.seed" is a text that is too long'),
        ('scaling-no-number', change('"0.25 3"', '"0.25 x"'), FORMAT, 'bp.input.scaling.factor: number 1 of 2 is "x"'),
        ('scaling-escape', change('"0.25 3"', '"0.25\\u00203"'), FORMAT, 'bp.input.scaling.factor: number 0 of 2 is'),
        ('scaling-comma', change('"0.25 3"', '"0,25 3"'), FORMAT, 'bp.input.scaling.factor: number 0 of 2 is "0,25"'),
    ],
    'NaN and infinity in the payload': [
        ('nan', numbers(0, float('nan')), NONFINITE, 'tensor "layers.0.weight": number 0 is nan'),
        ('infinity', numbers(6, float('inf')), NONFINITE, 'tensor "layers.0.bias": number 0 is inf'),
        ('infinity-negative', numbers(14, float('-inf')), NONFINITE, 'tensor "layers.2.bias": number 1 is -inf'),
        ('nan-in-the-header', change('[24,28]', '[NaN,28]'), FORMAT, ': something that is not an object, list, text or whole number'),
        ('infinity-in-an-option', change('"bp.layer.0.slope":"0.01"', '"bp.layer.0.slope":"inf"'), FORMAT,
         'bp.layer.0.slope is "inf": it must be a number'),
        ('infinity-by-an-exponent', change('"bp.layer.0.slope":"0.01"', '"bp.layer.0.slope":"1e999"'), FORMAT,
         'bp.layer.0.slope is "1e999": it must be a number'),
        ('nan-in-a-scaling', change('"0.25 3"', '"0.25 nan"'), FORMAT,
         'bp.input.scaling.factor: number 1 of 2 is "nan"'),
    ],
    'wrong magic, wrong endianness, newer version': [
        ('magic-of-pytorch', b'PK\x03\x04\0\0\x08\x08' + bytes(22) + b'archive/data.pkl', FORMAT,
         'is it a safetensors file?'),
        ('magic-of-zip-of-no-version', b'PK\x03\x04' + bytes(26) + b'a', FORMAT, SHORT.format(31, 0x04034b50 - 23)),
        ('magic-of-fann', b'FANN_FLO_2.1\nnum_layers=3\n', FORMAT, 'is it a safetensors file?'),
        ('magic-of-zeros', bytes(64), FORMAT, 'header, byte 0: something else in place of the { of an object'),
        ('magic-of-ones', b'\xff' * 64, FORMAT, 'a header of 18446744073709551615 bytes: is it a safetensors file?'),
        ('header-of-nothing', struct.pack('<Q', 2) + b'{}', FORMAT, 'is no model file of libbp: bp.format is missing'),
        ('header-of-nothing-and-more', struct.pack('<Q', 2) + b'{}x', FORMAT,
         'has 1 byte after the header, and its tensors take 0'),
        ('header-of-a-list', struct.pack('<Q', 2) + b'[]', FORMAT, 'header, byte 0: something else in place of the { of an object'),
        ('header-of-a-nul', struct.pack('<Q', 3) + b'{\0}', FORMAT, 'header, byte 1: something else in place of a name in quotes'),
        ('big-endian', GOOD[7::-1] + GOOD[8:], FORMAT, 'is it a safetensors file?'),
        ('version-newer', change('"1.0"', '"2.0"'), UNSUPPORTED, 'is of format 2.0: this libbp, '),
        ('version-0', change('"1.0"', '"0.9"'), UNSUPPORTED, 'is of format 0.9: this libbp, '),
        ('version-without-minor', change('"1.0"', '"1"'), FORMAT, 'bp.format is "1": it must be two numbers'),
        ('version-half', change('"1.0"', '"1."'), FORMAT, 'bp.format is "1.": it must be two numbers'),
        ('version-of-three', change('"1.0"', '"1.0.0"'), FORMAT, 'bp.format is "1.0.0": it must be two numbers'),
        ('version-beyond-counting', change('"1.0"', '"1.9999999999"'), FORMAT,
         'bp.format is "1.9999999999": it must be two numbers'),
        ('version-missing', change('"bp.format"', '"format"'), FORMAT,
         'is no model file of libbp: bp.format is missing'),
        ('version-newer-in-a-name', change('"bp.fresh":"1"', '"bp.frehs":"1"'), FORMAT,
         'its metadata have "bp.frehs", which format 1.0 does not know'),
    ],
    'names with NUL, invalid UTF-8, or ten megabytes': [
        ('nul-by-an-escape', change('"bp.fresh":"1"', '"bp.fresh":"1\\u0000"'), FORMAT, ': a text with a NUL'),
        ('nul-in-a-column', change('\\"b"', '\\u0000b"'), FORMAT, ': a text with a NUL'),
        ('nul-in-a-text', change('"no"', '"n\0"'), FORMAT, ': a text with a NUL'),
        ('nul-in-a-name', change('"bp.fresh"', '"bp.fresh\0x"'), FORMAT, ': a text with a NUL'),
        ('utf8-cut', change(b'\xc3\xa4', b'\xc3'), FORMAT, ': a text that is not UTF-8'),
        ('utf8-cut-in-a-name', change('"bp.fresh"', b'"bp.fresh\xe2\x82"'), FORMAT, ': a text that is not UTF-8'),
        ('utf8-overlong', change(b'\xc3\xa4', b'\xc0\x80'), FORMAT, ': a text that is not UTF-8'),
        ('utf8-surrogate', change(b'\xc3\xa4', b'\xed\xa0\x80'), FORMAT, ': a text that is not UTF-8'),
        ('utf8-beyond-unicode', change(b'\xc3\xa4', b'\xf4\x90\x80\x80'), FORMAT, ': a text that is not UTF-8'),
        ('surrogate-first-half', change(b'\xc3\xa4', '\\ud800'), FORMAT, ': half of a surrogate pair'),
        ('surrogate-second-half', change(b'\xc3\xa4', '\\udc00'), FORMAT, ': half of a surrogate pair'),
        ('surrogate-two-first-halves', change(b'\xc3\xa4', '\\ud800\\ud800'), FORMAT, ': half of a surrogate pair'),
        ('escape-unknown', change(b'\xc3\xa4', '\\x41'), FORMAT, ': an unknown escape'),
        ('escape-short', change(b'\xc3\xa4', '\\u12'), FORMAT, ': an escape without four digits'),
        ('control-character', change(b'\xc3\xa4', '\x01'), FORMAT, ': a control character in a text'),
        ('name-too-long', change('"bp.fresh"', '"' + 'x' * 1025 + '"'), FORMAT, ': a name of more than 1024 bytes'),
        'tests/test_files_attacks.c: large_headers_are_refused_within_the_memory_of_the_file',
    ],
    'a symbolic link or folder as the path': [
        ('link', LINK, IO, 'is a symbolic link: only regular files are read'),
        ('folder', INSIDE, IO, 'is a folder: only regular files are read'),
        'tests/test_files_saves.c: what_is_no_regular_file_is_not_replaced',
    ],
    'a file that shrinks while it is read': [
        'tests/test_files_loads.c: a_file_that_shrinks_while_it_is_read_is_an_error',
    ],
    'a form that JSON or safetensors has not': [
        ('metadata-of-an-object', change('"bp.fresh":"1"', '"bp.fresh":{}'), FORMAT,
         'header: "bp.fresh" in __metadata__ is no text'),
        ('metadata-of-a-list', file(b'{"__metadata__":[],' + text(W0) + b'}', PAYLOAD[:24]), FORMAT,
         'header: __metadata__ is no object'),
        ('tensor-of-a-list', change(W0, '"layers.0.weight":[0,24]'), FORMAT,
         '"layers.0.weight" is not a tensor of dtype, shape and data_offsets'),
        ('tensor-with-more', change('"shape":[3,2]', '"shape":[3,2],"x":1'), FORMAT,
         '"layers.0.weight" is not a tensor of dtype, shape and data_offsets'),
        ('tensor-too-long', change('[3,2]', '[3,2' + ' ' * 1024 + ']'), FORMAT,
         '"layers.0.weight" is not a tensor of at most 1024 bytes'),
        ('dtype-of-a-number', change('"dtype":"F32"', '"dtype":32'), FORMAT,
         '"layers.0.weight" is not a tensor of dtype, shape and data_offsets'),
        ('comma-too-many', change('[3,2]', '[3,2,]'), FORMAT, ': something that is not an object, list, text or whole number'),
        ('comma-too-few', change('"dtype":"F32",', '"dtype":"F32"'), FORMAT, ': neither a comma nor a closing bracket'),
        ('comma-at-the-end', change('[52,60]}}', '[52,60]},}'), FORMAT, ': something else in place of a name in quotes'),
        ('colon-missing', change('"bp.fresh":', '"bp.fresh" '), FORMAT, ': no colon after a name'),
        ('comment', change('[3,2]', '[3,2]/**/'), FORMAT, ': neither a comma nor a closing bracket'),
    ],
}


def cell(value):
    return f'`{value}`' if value else ''


def row(name, _, status, sentence):
    assert '|' not in sentence and '`' not in sentence
    return '| ' + ' | '.join([name, status, cell(sentence)]) + ' |\n'


def page():
    titles = '| file | status | in its sentence |\n| --- | --- | --- |\n'
    out = ['# Hostile files\n\n',
           'Made by `tests/vectors/make_attacks.py`, which wrote this page too. `tests/test_files_attacks.c` loads\n'
           'each file by its path and from memory, and compares the result with the table. A file that is large, or that\n'
           'changes, is made by the test that is named below the table.\n']
    for attack, rows in ATTACKS.items():
        out.append(f'\n## {attack}\n\n')
        files = [entry for entry in rows if isinstance(entry, tuple)]
        if files:
            out.append(titles)
        out += [row(*entry) for entry in files]
        out += [('\n' if files else '') + f'- `{entry}`\n' for entry in rows if isinstance(entry, str)]
    return ''.join(out).encode()


def files():
    """Everything in the folder: what is at a path."""
    found = {'README.md': page(), 'folder.safetensors/README.md': b'A folder, for who takes it for a file.\n'}
    for rows in ATTACKS.values():
        for entry in rows:
            if isinstance(entry, tuple) and entry[1] != INSIDE:
                assert entry[0] not in found
                found[entry[0] + '.safetensors'] = entry[1]
    return found


def there():
    found = {}
    for path in FOLDER.rglob('*'):
        if path.is_symlink():
            leads = str(path.readlink())
            found[str(path.relative_to(FOLDER))] = LINK if leads == 'good.safetensors' else leads
        elif path.is_file():
            found[str(path.relative_to(FOLDER))] = path.read_bytes()
    return found


def write():
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name, data in files().items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if data == LINK:
            path.symlink_to('good.safetensors')
        else:
            path.write_bytes(data)


def check():
    wanted, found = files(), there()
    wrong = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    print('\n'.join(f'{name} is not what make_attacks.py writes' for name in wrong) or f'{len(found)} files')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(check() if sys.argv[1:] == ['--check'] else write())
