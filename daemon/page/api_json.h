/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Building an answer of the API (jansson): every field is there, null where there is nothing, and
 * fields stand in the order they were set in, so that equal contents are equal bytes.
 */
#ifndef PAGE_API_JSON_H
#define PAGE_API_JSON_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#define API_JSON_TYPE "application/json"

/* These take the value. */
void api_json_set(json_t *object, const char *name, json_t *value);
void api_json_add(json_t *array, json_t *value);

json_t *api_json_object(void);
json_t *api_json_array(void);
json_t *api_json_text(const char *text); /* NULL or "": null */
json_t *api_json_number(int64_t number);
json_t *api_json_day(int64_t day);                        /* "2026-11-22" */
json_t *api_json_time(int64_t wall);                      /* "2026-11-22T02:21:53Z" */
json_t *api_json_hex(const uint8_t *data, size_t len);    /* lower case */
json_t *api_json_texts(char *const *texts, size_t count); /* an array */
/* An address on this site, as a path: it holds under every name that the site is reached by. */
json_t *api_json_link(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The answer's bytes, the caller's; frees the root. */
char *api_json_take(json_t *root, size_t *len);

#endif
