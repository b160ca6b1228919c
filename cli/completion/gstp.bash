# Completes gstp in bash: source <(gstp completion bash)

_gstp() {
  local -a words=()
  local i word last line
  # bash splits words at "=": join them again
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    last=$((${#words[@]} - 1))
    if ((last >= 0)) && [[ $word == "=" || ${COMP_WORDS[i - 1]} == "=" ]]; then
      words[last]+=$word
    else
      words+=("$word")
    fi
  done
  local current=${words[${#words[@]} - 1]}
  COMPREPLY=()
  [[ $current != *=* ]] || return
  while IFS= read -r line; do
    case $line in
      :gstp)
        compopt -o filenames 2>/dev/null
        while IFS= read -r word; do
          COMPREPLY+=("$word")
        done < <(compgen -f -X '!*.gstp' -- "$current"; compgen -d -- "$current")
        ;;
      :files)
        compopt -o filenames 2>/dev/null
        while IFS= read -r word; do
          COMPREPLY+=("$word")
        done < <(compgen -f -- "$current")
        ;;
      *) COMPREPLY+=("${line%%$'\t'*}") ;;
    esac
  done < <("${COMP_WORDS[0]}" completion --complete -- "${words[@]}" 2>/dev/null)
  if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *= ]]; then
    compopt -o nospace 2>/dev/null
  fi
}

complete -F _gstp gstp
