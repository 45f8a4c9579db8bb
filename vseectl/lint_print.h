/* Findings as text for a person, or as JSON for a program. */
#pragma once

#include "lint_finding.h"

void lint_print_text(const struct lint *lint);
/* One object a line: severity, code, file, line, text, why, remedy, services. */
void lint_print_json(const struct lint *lint);
