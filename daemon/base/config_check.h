/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Checks on single values of the configuration, for the table in config.c: each gives NULL, or what
 * the value must be, as the end of a sentence. Only the form is looked at: nothing is resolved. */
#ifndef BASE_CONFIG_CHECK_H
#define BASE_CONFIG_CHECK_H

const char *config_check_filled(const char *value);
const char *config_check_site(const char *value);
const char *config_check_url(const char *value);
const char *config_check_contact(const char *value);
const char *config_check_language(const char *value);
const char *config_check_countries(const char *value);
const char *config_check_listen(const char *value);
const char *config_check_prefixes(const char *value);
const char *config_check_mailbox(const char *value);
const char *config_check_host(const char *value);
const char *config_check_group(const char *value);

#endif
