export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** What makes a shell ask repoctl for the words that may follow. */
export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: `_repoctl() {
  local IFS=$'\\n'
  COMPREPLY=($(repoctl __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _repoctl repoctl
`,
  zsh: `#compdef repoctl
_repoctl() {
  local -a found
  found=("\${(@f)$(repoctl __complete -- "\${words[@]:1:$((CURRENT - 1))}" 2>/dev/null)}")
  [[ -n "$found" ]] && compadd -- "\${found[@]}" || _files
}
if [ "$funcstack[1]" = _repoctl ]; then _repoctl "$@"; else compdef _repoctl repoctl; fi
`,
  fish: `function __repoctl_complete
  set -l words (commandline -opc) (commandline -ct)
  repoctl __complete -- $words[2..-1] 2>/dev/null
end
complete -c repoctl -f -a '(__repoctl_complete)'
`,
};
