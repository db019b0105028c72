#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes a bp/bp.h that stands before the library's own in the include path of the test programs: it includes that one, and has
for each public function a wrapper that makes the call in the floating-point mode of the host, and sees that bp_last_error() keeps its
rules: tests/host_mode.h.

usage: make_host_calls.py OUTPUT HEADER...
"""
import re
import sys


def declarations(text):
    text = re.sub(r'/\*.*?\*/', ' ', text, flags=re.S)
    for match in re.finditer(r'BP_API\s+([^;(]*?)(\w+)\(([^;]*?)\)\s*;', text):
        yield tuple(' '.join(part.split()) for part in match.groups())


def argument_names(parameters):
    if parameters == 'void':
        return []
    return [re.search(r'(\w+)\s*(\[[^\]]*\])?$', parameter).group(1) for parameter in parameters.split(',')]


def wrapper(result, name, parameters):
    call = f'{name}({", ".join(argument_names(parameters))})'
    keep, give = (f'{result} result = ', 'return result;') if result != 'void' else ('', '')
    status = 'result' if result == 'bp_status' else '0'
    return f'''static inline {result} host_{name}({parameters})
{{
    struct host_mode host_before = host_enter();
    {keep}{call};
    host_leave(host_before);
    host_judge(&host_before, "{name}", {status});
    {give}
}}
#define {name} host_{name}
'''


def main():
    found = []
    for name in sys.argv[2:]:
        with open(name, encoding='utf-8') as header:
            found += declarations(header.read())
    if len(found) < 100:
        sys.exit(f'only {len(found)} declarations were found')
    with open(sys.argv[1], 'w', encoding='utf-8') as output:
        output.write('#ifndef HOST_CALLS_H\n#define HOST_CALLS_H\n\n#pragma GCC system_header\n\n#include_next <bp/bp.h>\n\n'
                     '#include "host_mode.h"\n\n')
        output.writelines(wrapper(*one) for one in found if one[1] != 'bp_last_error')
        output.write('\n#endif\n')


main()
