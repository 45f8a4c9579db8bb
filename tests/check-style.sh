#!/bin/bash
# Checks what style.md asks for and a machine can see. Prints every finding with file and line.
set -euo pipefail

cd "$(dirname "$(realpath "$0")")/.."
function_lines=45
file_lines=400
failures=0

fail()
{
  echo "check-style: $*"
  failures=$((failures + 1))
}

# What belongs to the project: known to git or about to be, without what it ignores.
files()
{
  git ls-files --cached --others --exclude-standard -- "$@" | while IFS= read -r file; do
    if [ -f "$file" ]; then echo "$file"; fi
  done
}

c_files()
{
  files '*.c' '*.h'
}

scripts()
{
  files | while IFS= read -r file; do
    case $(head -c 64 "$file" | head -n 1 | tr -d '\0') in '#!/bin/bash'* | '#!/bin/sh'*) echo "$file" ;; esac
  done
}

report_lines()
{
  local line
  while IFS= read -r line; do
    fail "$line"
  done
}

check_format()
{
  command -v clang-format >/dev/null || { fail "clang-format is missing"; return; }
  report_lines < <(c_files | xargs -r clang-format --dry-run 2>&1 |
    sed -n 's/^\([^:]*\):.*warning:.*/\1: run clang-format -i on it/p' | sort -u)
}

check_lengths()
{
  report_lines < <(c_files | xargs -r awk -v most=$function_lines -v all=$file_lines '
    FNR == 1 { start = 0 }
    FNR == all + 1 { print FILENAME ": more than " all " lines" }
    /^{$/ { start = FNR }
    /^}$/ && start {
      if (FNR - start + 1 > most)
        print FILENAME ":" start ": function of " FNR - start + 1 " lines, at most " most
      start = 0
    }')
  report_lines < <(files '*.py' | xargs -r awk -v all=$file_lines '
    FNR == all + 1 { print FILENAME ": more than " all " lines" }')
}

check_words()
{
  report_lines < <(c_files | xargs -r grep -nE \
    '\b(goto|TODO|FIXME|XXX)\b|\b(atoi|atol|sscanf|strtok|strtok_r|system|gets)\(' |
    sed 's/$/   (style.md: not used here)/')
}

check_text()
{
  report_lines < <(files '*.c' '*.h' '*.py' '*.sh' '*.md' '*.build' 'tests/run' 'packaging/demo' |
    xargs -r grep -nE $'[ \t]+$|\r' | sed 's/$/   (trailing space)/')
  local file
  while IFS= read -r file; do
    [ -z "$(tail -c 1 "$file")" ] || fail "$file: no newline at its end"
    iconv -f UTF-8 -t UTF-8 "$file" >/dev/null 2>&1 || fail "$file: not UTF-8"
  done < <(files '*.c' '*.h' '*.py' '*.sh' '*.md' '*.build')
}

check_scripts()
{
  command -v shellcheck >/dev/null || { fail "shellcheck is missing"; return; }
  report_lines < <(scripts | xargs -r shellcheck -x --format=gcc || true)
  report_lines < <(files '*.py' | xargs -r python3 -c '
import ast, sys
for name in sys.argv[2:]:
    tree = ast.parse(open(name).read())
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= int(sys.argv[1]):
            print(f"{name}:{node.lineno}: function {node.name} is too long")
' "$function_lines" 2>&1)
}

[ -n "$(c_files)" ] || fail "no file found: not a git checkout?"
check_format
check_lengths
check_words
check_text
check_scripts
[ "$failures" = 0 ] || { echo "check-style: $failures found"; exit 1; }
echo "check-style: good"
