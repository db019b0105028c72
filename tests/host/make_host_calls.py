#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes a bp/bp.h that stands before the library's own in the include path of the test programs: it includes that one, and has
for each public function a wrapper that makes the call in the floating-point mode of the host, and checks
that bp_last_error() follows its rules: tests/host_mode.h.

usage: make_host_calls.py bp-api.json OUTPUT
"""
import json
import sys


def wrapper(function):
    name, result = function['name'], function['returns']['type']
    call = f'{name}({", ".join(one["name"] for one in function["parameters"])})'
    parameters = ', '.join(f'{one["type"]} {one["name"]}' for one in function['parameters']) or 'void'
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
    with open(sys.argv[1], encoding='utf-8') as description:
        functions = json.load(description)['functions']
    with open(sys.argv[2], 'w', encoding='utf-8') as output:
        output.write('#ifndef HOST_CALLS_H\n#define HOST_CALLS_H\n\n#pragma GCC system_header\n\n#include_next <bp/bp.h>\n\n'
                     '#include "host_mode.h"\n\n')
        output.writelines(wrapper(one) for one in functions if one['name'] != 'bp_last_error')
        output.write('\n#endif\n')


main()
