# SPDX-License-Identifier: MIT
"""Describes parameters for bp-api.json, by their types and by what the comments say."""
import re

import shapes

NUMBERS = ('float', 'double', 'int32_t', 'int64_t', 'uint8_t', 'uint32_t', 'uint64_t', 'size_t')
CONTEXTS = ('user', 'context')  # a void * that is handed on
FAMILY = re.compile(r'\b(BP_[A-Z0-9_]+?)_\*')
# Each NULL in the prose of a function is one of these.
NULL_IN_PROSE = re.compile(r'NULL is fine\b|\b(?:for|or) (?:a )?NULL\b|\bNULL (?:if|where|for)\b|\bnever NULL\b|\bis NULL\b', re.I)


class Parameters:
    """Describes the parameters of functions and callbacks. `interface` knows the names and takes the troubles."""

    def __init__(self, interface):
        self.interface = interface

    def trouble(self, header, line, one, sentence):
        self.interface.trouble(header, line, f'{one.name}: {sentence}')

    def kind(self, type_, name):
        """What a parameter of this type is, see docs/bindings.md; None where that is not known."""
        base, depth, const, named = type_.base, type_.depth, type_.const, self.interface.named
        if base in named['handle']:
            return {1: 'handle', 2: 'handles' if const else 'new_handle'}.get(depth)
        if base in named['callback']:
            return 'callback' if depth == 1 else None
        if base in named['struct']:
            return 'struct' if depth == 1 and const else None
        if base == 'void':
            return ('context' if name in CONTEXTS else 'bytes') if depth == 1 else None
        if base == 'char':
            return {(1, True): 'text', (1, False): 'characters', (2, True): 'texts'}.get((depth, const))
        if base in NUMBERS or base in named['alias']:
            return {0: 'number', 1: 'array'}.get(depth)
        return None

    def families(self, header, one, variable, text):
        """The families, or the single constants, of which a number is a member; else its text says that it is a number."""
        families = self.interface.families
        found = FAMILY.findall(text)
        constants = [name for name in re.findall(r'\bBP_[A-Z0-9_]+\b(?!\*)', text)
                     if any(name == constant.name for family in families.values() for constant in family)]
        for name in found:
            if name not in families:
                self.trouble(header, variable.line, one, f'there is no family {name}_*')
        if found:
            return {'families': found} | ({'zero': True} if re.search(r'\bor 0\b', text) else {})
        if constants:
            return {'constants': constants}
        if not re.search(r'\bnumber\b', text):
            self.trouble(header, variable.line, one, f'of {variable.name} it must be said which "BP_..._*" it takes, or that it '
                         'is a number')
        return {}

    def shape(self, header, one, variable, said):
        """The dimensions, each as an expression of parameters that are numbers, arrays of those, and calls."""
        if not said or not said.shape:
            self.trouble(header, said.line if said else variable.line, one, f'{variable.name} needs its shape, "[rows][inputs]", '
                         '"[1]" for one number, at the beginning of its @param text')
            return []
        found = []
        depths = {other.name: other.type.depth for other in one.parts if self.kind(other.type, other.name) in ('number', 'array')}
        handles = {other.name for other in one.parts if self.kind(other.type, other.name) == 'handle'}
        for dimension in said.shape:
            try:
                found.append(shapes.resolve(dimension, depths, handles, self.interface.named['function'], self.interface.sizes))
            except shapes.Unknown as unknown:
                self.trouble(header, said.line, one, str(unknown))
        return found

    def direction(self, header, one, variable, kind, said):
        """Is an argument read (in), written (out) or both? Where the type leaves that open, the comment must say it."""
        if kind in ('array', 'bytes', 'numbers', 'characters', 'new_handle') and not variable.type.const:
            if said and said.direction != 'in':
                return said.direction.replace('in,out', 'inout')
            self.trouble(header, variable.line, one, f'{variable.name} is written, so there must be a "@param[out] {variable.name}" '
                         f'or "@param[in,out] {variable.name}"')
        elif said and said.direction != 'in':
            self.trouble(header, said.line, one, f'{variable.name} is not written, but its @param says {said.direction}')
        return 'inout' if kind == 'handle' and not variable.type.const else 'in'

    def null(self, header, one, variable, kind, text):
        """May the argument be NULL? By its @param; a handle also by "NULL is fine", or by what a query returns for it."""
        said = text.parameters.get(variable.name)
        if said and said.pair:
            return {'null': said.null, 'pair': said.pair}
        if kind == 'context' or said and said.null == 'allowed':
            return {'null': 'allowed'}
        prose = text.prose + text.inherited
        if kind == 'handle' and one.kind == 'function' and re.search(r'\bNULL is fine\b', prose):
            return {'null': 'allowed'}
        if kind == 'handle' and one.kind == 'function' and str(one.type) not in ('bp_status', 'void'):
            if not re.search(r'\b(?:for|or) (?:a )?NULL\b', prose, flags=re.I):
                self.trouble(header, one.line, one, 'what does it return for NULL? ("0 for NULL", "as for NULL")')
            return {'null': 'allowed'}
        return {'null': 'refused'}

    def parameter(self, header, one, variable, text):
        kind = self.kind(variable.type, variable.name)
        if kind == 'bytes' and any(other.name == 'type' for other in one.parts):
            kind = 'numbers'
        if not kind:
            self.trouble(header, variable.line, one, f'it is not known what a "{variable.type}" such as {variable.name} is for')
            return {}
        said = text.parameters.get(variable.name)
        words = said.text if said else ''
        found = {'name': variable.name, 'type': str(variable.type), 'kind': kind,
                 'direction': self.direction(header, one, variable, kind, said)}
        if kind != 'number':
            found |= self.null(header, one, variable, kind, text)
        if kind in ('array', 'bytes', 'numbers', 'characters', 'texts', 'handles'):
            found['shape'] = self.shape(header, one, variable, said)
            found['element'] = 'const char *' if kind == 'texts' else variable.type.base
        if variable.type.base == 'bp_status' or variable.type.base == 'int32_t' and (kind == 'number' or FAMILY.search(words)):
            found |= self.families(header, one, variable, words)
        return found | {'documentation': words}

    def of(self, header, one, text):
        names = [variable.name for variable in one.parts]
        for name, said in text.parameters.items():
            if name not in names:
                self.trouble(text.header, said.line, one, f'there is no parameter {name}')
        if 'NULL' in NULL_IN_PROSE.sub('', text.prose):
            self.trouble(text.header, text.line, one, 'what of NULL? What stands of it beside @param must be "NULL is fine", "NULL if '
                         '...", "0 for NULL" or "never NULL"')
        found = [self.parameter(header, one, variable, text) for variable in one.parts]
        pairs = {part['name']: (part['null'], part['pair'][1]) for part in found if 'pair' in part}
        for name, (null, other) in pairs.items():
            if pairs.get(other) != (null, name):
                self.trouble(text.header, text.line, one, f'{name} says that {other} may be NULL, but not the other way round')
        return found
