# SPDX-License-Identifier: MIT
"""Makes the description of the interface, bp-api.json, of what the headers say. What a comment leaves open that a binding must
know is a Trouble, not a guess."""
import re

import comments
import shapes
from declarations import Trouble
from parameters import NUMBERS, Parameters

# Enumerations whose constants have no words in common.
NAMES = {'BP_OK': 'BP_STATUS', 'BP_F32': 'BP_TYPE'}


def plain(comment):
    """A comment in words alone."""
    return comments.joined(comment.lines) if comment else ''


class Interface:
    def __init__(self, headers, umbrella):
        self.headers = headers
        self.troubles = []
        self.named = {kind: {one.name: one for header in headers for one in header.declarations if one.kind == kind}
                      for kind in ('alias', 'handle', 'struct', 'callback', 'function')}
        self.sizes = shapes.read_sizes(plain(umbrella.comment))
        self.umbrella = umbrella
        self.families = {}
        self.texts = comments.Texts(headers)
        self.parameters = Parameters(self)

    def trouble(self, header, line, sentence):
        self.add(Trouble(header, line, sentence))

    def add(self, trouble):
        if str(trouble) not in self.troubles:
            self.troubles.append(str(trouble))

    def of_kind(self, kind):
        return [(header, one) for header in self.headers for one in header.declarations if one.kind == kind]

    # ------------------------------------------------------------------------------------------------ enumerations

    def family_name(self, header, one):
        names = [constant.name for constant in one.parts]
        words = [name.split('_') for name in names]
        shared = 0
        while all(len(word) > shared + 1 and word[shared] == words[0][shared] for word in words):
            shared += 1
        if shared > 1:
            return '_'.join(words[0][:shared if len(words) > 1 else -1])
        if names[0] not in NAMES:
            self.trouble(header.name, one.line, f'the constants from {names[0]} on have no family name in common')
        return NAMES.get(names[0], '')

    def enumeration(self, header, one):
        name = self.family_name(header, one)
        if not one.comment:
            self.trouble(header.name, one.line, f'{name} has no documentation')
        for constant in one.parts:
            if not constant.comment:
                self.trouble(header.name, constant.line, f'{constant.name} has no documentation')
        self.families.setdefault(name, []).extend(one.parts)
        return {'name': name, 'header': header.name, 'section': one.section, 'documentation': plain(one.comment),
                'constants': [{'name': constant.name, 'value': constant.value, 'documentation': plain(constant.comment)}
                              for constant in one.parts]}

    # ------------------------------------------------------------------------------------------------ functions

    def returned(self, header, one, text):
        """What a function returns. Of a text one must know whether it can be NULL, and how long it is valid."""
        type_ = str(one.type)
        kind = {'bp_status': 'status', 'void': 'none', 'const char *': 'text'}.get(type_)
        if not kind and one.type.base in NUMBERS and one.type.depth == 0:
            kind = 'number'
        found = {'type': type_, 'kind': kind}
        if not kind:
            self.trouble(header, one.line, f'{one.name}: what a returned "{type_}" is, is not known')
        if kind == 'text':
            prose = text.prose + text.inherited
            valid = re.search(r'\bvalid (.*?)(?=[.;]|$)', prose, flags=re.I)
            null = re.search(r'\bNULL (?:if|where|for)\b', prose)
            if not valid:
                self.trouble(header, one.line, f'{one.name}: how long is the text valid? ("Valid for ever", "Valid until ...")')
            if not null and not re.search(r'\bnever NULL\b', prose, flags=re.I):
                self.trouble(header, one.line, f'{one.name}: can the text be NULL? ("NULL if ...", "never NULL")')
            found.update({'valid': valid[1] if valid else '', 'null': bool(null)})
        return found

    def statuses(self, header, one, text):
        known = {constant.name for constant in self.families['BP_STATUS']}
        for status, _ in text.errors or []:
            if status not in known:
                self.trouble(header, text.line, f'{one.name}: there is no {status}')
        found = [{'name': 'BP_OK', 'when': ''}]
        if re.search(r'\bBP_DONE\b', text.prose + text.inherited):
            found.append({'name': 'BP_DONE', 'when': ''})
        return found + [{'name': status, 'when': '; '.join(notes)} for status, notes in text.errors or []]

    def function(self, header, one):
        text = self.texts.of(one.name)
        found = {'name': one.name, 'header': header.name, 'line': one.line, 'section': one.section,
                 'documentation': text.prose, 'returns': self.returned(header.name, one, text),
                 'parameters': self.parameters.of(header.name, one, text)}
        if str(one.type) == 'bp_status':
            if text.errors is None:
                self.trouble(header.name, one.line, f'{one.name} has no "Errors:"')
            found['statuses'] = self.statuses(header.name, one, text)
            if 'BP_ERR_ARG' not in dict(text.errors or []) and any(one.get('null') == 'refused' for one in found['parameters']):
                self.trouble(header.name, one.line, f'{one.name} refuses NULL, so its "Errors:" must have ARG')
        elif text.errors:
            self.trouble(header.name, one.line, f'{one.name} returns no status, but has "Errors:"')
        if not text.threads:
            self.trouble(header.name, one.line, f'{one.name} has no "Threads:"')
        rule = re.match(r'\w*', text.threads or '')
        found['threads'] = {'rule': rule[0], 'documentation': text.threads or ''}
        if text.inherits:
            found['inherits'] = text.inherits
        if one.name.endswith('_destroy'):
            found['destroys'] = one.parts[0].name
        return found

    def callback(self, header, one):
        text = self.texts.of(one.name)
        return {'name': one.name, 'header': header.name, 'section': one.section, 'documentation': text.prose,
                'returns': str(one.type), 'parameters': self.parameters.of(header.name, one, text)}

    # ------------------------------------------------------------------------------------------------ types

    def documented(self, header, one, name):
        if not one.comment:
            self.trouble(header.name, one.line, f'{name} has no documentation')
        return plain(one.comment)

    def named_type(self, header, one):
        found = {'name': one.name, 'header': header.name, 'section': one.section,
                 'documentation': self.documented(header, one, one.name)}
        if one.kind == 'alias':
            found['type'] = str(one.type)
        return found

    def member(self, header, one, member):
        found = {'name': member.name, 'type': str(member.type),
                 'documentation': self.documented(header, member, f'{one.name}.{member.name}')}
        if member.parameters is not None:
            found['parameters'] = [{'name': part.name, 'type': str(part.type)} for part in member.parameters]
        return found

    def struct(self, header, one):
        return self.named_type(header, one) | {'members': [self.member(header, one, member) for member in one.parts]}

    # ------------------------------------------------------------------------------------------------ all

    def each(self, kind, describe):
        """All declarations of a kind, described; those that cannot be read become troubles."""
        found = []
        for header, one in self.of_kind(kind):
            try:
                found.append(describe(header, one))
            except Trouble as trouble:
                self.add(trouble)
        return found

    def header(self, header):
        return {'name': f'bp/{header.name}', 'documentation': plain(header.comment),
                'sections': [{'name': name, 'documentation': '\n\n'.join(map(plain, texts))} for name, texts in header.sections]}

    def description(self, macros):
        """The whole of it; self.troubles has what it lacks."""
        numbers = [macros[f'BP_VERSION_{part}'] for part in ('MAJOR', 'MINOR', 'PATCH')]
        return {
            'version': {'text': '.'.join(map(str, numbers)), 'major': numbers[0], 'minor': numbers[1], 'patch': numbers[2],
                        'abi': macros['BP_ABI_VERSION']},
            'umbrella': self.header(self.umbrella),
            'headers': [self.header(header) for header in self.headers],
            'sizes': [{'name': name, 'meanings': meanings} for name, meanings in self.sizes.items()],
            'enumerations': self.each('enumeration', self.enumeration),
            'types': self.each('alias', self.named_type),
            'handles': self.each('handle', self.named_type),
            'structs': self.each('struct', self.struct),
            'callbacks': self.each('callback', self.callback),
            'functions': self.each('function', self.function),
        }
