# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Makes C of the files in sql/, so that a statement's name, text and number of parameters cannot drift
# apart. Which half is made is said by part=header (the enum) or part=table; what a file is, by an
# assignment in front of it:
#
#   awk -v part=table -f catalogue.awk kind=catalogue catalogue.sql kind=bootstrap bootstrap.sql \
#       kind=migration migrations/0001_initial.sql ...
#
# kind=trial is a migration of the tests' own: it takes the next number whatever its name.
# Refused: a statement without a name or a name without one, a name twice, two statements under a name,
# "?" and gaps in $1, $2, ..., migrations that are not numbered 1, 2, 3, ...

function fail_at(place, message)
{
    print place ": " message | "cat 1>&2"
    failed = 1
}

function fail(message)
{
    fail_at(FILENAME ":" FNR, message)
}

# As the inside of a C string; by hand, since awks differ in what "\\" means to gsub().
function quote(text,    i, c, out)
{
    out = ""
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        out = out (c == "\\" || c == "\"" ? "\\" c : c)
    }
    return out
}

function finish_statement(    i)
{
    if (name == "")
        return
    if (sql == "")
        fail_at(place, "the statement " name " is empty")
    else if (!is_ended || in_quote)
        fail_at(place, "the statement " name " does not end with a semicolon")
    for (i = 1; i <= highest; i++)
        if (!(i in seen))
            fail_at(place, "the statement " name " has $" highest " but not $" i)
    names[++count] = name
    texts[count] = sql
    parameters[count] = highest
    is_read[count] = sql ~ /^SELECT[ (]/
    name = ""
}

function start_statement(new)
{
    finish_statement()
    if (new !~ /^[a-z][a-z0-9_]*$/)
        fail("a statement's name has a-z, 0-9 and _ only: " new)
    if (new in is_used)
        fail("the statement " new " stands here twice")
    is_used[new] = 1
    name = new
    place = FILENAME ":" FNR
    sql = ""
    highest = in_quote = is_ended = 0
    split("", seen)
}

# Takes a line of SQL without its comment.
function add_line(line,    i, c, out, number)
{
    out = ""
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (c == "'")
            in_quote = !in_quote
        else if (!in_quote && substr(line, i, 2) == "--")
            break
        else if (!in_quote && substr(line, i, 2) == "/*")
            fail("comments begin with -- here")
        else if (!in_quote && c == ";") {
            if (is_ended || name == "")
                fail("a statement without a name")
            is_ended = 1
            continue
        } else if (!in_quote && c == "?")
            fail("parameters are $1, $2, ..., not ?")
        else if (!in_quote && c == "$") {
            match(substr(line, i + 1), /^[0-9]*/)
            number = substr(line, i + 1, RLENGTH) + 0
            if (number < 1 || number > 64)
                fail("parameters are $1 to $64")
            seen[number] = 1
            if (number > highest)
                highest = number
        }
        if (c != " " && c != "\t" && (is_ended || name == ""))
            fail("a statement without a name")
        out = out c
    }
    sub(/^[ \t]+/, "", out)
    sub(/[ \t]+$/, "", out)
    if (out != "")
        sql = sql (sql == "" ? "" : " ") out
}

function start_migration(    base, number)
{
    base = FILENAME
    sub(/^.*\//, "", base)
    if (kind == "migration" && base !~ /^[0-9][0-9][0-9][0-9]_[a-z][a-z0-9_]*\.sql$/)
        fail("a migration is called NNNN_name.sql")
    number = kind == "trial" ? migrations + 1 : substr(base, 1, 4) + 0
    if (number != migrations + 1)
        fail("migration " migrations + 1 " is missing before this one")
    migrations++
    sub(/\.sql$/, "", base)
    migration_names[migrations] = kind == "trial" ? base : substr(base, 6)
    migration_texts[migrations] = ""
}

FNR == 1 {
    finish_statement()
    if (kind == "migration" || kind == "trial")
        start_migration()
}
kind == "catalogue" && /^-- name:/ {
    start_statement($3)
    if (NF != 3)
        fail("a name is one word")
    next
}
kind == "catalogue" { add_line($0) }
kind == "bootstrap" { bootstrap = bootstrap "\n    \"" quote($0) "\\n\"" }
# SQLite keeps a table by its INTEGER PRIMARY KEY and by no other word; with BIGINT, which PostgreSQL
# needs for 64 bits, each table would carry a second, random index. So would a table whose rows are
# little more than their key of several columns, unless its end says that it is kept by that.
kind == "migration" || kind == "trial" {
    sub(/BIGINT NOT NULL PRIMARY KEY/, "INTEGER NOT NULL PRIMARY KEY")
    sub(/^\); -- kept by its key$/, ") WITHOUT ROWID;")
    migration_texts[migrations] = migration_texts[migrations] "\n     \"" quote($0) "\\n\""
}

END {
    finish_statement()
    if (count == 0 || migrations == 0 && part == "table")
        fail("nothing to make a table of")
    if (failed)
        exit 1
    print "/* SPDX-License-Identifier: AGPL-3.0-or-later */"
    print "/* Made from the files in sql/ by sql/catalogue.awk; never edited. */"
    if (part == "header") {
        print "#ifndef STORE_STATEMENT_ID_H\n#define STORE_STATEMENT_ID_H\n\nenum statement {"
        for (i = 1; i <= count; i++)
            print "    STATEMENT_" toupper(names[i]) ","
        print "    STATEMENT_COUNT\n};\n\n#endif"
        exit 0
    }
    print "#include \"store/statement.h\"\n\nconst struct statement_entry statement_table[STATEMENT_COUNT] = {"
    for (i = 1; i <= count; i++) {
        print "    [STATEMENT_" toupper(names[i]) "] = {\"" names[i] "\","
        print "     \"" quote(texts[i]) "\","
        print "     " parameters[i] ", " (is_read[i] ? "true" : "false") "},"
    }
    print "};\n\nconst char statement_bootstrap[] =" bootstrap ";\n"
    print "const struct statement_migration statement_migrations[] = {"
    for (i = 1; i <= migrations; i++)
        print "    {" i ", \"" migration_names[i] "\"," migration_texts[i] "},"
    print "    {0, (void *)0, (void *)0},\n};"
}
