/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * libqpdf's C interface; its warnings count as errors, since the input is our own. It writes into
 * memory: when it writes a file itself, a disk that fills up with the last few bytes goes unnoticed
 * (the stream is closed without a look at the outcome).
 */
#include "render/finish.h"
#include <errno.h>
#include <fcntl.h>
#include <qpdf/qpdf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static bool is_written(int fd, const unsigned char *bytes, size_t len)
{
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

static enum us_err write_file(const char *path, const unsigned char *bytes, size_t len,
                              struct fault *fault)
{
    /* For its owner alone: it names who is in a union. */
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool is_good = fd >= 0 && is_written(fd, bytes, len) && fsync(fd) == 0;
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

enum us_err finish_pdf(const char *from, const char *to, const char *language, struct fault *fault)
{
    enum us_err err = US_IO;
    qpdf_data qpdf = qpdf_init();
    qpdf_silence_errors(qpdf);
    qpdf_set_suppress_warnings(qpdf, QPDF_TRUE);
    if (qpdf_read(qpdf, from, NULL) & QPDF_ERRORS)
        goto done;
    qpdf_oh root = qpdf_get_root(qpdf);
    qpdf_oh preferences = qpdf_oh_new_dictionary(qpdf);
    qpdf_oh_replace_key(qpdf, preferences, "/DisplayDocTitle", qpdf_oh_new_bool(qpdf, QPDF_TRUE));
    qpdf_oh_replace_key(qpdf, root, "/ViewerPreferences", preferences);
    qpdf_oh marked = qpdf_oh_new_dictionary(qpdf);
    qpdf_oh_replace_key(qpdf, marked, "/Marked", qpdf_oh_new_bool(qpdf, QPDF_TRUE));
    qpdf_oh_replace_key(qpdf, root, "/MarkInfo", marked);
    qpdf_oh_replace_key(qpdf, root, "/Lang", qpdf_oh_new_unicode_string(qpdf, language));
    if (qpdf_init_write_memory(qpdf) & QPDF_ERRORS)
        goto done;
    qpdf_set_deterministic_ID(qpdf, QPDF_TRUE);
    qpdf_set_object_stream_mode(qpdf, qpdf_o_generate);
    if (qpdf_write(qpdf) & QPDF_ERRORS)
        goto done;
    err = US_OK;

done:
    if (qpdf_has_error(qpdf)) {
        fault_set(fault, to, 0, "the letter cannot be finished: %s",
                  qpdf_get_error_full_text(qpdf, qpdf_get_error(qpdf)));
        err = US_IO;
    }
    if (err == US_OK)
        err = write_file(to, qpdf_get_buffer(qpdf), qpdf_get_buffer_length(qpdf), fault);
    qpdf_cleanup(&qpdf);
    return err;
}
