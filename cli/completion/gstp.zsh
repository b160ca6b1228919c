#compdef gstp
# Completes gstp in zsh: source <(gstp completion zsh)

_gstp() {
  local -a lines plain plain_text open open_text
  local line value text
  lines=("${(@f)$("${words[1]}" completion --complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "${lines[@]}"; do
    value=${line%%$'\t'*}
    text="$value  ${line#*$'\t'}"
    case $line in
      '') ;;
      :gstp) _files -g '*.gstp' ;;
      :files) _files ;;
      *=$'\t'*) open+=("$value") open_text+=("$text") ;;
      *) plain+=("$value") plain_text+=("$text") ;;
    esac
  done
  (( ${#plain} == 0 )) || compadd -l -d plain_text -- "${plain[@]}"
  # a value follows: no blank
  (( ${#open} == 0 )) || compadd -S '' -l -d open_text -- "${open[@]}"
}

if [[ ${funcstack[1]} == _gstp ]]; then
  _gstp "$@"
else
  compdef _gstp gstp
fi
