/** `ctxsize completion SHELL`: a script that asks `ctxsize __complete` what may stand where the cursor is. See complete.ts. */

import type { Outcome, VerbInput } from './outcome.ts'

// Bash 3.2, which macOS has, has no compopt and no mapfile; there nothing is lost but the space after a directory.
const bash = `# Completion of ctxsize for bash. In ~/.bashrc: eval "$(ctxsize completion bash)"
_ctxsize() {
  local program=\${1/#\\~/$HOME} typed=\${COMP_WORDS[COMP_CWORD]} directive=0
  local whole value before word line joined= i
  local -a words=()
  COMPREPLY=()
  # Bash parts words at = and :, and leaves quotes on them.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]//[\\"\\'\\\\]/}
    if [[ \${#words[@]} -gt 0 && ( -n $joined || $word =~ ^[=:]+$ ) ]]; then
      words[\${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
    joined=
    [[ $word =~ ^[=:]+$ ]] && joined=1
  done
  whole=\${words[\${#words[@]} - 1]}
  typed=\${typed//[\\"\\'\\\\]/}
  [[ $typed =~ ^[=:]+$ ]] && typed=
  value=$whole
  [[ $value == --*=* ]] && value=\${value#*=}
  before=\${value%"$typed"}
  while IFS= read -r line; do
    if [[ $line =~ ^:[0-9]+$ ]]; then
      directive=\${line#:}
    else
      word=\${line%%$'\\t'*}
      [[ $word == "$value"* ]] && COMPREPLY+=("$(printf %q "\${word#"$before"}")")
    fi
  done <<<"$("$program" __complete "\${words[@]}" 2>/dev/null)"
  if type compopt &>/dev/null; then
    ((directive & 2)) && compopt -o nospace
    ((directive & 4)) && compopt +o default
    ((directive & 16)) && compopt +o default -o dirnames
  fi 2>/dev/null
}
complete -o default -F _ctxsize ctxsize
`

const zsh = `#compdef ctxsize
# Completion of ctxsize for zsh. In ~/.zshrc, after compinit: source <(ctxsize completion zsh)
_ctxsize() {
  local program=\${\${(Q)words[1]}/#\\~/$HOME} directive=0 line word
  local -a lines found space
  lines=("\${(@f)$($program __complete "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    if [[ $line == :<-> ]]; then
      directive=\${line#:}
    else
      word=\${line%%$'\\t'*}
      found+=("\${word//:/\\\\:}\${line#$word}")
    fi
  done
  found=("\${(@)found/$'\\t'/:}")
  compset -P '--[a-z-]##='
  (( directive & 2 )) && space=(-S '')
  (( $#found )) && _describe -V ctxsize found "\${(@)space}"
  if (( directive & 16 )); then
    compset -P '*='
    _files -/
  elif (( ! (directive & 4) )); then
    compset -P '*='
    _files
  fi
}
if [[ $funcstack[1] == _ctxsize ]]; then
  _ctxsize "$@"
else
  compdef _ctxsize ctxsize
fi
`

const fish = `# Completion of ctxsize for fish: ctxsize completion fish > ~/.config/fish/completions/ctxsize.fish
function __ctxsize_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    set -l directive 0
    set -l before (string match -r -- '^--[^=]+=' $current)
    for line in ($program __complete $words "$current" 2>/dev/null)
        if string match -qr -- '^:\\d+$' $line
            set directive (string sub -s 2 -- $line)
        else
            echo -- "$before$line"
        end
    end
    set -l before (string match -r -- '^.*=' $current)
    set -l name (string replace -r -- '^.*=' '' $current)
    if test $directive -ge 16
        for path in (__fish_complete_directories "$name" '')
            echo -- "$before$path"
        end
    else if test $directive -lt 4
        for path in (__fish_complete_path "$name")
            echo -- "$before$path"
        end
    end
end
complete -c ctxsize -f -k -a '(__ctxsize_complete)'
`

const scripts: Readonly<Record<string, string>> = { bash, zsh, fish }

export function runCompletion({ options }: VerbInput): Outcome {
  return {
    printable: { kind: 'completion', document: scripts[options.word ?? ''] ?? '' },
    fatal: [],
    exitCode: 0,
  }
}
