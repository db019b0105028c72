# SPDX-License-Identifier: MIT
"""Reads the declarations of a public header, each with its comment and line. It knows the few forms that the headers have, and
refuses every other: see read_header()."""
import dataclasses
import re


class Trouble(Exception):
    """What a header says in a form that cannot be read: its place and why."""

    def __init__(self, header, line, sentence):
        super().__init__(f'{header}:{line}: {sentence}')


@dataclasses.dataclass
class Comment:
    line: int
    lines: list  # of text, without the stars


@dataclasses.dataclass
class Type:
    """A type as its words and stars: ['const', 'float', '*']."""
    words: list

    def __str__(self):
        return re.sub(r'\* (?=\*|const)', '*', ' '.join(self.words))

    @property
    def base(self):
        return next(word for word in self.words if word not in ('const', '*'))

    @property
    def depth(self):
        return self.words.count('*')

    @property
    def const(self):
        """Is what a pointer leads to constant?"""
        return 'const' in self.words[:2]

    def named(self, name):
        """A declaration of a name of this type."""
        text = str(self)
        return text + ('' if text.endswith('*') else ' ') + name


@dataclasses.dataclass
class Variable:
    """A parameter or a member. A member may be a pointer to a function: then it has parameters."""
    name: str
    type: Type
    line: int
    comment: Comment = None
    parameters: list = None


@dataclasses.dataclass
class Declaration:
    """kind: alias, handle, struct, callback, enumeration or function. `type` is that of an alias or what a function returns;
    `parts` are members, parameters or constants."""
    kind: str
    name: str
    line: int
    section: str
    comment: Comment = None
    type: Type = None
    parts: list = None


@dataclasses.dataclass
class Constant:
    name: str
    value: int
    line: int
    comment: Comment = None


@dataclasses.dataclass
class Header:
    name: str
    includes: list  # of the library's own
    macros: dict    # of version.h
    comment: Comment = None
    sections: list = None  # of (name, comments that belong to no declaration)
    declarations: list = None


TOKEN = re.compile(r'(?P<comment>/\*.*?\*/)|(?P<word>[A-Za-z_]\w*)|(?P<number>-?\d+)|(?P<mark>[{}()\[\];,=*])|(?P<space>\s+)', re.S)
SECTION = re.compile(r'/\* -{3,} (.*?) \*/')
GUARDED = re.compile(r'#ifdef __cplusplus\n.*?#endif\n', re.S)
DIRECTIVE = re.compile(r'#(ifndef (BP_\w+_H|BP_API)|define (BP_\w+_H|BP_API)|endif|include <(?P<system>std\w+\.h)>|'
                       r'include <bp/(?P<own>\w+\.h)>|define (?P<macro>BP_(VERSION_\w+|ABI_VERSION)) (?P<value>\d+))')


def blank(match):
    return '\n' * match.group().count('\n')


def directives(name, text):
    """The text without what the preprocessor reads, and what that said: own includes and macros."""
    includes, macros, lines = [], {}, GUARDED.sub(blank, text).split('\n')
    for i, line in enumerate(lines):
        if line.startswith('#'):
            match = DIRECTIVE.fullmatch(line)
            if not match:
                raise Trouble(name, i + 1, f'a directive that no public header has: {line}')
            if match['own']:
                includes.append(match['own'])
            if match['macro']:
                macros[match['macro']] = int(match['value'])
            lines[i] = ''
    return '\n'.join(lines), includes, macros


def comment_of(text, line):
    """A comment's lines without its marks."""
    inner = re.sub(r'^/\*\*<?|\*/$', '', text)
    return Comment(line, [re.sub(r'^\s*\* ?', '', part) if i else part.strip() for i, part in enumerate(inner.split('\n'))])


def tokens(name, text):
    """Words, numbers and marks, as (kind, text, line). Comments are of the kinds doc, after and section; others are left out."""
    at, line, found = 0, 1, []
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise Trouble(name, line, f'what is this: {text[at:].splitlines()[0]}')
        kind, part = match.lastgroup, match.group()
        if kind == 'comment':
            section = SECTION.fullmatch(part)
            kind = 'section' if section else 'after' if part.startswith('/**<') else 'doc' if part.startswith('/**') else 'space'
            part = section[1] if section else comment_of(part, line) if kind != 'space' else part
        if kind != 'space':
            found.append((kind, part, line))
        line += match.group().count('\n')
        at = match.end()
    return found


class Reader:
    """Walks over the tokens of a header."""

    def __init__(self, name, found):
        self.name, self.tokens, self.at, self.section = name, found, 0, ''

    def fail(self, sentence, line=None):
        raise Trouble(self.name, line or self.tokens[min(self.at, len(self.tokens) - 1)][2], sentence)

    def peek(self, ahead=0):
        return self.tokens[self.at + ahead][:2] if self.at + ahead < len(self.tokens) else ('end', '')

    def line(self):
        return self.tokens[self.at][2]

    def take(self, expected=None):
        kind, text = self.peek()
        if expected and text != expected:
            self.fail(f'expected {expected}, found {text}')
        self.at += 1
        return text

    def comment(self, kind):
        """The comment of that kind that stands here, if there is one."""
        return self.take() if self.peek()[0] == kind else None

    def type(self):
        """Words and stars as far as they go; the last word, if it is a name, is left."""
        words = []
        while self.peek()[0] == 'word' or self.peek()[1] == '*':
            words.append(self.take())
        names = [word for word in words if word not in ('*', 'const')]
        if len(names) == 2 and words[-1] == names[-1]:
            self.at -= 1
            words.pop()
            names.pop()
        if len(names) != 1:
            self.fail(f'not the type that a public header may have: {" ".join(words)}')
        return Type(words)

    def parameters(self):
        """What stands in parentheses after a function's name."""
        found = []
        self.take('(')
        if self.peek()[1] == 'void' and self.peek(1)[1] == ')':
            self.take()
        while self.peek()[1] != ')':
            line, type_ = self.line(), self.type()
            if self.peek()[0] != 'word':
                self.fail('a parameter without a name, an array or a pointer to a function that has no typedef')
            found.append(Variable(self.take(), type_, line))
            if self.peek()[1] != ')':
                self.take(',')
        self.take(')')
        return found

    def member(self):
        comment, line, type_, parameters = self.comment('doc'), self.line(), self.type(), None
        if self.peek()[1] == '(':  # type (*name)(parameters)
            self.take('(')
            self.take('*')
            name = self.take()
            self.take(')')
            parameters = self.parameters()
        else:
            name = self.take()
        self.take(';')
        return Variable(name, type_, line, comment or self.comment('after'), parameters)

    def constant(self):
        comment, line, name = self.comment('doc'), self.line(), self.take()
        self.take('=')
        if self.peek()[0] != 'number':
            self.fail(f'{name} needs a plain number as its value')
        value = int(self.take())
        comment = comment or self.comment('after')
        if self.peek()[1] != '}':
            self.take(',')
        return Constant(name, value, line, comment or self.comment('after'))

    def until_brace(self, part):
        found = []
        self.take('{')
        while self.peek()[1] != '}':
            found.append(part())
        self.take('}')
        return found

    def typedef(self, line):
        self.take('typedef')
        if self.peek()[1] == 'struct':
            self.take()
            name = self.take()
            members = self.until_brace(self.member) if self.peek()[1] == '{' else None
            self.take(name)
            return Declaration('handle' if members is None else 'struct', name, line, self.section, parts=members)
        type_, name = self.type(), self.take()
        if self.peek()[1] == '(':
            return Declaration('callback', name, line, self.section, type=type_, parts=self.parameters())
        return Declaration('alias', name, line, self.section, type=type_)

    def declaration(self):
        line, word = self.line(), self.peek()[1]
        if word == 'typedef':
            found = self.typedef(line)
        elif word == 'enum':
            self.take()
            found = Declaration('enumeration', '', line, self.section, parts=self.until_brace(self.constant))
        elif word == 'BP_API':
            self.take()
            type_, name = self.type(), self.take()
            found = Declaration('function', name, line, self.section, type=type_, parts=self.parameters())
        else:
            self.fail(f'neither typedef, enum nor BP_API: {word}')
        self.take(';')
        return found


def read_header(name, text):
    """A header as its declarations: typedefs (of a number, a struct without members, one with members, a function), enumerations
    without a name whose constants have plain numbers, and functions behind BP_API. Its comments: one that begins with / * * is
    of what follows it, with / * * < of what stands before it."""
    text, includes, macros = directives(name, text)
    reader = Reader(name, tokens(name, text))
    header = Header(name, includes, macros, None, [], [])
    pending = None
    while reader.peek()[0] != 'end':
        kind = reader.peek()[0]
        if kind in ('doc', 'section'):
            if pending and any(line.startswith('@file') for line in pending.lines):
                header.comment = pending
            elif pending and header.sections:
                header.sections[-1][1].append(pending)
            pending = reader.take() if kind == 'doc' else None
            if kind == 'section':
                reader.section = reader.take()
                header.sections.append((reader.section, []))
            continue
        declaration = reader.declaration()
        declaration.comment = pending or reader.comment('after')
        header.declarations.append(declaration)
        pending = None
    if pending and any(line.startswith('@file') for line in pending.lines):
        header.comment = pending
    return header
