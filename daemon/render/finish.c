/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * libqpdf's C interface; its warnings count as errors, since the input is our own. It writes into
 * memory: when it writes a file itself, a disk that fills up with the last few bytes goes unnoticed
 * (the stream is closed without a look at the outcome).
 */
#include "render/finish.h"
#include "render/finish_seal.h"
#include <errno.h>
#include <fcntl.h>
#include <qpdf/qpdf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_written(int fd, const struct finish_part *part)
{
    const unsigned char *bytes = part->data;
    size_t len = part->len;

    while (len > 0) {
        ssize_t count = write(fd, bytes, len);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        bytes += count;
        len -= (size_t)count;
    }
    return true;
}

static enum us_err write_file(const char *path, const struct finish_part *parts, size_t count,
                              struct fault *fault)
{
    /* For its owner alone: it names who is in a union. */
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool is_good = fd >= 0;
    for (size_t i = 0; i < count && is_good; i++)
        is_good = is_written(fd, &parts[i]);
    is_good = is_good && fsync(fd) == 0;
    int error = errno;
    if (fd >= 0 && close(fd) != 0 && is_good) {
        error = errno;
        is_good = false;
    }
    if (is_good)
        return US_OK;
    fault_set(fault, path, 0, "the letter cannot be written: %s", strerror(error));
    return US_IO;
}

static void add_entries(qpdf_data qpdf, const char *language)
{
    qpdf_oh root = qpdf_get_root(qpdf);
    qpdf_oh preferences = qpdf_oh_new_dictionary(qpdf);
    qpdf_oh_replace_key(qpdf, preferences, "/DisplayDocTitle", qpdf_oh_new_bool(qpdf, QPDF_TRUE));
    qpdf_oh_replace_key(qpdf, root, "/ViewerPreferences", preferences);
    qpdf_oh marked = qpdf_oh_new_dictionary(qpdf);
    qpdf_oh_replace_key(qpdf, marked, "/Marked", qpdf_oh_new_bool(qpdf, QPDF_TRUE));
    qpdf_oh_replace_key(qpdf, root, "/MarkInfo", marked);
    qpdf_oh_replace_key(qpdf, root, "/Lang", qpdf_oh_new_unicode_string(qpdf, language));
}

/* libqpdf looks up every object where it stands in the file: mapped, that takes no system calls.
 * The page cache holds it, not this program. */
static bool map_file(const char *path, struct finish_part *out)
{
    struct stat found;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool is_there = fd >= 0 && fstat(fd, &found) == 0 && found.st_size > 0;
    void *data = MAP_FAILED;
    if (is_there)
        data = mmap(NULL, (size_t)found.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (fd >= 0)
        close(fd);
    if (data == MAP_FAILED)
        return false;
    *out = (struct finish_part){data, (size_t)found.st_size};
    return true;
}

static void unmap_file(const struct finish_part *mapped)
{
    union {
        const void *read;
        void *memory;
    } data = {.read = mapped->data};
    if (mapped->len > 0)
        munmap(data.memory, mapped->len);
}

/* Cairo does not say when what it wrote last did not get to the disk: what it drew is then no whole
 * file. Also one that libqpdf could mend is none of ours. `drawn` stays mapped. */
static bool is_drawn(qpdf_data qpdf, const struct finish_params *params, struct finish_part *drawn,
                     struct fault *fault)
{
    if (map_file(params->from, drawn) &&
        (qpdf_read_memory(qpdf, params->from, drawn->data, drawn->len, NULL) &
         (QPDF_ERRORS | QPDF_WARNINGS)) == 0)
        return true;
    if (qpdf_has_error(qpdf))
        (void)qpdf_get_error(qpdf); /* else it is printed */
    fault_set(fault, params->to, 0, "the letter cannot be written: is the disk full?");
    return false;
}

/* The whole file as libqpdf writes it, into its memory. */
static bool is_finished(qpdf_data qpdf, const struct finish_params *params)
{
    add_entries(qpdf, params->language);
    if (params->sealer != NULL)
        finish_seal_prepare(qpdf, params->sealer, params->language);
    if (qpdf_init_write_memory(qpdf) & QPDF_ERRORS)
        return false;
    qpdf_set_deterministic_ID(qpdf, QPDF_TRUE);
    qpdf_set_object_stream_mode(qpdf, qpdf_o_generate);
    return !(qpdf_write(qpdf) & QPDF_ERRORS) && !qpdf_has_error(qpdf);
}

enum us_err finish_pdf(const struct finish_params *params, struct fault *fault)
{
    struct finish_seal seal = {.count = 0};
    struct finish_part drawn = {NULL, 0};
    enum us_err err = US_IO;
    qpdf_data qpdf = qpdf_init();
    qpdf_silence_errors(qpdf);
    qpdf_set_suppress_warnings(qpdf, QPDF_TRUE);

    if (!is_drawn(qpdf, params, &drawn, fault))
        goto done;
    if (!is_finished(qpdf, params)) {
        fault_set(fault, params->to, 0, "the letter cannot be finished: %s",
                  qpdf_has_error(qpdf) ? qpdf_get_error_full_text(qpdf, qpdf_get_error(qpdf))
                                       : "libqpdf does not say why");
        goto done;
    }
    struct finish_part whole = {qpdf_get_buffer(qpdf), qpdf_get_buffer_length(qpdf)};
    if (params->sealer == NULL) {
        err = write_file(params->to, &whole, 1, fault);
        goto done;
    }
    err = finish_seal_make(&whole, params->sealer, &seal, fault);
    if (err == US_OK)
        err = write_file(params->to, seal.parts, seal.count, fault);

done:
    finish_seal_clear(&seal);
    qpdf_cleanup(&qpdf);
    unmap_file(&drawn);
    return err;
}
