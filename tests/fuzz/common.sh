# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# For tests/fuzz/run and tests/fuzz/afl, which read it: builds fuzzers into $work, by $cc.
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/tests/fuzz
work=$(mktemp -d)
TMPDIR=$([ -w /dev/shm ] && mktemp -d -p /dev/shm || mktemp -d) # for the files that fuzzers write
export TMPDIR
# Freed memory need not be kept for long, short stacks are enough, and the library fills blocks itself. This saves half of the time.
export ASAN_OPTIONS="quarantine_size_mb=8:malloc_context_size=5:max_malloc_fill_size=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
keep() {
    if [ $? -eq 0 ]; then rm -rf "$work"; else echo "see $work"; fi
    rm -rf "$TMPDIR"
}
trap keep EXIT

zlib=$(pkg-config --libs zlib 2>/dev/null) && zlib="-DBP_HAVE_ZLIB $zlib" || zlib=
data=$(find "$root/lib/data" -name '*.c' ! -name asked_net.c ! -name net_rows.c ! -name take_names.c ! -name fit_scaling.c) # these need nets
base=$(find "$root/lib/base" -name '*.c' ! -name cpu.c ! -name '*_windows.c') # this one needs to know the kernels
# BP_SANITIZERS= (none) is for long runs: they make three times as many calls. Run the inputs that they find again with sanitisers.
sanitizers=${BP_SANITIZERS-address,undefined}
fuzzer=-fsanitize=fuzzer${sanitizers:+,$sanitizers}
flags="-std=c11 -Wall -Wextra -Werror -g -O2 ${sanitizers:+-fno-sanitize-recover=all} -I$root/include -I$root/lib"

# Without traces of comparisons the speed doubles. Little is lost: words are in the dictionaries, and numbers in files are decimal.
case $cc in
clang) coverage=-fsanitize-coverage=inline-8bit-counters,pc-table untraced=-fno-sanitize-coverage=trace-cmp ;;
*) coverage='' untraced='' ;;
esac

# Fuzzers of nets need the whole library.
build_library() {
    [ -d "$work/build" ] && return
    CC=$cc meson setup "$work/build" "$root" -Ddefault_library=static -Dexamples=false -Doptimization=2 \
        -Db_sanitize="${sanitizers:-none}" -Db_lundef=false -Dc_args="$coverage${sanitizers:+ -fno-sanitize-recover=all}" &&
        meson compile -C "$work/build" bp:static_library
}

build_with_nets() { # name
    build_library || return 1
    # shellcheck disable=SC2046,SC2086
    $cc $flags $fuzzer $untraced "$here/fuzz_$1.c" \
        $([ "$1" = sequence ] && echo "$here"/sequence*.c) "$work/build/lib/libbp.a" -o "$work/$1" \
        $(pkg-config --libs zlib 2>/dev/null) -lm -lpthread
}

build_reader() { # name
    # shellcheck disable=SC2086
    $cc $flags $fuzzer "$here/fuzz_$1.c" "$here/fuzz.c" "$root/tests/read_file.c" $data $base -o "$work/$1" $zlib -lm -lpthread
}

build() { # name
    case $1 in load | resume | sequence) builder=build_with_nets ;; *) builder=build_reader ;; esac
    $builder "$1" >"$work/$1-build.log" 2>&1 || { cat "$work/$1-build.log"; exit 1; }
}
