/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A letter is drawn twice where it is short enough to keep its signatories in memory: once to count
 * the pages, once with "page x of y". A longer one is drawn as its signatories come, with the page
 * alone, in constant memory. The PDF is made under a temporary name and renamed when it is whole.
 */
#include "render/letter.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "render/finish.h"
#include "render/letter_parts.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEPT_MOST 2000 /* signatories in memory */

struct letter_writer {
    const struct letter *letter;
    struct markdown *body;
    char *path, *drawn, *finished; /* the file, and its two temporary names */
    char *title;
    struct sheet *sheet; /* NULL while signatories are kept */
    struct letter_signatory *kept;
    size_t kept_count, kept_room;
    int64_t added;
    char country[8]; /* of the signatory before */
    bool has_list;
};

static void keep_free(struct letter_signatory *kept)
{
    const char *const texts[] = {kept->organisation, kept->organisation_latin, kept->country,
                                 kept->town,         kept->representative,     kept->capacity};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        union {
            const char *text;
            void *memory;
        } owned = {.text = texts[i]};
        free(owned.memory);
    }
}

static void writer_free(struct letter_writer *writer)
{
    for (size_t i = 0; i < writer->kept_count; i++)
        keep_free(&writer->kept[i]);
    free(writer->kept);
    markdown_free(writer->body);
    if (writer->drawn) {
        unlink(writer->drawn);
        unlink(writer->finished);
    }
    free(writer->drawn);
    free(writer->finished);
    free(writer->path);
    free(writer->title);
    free(writer);
}

/* The title for the file: the document's, else its kind, else where its body begins. */
static char *letter_title(const struct letter *letter)
{
    struct str title = STR_INIT;
    for (size_t i = 0; i < letter->title_count; i++) {
        str_append_text(&title, i ? " " : "");
        str_append_text(&title, letter->titles[i]);
    }
    if (title.len == 0 && letter->kind)
        str_append_text(&title, letter->kind);
    if (title.len == 0)
        str_append_text(&title, message_get(letter->language, "An appeal"));
    return str_take(&title);
}

static struct sheet *begin_sheet(struct letter_writer *writer, const char *path, int total,
                                 struct fault *fault)
{
    const struct letter *letter = writer->letter;
    char day[16], created[32];
    clock_print_day(letter->has_date ? letter->date : 0, day);
    snprintf(created, sizeof created, "%sT00:00:00Z", day);
    const struct sheet_params params = {
        .path = path,
        .title = writer->title,
        .created = created,
        .foot = total > 0 ? message_get(letter->language, "Page {page} of {pages}")
                          : message_get(letter->language, "Page {page}"),
        .foot_note = letter->site,
        .is_rtl = language_is_rtl(letter->text_language),
        .total = total};
    struct sheet *sheet = sheet_new(&params, fault);
    if (sheet) {
        writer->country[0] = '\0';
        writer->has_list = false;
        letter_draw_document(sheet, letter, writer->body);
    }
    return sheet;
}

static void draw_signatory(struct letter_writer *writer, struct sheet *sheet,
                           const struct letter_signatory *signatory)
{
    const char *country = signatory->country ? signatory->country : "";
    bool is_first = !writer->has_list;
    if (is_first)
        letter_draw_list_head(sheet, writer->letter);
    writer->has_list = true;
    if (is_first || strcmp(country, writer->country) != 0)
        letter_draw_country(sheet, writer->letter, country);
    snprintf(writer->country, sizeof writer->country, "%s", country);
    letter_draw_signatory(sheet, writer->letter, signatory);
}

static void draw_kept(struct letter_writer *writer, struct sheet *sheet)
{
    for (size_t i = 0; i < writer->kept_count; i++)
        draw_signatory(writer, sheet, &writer->kept[i]);
}

static void draw_end(struct letter_writer *writer, struct sheet *sheet)
{
    if (!writer->has_list && writer->letter->counted > 0)
        letter_draw_list_head(sheet, writer->letter);
    if (writer->has_list || writer->letter->counted > 0)
        letter_draw_list_foot(sheet, writer->letter);
}

/* What stands at the path is replaced by the whole letter; a device or a link would be lost. */
static enum us_err choose_names(struct letter_writer *writer, const char *path, struct fault *fault)
{
    struct stat found;
    if (lstat(path, &found) == 0 && !S_ISREG(found.st_mode)) {
        fault_set(fault, path, 0, "there is something here already that is not a regular file");
        return US_IO;
    }
    char *drawn = mem_format("%s.XXXXXX", path);
    int fd = mkostemp(drawn, O_CLOEXEC);
    if (fd < 0) {
        fault_set(fault, path, 0, "the letter cannot be written: %s", strerror(errno));
        free(drawn);
        return US_IO;
    }
    close(fd);
    writer->path = mem_string(path);
    writer->drawn = drawn;
    writer->finished = mem_format("%s.new", drawn);
    return US_OK;
}

enum us_err letter_begin(const struct letter *letter, const char *path, struct letter_writer **out,
                         struct fault *fault)
{
    struct letter_writer *writer = MEM_NEW(struct letter_writer);
    writer->letter = letter;
    enum us_err err = markdown_parse(letter->body, strlen(letter->body), &writer->body, fault);
    if (err != US_OK)
        goto err_free;
    err = choose_names(writer, path, fault);
    if (err != US_OK)
        goto err_free;
    writer->title = letter_title(letter);
    if (letter->named > KEPT_MOST) {
        writer->sheet = begin_sheet(writer, writer->drawn, 0, fault);
        err = writer->sheet ? US_OK : US_IO;
        if (err != US_OK)
            goto err_free;
    }
    *out = writer;
    return US_OK;

err_free:
    writer_free(writer);
    return err;
}

static void keep(struct letter_writer *writer, const struct letter_signatory *signatory)
{
    if (writer->kept_count == writer->kept_room) {
        writer->kept_room = writer->kept_room * 2 + 16;
        writer->kept = mem_resize(writer->kept, writer->kept_room, sizeof *writer->kept);
    }
    struct letter_signatory *kept = &writer->kept[writer->kept_count++];
    *kept = *signatory;
    kept->organisation = mem_string(signatory->organisation);
    kept->organisation_latin = mem_string(signatory->organisation_latin);
    kept->country = mem_string(signatory->country);
    kept->town = mem_string(signatory->town);
    kept->representative = mem_string(signatory->representative);
    kept->capacity = mem_string(signatory->capacity);
}

enum us_err letter_add(struct letter_writer *writer, const struct letter_signatory *signatory,
                       struct fault *fault)
{
    /* The sentence over the list says how many there are. */
    if (writer->added >= writer->letter->named) {
        fault_set(fault, NULL, 0, "there are more signatories than were announced");
        return US_CORRUPT;
    }
    writer->added++;
    if (writer->sheet)
        draw_signatory(writer, writer->sheet, signatory);
    else
        keep(writer, signatory);
    return US_OK;
}

/* Once without a file for the number of pages, once for good. */
static enum us_err draw_twice(struct letter_writer *writer, struct fault *fault)
{
    int pages;
    struct sheet *counting = begin_sheet(writer, NULL, 1, fault);
    if (!counting)
        return US_IO;
    draw_kept(writer, counting);
    draw_end(writer, counting);
    enum us_err err = sheet_end(counting, &pages);
    if (err != US_OK)
        return err;
    writer->sheet = begin_sheet(writer, writer->drawn, pages, fault);
    if (!writer->sheet)
        return US_IO;
    draw_kept(writer, writer->sheet);
    return US_OK;
}

enum us_err letter_end(struct letter_writer *writer, int *pages, struct fault *fault)
{
    if (writer->added != writer->letter->named) {
        fault_set(fault, NULL, 0, "there are fewer signatories than were announced");
        letter_abandon(writer);
        return US_CORRUPT;
    }
    enum us_err err = writer->sheet ? US_OK : draw_twice(writer, fault);
    if (err == US_OK) {
        draw_end(writer, writer->sheet);
        err = sheet_end(writer->sheet, pages);
        writer->sheet = NULL;
    }
    if (err == US_OK)
        err = finish_pdf(writer->drawn, writer->finished, writer->letter->text_language, fault);
    if (err == US_OK && rename(writer->finished, writer->path) != 0) {
        fault_set(fault, writer->path, 0, "the letter cannot be put into place: %s",
                  strerror(errno));
        err = US_IO;
    }
    if (err != US_OK && fault->text[0] == '\0')
        fault_set(fault, writer->path, 0, "the letter cannot be written: is the disk full?");
    writer_free(writer);
    return err;
}

void letter_abandon(struct letter_writer *writer)
{
    if (!writer)
        return;
    sheet_abandon(writer->sheet);
    writer_free(writer);
}
