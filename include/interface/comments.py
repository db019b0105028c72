# SPDX-License-Identifier: MIT
"""Reads the comments of public functions, in the form that CONTRIBUTING.md gives ("Comments of the public headers")."""
import dataclasses
import re

from declarations import Trouble

CALL = r'bp_\w+\(\)'
CALLS = rf'{CALL}(?:(?:, | and |, and ){CALL})*'
INHERITS = re.compile(rf'(?:See|As) ({CALLS})')
PARAMETER = re.compile(r'@param(?:\[(out|in,out)\])? +((?:\w+, )*\w+) +(.*)', re.S)
# What an "Errors:" is made of. A note is in parentheses; there may be some in it.
ERROR = re.compile(rf'(?P<status>[A-Z]+)\b|as (?P<calls>{CALLS})|(?P<note>\((?:[^()]|\([^()]*\))*\))|(?P<also>also\b)|(?P<link>,|;|and\b)|'
                   r'(?P<space>\s+)')
RULES = ('shared', 'exclusive', 'any')
# Each NULL in the text of a parameter is one of these: the argument may be NULL, one of several must be, or it is about
# something else: what a pointer leads to, or an element.
NULLS = re.compile(r'or NULL together with (?P<together>\w+)|or (?P<one_of>\w+): one of the two, the other NULL\b|'
                   r'(?P<optional>or NULL\b|NULL:|may be NULL\b)|'
                   r'(?P<other>NULL after\b|NULL likewise\b|(?:an element|each) (?:may be|is) NULL|each NULL\b)')


@dataclasses.dataclass
class Parameter:
    """What a comment says of a parameter. `null` is refused or allowed; or for the two of `pair` one_of, if one of them is NULL, or
    together, if both are or none."""
    direction: str
    text: str
    line: int
    shape: list
    null: str
    pair: list


@dataclasses.dataclass
class Text:
    """A comment, taken apart. `errors` is of (status, note) and of (function, note); None where there is no "Errors:". `inherited`
    is the prose of the functions that it `inherits` from."""
    header: str
    line: int
    prose: str
    inherited: str
    inherits: list
    parameters: dict
    errors: list
    errors_added: bool
    threads: str


def joined(lines):
    """Lines as paragraphs: a line break only where one was blank or an item begins."""
    text = '\n'.join(line.rstrip() for line in lines).strip()
    text = re.sub(r'\n(?!\n|- )(?<!\n\n)', ' ', text)
    return re.sub(r' +', ' ', text)


def brackets(header, line, text):
    """The dimensions at the beginning of a parameter's text, '[rows][inputs] ...'."""
    found = []
    while text.startswith('['):
        depth = 0
        for i, letter in enumerate(text):
            depth += (letter == '[') - (letter == ']')
            if depth == 0:
                break
        else:
            raise Trouble(header, line, f'a bracket is not closed: {text}')
        found.append(text[1:i])
        text = text[i + 1:]
    return found


def read_parameter(header, line, text):
    """The parameters of a '@param': one, or several that share the text."""
    match = PARAMETER.fullmatch(text)
    if not match:
        raise Trouble(header, line, f'not of the form "@param[out] name text": {text}')
    direction, names, text = match[1] or 'in', match[2].split(', '), match[3]
    null, pair = 'refused', []
    for found in NULLS.finditer(text):
        if found['optional']:
            null = 'allowed'
        elif found['one_of'] or found['together']:
            null = 'one_of' if found['one_of'] else 'together'
            pair = [names[0], found[null]]
    if 'NULL' in NULLS.sub('', text):
        raise Trouble(header, line, f'may {names[0]} be NULL? Of that there must be "or NULL", "NULL: ..." or "may be NULL": {text}')
    shape = brackets(header, line, text)
    return {name: Parameter(direction, text, line, shape, null, pair) for name in names}


def read_errors(header, line, text):
    """The items of an "Errors:", and whether they come on top of those of another function."""
    items, added, at, text = [], False, 0, text.rstrip().removesuffix('.')
    while at < len(text):
        match = ERROR.match(text, at)
        if not match:
            raise Trouble(header, line, f'in "Errors:" stand statuses with a note in parentheses and "as bp_...()", not: {text[at:]}')
        kind = match.lastgroup
        if kind == 'also' and not items:
            added = True
        elif kind == 'status':
            items.append([match['status'], ''])
        elif kind == 'calls':
            items += [[name, ''] for name in re.findall(r'bp_\w+', match['calls'])]
        elif kind == 'note':
            if not items or items[-1][1]:
                raise Trouble(header, line, f'a note that follows no status: {match["note"]}')
            items[-1][1] = joined([match['note'][1:-1]])
        elif kind == 'also':
            raise Trouble(header, line, f'"also" stands at the beginning of "Errors:", not before: {text[at:]}')
        at = match.end()
    return items, added


def parts_of(comment):
    """A comment's prose, and its parts as (line, text): @param, "Errors:" and "Threads:", each up to the next, "Returns" at the
    beginning of a line, or an empty line.
    The latter two may also follow a sentence in the same line."""
    prose, part, parts = [], None, []
    for i, line in enumerate(comment.lines):
        for piece in re.split(r'(?<=[.)]) (?=(?:Errors|Threads): )', line.strip()):
            if re.match(r'@param|Errors:|Threads:', piece):
                part = [piece]
                parts.append((comment.line + i, part))
            elif piece and part and not piece.startswith('Returns '):
                part.append(piece)
            else:
                part = None
                prose.append(piece)
    return joined(prose), [(line, joined(lines)) for line, lines in parts]


def read_text(header, comment):
    """A comment of a function or a callback as a Text."""
    prose, parts = parts_of(comment)
    found = Text(header, comment.line, prose, '', [], {}, None, False, None)
    match = INHERITS.match(prose)
    if match:
        found.inherits = re.findall(r'bp_\w+', match[1])
    for line, text in parts:
        if text.startswith('@param'):
            found.parameters.update(read_parameter(header, line, text))
        elif text.startswith('Errors: '):
            if found.errors is not None:
                raise Trouble(header, line, 'a second "Errors:"')
            found.errors, found.errors_added = read_errors(header, line, text.removeprefix('Errors: '))
        elif text.startswith('Threads: '):
            if found.threads is not None:
                raise Trouble(header, line, 'a second "Threads:"')
            found.threads = text.removeprefix('Threads: ').removesuffix('.')
            if re.split(r'\W', found.threads)[0] not in RULES:
                raise Trouble(header, line, f'"Threads:" begins with {", ".join(RULES)}, not: {found.threads}')
        else:
            raise Trouble(header, line, f'not understood: {text}')
    return found


class Texts:
    """The comments of all functions and callbacks, with what they inherit: what a comment does not say of parameters, errors and
    threads itself stands in those of the functions that it names at its beginning."""

    def __init__(self, headers):
        self.places = {one.name: (header.name, one) for header in headers for one in header.declarations
                       if one.kind in ('function', 'callback')}
        self.read = {}

    def of(self, name):
        """The Text of a function. One that cannot be read is the same Trouble each time."""
        header, one = self.places[name]
        if name not in self.read:
            self.read[name] = Trouble(header, one.line, f'{name} inherits from itself')
            try:
                if not one.comment:
                    raise Trouble(header, one.line, f'{name} has no documentation')
                text = read_text(header, one.comment)
                self.inherit(one, text)
                self.expand(text)
                self.read[name] = text
            except Trouble as trouble:
                self.read[name] = trouble
        if isinstance(self.read[name], Trouble):
            raise self.read[name]
        return self.read[name]

    def other(self, text, name):
        if name not in self.places:
            raise Trouble(text.header, text.line, f'there is no {name}()')
        return self.of(name)

    def inherit(self, one, text):
        mine = {parameter.name for parameter in one.parts}
        for other in [self.other(text, name) for name in text.inherits]:
            for parameter, said in other.parameters.items():
                if parameter in mine:
                    text.parameters.setdefault(parameter, said)
            text.threads = text.threads or other.threads
            text.inherited += '\n' + other.prose + other.inherited
        if text.inherits and (text.errors is None or text.errors_added):
            text.errors = (text.errors or []) + [[name, ''] for name in text.inherits]
        elif text.errors_added:
            raise Trouble(text.header, text.line, '"Errors: also" in a comment that does not begin with "See" or "As"')

    def expand(self, text):
        """Errors of other functions in place of their names; each status once, with all that is said of it."""
        found = {}
        for name, note in text.errors or []:
            items = [(f'BP_ERR_{name}', [note] if note else [])]
            if name.startswith('bp_'):
                items = self.other(text, name).errors or []
            for status, notes in items:
                known = found.setdefault(status, [])
                known += [one for one in notes if one not in known]
        if text.errors is not None:
            text.errors = list(found.items())
