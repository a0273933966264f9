/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* libqpdf's C interface; its warnings count as errors, since the input is our own. */
#include "render/finish.h"
#include <fcntl.h>
#include <qpdf/qpdf-c.h>
#include <stdbool.h>
#include <unistd.h>

static bool is_synced(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool is_good = fsync(fd) == 0;
    return close(fd) == 0 && is_good;
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
    if (qpdf_init_write(qpdf, to) & QPDF_ERRORS)
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
    qpdf_cleanup(&qpdf);
    if (err == US_OK && !is_synced(to)) {
        fault_set(fault, to, 0, "the letter cannot be written to the disk");
        err = US_IO;
    }
    return err;
}
