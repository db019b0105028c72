#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes option_texts.txt: option texts, and what each of them is read as, by the grammar in regular expressions.

    python3 tests/vectors/make_option_texts.py            writes it
    python3 tests/vectors/make_option_texts.py --check checks that it is what it would write

A line is a text, a tab, and what it is read as, both with C's escapes. That is its pairs, separated by blanks: the name, "=",
and the items, separated by commas. An item is its parts: b or q, for bare or quoted, its size, a colon, and its bytes.
A text that is wrong is read as "byte N: ", and the problem."""
import pathlib
import re
import sys

FILE = pathlib.Path(__file__).resolve().parent / 'option_texts.txt'

BLANK = re.compile(r'[ \t\r\n]+|#[^\n]*')
NAME = re.compile(r'[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*')
BARE = re.compile(r'[^ \t\r\n,"\'#]+')
QUOTED = {'"': re.compile(r'"((?:[^"]|"")*)"(?!")'), "'": re.compile(r"'((?:[^']|'')*)'(?!')")}


class Wrong(Exception):
    pass


def shortened(name):
    """As lib/base/quote.c has it."""
    return name if len(name) <= 32 else name[:32] + '...'


def read_item(text, at):
    parts = ''
    while at < len(text) and text[at] not in ' \t\r\n,#':
        quote = text[at] if text[at] in QUOTED else ''
        match = QUOTED[quote].match(text, at) if quote else BARE.match(text, at)
        if not match:
            raise Wrong(f'byte {at}: this quote is not closed')
        part = match.group(1).replace(2 * quote, quote) if quote else match.group()
        parts += f'{"q" if quote else "b"}{len(part)}:{part}'
        at = match.end()
    return parts, at


def read(text):
    at, pairs, seen = 0, [], set()
    while True:
        while match := BLANK.match(text, at):
            at = match.end()
        if at == len(text):
            return ' '.join(pairs)
        match = NAME.match(text, at)
        if not match:
            raise Wrong(f'byte {at}: expected a name')
        name = match.group()
        if text[match.end():match.end() + 1] != '=':
            raise Wrong(f'byte {match.end()}: expected "=" after {shortened(name)}')
        if name in seen:
            raise Wrong(f'byte {at}: {shortened(name)} is given twice')
        seen.add(name)
        at, items = match.end(), []
        while text[at:at + 1] in ('=', ',') and (not items or text[at] == ','):
            item, at = read_item(text, at + 1)
            items.append(item)
        pairs.append(f'{name}={",".join(items)}')


def result(text):
    try:
        return read(text)
    except Wrong as wrong:
        return str(wrong)


def escaped(text):
    named = {'\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r'}
    return ''.join(named.get(c) or (c if ' ' <= c <= '~' else f'\\x{ord(c):02x}') for c in text)


BY_HAND = [
    # what the interface's description shows
    'optimizer=adamw learning_rate=0.01', 'hidden=64,64 dropout=0.2', 'target="a, b",c skip=id', 'comment="#" separator=";"',
    '# file\nepochs=5\n', 'labels_file="C:\\data\\t10k labels.gz"', "na='n/a','',-999", "na='first name':-999", 'text=2020',
    "text='2020'", 'layers.0.bias=none', 'strict=yes', 'epochs=5 epochs=6', 'hidden=64, 64', 'epochs 5', 'epochs = 5', 'target="a',
    # nothing
    '', ' ', '\n\n\t\r', '#', '# a', '#\n#\n', '# a=1\n \t# b="\n',
    # values without items, parts, or blanks around
    'a=', 'a= ', 'a=,', 'a=,,', 'a=""', "a=''", 'a="",""', 'a="" b=\'\'', 'a=\tb=1', 'a=1\rb=2\nc=3\td=4', '  a=1  ', 'a=1#b=2',
    'a=1 #b=2\nc=3', 'a=1,#b', 'a=,#', 'a=1,\n2', 'a=1,2 ,3', 'a=1 ,2',
    # names
    'a', 'A=1', 'aB=1', 'a.b=1', 'a..b=1', 'a.=1', '.a=1', 'a.1=1', 'a._=1', '_=1', '1=1', 'a1_=1', 'a-b=1', 'a\xe4=1', '\xe4=1', '=1', '=',
    'a =1', 'a#=1', 'a=1 b', 'a=1 b c=2', 'a.b.c.d.e.f.g=1', 'abcdefghijklmnopqrstuvwxyz_0123456789_abc', 40 * 'a' + '=1 ' + 40 * 'a' + '=1',
    'layers.0.slope=1 layers.10.slope=2', 'layers.0.slope=1 layers.0.slope=2', 'a.b=1 a=2 a.b.c=3', 'a=1 a.b=2 a=3',
    # quotes
    'a="', "a='", 'a="""', 'a=""""', 'a="""""', "a='''' b='", 'a="\'"', "a='\"'", 'a="a"b', 'a=b"a"', 'a="a"\'b\'', 'a=\'a\'"b"', 'a="a""b"', 'a="a" "b"',
    'a=b"c"d\'e\'f', 'a="#"', 'a="\n"', 'a="=" b="b=1"', 'a="\\"', 'a=\\ b=1', 'a="a"=b', 'a=b=c', 'a==', 'a=="="', 'a="x', 'a="x\nb=1', "a=x'y",
    'a=1 b="2', 'a=",",\',\'', '"a"=1', 'a"=1"', "a=it's b='", 'a="b""c""d"',
    # twice, and what is wrong behind it
    'a=1 a="', 'a=1 a', 'a=1 b=2 a=3 b=4', 'b=1 a=1 a=2 b=2', 'a=1 a=2 A', 'a=1 A a=2', 'a="x a=1 a=2', 'ab=1 a=1 abc=1 b=1 ab=2',
    # bytes
    'a=\xc3\xa4 b="\xff"', 'a=\x01\x7f', '\x01', 'a=1\x0b', 'a\x0c=1', '\xef\xbb\xbfa=1',
]


# What the drawn texts are made of: single bytes, and what is more often right.
BYTES = ['a', 'b', 'ab', 'a.b', '=', '=', '=', ',', ' ', ' ', '"', '"', "'", '#', '\n', '1', '.', '\\', 'A', '_']
PARTS = [' ab=', ' ab=', '\tc.0=', ' d_1=', 'x', '1e5', '"p, q"', "'r'", '""', "''", ',', ',', ' # k="\n', '\n', '=', '"s" ', '\\']


def drawn(count):
    """By a generator that is the same for ever."""
    state = 1
    for number in range(count):
        text, pieces = ('', BYTES) if number % 3 == 0 else ('a=', PARTS)
        state = state * 1103515245 + 12345 & 0x7fffffff
        for _ in range(3 + (state >> 16) % 14):
            state = state * 1103515245 + 12345 & 0x7fffffff
            text += pieces[(state >> 16) % len(pieces)]
        yield text


def main():
    texts = dict.fromkeys([*BY_HAND, *drawn(700)])
    lines = ''.join(f'{escaped(text)}\t{escaped(result(text))}\n' for text in texts)
    if '--check' not in sys.argv:
        FILE.write_text(lines)
    elif FILE.read_text() != lines:
        print(f'{FILE} is not what {sys.argv[0]} writes')
        return 1
    return 0


sys.exit(main())
