/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * libxlsxwriter in its constant-memory mode keeps each sheet's rows in a file of its own until the
 * end, and does not look whether they could be written there: so their streams are looked at here
 * before the workbook is put together. That is done in a file which no name leads to, so that no
 * list of members stays behind in a folder for temporary files, whatever happens.
 */
#include "render/xlsx.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define COPY_CHUNK 65536
#define DAYS_TO_1970 25569 /* from day 0 of a spreadsheet, 1899-12-30 */
#define NAME_SIZE 32       /* of a sheet, in bytes: 31 characters at most */
#define WIDTH_LEAST 12
#define WIDTH_TEXT 30

struct xlsx {
    struct grid_params params;
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    lxw_format *head, *day;
    size_t per_sheet;
    lxw_row_t row; /* the next of this sheet */
    int sheets;
    int fd;    /* where the workbook is put together */
    char *dir; /* for the library's own files */
};

static enum us_err fail(const struct xlsx *xlsx, int cause, struct fault *fault)
{
    fault_set(fault, NULL, 0, "the spreadsheet cannot be put together in %s: %s", xlsx->dir,
              strerror(cause != 0 ? cause : EIO));
    return cause == ENOSPC || cause == EDQUOT ? US_FULL : US_IO;
}

/* What the library says to a value: only texts can be wrong, by their length. */
static enum us_err refuse(lxw_error said, const struct row_column *column, struct fault *fault)
{
    if (said == LXW_NO_ERROR)
        return US_OK;
    fault_set(fault, NULL, 0, "a spreadsheet cannot hold a value of the column %s: %s",
              column->name, lxw_strerror(said));
    return US_INVALID;
}

static int open_nameless(const char *dir)
{
    char *path;
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
        return fd;
    path = mem_format("%s/undersign.XXXXXX", dir);
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    free(path);
    return fd;
}

static double width(const struct row_column *column)
{
    size_t name = strlen(column->name) + 2;

    if (column->type == ROW_TEXT || column->type == ROW_TEXTS)
        return WIDTH_TEXT;
    return (double)(name > WIDTH_LEAST ? name : WIDTH_LEAST);
}

static enum us_err add_sheet(struct xlsx *xlsx, struct fault *fault)
{
    char name[NAME_SIZE];

    snprintf(name, sizeof name, "%d", ++xlsx->sheets);
    errno = 0;
    xlsx->sheet = workbook_add_worksheet(xlsx->workbook, name);
    if (xlsx->sheet == NULL)
        return fail(xlsx, errno, fault);
    worksheet_freeze_panes(xlsx->sheet, 1, 0);
    for (size_t i = 0; i < xlsx->params.count; i++) {
        const struct row_column *column = &xlsx->params.columns[i];
        lxw_col_t at = (lxw_col_t)i;
        enum us_err err = refuse(
            worksheet_write_string(xlsx->sheet, 0, at, column->name, xlsx->head), column, fault);
        if (err != US_OK)
            return err;
        worksheet_set_column(xlsx->sheet, at, at, width(column), NULL);
    }
    xlsx->row = 1;
    return US_OK;
}

enum us_err xlsx_begin(const struct grid_params *params, struct xlsx **out, struct fault *fault)
{
    struct xlsx *xlsx = MEM_NEW(struct xlsx);
    const char *told = getenv("TMPDIR");
    char path[64];
    enum us_err err;

    xlsx->params = *params;
    xlsx->per_sheet = params->rows_per_sheet;
    if (xlsx->per_sheet == 0 || xlsx->per_sheet > GRID_SHEET_MOST)
        xlsx->per_sheet = GRID_SHEET_MOST;
    xlsx->dir = mem_string(told != NULL && told[0] != '\0' ? told : "/tmp");
    xlsx->fd = open_nameless(xlsx->dir);
    if (xlsx->fd < 0) {
        err = fail(xlsx, errno, fault);
        goto err;
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", xlsx->fd);
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = xlsx->dir};
    xlsx->workbook = workbook_new_opt(path, &options);
    if (xlsx->workbook == NULL) {
        err = fail(xlsx, errno, fault);
        goto err;
    }
    lxw_doc_properties properties = {.title = (char *)(uintptr_t)params->title};
    workbook_set_properties(xlsx->workbook, &properties);
    xlsx->head = workbook_add_format(xlsx->workbook);
    format_set_bold(xlsx->head);
    xlsx->day = workbook_add_format(xlsx->workbook);
    format_set_num_format(xlsx->day, "yyyy-mm-dd");
    err = add_sheet(xlsx, fault);
    if (err != US_OK)
        goto err;
    *out = xlsx;
    return US_OK;

err:
    xlsx_abandon(xlsx);
    return err;
}

static lxw_error write_texts(struct xlsx *xlsx, lxw_col_t at, const struct row_value *value)
{
    struct str text = STR_INIT;
    lxw_error said;

    for (size_t i = 0; i < value->count; i++)
        str_append_format(&text, "%s%s", i > 0 ? ", " : "", value->texts[i]);
    said = worksheet_write_string(xlsx->sheet, xlsx->row, at, str_text(&text), NULL);
    str_free(&text);
    return said;
}

static lxw_error write_cell(struct xlsx *xlsx, size_t column, const struct row_value *value)
{
    lxw_col_t at = (lxw_col_t)column;
    char time[24];

    switch (xlsx->params.columns[column].type) {
    case ROW_NUMBER:
        return worksheet_write_number(xlsx->sheet, xlsx->row, at, (double)value->number, NULL);
    case ROW_DAY:
        return worksheet_write_number(xlsx->sheet, xlsx->row, at,
                                      (double)(value->number + DAYS_TO_1970), xlsx->day);
    case ROW_TIME:
        clock_print(value->number, time);
        return worksheet_write_string(xlsx->sheet, xlsx->row, at, time, NULL);
    case ROW_FLAG:
        return worksheet_write_boolean(xlsx->sheet, xlsx->row, at, value->number != 0, NULL);
    case ROW_TEXTS:
        return write_texts(xlsx, at, value);
    case ROW_TEXT:
    default:
        return worksheet_write_string(xlsx->sheet, xlsx->row, at, value->text, NULL);
    }
}

/* The rows of a sheet wait in a file of the library's. */
static enum us_err check_sheet(const struct xlsx *xlsx, struct fault *fault)
{
    FILE *file = xlsx->sheet->optimize_tmpfile;

    return file == NULL || ferror(file) == 0 ? US_OK : fail(xlsx, errno, fault);
}

enum us_err xlsx_add(struct xlsx *xlsx, const struct row_value *values, struct fault *fault)
{
    enum us_err err = US_OK;

    if (xlsx->row > xlsx->per_sheet)
        err = add_sheet(xlsx, fault);
    errno = 0;
    for (size_t i = 0; i < xlsx->params.count && err == US_OK; i++) {
        if (values[i].is_set)
            err = refuse(write_cell(xlsx, i, &values[i]), &xlsx->params.columns[i], fault);
    }
    xlsx->row++;
    return err == US_OK ? check_sheet(xlsx, fault) : err;
}

/* All sheets: what the last of each still has in memory is written too. */
static enum us_err check_sheets(const struct xlsx *xlsx, struct fault *fault)
{
    lxw_worksheet *sheet;

    STAILQ_FOREACH(sheet, xlsx->workbook->worksheets, list_pointers)
    {
        errno = 0;
        if (sheet->optimize_tmpfile != NULL &&
            (fflush(sheet->optimize_tmpfile) != 0 || ferror(sheet->optimize_tmpfile) != 0))
            return fail(xlsx, errno, fault);
    }
    return US_OK;
}

static enum us_err copy_out(const struct xlsx *xlsx, struct fault *fault)
{
    char bytes[COPY_CHUNK];
    off_t at = 0;
    ssize_t n;

    while ((n = pread(xlsx->fd, bytes, sizeof bytes, at)) > 0) {
        /* A failure the stream remembers, and whoever finishes the file tells. */
        if (fwrite(bytes, 1, (size_t)n, xlsx->params.file) != (size_t)n)
            return US_OK;
        at += n;
    }
    return n == 0 && at > 0 ? US_OK : fail(xlsx, errno, fault);
}

enum us_err xlsx_end(struct xlsx *xlsx, struct fault *fault)
{
    enum us_err err = check_sheets(xlsx, fault);

    if (err == US_OK) {
        lxw_workbook *workbook = xlsx->workbook;
        xlsx->workbook = NULL;
        errno = 0;
        if (workbook_close(workbook) != LXW_NO_ERROR)
            err = fail(xlsx, errno, fault);
    }
    if (err == US_OK)
        err = copy_out(xlsx, fault);
    xlsx_abandon(xlsx);
    return err;
}

void xlsx_abandon(struct xlsx *xlsx)
{
    if (xlsx == NULL)
        return;
    lxw_workbook_free(xlsx->workbook);
    if (xlsx->fd >= 0)
        close(xlsx->fd);
    free(xlsx->dir);
    free(xlsx);
}
