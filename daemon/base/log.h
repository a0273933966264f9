/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One line per event on standard error, with a "<N>" priority prefix when a journal reads it
 * (JOURNAL_STREAM is set), else with an RFC 3339 time and the level. Thread-safe. No line ever
 * holds an address, a mailbox, a token or a signatory's name: callers see to that.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

void log_open(const char *program, enum log_level most);
void log_set_level(enum log_level most);
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
