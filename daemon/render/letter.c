/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A joint letter is drawn twice where it is short enough to keep its signatories in memory: once to
 * count the pages, once with "page x of y". A longer one is drawn as its signatories come, with the
 * page alone, in constant memory. Individual letters are counted and drawn one by one. The PDF is
 * made under a temporary name and renamed when it is whole.
 */
#include "render/letter.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "render/finish.h"
#include "render/image.h"
#include "render/letter_cover.h"
#include "render/letter_individual.h"
#include "render/letter_list.h"
#include "render/profile.h"
#include "render/shape.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEPT_MOST 2000     /* signatories in memory */
#define KEPT_TEXTS 8192    /* of each of their list's fonts, about 1 KiB each */
#define PROGRESS_EVERY 256 /* signatories */
#define IMAGE_WIDTH 240.0  /* points, at most */
#define IMAGE_HEIGHT 68.0

struct letter_writer {
    const struct letter *letter;
    struct markdown *body;
    cairo_surface_t *image; /* NULL: none */
    double image_size[2];
    char *path, *drawn, *finished; /* the file, and its two temporary names */
    char *title;
    struct shape_store *shapes; /* of a list that is drawn twice; else NULL */
    struct sheet *sheet; /* NULL while signatories are kept, and before the first own letter */
    struct letter_list list;
    struct letter_signatory *kept;
    size_t kept_count, kept_room;
    int cover_pages;
    int64_t added, drawn_count;
    char *group; /* of the individual letter before; NULL: none */
};

/* What of a signatory is text, for keeping. */
#define TEXTS(signatory)                                                                           \
    {                                                                                              \
        &(signatory)->organisation, &(signatory)->organisation_latin, &(signatory)->country,       \
            &(signatory)->town, &(signatory)->affiliation, &(signatory)->representative,           \
            &(signatory)->capacity, &(signatory)->legal_name, &(signatory)->address,               \
            &(signatory)->coverage, &(signatory)->mandate                                          \
    }

static void keep_free(struct letter_signatory *kept)
{
    const char **const texts[] = TEXTS(kept);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        union {
            const char *text;
            void *memory;
        } owned = {.text = *texts[i]};
        free(owned.memory);
    }
}

static void writer_free(struct letter_writer *writer)
{
    for (size_t i = 0; i < writer->kept_count; i++)
        keep_free(&writer->kept[i]);
    free(writer->kept);
    shape_store_free(writer->shapes);
    markdown_free(writer->body);
    if (writer->image)
        cairo_surface_destroy(writer->image);
    if (writer->drawn) {
        unlink(writer->drawn);
        unlink(writer->finished);
    }
    free(writer->drawn);
    free(writer->finished);
    free(writer->path);
    free(writer->title);
    free(writer->group);
    free(writer);
}

/* The title for the file: the document's, else its kind, else that it is an appeal. */
static char *letter_title(const struct letter *letter)
{
    const struct letter untyped = {.titles = letter->titles};
    char *title = letter_subject(&untyped, "");
    if (!title)
        title =
            mem_string(letter->kind ? letter->kind : message_get(letter->language, "An appeal"));
    return title;
}

static struct sheet *begin_sheet(const struct letter_writer *writer, const char *path, int total,
                                 struct fault *fault)
{
    const struct letter *letter = writer->letter;
    const bool is_us = letter->paper == LETTER_US;
    char day[16], created[32];
    clock_print_day(letter->edition_date > 0 ? letter->edition_date
                    : letter->has_date       ? letter->date
                                             : 0,
                    day);
    snprintf(created, sizeof created, "%sT00:00:00Z", day);
    const char *foot = message_get(letter->language, "Page {page} of {pages}");
    const struct sheet_params params = {
        .path = path,
        .title = writer->title,
        .created = created,
        .foot = total > 0 ? foot : message_get(letter->language, "Page {page}"),
        .foot_last = foot,
        .foot_note = letter->site,
        .running_title = writer->title,
        .is_rtl = letter->language->is_rtl,
        .total = total,
        .width = is_us ? 612 : 595.276,
        .height = is_us ? 792 : 841.890,
        .is_tagged = letter->named <= KEPT_MOST,
        .shapes = writer->shapes};
    return sheet_new(&params, fault);
}

static void draw_cover(const struct letter_writer *writer, struct sheet *sheet, int list_pages)
{
    if (writer->image) {
        sheet_image(sheet, writer->image, writer->image_size[0], writer->image_size[1]);
        sheet_space(sheet, 8);
    }
    letter_cover_draw(sheet, writer->letter, writer->body, list_pages);
}

static void tell_progress(struct letter_writer *writer)
{
    const struct letter *letter = writer->letter;
    writer->drawn_count++;
    if (letter->on_progress &&
        (writer->drawn_count % PROGRESS_EVERY == 0 || writer->drawn_count == letter->named))
        letter->on_progress(writer->drawn_count, letter->named, letter->progress_arg);
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

static enum us_err open_image(struct letter_writer *writer, struct fault *fault)
{
    const struct letter *letter = writer->letter;
    if (!letter->image || letter->is_individual)
        return US_OK;
    const struct image_params params = {.data = letter->image,
                                        .len = letter->image_len,
                                        .is_svg = letter->is_svg,
                                        .most_width = IMAGE_WIDTH,
                                        .most_height = IMAGE_HEIGHT};
    return image_open(&params, &writer->image, writer->image_size, fault);
}

/* Draws the cover for its pages alone, and sees whether the fonts have all its characters. */
static enum us_err count_cover(struct letter_writer *writer, struct fault *fault)
{
    struct sheet *sheet = begin_sheet(writer, NULL, 1, fault);
    if (!sheet)
        return US_IO;
    draw_cover(writer, sheet, 1);
    enum us_err err = sheet_check(sheet, fault);
    if (err == US_OK)
        err = sheet_end(sheet, &writer->cover_pages);
    else
        sheet_abandon(sheet);
    return err;
}

/* A long list's columns are chosen before anybody has come. */
static enum us_err begin_stream(struct letter_writer *writer, struct fault *fault)
{
    const struct letter_has has = {
        .place = true, .members = writer->letter->members > 0, .person = true};
    writer->sheet = begin_sheet(writer, writer->drawn, 0, fault);
    if (!writer->sheet)
        return US_IO;
    draw_cover(writer, writer->sheet, 0);
    letter_list_init(&writer->list, writer->letter, &has);
    return US_OK;
}

enum us_err letter_begin(const struct letter *letter, const char *path, struct letter_writer **out,
                         struct fault *fault)
{
    struct letter_writer *writer = MEM_NEW(struct letter_writer);
    writer->letter = letter;
    writer->title = letter_title(letter);
    if (!letter->is_individual && letter->named <= KEPT_MOST)
        writer->shapes = shape_store_new(KEPT_TEXTS);
    const char *body = letter->body ? letter->body : "";
    enum us_err err = markdown_parse(body, strlen(body), &writer->body, fault);
    if (err == US_OK)
        err = sheet_check_fonts(fault);
    if (err == US_OK)
        err = open_image(writer, fault);
    if (err == US_OK)
        err = choose_names(writer, path, fault);
    if (err == US_OK && !letter->is_individual)
        err = count_cover(writer, fault);
    if (err == US_OK && !letter->is_individual && letter->named > KEPT_MOST)
        err = begin_stream(writer, fault);
    if (err != US_OK) {
        letter_abandon(writer);
        return err;
    }
    *out = writer;
    return US_OK;
}

static void keep(struct letter_writer *writer, const struct letter_signatory *signatory)
{
    if (writer->kept_count == writer->kept_room) {
        writer->kept_room = writer->kept_room * 2 + 16;
        writer->kept = mem_resize(writer->kept, writer->kept_room, sizeof *writer->kept);
    }
    struct letter_signatory *kept = &writer->kept[writer->kept_count++];
    *kept = *signatory;
    const char **const texts[] = TEXTS(kept);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = mem_string(*texts[i]);
}

/* In whose entry it is, where it is not in the appeal's own words. */
static enum us_err check_entry(const struct sheet *sheet, const struct letter_signatory *signatory,
                               struct fault *fault)
{
    struct letter_signatory entry = *signatory;
    const char **const texts[] = TEXTS(&entry);
    struct fault found = {.text = ""};
    enum us_err err = sheet_check(sheet, fault);
    if (err == US_OK)
        return US_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (!*texts[i] || sheet_check_text(*texts[i], &found) == US_OK)
            continue;
        fault_set(fault, NULL, 0, "%s; it stands in the entry of \"%s\"", found.text,
                  signatory->organisation);
        break;
    }
    return err;
}

static enum us_err count_individual(struct letter_writer *writer,
                                    const struct letter_signatory *signatory, int *pages,
                                    struct fault *fault)
{
    struct sheet *counting = begin_sheet(writer, NULL, 1, fault);
    if (!counting)
        return US_IO;
    letter_individual_draw(counting, writer->letter, writer->body, signatory, NULL);
    enum us_err err = check_entry(counting, signatory, fault);
    if (err == US_OK)
        return sheet_end(counting, pages);
    sheet_abandon(counting);
    return err;
}

/* One organisation's own letter, behind those before it. */
static enum us_err draw_individual(struct letter_writer *writer,
                                   const struct letter_signatory *signatory, int pages,
                                   struct fault *fault)
{
    const char *group = letter_list_group(writer->letter, signatory);
    if (writer->sheet)
        sheet_section(writer->sheet, pages);
    else
        writer->sheet = begin_sheet(writer, writer->drawn, pages, fault);
    if (!writer->sheet)
        return US_IO;
    const bool is_same = writer->group && strcmp(writer->group, group) == 0;
    letter_individual_draw(writer->sheet, writer->letter, writer->body, signatory,
                           is_same ? NULL : group);
    free(writer->group);
    writer->group = mem_string(group);
    tell_progress(writer);
    return sheet_check(writer->sheet, fault);
}

/* Once for its pages, once for good. Should a character be missing, its texts are replaced by what
 * can be printed of them, so that one organisation's sign does not stop everybody's letters. */
static enum us_err add_individual(struct letter_writer *writer,
                                  const struct letter_signatory *signatory, struct fault *fault)
{
    int pages;
    struct fault first = {.text = ""};
    enum us_err err = count_individual(writer, signatory, &pages, &first);
    if (err == US_OK)
        return draw_individual(writer, signatory, pages, fault);
    if (err != US_NOT_FOUND) {
        *fault = first;
        return err;
    }
    struct letter_signatory printed = *signatory;
    const char **const texts[] = TEXTS(&printed);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = *texts[i] ? sheet_replace_text(*texts[i]) : NULL;
    err = count_individual(writer, &printed, &pages, fault);
    if (err == US_OK)
        err = draw_individual(writer, &printed, pages, fault);
    keep_free(&printed);
    return err;
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
    if (writer->letter->is_individual)
        return add_individual(writer, signatory, fault);
    if (!writer->sheet) {
        keep(writer, signatory);
        return US_OK;
    }
    letter_list_add(&writer->list, writer->sheet, signatory);
    tell_progress(writer);
    return check_entry(writer->sheet, signatory, fault);
}

/* The list of those that were kept, behind a cover. */
static enum us_err draw_kept(struct letter_writer *writer, struct sheet *sheet, bool is_counting,
                             struct fault *fault)
{
    enum us_err err = US_OK;
    struct letter_has has = {.place = false};
    for (size_t i = 0; i < writer->kept_count; i++)
        letter_list_note(&has, &writer->kept[i]);
    letter_list_init(&writer->list, writer->letter, &has);
    for (size_t i = 0; i < writer->kept_count && err == US_OK; i++) {
        letter_list_add(&writer->list, sheet, &writer->kept[i]);
        if (!is_counting)
            tell_progress(writer);
        err = check_entry(sheet, &writer->kept[i], fault);
    }
    letter_list_end(&writer->list, sheet);
    return err;
}

/* Once without a file for the number of pages, once for good. */
static enum us_err draw_twice(struct letter_writer *writer, struct fault *fault)
{
    int pages;
    struct sheet *counting = begin_sheet(writer, NULL, 1, fault);
    if (!counting)
        return US_IO;
    draw_cover(writer, counting, 1);
    enum us_err err = draw_kept(writer, counting, true, fault);
    if (err == US_OK)
        err = sheet_check(counting, fault);
    if (err != US_OK) {
        sheet_abandon(counting);
        return err;
    }
    err = sheet_end(counting, &pages);
    if (err != US_OK)
        return err;
    writer->sheet = begin_sheet(writer, writer->drawn, pages, fault);
    if (!writer->sheet)
        return US_IO;
    draw_cover(writer, writer->sheet, pages - writer->cover_pages);
    return draw_kept(writer, writer->sheet, false, fault);
}

/* The file under its temporary name, up to its last page. */
static enum us_err draw_end(struct letter_writer *writer, int *pages, struct fault *fault)
{
    enum us_err err = US_OK;
    if (writer->letter->is_individual && !writer->sheet) {
        fault_set(fault, NULL, 0, "there is nobody whose letter this could be");
        return US_CORRUPT;
    }
    if (!writer->sheet)
        err = draw_twice(writer, fault);
    else if (!writer->letter->is_individual)
        letter_list_end(&writer->list, writer->sheet);
    if (err != US_OK)
        return err;
    err = sheet_end(writer->sheet, pages);
    writer->sheet = NULL;
    return err;
}

enum us_err letter_end(struct letter_writer *writer, int *pages, struct fault *fault)
{
    if (writer->added != writer->letter->named) {
        fault_set(fault, NULL, 0, "there are fewer signatories than were announced");
        letter_abandon(writer);
        return US_CORRUPT;
    }
    const struct finish_params params = {.from = writer->drawn,
                                         .to = writer->finished,
                                         .language = writer->letter->text_language,
                                         .sealer = writer->letter->sealer};
    enum us_err err = draw_end(writer, pages, fault);
    if (err == US_OK)
        err = finish_pdf(&params, fault);
    if (err == US_OK && rename(writer->finished, writer->path) != 0) {
        fault_set(fault, writer->path, 0, "the letter cannot be put into place: %s",
                  strerror(errno));
        err = US_IO;
    }
    if (err != US_OK && fault->text[0] == '\0')
        fault_set(fault, writer->path, 0, "the letter cannot be written: is the disk full?");
    letter_abandon(writer);
    return err;
}

void letter_abandon(struct letter_writer *writer)
{
    if (!writer)
        return;
    sheet_abandon(writer->sheet);
    writer_free(writer);
}
