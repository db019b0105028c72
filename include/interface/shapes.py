# SPDX-License-Identifier: MIT
"""Shapes of arrays, '[rows][inputs]', as expressions of a function's parameters and of calls.

    expression = term, {('+' | '-' | '*' | '/'), term}
    term = number | constant | name, ['[', expression, ']'] | ('max' | function), '(', [expression, {',', expression}], ')', ['.', name]

A call with a name behind it is what the function writes to its parameter of that name.
"""
import re

TOKEN = re.compile(r'\s*(\d+|\w+|[-+*/(),.\[\]])')


class Unknown(Exception):
    """A name in a shape that is neither a parameter nor a size that the umbrella header explains."""


class Expression:
    def __init__(self, text, depths, handles, functions, sizes):
        self.text, self.at = text, 0
        self.depths, self.handles, self.functions, self.sizes = depths, handles, functions, sizes

    def peek(self):
        match = TOKEN.match(self.text, self.at)
        return match[1] if match else ''

    def take(self, expected=None):
        token = self.peek()
        if not token or expected and token != expected:
            raise Unknown(f'"{self.text}" is no expression: see docs/bindings.md')
        self.at = TOKEN.match(self.text, self.at).end()
        return token

    def arguments(self):
        found = []
        self.take('(')
        while self.peek() != ')':
            found.append(self.expression())
            if self.peek() != ')':
                self.take(',')
        self.take(')')
        return f'({", ".join(found)})'

    def written(self):
        if self.peek() != '.':
            return ''
        self.take('.')
        return f'.{self.take()}'

    def term(self):
        token = self.take()
        if token.isdigit():
            return token
        if token.startswith('BP_'):
            return token
        if token == 'max' or token in self.functions:
            return token + self.arguments() + self.written()
        if token in self.handles or self.depths.get(token) == 0:
            return token
        if token in self.depths and self.peek() == '[':
            self.take('[')
            inner = self.expression()
            self.take(']')
            return f'{token}[{inner}]'
        return self.size(token)

    def size(self, name):
        """A size that is no parameter: the first of its meanings of which the function has all parameters."""
        for meaning in self.sizes.get(name, []):
            try:
                return resolve(meaning, self.depths, self.handles, self.functions, {})
            except Unknown:
                pass
        raise Unknown(f'"{name}" is no parameter, and bp.h explains no such size by the parameters of this function')

    def expression(self):
        found = self.term()
        while self.peek() in ('+', '-', '*', '/'):
            operator = self.take()
            found += f' {operator} {self.term()}'
        return found


def resolve(text, depths, handles, functions, sizes):
    """An expression in which each name is a parameter and each call a public function's. `depths` has the parameters that are
    numbers (0) or arrays of them (1)."""
    expression = Expression(text, depths, handles, functions, sizes)
    found = expression.expression()
    if expression.text[expression.at:].strip():
        raise Unknown(f'"{text}" is no expression: see docs/bindings.md')
    return found


def read_sizes(prose):
    """The sizes that the umbrella header explains, in items '- inputs: bp_net_inputs(net) or bp_data_inputs(data)'."""
    section = prose.partition('@section shapes')[2].partition('@section')[0]
    return {name: meaning.rstrip('.').split(' or ') for name, meaning in re.findall(r'^- (\w+): (.*)$', section, flags=re.M)}
