/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What came out: whether the fonts had everything, and the file's end. */
#include "render/shape.h"
#include "render/sheet_parts.h"
#include "render/typeset.h"
#include <stdlib.h>

enum us_err sheet_check_fonts(struct fault *fault)
{
    return typeset_check_fonts(fault);
}

enum us_err sheet_check(const struct sheet *sheet, struct fault *fault)
{
    return typeset_check(sheet->missing, fault);
}

enum us_err sheet_check_text(const char *text, struct fault *fault)
{
    return typeset_check(typeset_missing_in(text), fault);
}

char *sheet_replace_text(const char *text)
{
    return typeset_replace(text);
}

static enum us_err finish(struct sheet *sheet)
{
    sheet_drop_held(sheet);
    sheet_table_free(sheet->table);
    shape_store_free(sheet->own_shapes);
    free(sheet->held);
    free(sheet->lines);
    sheet_end_tag(sheet, "Document");
    cairo_status_t status = cairo_status(sheet->cairo);
    g_object_unref(sheet->layout);
    g_object_unref(sheet->label);
    cairo_destroy(sheet->cairo);
    cairo_surface_finish(sheet->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(sheet->surface);
    cairo_surface_destroy(sheet->surface);
    bool is_written = sheet_close_file(sheet);
    free(sheet);
    return status == CAIRO_STATUS_SUCCESS && is_written ? US_OK : US_IO;
}

enum us_err sheet_end(struct sheet *sheet, int *pages)
{
    if (sheet->table)
        sheet_table_end(sheet);
    sheet_release(sheet, 0);
    sheet_draw_foot(sheet, true);
    *pages = sheet->page;
    return finish(sheet);
}

void sheet_abandon(struct sheet *sheet)
{
    if (sheet && finish(sheet) != US_OK)
        return; /* the file is thrown away all the same */
}
