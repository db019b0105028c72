#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs bench --quick --json, and fails if the file is not JSON or has not the members that bench/README.md describes.

usage: check_json.py BENCH
"""
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile

NUMBER = (int, float)
MEMBERS = {
    'date': str, 'quick': bool, 'processor': dict, 'library': dict, 'peak_gflops': dict, 'works': list, 'targets': list,
}
PROCESSOR = {'name': (str, type(None)), 'family': (*NUMBER, type(None)), 'model': (*NUMBER, type(None)),
             'stepping': (*NUMBER, type(None))}
LIBRARY = {'version': str, 'compiler': str, 'instruction_set': str, 'build_info': str}
WORK = {'name': str, 'what': str, 'operations': NUMBER, 'peak_gflops': dict, 'median_ns': dict}
TARGET = {'what': str, 'unit': str, 'at_least': bool, 'asked': NUMBER, 'measured': (*NUMBER, type(None)),
          'pass': (bool, type(None))}
OWN = ['libbp', 'libbp f64', 'libbp, three calls', 'libbp, 2 threads']
PEERS = ['libfann', 'PyTorch', 'plain net on OpenBLAS', "OpenBLAS's products", "oneDNN's products"]


def refuse(word):
    raise ValueError(f'{word} is not JSON')


def once(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), f'a member comes twice: {keys}'
    return dict(pairs)


def check_members(what, value, members):
    assert list(value) == list(members), f'{what} has {list(value)}, not {list(members)}'
    for key, kind in members.items():
        assert isinstance(value[key], kind), f'{what}: {key} is {value[key]!r}'


def check_peak(peak):
    check_members('peak_gflops', peak, {'f32': NUMBER, 'f64': NUMBER})
    assert peak['f32'] > 0 and peak['f64'] > 0


def check_work(work):
    check_members('a work', work, WORK)
    check_peak(work['peak_gflops'])
    times = work['median_ns']
    assert list(times) == OWN + PEERS, list(times)
    assert times['libbp'] or times['libbp f64'], f'no time of {work["name"]}'
    assert all(time is None or time > 0 for time in times.values()), times
    assert all(times[peer] is None for peer in PEERS), 'figures of peers in spite of --no-peers'


def check_target(target, times):
    check_members('a target', target, TARGET)
    what, measured, asked = target['what'], target['measured'], target['asked']
    if measured is None:
        assert target['pass'] is None, what
        return
    # close to what is asked, the digits that are written may not decide
    if abs(measured - asked) > 1e-6:
        assert target['pass'] == (measured > asked if target['at_least'] else measured < asked), target
    if what == 'W3, 2 threads over 1':
        assert abs(measured - times['libbp'] / times['libbp, 2 threads']) < 1e-6, target


def run(bench, *arguments):
    """The file that bench writes, read strictly."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / 'figures.json'
        subprocess.run([bench, '--quick', '--no-peers', '--json', path, *arguments], check=True)
        return json.loads(path.read_text(encoding='ascii'), parse_constant=refuse, object_pairs_hook=once)


def check_all(bench):
    figures = run(bench)
    check_members('the object', figures, MEMBERS)
    age = datetime.datetime.now(datetime.timezone.utc) - datetime.datetime.fromisoformat(
        figures['date'].replace('Z', '+00:00'))
    assert datetime.timedelta(seconds=-2) < age < datetime.timedelta(hours=1), figures['date']
    assert figures['quick'] is True
    check_members('processor', figures['processor'], PROCESSOR)
    library = figures['library']
    check_members('library', library, LIBRARY)
    assert library['build_info'].startswith(f'libbp {library["version"]}, {library["compiler"]}; '), library
    assert f'active: {library["instruction_set"]}' in library['build_info'], library
    check_peak(figures['peak_gflops'])
    works = {work['name']: work for work in figures['works']}
    assert list(works) == ['W1', 'W2', 'W3', 'W4', 'W7'], list(works)
    for work in works.values():
        check_work(work)
    targets = figures['targets']
    for target in targets:
        check_target(target, works['W3']['median_ns'])
    names = [target['what'] for target in targets]
    assert len(names) == len(set(names)) and len(names) > 30, names
    for word in ('FMA peak', 'memory beyond', 'with Adam at 0.01', 'cost a multiplication', "peers' products alone"):
        assert any(word in name for name in names), f'no target of {word}'


def check_some(bench):
    figures = run(bench, 'W7', 'W1')
    assert [work['name'] for work in figures['works']] == ['W1', 'W7'] and figures['targets'] == [], figures


def check_refused(bench):
    for arguments in (['--json'], ['--json', '/nowhere/figures.json'], ['W9']):
        done = subprocess.run([bench, '--quick', '--no-peers', *arguments], capture_output=True, text=True)
        assert done.returncode == 1 and done.stderr and not done.stdout, (arguments, done)


check_refused(sys.argv[1])
check_some(sys.argv[1])
check_all(sys.argv[1])
print('the file has all members')
