/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Memory that is always there: every size that a stranger controls is bounded before it gets here,
 * so running out means that the machine is lost, and these exit with a message. None returns NULL;
 * all results are freed with free(), which takes NULL too.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);                           /* uninitialised */
void *mem_zero(size_t size);                            /* zero-filled */
void *mem_resize(void *old, size_t count, size_t size); /* overflow-checked */
void *mem_copy(const void *data, size_t len);           /* data may be NULL when len is 0 */
char *mem_string(const char *text);                     /* NULL gives NULL */
char *mem_string_part(const char *text, size_t len);    /* copies len bytes and terminates */
char *mem_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define MEM_NEW(type) ((type *)mem_zero(sizeof(type)))

#endif
