/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/manifest.h"
#include "base/clock.h"
#include "base/mem.h"
#include <ctype.h>
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* The texts, by their keys; where they lie in the struct. */
static const struct {
    const char *key;
    size_t offset;
    bool is_needed;
} texts[] = {
    {"appeal", offsetof(struct manifest, appeal), true},
    {"site", offsetof(struct manifest, site), true},
    {"kind", offsetof(struct manifest, kind), true},
    {"form", offsetof(struct manifest, form), true},
    {"addressee", offsetof(struct manifest, addressee), true},
    {"addressee_kind", offsetof(struct manifest, addressee_kind), true},
    {"language", offsetof(struct manifest, language), true},
    {"authoritative_language", offsetof(struct manifest, authoritative), true},
    {"made_by", offsetof(struct manifest, made_by), true},
    {"seal", offsetof(struct manifest, seal), false},
};
static const struct {
    const char *key;
    size_t offset;
} numbers[] = {
    {"version", offsetof(struct manifest, version)},
    {"edition", offsetof(struct manifest, edition)},
    {"supplement_of", offsetof(struct manifest, supplement_of)},
    {"named", offsetof(struct manifest, named)},
    {"counted", offsetof(struct manifest, counted)},
    {"members", offsetof(struct manifest, members)},
    {"countries", offsetof(struct manifest, countries)},
    {"pages", offsetof(struct manifest, pages)},
};

#define TEXTS (sizeof(texts) / sizeof(texts[0]))
#define NUMBERS (sizeof(numbers) / sizeof(numbers[0]))

static char **text_at(const struct manifest *manifest, size_t i)
{
    return (char **)((uintptr_t)manifest + texts[i].offset);
}

static int64_t *number_at(const struct manifest *manifest, size_t i)
{
    return (int64_t *)((uintptr_t)manifest + numbers[i].offset);
}

void manifest_clear(struct manifest *manifest)
{
    for (size_t i = 0; i < TEXTS; i++) {
        free(*text_at(manifest, i));
        *text_at(manifest, i) = NULL;
    }
    manifest->file_count = 0;
}

bool manifest_is_name(const char *name)
{
    size_t len = strlen(name);

    if (len == 0 || len > MANIFEST_NAME_MOST || name[0] == '.' || name[0] == '-')
        return false;
    for (; *name != '\0'; name++) {
        if (!isalnum((unsigned char)*name) && strchr("-_.", *name) == NULL)
            return false;
    }
    return true;
}

const struct manifest_file *manifest_find(const struct manifest *manifest, const char *name)
{
    for (size_t i = 0; i < manifest->file_count; i++) {
        if (strcmp(manifest->files[i].name, name) == 0)
            return &manifest->files[i];
    }
    return NULL;
}

enum us_err manifest_add(struct manifest *manifest, const char *name, int64_t size,
                         const uint8_t digest[DIGEST_SIZE])
{
    struct manifest_file *file = &manifest->files[manifest->file_count];
    int64_t all = size;

    for (size_t i = 0; i < manifest->file_count; i++)
        all += manifest->files[i].size;
    if (!manifest_is_name(name) || manifest_find(manifest, name) != NULL || size < 0 ||
        size > MANIFEST_FILE_MOST || all > MANIFEST_ALL_MOST ||
        manifest->file_count == MANIFEST_FILES_MOST)
        return US_INVALID;
    *file = (struct manifest_file){.size = size};
    memcpy(file->name, name, strlen(name) + 1);
    memcpy(file->digest, digest, DIGEST_SIZE);
    manifest->file_count++;
    return US_OK;
}

char *manifest_print(const struct manifest *manifest)
{
    json_t *object =
        json_pack("{s:s, s:i}", "format", MANIFEST_FORMAT, "format_version", MANIFEST_VERSION);
    json_t *files = json_array();
    char time[24], *text, *line;

    for (size_t i = 0; i < TEXTS; i++) {
        const char *value = *text_at(manifest, i);
        json_object_set_new(object, texts[i].key, value == NULL ? json_null() : json_string(value));
    }
    for (size_t i = 0; i < NUMBERS; i++)
        json_object_set_new(object, numbers[i].key, json_integer(*number_at(manifest, i)));
    clock_print(manifest->made_at, time);
    json_object_set_new(object, "made_at", json_string(time));
    for (size_t i = 0; i < manifest->file_count; i++) {
        const struct manifest_file *file = &manifest->files[i];
        char hex[DIGEST_HEX_SIZE];
        digest_hex(file->digest, hex);
        json_array_append_new(files, json_pack("{s:s, s:I, s:s}", "name", file->name, "size",
                                               (json_int_t)file->size, "sha256", hex));
    }
    json_object_set_new(object, "files", files);
    text = json_dumps(object, JSON_INDENT(2));
    json_decref(object);
    line = mem_format("%s\n", text);
    free(text);
    return line;
}

/* ---- reading ---- */

static bool read_file(const json_t *entry, struct manifest *manifest)
{
    const char *name = json_string_value(json_object_get(entry, "name"));
    const char *hex = json_string_value(json_object_get(entry, "sha256"));
    const json_t *size = json_object_get(entry, "size");
    uint8_t digest[DIGEST_SIZE];
    size_t len = 0;

    return name != NULL && hex != NULL && json_is_integer(size) && strlen(hex) == 2 * DIGEST_SIZE &&
           sodium_hex2bin(digest, sizeof(digest), hex, strlen(hex), NULL, &len, NULL) == 0 &&
           len == DIGEST_SIZE &&
           manifest_add(manifest, name, json_integer_value(size), digest) == US_OK;
}

/* "2026-11-22T02:21:53Z" as it was printed. */
static bool read_time(const json_t *value, int64_t *out)
{
    const char *text = json_string_value(value);
    char day_text[11], again[24];
    int hour, minute, second;
    int64_t day;

    if (text == NULL || strlen(text) != 20 ||
        sscanf(text + 10, "T%2d:%2d:%2dZ", &hour, &minute, &second) != 3)
        return false;
    memcpy(day_text, text, 10);
    day_text[10] = '\0';
    if (!clock_parse_day(day_text, &day))
        return false;
    *out = day * CLOCK_DAY + (((int64_t)hour * 60 + minute) * 60 + second) * CLOCK_SECOND;
    clock_print(*out, again);
    return strcmp(again, text) == 0;
}

static const char *read_object(const json_t *object, struct manifest *out)
{
    const json_t *files = json_object_get(object, "files"), *entry;
    size_t index;

    for (size_t i = 0; i < TEXTS; i++) {
        const char *value = json_string_value(json_object_get(object, texts[i].key));
        if (value == NULL && texts[i].is_needed)
            return texts[i].key;
        *text_at(out, i) = mem_string(value);
    }
    for (size_t i = 0; i < NUMBERS; i++) {
        const json_t *value = json_object_get(object, numbers[i].key);
        if (!json_is_integer(value) || json_integer_value(value) < 0)
            return numbers[i].key;
        *number_at(out, i) = json_integer_value(value);
    }
    if (!read_time(json_object_get(object, "made_at"), &out->made_at))
        return "made_at";
    if (!json_is_array(files) || json_array_size(files) == 0)
        return "files";
    json_array_foreach(files, index, entry)
    {
        if (!read_file(entry, out))
            return "files";
    }
    return NULL;
}

enum us_err manifest_read(const char *text, size_t len, struct manifest *out, struct fault *fault)
{
    json_error_t error;
    json_t *object =
        len > MANIFEST_MOST ? NULL : json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    const char *format = json_string_value(json_object_get(object, "format"));
    const json_t *version = json_object_get(object, "format_version");
    struct manifest manifest = {.appeal = NULL};
    const char *wrong;
    enum us_err err = US_INVALID;

    if (format == NULL || strcmp(format, MANIFEST_FORMAT) != 0) {
        fault_set(fault, NULL, 0, "it is no manifest of an Undersign bundle");
    } else if (json_integer_value(version) != MANIFEST_VERSION) {
        fault_set(fault, NULL, 0, "its format is of another version than this program knows (%d)",
                  MANIFEST_VERSION);
    } else if ((wrong = read_object(object, &manifest)) != NULL) {
        fault_set(fault, NULL, 0, "its \"%s\" is missing or makes no sense", wrong);
        manifest_clear(&manifest);
    } else {
        *out = manifest;
        err = US_OK;
    }
    json_decref(object);
    return err;
}
