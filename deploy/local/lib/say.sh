# What the person at the terminal reads: one line a fact, one clear sentence for a failure.

say() { printf '%s\n' "$*"; }

# fail SENTENCE: ends the program (or the subshell it is called in) with code 1.
fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# usage_error SENTENCE: ends with code 2, for a command typed wrongly.
usage_error() {
  printf 'error: %s\n' "$*" >&2
  exit 2
}
