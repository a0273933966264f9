# SPDX-License-Identifier: AGPL-3.0-or-later
# Lists of domains become arrays of strings: FILE.txt becomes domain_words_FILE.
FNR == 1 {
    if (name) print "    NULL,\n};"
    else print "/* Made by daemon/appeal/domain_words.awk; do not edit. */\n#include \"appeal/domain_words.h\"\n#include <stddef.h>"
    name = FILENAME
    sub(/.*\//, "", name)
    sub(/\.txt$/, "", name)
    printf "\nconst char *const domain_words_%s[] = {\n", name
}
/^#/ || /^[ \t]*$/ { next }
/^[a-z0-9.-]+$/ { printf "    \"%s\",\n", $0; next }
{ print FILENAME ":" FNR ": not a domain" > "/dev/stderr"; wrong = 1 }
END { print "    NULL,\n};"; exit wrong }
