#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the cases of test_arguments.c and test_memory.c: a row and a caller for every public function, and for each role of a
parameter a good value and the wrong ones. Types, NULL, families and statuses are in bp-api.json; the rest is in arguments.txt, whose
head describes its lines.

usage: make_arguments.py bp-api.json arguments.txt arguments_cases.h arguments_cases.c
"""
import json
import pathlib
import re
import sys

MEMBERS = {'size_t': 'size', 'int32_t': 'integer', 'bp_status': 'integer', 'double': 'number', 'uint64_t': 'seed'}
ANSWERS = {('status', None): 'STATUS', ('none', None): 'NOTHING', ('number', None): 'NUMBER', ('text', True): 'NAME',
           ('text', False): 'TEXT'}
STATUSES = ('ARG', 'MEMORY', 'SHAPE', 'STATE', 'UNSUPPORTED', 'NONFINITE', 'IO', 'FORMAT', 'CANCELLED')


class Wrong(Exception):
    pass


class Role:
    """What an argument is to the tests. `wrong` is of (class, status, expression)."""

    def __init__(self, name, parameters):
        self.name, self.parameters, self.good, self.wrong, self.like = name, parameters, None, [], []
        self.members, self.any, self.used = 'ARG', False, []

    def all_wrong(self):
        return [row for role in self.like for row in role.all_wrong()] + self.wrong


def read_rows(path):
    """The roles and the functions of arguments.txt."""
    roles, calls, role = {}, {}, None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        words = [] if line.startswith('#') else line.split()
        try:
            if not words:
                continue
            if line.startswith('role '):
                role = roles[words[1]] = Role(words[1], words[2:])
            elif line.startswith('call '):
                needs = [word for word in words[2:] if '=' not in word]
                if words[1] in calls:
                    raise Wrong('it has a row already')
                calls[words[1]] = needs, dict(word.split('=') for word in words[2:] if '=' in word)
            elif words[0] == 'good':
                role.good = ' '.join(words[1:])
            elif words[0] == 'like':
                role.like += [roles[name] for name in words[1:]]
            elif words[0] == 'members':
                role.members = words[1]
            elif words[0] == 'any':
                role.any = True
            elif len(words) > 2 and words[1] in STATUSES:
                role.wrong.append((words[0], words[1], ' '.join(words[2:])))
            else:
                raise Wrong('neither good, like, members nor any, nor a class, a status and an expression')
        except (Wrong, IndexError, KeyError, ValueError, AttributeError) as error:
            raise Wrong(f'{path.name}:{number}: not understood: {line} ({error})') from error
    return roles, calls


def row_of(calls, function, used):
    """The row of a function, by its name or with its number type as a star."""
    for name in function['name'], re.sub(r'_f(32|64)$', '_*', function['name']):
        if name in calls:
            used.add(name)
            return calls[name]
    raise Wrong(f'{function["name"]} has no row in arguments.txt: "call {function["name"]} WHAT IT NEEDS"')


def role_of(roles, function, parameter, own):
    """The role of a parameter: by the function's row, else by the parameter's name."""
    name = own.get(parameter['name'])
    found = [role for role in roles.values() if role.name == name or not name and parameter['name'] in role.parameters]
    if len(found) != 1:
        raise Wrong(f'{function["name"]}: the role of {parameter["name"]} must be in its row, "{parameter["name"]}=ROLE", or it must '
                    f'be a name of one role ({len(found)} roles have it)')
    found[0].used.append((function, parameter))
    return found[0]


def numbers_beside(members, zero):
    """Numbers that are no member of a family, with a name for each; `zero` says that 0 is right too."""
    values = sorted(members)
    found = [('negative', '-1', -1), ('zero', '0', 0), ('least', 'INT32_MIN', -2**31), ('greatest', 'INT32_MAX', 2**31 - 1),
             ('between', f'{values[0]} + 1', values[0] + 1), ('beyond', f'{values[-1]} + 1', values[-1] + 1),
             ('their_family', f'{values[0] // 1000 * 1000}', values[0] // 1000 * 1000)]
    return [(name, text) for name, text, value in found if value not in members and not (zero and value == 0)]


def not_members(role, api):
    """Wrong values for a role whose parameters take members of families: of none, and of each other family a member."""
    families = {family['name']: [one['value'] for one in family['constants']] for family in api['enumerations']}
    constants = {one['name']: one['value'] for family in api['enumerations'] for one in family['constants']}
    taken = {tuple(parameter.get('families', []) + parameter.get('constants', [])) for _, parameter in role.used
             if parameter['kind'] == 'number'}
    if len(taken) > 1:
        raise Wrong(f'the parameters of the role {role.name} take members of different families: {taken}')
    names = taken.pop() if taken else ()
    members = {value for name in names for value in families.get(name, [constants.get(name)])}
    if not members or role.any:
        return []
    found = [(f'not_a_member_{name}', role.members, text) 
             for name, text in numbers_beside(members, role.used[0][1].get('zero'))]
    for name, values in families.items():
        other = next((value for value in values if value not in members and value > 1000), None)
        if name not in names and other:
            found.append((f'of_{name}', role.members, str(other)))
    return found


def member(parameter):
    """The member of union arg that holds an argument."""
    return 'function' if parameter['kind'] == 'callback' else MEMBERS.get(parameter['type'], 'data')


def value(role, expression):
    """An expression as a union arg."""
    name = member(role.used[0][1])
    cast = {'data': '(void *)', 'function': '(void (*)(void))'}.get(name)
    return f'(union arg){{.{name} = {cast}({expression})}}' if cast else f'(union arg){{.{name} = {expression}}}'


def caller(function):
    """A C function that makes the call with arguments from an array."""
    arguments = []
    for i, parameter in enumerate(function['parameters']):
        cast = f'({parameter["type"]})' if parameter['kind'] == 'callback' else ''
        arguments.append(f'{cast}a[{i}].{member(parameter)}')
    call = f'{function["name"]}({", ".join(arguments)})'
    kind, type_ = function['returns']['kind'], function['returns']['type']
    body = {'none': f'{call};\n    return (union arg){{.size = 0}};', 'text': f'return (union arg){{.text = {call}}};',
            'status': f'return (union arg){{.integer = {call}}};'}.get(kind)
    if not body:
        body = f'return (union arg){{.size = {"(size_t)" if type_ != "size_t" else ""}{call}}};'
    unused = '' if arguments else '    (void)a;\n'
    return f'static union arg run_{function["name"]}(const union arg *a)\n{{\n{unused}    {body}\n}}\n'


def parameters_of(function, roles, own):
    rows = []
    for parameter in function['parameters']:
        role = role_of(roles, function, parameter, own)
        null = 'NO_POINTER' if parameter['kind'] in ('number', 'context') else f'NULL_{parameter["null"].upper()}'
        rows.append(f'{{"{parameter["name"]}", ROLE_{role.name.upper()}, {null}}}')
    return rows


def described(function, needs, own, roles):
    """The row of a function in C, with the tables that it points to."""
    name, returns = function['name'], function['returns']
    rows = parameters_of(function, roles, own)
    answer = ANSWERS[returns['kind'], returns.get('null')]
    statuses = ', '.join(status['name'] for status in function.get('statuses', [])) or 'BP_OK'
    tables = f'static const bp_status statuses_{name}[] = {{{statuses}}};\n'
    if rows:
        tables += f'static const struct parameter parameters_{name}[] = {{\n    ' + ',\n    '.join(rows) + ',\n};\n'
    bits = ' | '.join(f'NEEDS_{need.upper()}' for need in needs)
    return tables, (f'    {{"{name}", ANSWERS_{answer}, {bits}, {len(rows)}, {f"parameters_{name}" if rows else "NULL"},\n'
                    f'     {len(function.get("statuses", [None]))}, statuses_{name}, run_{name}}},\n')


def good_values(roles):
    cases = ''.join(f'    case ROLE_{role.name.upper()}:\n        return {value(role, role.good)};\n' for role in roles)
    return ('union arg good_value(struct fixture *f, const struct call *call, enum role role)\n{\n    (void)f;\n    (void)call;\n    switch (role) {\n'
            f'{cases}    case ROLES:\n        break;\n    }}\n    return (union arg){{.size = 0}};\n}}\n')


def wrong_values(roles, api):
    """The table of wrong values, and a function for the value of each."""
    rows, cases = [], []
    for role in roles:
        found = role.all_wrong() + not_members(role, api)
        if not found and not role.any and any(parameter['kind'] == 'number' for _, parameter in role.used):
            raise Wrong(f'the role {role.name} has no wrong value: if there is none, it needs a line "any"')
        for name, status, expression in found:
            cases.append(f'    case {len(rows)}:\n        return {value(role, expression)};\n')
            rows.append(f'    {{ROLE_{role.name.upper()}, "{name}", BP_ERR_{status}}},\n')
    return (f'const struct wrong wrongs[] = {{\n{"".join(rows)}}};\n\nconst size_t wrong_count = {len(rows)};\n\n'
            'union arg wrong_value(struct fixture *f, const struct call *call, size_t wrong)\n{\n    (void)f;\n    (void)call;\n    switch (wrong) {\n'
            f'{"".join(cases)}    default:\n        return (union arg){{.size = 0}};\n    }}\n}}\n')


def written(api, roles, calls):
    used, tables, rows, callers = set(), '', '', ''
    for function in api['functions']:
        needs, own = row_of(calls, function, used)
        more, row = described(function, needs, own, roles)
        tables, rows, callers = tables + more, rows + row, callers + caller(function)
    for name in set(calls) - used:
        raise Wrong(f'arguments.txt has a row for {name}, which is no function')
    for role in roles.values():
        if not role.used or role.good is None:
            raise Wrong(f'the role {role.name} has no good value, or no parameter')
        if len({member(parameter) for _, parameter in role.used}) > 1:
            raise Wrong(f'the parameters of the role {role.name} are of different types')
    found = list(roles.values())
    header = ('/* SPDX-License-Identifier: MIT. Made by make_arguments.py. */\n#ifndef ARGUMENTS_CASES_H\n#define ARGUMENTS_CASES_H\n\n'
              'enum role {\n' + ''.join(f'    ROLE_{role.name.upper()},\n' for role in found) + '    ROLES\n};\n\n#endif\n')
    source = ('/* SPDX-License-Identifier: MIT. Made by make_arguments.py. */\n#include "arguments_values.h"\n\n#include <math.h>\n\n'
              f'{callers}\n{tables}\nconst struct call calls[] = {{\n{rows}}};\n\nconst size_t call_count = {len(api["functions"])};\n\n'
              f'{good_values(found)}\n{wrong_values(found, api)}')
    return header, source


def main():
    description, table, *outputs = map(pathlib.Path, sys.argv[1:])
    try:
        texts = written(json.loads(description.read_text()), *read_rows(table))
    except Wrong as wrong:
        return str(wrong)
    for path, text in zip(outputs, texts):
        path.write_text(text)
    return 0


sys.exit(main())
