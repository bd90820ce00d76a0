#!/bin/bash
# The FEEL and DMN library as another program meets it: installed below a prefix of its own, found by
# pkg-config, shared and static, from C99 and C++, with many threads, without allocations.
set -u
cd "$(dirname "$0")/.." || exit 2
root=$(mktemp -d) || exit 2
trap 'rm -rf "$root"' EXIT
passed=0 failed=0
check() { # NAME COMMAND...
    local name=$1 out
    shift
    if out=$("$@" 2>&1); then
        passed=$((passed + 1)) && echo "ok $name"
    else
        failed=$((failed + 1)) && echo "FAILED $name" && printf '%s\n' "$out" | head -n 40
    fi
}

version=$(sed -n 's/^#define MFEEL_VERSION  *"\(.*\)"/\1/p' include/mandate/feel.h)
flags="-Wall -Wextra -Wpedantic -Werror"
export PKG_CONFIG_PATH=$root/lib/pkgconfig LD_LIBRARY_PATH=$root/lib
posix="-std=c99 -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE"

example() { # OUTPUT FLAGS...: compiles the example in a folder that knows nothing of the sources
    local out=$1
    shift
    cp example/fees.c example/fee.dmn "$root" && cd "$root" &&
        gcc $posix $flags -o "$out" fees.c $(pkg-config --cflags mandate-feel) "$@" -lpthread &&
        "./$out" fee.dmn | diff - "$OLDPWD/example/expected.txt"
}
shared_only() { # nothing but the library itself stays undefined in the example, and it is needed
    readelf -d "$root/fees" | grep -q "libmandate-feel.so.${version%%.*}" &&
        ! readelf -d "$root/fees-static" | grep -q libmandate-feel
}
public_names() { # FILE NM-FLAGS: every visible name is public, and the header has it
    local name bad=0
    while read -r name; do
        grep -q "[ *]$name(" include/mandate/feel.h || { echo "$1 shows '$name'" && bad=1; }
    done < <(nm "$2" --defined-only "$1" | awk '$2 ~ /^[A-TV-Z]$/ && $2 != "A" { sub(/@.*/, "", $3); print $3 }')
    return $bad
}
header_names() { # every function of the header is in the library
    local name bad=0 names
    names=$(nm -D --defined-only "$root/lib/libmandate-feel.so" | awk '{ sub(/@.*/, "", $3); print $3 }')
    for name in $(grep -o 'mfeel_[a-z_]*(' include/mandate/feel.h | grep -v 'mfeel_[a-z]*_fn' | tr -d '(' | sort -u); do
        grep -qx "$name" <<<"$names" || { echo "the library lacks '$name'" && bad=1; }
    done
    return $bad
}
program() { # NAME FLAGS...: compiles and runs a program of test/library
    local name=$1
    shift
    gcc $posix $flags -g -o "$root/$name" "test/library/$name.c" $(pkg-config --cflags --libs mandate-feel) "$@" -lpthread &&
        "$root/$name"
}
sanitized() { # the threads' program and the library with gcc's thread sanitizer
    make -s V=tsan build/tsan/lib/libmandate-feel.a &&
        gcc $posix -g -fsanitize=thread -Iinclude -o "$root/threads-tsan" test/library/threads.c \
            build/tsan/lib/libmandate-feel.a -lexpat -lm -lpthread &&
        TSAN_OPTIONS=halt_on_error=1 "$root/threads-tsan"
}

check install make -s install-lib PREFIX="$root"
check version test "$(pkg-config --modversion mandate-feel)" = "$version"
check example-shared example fees $(pkg-config --libs mandate-feel)
check example-static example fees-static "$root/lib/libmandate-feel.a" -lexpat -lm
check linked-as-told shared_only
check names-of-the-shared public_names "$root/lib/libmandate-feel.so" -D
check names-of-the-static public_names "$root/lib/libmandate-feel.a" -g
check names-of-the-header header_names
for std in c99 c11 c17; do
    check "header-$std" gcc -std=$std $flags -fsyntax-only -x c include/mandate/feel.h
done
check header-c++98 g++ -std=c++98 -Wall -Wextra -Werror -fsyntax-only -x c++ include/mandate/feel.h
check header-c++17 clang++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ include/mandate/feel.h
check c++ sh -c "g++ -std=c++11 -o '$root/cpp' test/library/header.cc $(pkg-config --cflags --libs mandate-feel) && '$root/cpp'"
check allocations program allocations
check threads program threads
check threads-sanitized sanitized
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
