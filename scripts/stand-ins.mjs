// Programs that do to a tree what npm, next, pip, go, apt-get and git do, as far as it matters which files are there; no network.
const program = (...lines) => `#!/bin/sh\nset -e\n${lines.join('\n')}\n`

const bb = 'busybox'
/** One hash of names and contents of the files that `find` lists. */
const hashOf = (find) =>
  `$(busybox find ${find} 2>/dev/null | busybox sort | busybox xargs busybox sha256sum | busybox sha256sum | busybox cut -c1-16)`

/** Name → text: what lies beside busybox in the image that stands for node, python, golang and debian. */
export const standIns = {
  // Erases node_modules and makes it from the lockfile; scripts are run as npm runs them.
  npm: program(
    'case "$1" in',
    '  ci|install)',
    '    test -f package.json',
    `    [ "$1" = install ] || { test -f package-lock.json; ${bb} rm -rf node_modules; }`,
    `    for name in $(${bb} sed -n 's|.*"node_modules/\\([a-z-]*\\)".*|\\1|p' package-lock.json); do`,
    `      ${bb} mkdir -p node_modules/$name`,
    `      echo "$name of $(${bb} sha256sum package-lock.json | ${bb} cut -c1-8)" > node_modules/$name/index.js`,
    '    done ;;',
    '  run)',
    `    line=$(${bb} sed -n "s|.*\\"$2\\": \\"\\([^\\"]*\\)\\".*|\\1|p" package.json)`,
    '    test -n "$line"',
    '    exec sh -c "$line" ;;',
    '  *) exit 64 ;;',
    'esac',
  ),
  // Goes on from its cache; what it makes is of the sources and the packages.
  next: program(
    '[ "$1" = build ]',
    'test -d node_modules',
    `${bb} mkdir -p .next/cache`,
    `echo "built of ${hashOf("src node_modules -name '*.js'")}" > .next/server.js`,
    `echo "cache of ${hashOf("src -name '*.js'")}" > .next/cache/last`,
  ),
  pip: program(
    '[ "$1" = install ]',
    'while [ $# -gt 1 ]; do',
    '  if [ "$1" = -r ]; then',
    `    for name in $(${bb} sed 's/[=#].*//' "$2"); do`,
    `      ${bb} mkdir -p /usr/lib/python/$name`,
    `      ${bb} grep "^$name" "$2" > /usr/lib/python/$name/METADATA`,
    '    done',
    '  fi',
    '  shift',
    'done',
  ),
  'apt-get': program(
    '[ "$1" = install ] || exit 0',
    'shift',
    'for name; do case "$name" in -*) ;; *)',
    `  ${bb} mkdir -p /usr/share/$name; echo "$name" > /usr/share/$name/copyright ;; esac; done`,
  ),
  // Fetches what is missing, and stamps the commit where there is one and a git to ask.
  go: program(
    'if [ "$1 $2" = "mod download" ]; then',
    `  ${bb} mkdir -p /go/pkg/mod`,
    `  ${bb} cat go.mod go.sum > /go/pkg/mod/modules`,
    '  exit 0',
    'fi',
    '[ "$1" = build ]',
    'stamp=none',
    'out=',
    'while [ $# -gt 0 ]; do',
    '  case "$1" in -o) out=$2 ;; -buildvcs=false) stamp=off ;; esac',
    '  shift',
    'done',
    'test -f /go/pkg/mod/modules || go mod download',
    '[ $stamp = off ] || [ ! -f .git/HEAD ] || stamp=$(git rev-parse HEAD)',
    `${bb} mkdir -p $(${bb} dirname $out)`,
    `echo "built of ${hashOf(". -name '*.go' -o -name go.mod -o -name go.sum")} $stamp" > $out`,
  ),
  git: program('test -f .git/HEAD', `${bb} cat .git/HEAD`),
}
