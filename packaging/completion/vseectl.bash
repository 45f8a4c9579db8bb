# shellcheck shell=bash
# Completion for vseectl(8). Verbs and options come from the program's own words, so that nothing is
# listed twice.

# compgen's options and the word so far.
_vseectl_offer()
{
  mapfile -t COMPREPLY < <(compgen "$@")
}

# The verbs, one a line.
_vseectl_verbs()
{
  "$1" --help 2>/dev/null | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p'
}

# What a verb says when it is asked wrongly: it has no option of this name, and does nothing.
_vseectl_usage()
{
  "$1" "$2" --complete 2>&1 </dev/null | grep 'usage:'
}

# $1: usage, $2: an option. The words it can take, where the usage lists them as a|b|c.
_vseectl_choices()
{
  grep -oE -e "$2 [a-z]+(\|[a-z]+)+" <<<"$1" | head -n 1 | cut -d ' ' -f 2 | tr '|' '\n'
}

# Sets "verb", the first word that is neither an option nor an option's value, and "place".
_vseectl_find_verb()
{
  local i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      --root | --state)
        [ "${COMP_WORDS[i + 1]}" != = ] || i=$((i + 1))
        i=$((i + 1))
        ;;
      -*) ;;
      *)
        verb=${COMP_WORDS[i]} place=$i
        return
        ;;
    esac
  done
}

# $1: an option, $2: the word so far, $3: usage. Fails where the option takes nothing we know.
_vseectl_value()
{
  case $1 in
    --root | --state) _vseectl_offer -d -- "$2" ;;
    --log) _vseectl_offer -f -- "$2" ;;
    --user) _vseectl_offer -u -- "$2" ;;
    --group) _vseectl_offer -g -- "$2" ;;
    --section) _vseectl_offer -W "policy exempt text mail web" -- "$2" ;;
    --service) _vseectl_offer -W "$(ls /etc/pam.d 2>/dev/null)" -- "$2" ;;
    --days | --hours | --quota | --reason | --since | --until) COMPREPLY=() ;;
    --*)
      local choices
      choices=$(_vseectl_choices "$3" "$1")
      [ -n "$choices" ] || return 1
      _vseectl_offer -W "$choices" -- "$2"
      ;;
    *) return 1 ;;
  esac
}

# $1: the verb, $2: the word so far, $3: how many words of the verb's stand before it.
_vseectl_argument()
{
  case $1:$3 in
    explain:*) _vseectl_offer -u -W "$(printf 'V%02d ' {1..19})" -- "$2" ;;
    extend:* | link:* | reminders:0) _vseectl_offer -u -- "$2" ;;
    history:0) _vseectl_offer -W "import export list forget" -- "$2" ;;
    history:*)
      case ${COMP_WORDS[place + 1]} in
        import | export) _vseectl_offer -f -- "$2" ;;
        list | forget) _vseectl_offer -u -- "$2" ;;
      esac
      ;;
    lint:*)
      if [ "${COMP_WORDS[COMP_CWORD - 2]}" = --simulate ]; then
        _vseectl_offer -u -- "$2"
      else
        _vseectl_offer -W "$(ls /etc/pam.d 2>/dev/null)" -- "$2"
      fi
      ;;
  esac
}

_vseectl()
{
  local program=$1 word=$2 before=$3 verb='' place=0 usage=''
  COMPREPLY=()
  if [ "$word" = = ]; then
    word=''
  elif [ "$before" = = ]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  _vseectl_find_verb
  [ -z "$verb" ] || usage=$(_vseectl_usage "$program" "$verb")
  if _vseectl_value "$before" "$word" "$usage"; then
    return
  fi
  case $verb:$word in
    :-*) _vseectl_offer -W "--help --root --state --version" -- "$word" ;;
    :*) _vseectl_offer -W "$(_vseectl_verbs "$program")" -- "$word" ;;
    *:-*) _vseectl_offer -W "$(grep -oE -e '--[a-z-]+' <<<"$usage" | sort -u)" -- "$word" ;;
    *) _vseectl_argument "$verb" "$word" $((COMP_CWORD - place - 1)) ;;
  esac
}

complete -F _vseectl vseectl
