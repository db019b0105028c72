# SPDX-License-Identifier: MIT
"""A copy of the sources and its build, where tests/mutants changes files, compiles and runs single tests."""
import contextlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

MEMORY = 8 << 30  # bytes of address space for a test: a mutant may ask for all there is


class Result:
    """The result of a test: `cases` are the cmocka tests that failed."""

    def __init__(self, name, status, output, timed_out):
        self.name, self.timed_out, self.output = name, timed_out, output
        self.failed = status != 0
        self.cases = sorted(set(re.findall(r'\[  FAILED  \] ([A-Za-z_]\w*)', output)))
        self.crashed = self.failed and not self.cases and not timed_out


class Running:
    """A test on its way."""

    def __init__(self, test, tree, limit):
        self.name, self.limit = test['name'], limit
        self.output = tempfile.TemporaryFile('w+', errors='replace')
        self.start = time.monotonic()
        environment = {**os.environ, **test['env'], 'TMPDIR': str(tree.scratch)}
        limit_resources = without_core if tree.sanitised else within_memory
        self.process = subprocess.Popen(test['cmd'], cwd=tree.folder, env=environment, stdin=subprocess.DEVNULL,
                                        stdout=self.output, stderr=subprocess.STDOUT, start_new_session=True,
                                        preexec_fn=limit_resources)

    def poll(self):
        """The result, or None while it runs."""
        status, late = self.process.poll(), time.monotonic() - self.start > self.limit
        if status is None and not late:
            return None
        self.kill()
        self.output.seek(0)
        return Result(self.name, self.process.returncode, self.output.read(), status is None)

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def without_core():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def within_memory():
    without_core()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def files_of(root):
    """The files that git knows, or would add; without git all files except hidden ones."""
    try:
        listed = subprocess.run(['git', '-C', root, 'ls-files', '-z', '-co', '--exclude-standard'],
                                check=True, capture_output=True, text=True).stdout.split('\0')
        return [name for name in listed if name and os.path.lexists(root / name)]
    except (OSError, subprocess.CalledProcessError):
        return [str(path.relative_to(root)) for path in root.rglob('*')
                if (path.is_symlink() or path.is_file()) and not str(path.relative_to(root)).startswith('.')]


def content_of(path):
    if path.is_symlink():
        return os.readlink(path)
    return path.read_bytes() if path.is_file() else None


class Tree:
    """With `sanitised` the copy is the same, and its build another one, with the sanitisers of addresses and undefined
    behaviour."""

    def __init__(self, root, folder, jobs, sanitised=False):
        self.source, self.jobs, self.sanitised = folder / 'source', jobs, sanitised
        self.folder = folder / ('sanitised' if sanitised else 'build')
        self.scratch = folder / 'scratch'
        self.scratch.mkdir(parents=True, exist_ok=True)
        data, self.data = root.parent / 'shared', folder / 'shared'  # which some tests read, or skip
        if data.is_dir() and not self.data.exists():
            self.data.symlink_to(data.resolve())
        self.copy(root)
        self.configure()
        self.introspect()
        self.taken = {}

    def introspect(self):
        ask = ['meson', 'introspect', str(self.folder)]
        targets = json.loads(subprocess.run(ask + ['--targets'], check=True, capture_output=True, text=True).stdout)
        tests = json.loads(subprocess.run(ask + ['--tests'], check=True, capture_output=True, text=True).stdout)
        self.files = {target['id']: target['filename'] for target in targets}
        self.tests = {test['name']: test for test in tests}

    def patch(self, file):
        """Applies a unified diff to the copy, which the next copy() undoes; new tests are known from here on."""
        alone = {**os.environ, 'GIT_CEILING_DIRECTORIES': str(self.source.parent)}  # it is no part of a repository
        subprocess.run(['git', 'apply', '--whitespace=error-all', str(file)], cwd=self.source, check=True,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=alone)
        self.configure()
        self.introspect()

    def copy(self, root):
        """Files that are the same already keep their times, so that ninja does not compile them again."""
        wanted = set(files_of(root))
        for name in wanted:
            to = self.source / name
            if content_of(to) != content_of(root / name):
                to.parent.mkdir(parents=True, exist_ok=True)
                to.unlink(missing_ok=True)
                shutil.copy(root / name, to, follow_symlinks=False)
        for name in set(files_of(self.source)) - wanted:
            (self.source / name).unlink()

    def configure(self):
        if (self.folder / 'build.ninja').exists(): # which the copied meson.build may be newer than
            subprocess.run(['ninja', '-C', str(self.folder), 'build.ninja'], check=True, capture_output=True, text=True)
            return
        environment = dict(os.environ)
        if 'CC' not in environment and shutil.which('ccache'):
            environment['CC'] = 'ccache cc'
        flags = '-Werror=incompatible-pointer-types -Werror=int-conversion -Werror=implicit-function-declaration'
        options = ['-Dtests=true', '-Dexamples=false', '-Doptimization=1', '-Ddebug=false']
        if self.sanitised:
            flags += ' -fno-sanitize-recover=all'
            options += ['-Db_sanitize=address,undefined', '-Db_lundef=false']
        subprocess.run(['meson', 'setup', str(self.folder), str(self.source), '-Dc_args=' + flags] + options,
                       check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)

    def suite(self, name):
        return [test for test in self.tests if any(s.split(':')[-1] == name for s in self.tests[test]['suite'])]

    def targets(self, names):
        """The files that tests need, relative to the build folder."""
        wanted = set()
        for name in names:
            if name not in self.tests:
                sys.exit(f'there is no test {name}')
            for target in self.tests[name]['depends']:
                wanted.update(os.path.relpath(file, self.folder) for file in self.files[target])
        return sorted(wanted)

    def build(self, names):
        """'' or the first error."""
        done = subprocess.run(['ninja', '-C', str(self.folder), '-j', str(self.jobs)] + self.targets(names),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        errors = re.findall(r'.*error: .*', done.stdout)
        return '' if done.returncode == 0 else errors[0] if errors else done.stdout[-500:]

    @contextlib.contextmanager
    def changed(self, file, change):
        path = self.source / file
        old = path.read_text()
        new = change(old)
        path.write_text(new)
        try:
            yield
        finally:
            path.write_text(old)

    def seconds(self, name):
        return self.taken[name]

    def measure(self, names):
        """Checks that the tests pass without a mutant, and measures how long they take."""
        error = self.build(names)
        if error:
            sys.exit('without a mutant: ' + error)
        for name in names:
            self.taken[name] = 60
            start = time.monotonic()
            result = self.run(name)
            self.taken[name] = time.monotonic() - start
            if result.failed:
                sys.exit(f'without a mutant the test {name} fails:\n{result.output[-3000:]}')

    def started(self, name):
        return Running(self.tests[name], self, 10 + 8 * self.taken.get(name, 60))

    def run(self, name):
        return self.run_all([name], lambda result: True)

    def run_until_failure(self, names):
        """The first result that is a failure, or None."""
        return self.run_all(names, lambda result: result.failed)

    def run_all(self, names, is_last):
        waiting, running = list(names), []
        try:
            while waiting or running:
                while waiting and len(running) < self.jobs:
                    running.append(self.started(waiting.pop(0)))
                for test in list(running):
                    result = test.poll()
                    if result:
                        running.remove(test)
                        if is_last(result):
                            return result
                time.sleep(0.01)
        finally:
            for test in running:
                test.kill()
            for path in self.scratch.iterdir():
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
        return None
