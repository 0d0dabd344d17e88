export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** Puts a text between quotes of a POSIX shell, which are fish's, too, but for what stands behind a backslash. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Calls the repoctl of the folder, as npx does; else the one on PATH; else the one that printed this. */
const call = (pathOf: string, fallback: string): string => `__repoctl() {
  local folder=$PWD program
  while [[ -n $folder && ! -x $folder/node_modules/.bin/repoctl ]]; do folder=\${folder%/*}; done
  if [[ -n $folder ]]; then "$folder/node_modules/.bin/repoctl" "$@"
  elif program=$(${pathOf} repoctl); then "$program" "$@"
  else ${fallback} "$@"
  fi 2>/dev/null
}
`;

/**
 * What makes a shell ask repoctl for the words that may follow, after `repoctl` and after `npx repoctl`. What completes
 * `npx` already is left alone.
 *
 * @param program how the repoctl that prints the script is called: the paths of Node and of the bin
 */
export function completionScript(shell: Shell, program: readonly string[]): string {
  const fallback = program.map(quoted).join(' ');
  return { bash, zsh, fish }[shell](fallback);
}

const bash = (fallback: string): string => `${call('type -P', fallback)}_repoctl() {
  local IFS=$'\\n' first=1
  if [[ \${COMP_WORDS[0]} == npx ]]; then
    while [[ \${COMP_WORDS[first]} == -* ]]; do ((first++)); done
    [[ \${COMP_WORDS[first]} == repoctl && first -lt COMP_CWORD ]] || return
    ((first++))
  fi
  COMPREPLY=($(__repoctl __complete -- "\${COMP_WORDS[@]:first:COMP_CWORD - first + 1}"))
}
complete -o default -F _repoctl repoctl
complete -p npx >/dev/null 2>&1 || complete -o default -F _repoctl npx
`;

const zsh = (fallback: string): string => `#compdef repoctl
${call('whence -p', fallback)}_repoctl() {
  local -a found
  local first=2
  if [[ \${words[1]} == npx ]]; then
    while [[ \${words[first]} == -* ]]; do ((first++)); done
    [[ \${words[first]} == repoctl && first -lt CURRENT ]] || { _files; return }
    ((first++))
  fi
  found=("\${(@f)$(__repoctl __complete -- "\${(@)words[first,CURRENT]}")}")
  [[ -n "$found" ]] && compadd -- "\${found[@]}" || _files
}
if [ "$funcstack[1]" = _repoctl ]; then
  _repoctl "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _repoctl repoctl
  (( $+_comps[npx] )) || compdef _repoctl npx
fi
`;

const fish = (fallback: string): string => `function __repoctl
  set -l folder $PWD
  while test -n "$folder"; and not test -x "$folder/node_modules/.bin/repoctl"
    set folder (string replace -r '/[^/]*$' '' -- $folder)
  end
  if test -n "$folder"
    $folder/node_modules/.bin/repoctl $argv
  else if set -l program (command -s repoctl)
    $program $argv
  else
    ${fallback} $argv
  end 2>/dev/null
end
function __repoctl_words
  set -l words (commandline -opc) (commandline -ct)
  test $words[1] = npx; and set -e words[1]
  while string match -q -- '-*' $words[1]
    set -e words[1]
  end
  test "$words[1]" = repoctl; and test (count $words) -gt 1; and string join \\n -- $words[2..-1]
end
function __repoctl_complete
  __repoctl __complete -- (__repoctl_words)
end
complete -c repoctl -f -a '(__repoctl_complete)'
complete -c npx -n '__repoctl_words >/dev/null' -f -a '(__repoctl_complete)'
`;
