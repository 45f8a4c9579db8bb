# shellcheck shell=bash
# Completion for reminderd(8). Verbs and options come from the program's own help.

# compgen's options and the word so far.
_reminderd_offer()
{
  mapfile -t COMPREPLY < <(compgen "$@")
}

# $1: the program, $2: what an entry of its help begins with.
_reminderd_entries()
{
  "$1" --help 2>/dev/null | grep -oE -e "^  $2[a-z][a-z-]* " || true
}

_reminderd()
{
  local program=$1 word=$2 before=$3
  COMPREPLY=()
  if [ "$word" = = ]; then
    word=''
  elif [ "$before" = = ]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  case $before:$word in
    --config:* | --root:* | --state:*) _reminderd_offer -d -- "$word" ;;
    --lang:*) _reminderd_offer -W "en de" -- "$word" ;;
    --days:* | --quota:* | --stage:*) COMPREPLY=() ;;
    --format:*) _reminderd_offer -W "table csv json html" -- "$word" ;;
    *:-*) _reminderd_offer -W "$(_reminderd_entries "$program" --)" -- "$word" ;;
    *) _reminderd_offer -W "$(_reminderd_entries "$program" "")" -- "$word" ;;
  esac
}

complete -F _reminderd reminderd
