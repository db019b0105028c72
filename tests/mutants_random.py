# SPDX-License-Identifier: MIT
"""Mutants at random places of C sources: rooms in turn, then an operator, then a place, each with equal chances."""
import re

# Files that are not compiled without another library, or not run on every machine.
LEFT_OUT = {'blas_tmpl.c', 'lapack.c', 'vector_avx2.h', 'vector_avx512.h', 'vector_neon.h'}
HIDDEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|^#(?!define)[^\n]*', re.S | re.M)
KEYWORDS = {'if', 'for', 'while', 'switch', 'return', 'sizeof', 'defined', 'do', 'else', 'case'}
NUMBER = re.compile(r'(?<![\w.])(0[xX][0-9a-fA-F.]+(?:[pP][+-]?\d+)?|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)([uUlL]*)(?![\w.])')
RELATIONS = {'<': ('<=', '>'), '<=': ('<', '>='), '>': ('>=', '<'), '>=': ('>', '<='), '==': ('!=',), '!=': ('==',)}
ARITHMETIC = {'+': ('-',), '-': ('+',), '*': ('/', '+'), '/': ('*',), '%': ('/',), '&': ('|',), '|': ('&',),
              '^': ('|',), '<<': ('>>',), '>>': ('<<',), '+=': ('-=', '='), '-=': ('+=', '='), '*=': ('/=', '='),
              '/=': ('*=', '='), '|=': ('&=', '='), '&=': ('|=', '=')}
NOT_DROPPED = re.compile(r'\s+(return|goto|case|default|else|for|while|if|do|const|static|struct|enum|typedef|union|'
                         r'unsigned|char|void|[A-Za-z_]\w*(\([^()]*\))?\s+\**[A-Za-z_])\b')
STATEMENT = re.compile(r'^( +)([A-Za-z_*(+-][^;{}]*;)[ ]*$', re.M)
FUNCTION = re.compile(r'^(?!#)(?:static |inline |BP_INLINE |BP_API )*([A-Za-z_][\w ]*?[ *]+)'
                      r'(?:REAL\(\w+\)|KERNEL\(\w+\)|\w+)\([^;{}]*\)\s*\{', re.M)
EARLY = {'void': ('return;',), 'bp_status': ('return BP_OK;',), 'bool': ('return false;', 'return true;')}


def hidden(text):
    """The same text with blanks for comments, strings and preprocessor lines, except #define."""
    return HIDDEN.sub(lambda match: re.sub(r'[^\n]', ' ', match.group()), text)


def closing(text, opening):
    """The place of the parenthesis or brace that closes the one at `opening`."""
    depth = 0
    for at in range(opening, len(text)):
        depth += (text[at] in '({[') - (text[at] in ')}]')
        if depth == 0:
            return at
    return len(text)


def bodies(code):
    """(start, end, type) of each function's body, without its braces."""
    for match in FUNCTION.finditer(code):
        yield match.end(), closing(code, match.end() - 1), match.group(1).strip()


def in_bodies(code, pattern):
    for start, end, _ in bodies(code):
        yield from pattern.finditer(code, start, end)


# Each operator yields (start, end, replacements) of places in the code.

def operators_of(table):
    symbols = '|'.join(re.escape(symbol) for symbol in sorted(table, key=len, reverse=True))
    pattern = re.compile(rf'(?<= )({symbols})(?=[ \n])')

    def places(code):
        for match in in_bodies(code, pattern):
            yield match.start(), match.end(), table[match.group()]
    return places


def step(code):
    for match in in_bodies(code, re.compile(r'\+\+|--')):
        yield match.start(), match.end(), ('--' if match.group() == '++' else '++',)


def constant(code):
    for match in NUMBER.finditer(code):
        digits, suffix = match.groups()
        if re.fullmatch(r'\d+|0[xX][0-9a-fA-F]+', digits):
            value = int(digits, 0) if digits.lower().startswith('0x') or not digits.startswith('0') else int(digits, 8)
            others = {value + 1, value - 1, 0, 2 * value} - {value, -1}
            new = tuple(f'{other}{suffix}' for other in sorted(others))
        else:
            value = float.fromhex(digits) if digits.lower().startswith('0x') else float(digits)
            new = tuple(repr(value * factor) for factor in (0.5, 2, 10, 1.01)) if value else ('1.0',)
        yield match.start(), match.end(), new


def negate(code):
    for match in in_bodies(code, re.compile(r'\bif \(')):
        end = closing(code, match.end() - 1)
        yield match.end(), end, (f'!({code[match.end():end]})',)


def logic(code):
    yield from operators_of({'&&': ('||',), '||': ('&&',)})(code)


def statements(code):
    """Whole statements on a line of their own, which are no declarations."""
    for match in in_bodies(code, STATEMENT):
        before = code[:match.start()].rstrip()
        text = match.group()
        if before[-1:] in (';', '{', '}', ')', ':') or before.endswith('else'):
            if not NOT_DROPPED.match(text) and text.count('(') == text.count(')'):
                yield match, before[-1]


def drop(code):
    for match, _ in statements(code):
        yield match.start(2), match.end(2), (';',)


def split_arguments(code, opening):
    """(start, end) of the arguments of the call whose parenthesis is at `opening`."""
    end, start, depth = closing(code, opening), opening + 1, 0
    for at in range(opening + 1, end + 1):
        if (code[at] == ',' and depth == 0) or at == end:
            yield start, at
            start = at + 1
        depth += (code[at] in '({[') - (code[at] in ')}]')


def swap(code):
    for match in in_bodies(code, re.compile(r'\b([A-Za-z_]\w*)\(')):
        if match.group(1) in KEYWORDS:
            continue
        parts = list(split_arguments(code, match.end() - 1))
        for (a, b), (c, d) in zip(parts, parts[1:]):
            first, second = code[a:b].strip(), code[c:d].strip()
            if first and second and first != second:
                yield a + code[a:b].index(first), d, (f'{second}, {first}',)


def bound(code):
    """The last round of a loop less or more, or the first less."""
    for match in in_bodies(code, re.compile(r'\bfor \(')):
        end = closing(code, match.end() - 1)
        first = re.compile(r'= 0;').search(code, match.end(), end)
        last = re.compile(r'; [^;&|]*? (?:<|<=|>|>=) ([^;&|]+);').search(code, match.end(), end)
        if first:
            yield first.start(), first.end(), ('= 1;',)
        if last:
            yield last.start(1), last.end(1), (f'{last.group(1)} - 1', f'{last.group(1)} + 1')


def early(code):
    kinds = [(start, end, kind) for start, end, kind in bodies(code)]
    for match, before in statements(code):
        kind = next(kind for start, end, kind in kinds if start <= match.start() < end)
        words = kind.replace('const ', '')
        if before not in ';{}' or words.startswith('struct') and '*' not in words or words in ('vec', 'vec_mask'):
            continue
        returns = ('return NULL;',) if '*' in words else EARLY.get(words, ('return 0;',))
        yield match.start(2), match.start(2), tuple(text + ' ' for text in returns)


OPERATORS = {'relation': operators_of(RELATIONS), 'arithmetic': operators_of(ARITHMETIC), 'step': step,
             'constant': constant, 'negated condition': negate, 'and/or': logic, 'dropped statement': drop,
             'swapped arguments': swap, 'loop bound': bound, 'early return': early}


class Site:
    """A place in a file with what takes its place."""

    def __init__(self, file, room, operator, line, start, end, new):
        self.file, self.room, self.operator, self.line = file, room, operator, line
        self.start, self.end, self.new = start, end, new

    def apply(self, text):
        return text[:self.start] + self.new + text[self.end:]


class Generator:
    def __init__(self, lib, rooms, is_wanted, chance):
        self.root, self.chance, self.seen, self.turn = lib.parent, chance, set(), []
        self.code = {room: {} for room in rooms}
        for room in rooms:
            for path in sorted((lib / room).rglob('*.[ch]')):
                name = str(path.relative_to(self.root))
                is_code = path.suffix == '.c' or (room == 'kernels' and path.suffix == '.h')
                if is_code and is_wanted(name) and path.name not in LEFT_OUT:
                    self.code[room][name] = hidden(path.read_text())
        self.rooms = [room for room in rooms if self.code[room]]

    def places(self, room, operator):
        return [(file, start, end, new) for file, code in self.code[room].items()
                for start, end, new in OPERATORS[operator](code)]

    def next(self):
        while True:
            if not self.turn:
                self.turn = self.chance.sample(self.rooms, len(self.rooms))
            room, operator = self.turn[-1], self.chance.choice(list(OPERATORS))
            places = self.places(room, operator)
            if not places:
                continue
            file, start, end, choices = self.chance.choice(places)
            new = self.chance.choice(choices)
            if (file, start, end, new) not in self.seen:
                self.seen.add((file, start, end, new))
                self.turn.pop()
                line = self.code[room][file].count('\n', 0, start) + 1
                return Site(file, room, operator, line, start, end, new)
