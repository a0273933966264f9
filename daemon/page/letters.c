/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Files are found by digest, so pages in each language, over TLS and without, before and after a
 * change that left the letter alone, share one copy. Two threads that need a file at the same
 * moment may read it twice; one of the two copies is then let go.
 */
#include "page/letters.h"
#include "base/log.h"
#include "base/mem.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct letter_file {
    struct letters *letters;
    struct letter_file *next;
    size_t references; /* under the lock */
    uint8_t digest[DIGEST_SIZE];
    char tag[DIGEST_HEX_SIZE + 2];
    size_t len;
    uint8_t *data;
};

struct letters {
    pthread_mutex_t lock;
    struct letter_file *first;
    size_t held, most; /* bytes, also of those that are being read */
};

struct letters *letters_new(size_t most)
{
    struct letters *letters = MEM_NEW(struct letters);
    letters->most = most;
    pthread_mutex_init(&letters->lock, NULL);
    return letters;
}

void letters_free(struct letters *letters)
{
    if (letters == NULL)
        return;
    assert(letters->first == NULL && letters->held == 0);
    pthread_mutex_destroy(&letters->lock);
    free(letters);
}

static struct letter_file *find_file(struct letters *letters, const uint8_t digest[DIGEST_SIZE])
{
    for (struct letter_file *file = letters->first; file != NULL; file = file->next) {
        if (memcmp(file->digest, digest, DIGEST_SIZE) == 0) {
            file->references++;
            return file;
        }
    }
    return NULL;
}

struct letter_file *letter_file_ref(struct letter_file *file)
{
    pthread_mutex_lock(&file->letters->lock);
    file->references++;
    pthread_mutex_unlock(&file->letters->lock);
    return file;
}

static void free_file(struct letter_file *file)
{
    free(file->data);
    free(file);
}

void letter_file_unref(struct letter_file *file)
{
    if (file == NULL)
        return;
    struct letters *letters = file->letters;
    pthread_mutex_lock(&letters->lock);
    bool is_last = --file->references == 0;
    if (is_last) {
        struct letter_file **at = &letters->first;
        while (*at != file)
            at = &(*at)->next;
        *at = file->next;
        letters->held -= file->len;
    }
    pthread_mutex_unlock(&letters->lock);
    if (is_last)
        free_file(file);
}

const void *letter_file_data(const struct letter_file *file, size_t *len)
{
    *len = file->len;
    return file->data;
}

const char *letter_file_tag(const struct letter_file *file)
{
    return file->tag;
}

static enum us_err read_bytes(int fd, uint8_t *data, size_t len)
{
    for (size_t at = 0; at < len;) {
        ssize_t got = read(fd, data + at, len - at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return US_IO;
        if (got == 0)
            return US_CORRUPT;
        at += (size_t)got;
    }
    return US_OK;
}

/* What lies in the folder must be what was published, to the byte: it carries names. */
static enum us_err read_file(const struct public_letter *letter, struct letter_file *file)
{
    struct stat status;
    uint8_t digest[DIGEST_SIZE];
    int fd = open(letter->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return US_IO;
    enum us_err err = US_CORRUPT;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == letter->size) {
        file->data = mem_alloc(file->len);
        err = read_bytes(fd, file->data, file->len);
    }
    close(fd);
    if (err != US_OK)
        return err;
    digest_sha256(file->data, file->len, digest);
    return memcmp(digest, letter->digest, DIGEST_SIZE) == 0 ? US_OK : US_CORRUPT;
}

static struct letter_file *make_file(struct letters *letters, const struct public_letter *letter)
{
    struct letter_file *file = MEM_NEW(struct letter_file);
    char hex[DIGEST_HEX_SIZE];
    file->letters = letters;
    file->references = 1;
    file->len = (size_t)letter->size;
    memcpy(file->digest, letter->digest, DIGEST_SIZE);
    digest_hex(letter->digest, hex);
    snprintf(file->tag, sizeof file->tag, "\"%s\"", hex);
    return file;
}

/* Takes what was read, or gives what somebody else has read meanwhile. */
static struct letter_file *keep_file(struct letters *letters, struct letter_file *file)
{
    pthread_mutex_lock(&letters->lock);
    struct letter_file *other = find_file(letters, file->digest);
    if (other == NULL) {
        file->next = letters->first;
        letters->first = file;
    } else {
        letters->held -= file->len;
    }
    pthread_mutex_unlock(&letters->lock);
    if (other == NULL)
        return file;
    free_file(file);
    return other;
}

enum us_err letters_open(struct letters *letters, const struct public_letter *letter,
                         struct letter_file **out)
{
    if (letter->size < 1 || (uint64_t)letter->size > DELIVERY_FILE_MOST)
        return US_CORRUPT;
    size_t size = (size_t)letter->size;
    pthread_mutex_lock(&letters->lock);
    struct letter_file *file = find_file(letters, letter->digest);
    bool has_room = file != NULL || size <= letters->most - letters->held;
    if (file == NULL && has_room)
        letters->held += size;
    pthread_mutex_unlock(&letters->lock);
    if (!has_room)
        return US_BUSY;
    if (file == NULL) {
        file = make_file(letters, letter);
        enum us_err err = read_file(letter, file);
        if (err != US_OK) {
            log_error("page: a published letter's file cannot be served: %s", err_name(err));
            pthread_mutex_lock(&letters->lock);
            letters->held -= size;
            pthread_mutex_unlock(&letters->lock);
            free_file(file);
            return err;
        }
        file = keep_file(letters, file);
    }
    *out = file;
    return US_OK;
}
