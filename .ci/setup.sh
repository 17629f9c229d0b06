# Sourced by ./demo and ./test, which set $root to the folder of the checkout.
#
#   set_up EXTRA    puts this checkout and one of its extras into $root/.venv; "" is no extra
#
# Takes uv, else the venv module with its pip, else the pip beside python3. What is installed is told by stamps in .venv.
# A stamp is written last, so a set-up that was broken off is done again.

venv=$root/.venv
python=$venv/bin/python

# The home folder may be missing or not writable.
export MPLCONFIGDIR="$venv/var/matplotlib"
[ -w "${HOME:-/nowhere}" ] || export UV_CACHE_DIR="$root/.venv.cache"

has() {
    command -v "$1" >/dev/null 2>&1
}

is_set_up() {
    "$python" -c "" 2>/dev/null && (cd "$venv" && grep -qsxF -e "$wanted" .installed-${1:-*})
}

set_up() {
    wanted="$root $(cksum <"$root/pyproject.toml")"
    is_set_up "$1" && return
    (
        if has flock; then flock 9; fi
        is_set_up "$1" && exit
        echo "setting up $venv${1:+ for $1}, which takes a minute or two" >&2
        make_venv
        install_checkout "$1"
        echo "$wanted" >"$venv/.installed-${1:-core}"
    ) 9>"$root/.venv.lock"
}

can_install() {
    "$python" -c "" && { has uv || "$python" -m pip --version || python3 -m pip --version; }
}

make_venv() {
    can_install >/dev/null 2>&1 && return
    rm -rf "$venv"
    if has uv; then
        (cd "$root" && uv venv --quiet "$venv")
        return
    fi
    if ! python3 -c "import sys; sys.exit(sys.version_info < (3, 11))"; then
        echo "python3 on the PATH must be Python 3.11 or newer; or install uv, which brings one" >&2
        exit 1
    fi
    # Debian's python3 has a venv module that fails at the end, for lack of ensurepip.
    python3 -m venv "$venv" >/dev/null 2>&1 || python3 -m venv --clear --without-pip "$venv"
    if ! can_install >/dev/null 2>&1; then
        echo "nothing here can install packages: install uv, python3-venv or python3-pip" >&2
        exit 1
    fi
}

install_checkout() {
    set -- --quiet --editable "$root${1:+[$1]}"
    if has uv; then
        uv pip install --python "$python" "$@"
    elif "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m pip --disable-pip-version-check install "$@"
    else
        python3 -m pip --disable-pip-version-check --python "$python" install "$@"
    fi
}
