/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "control/timestamp_fetch.h"
#include "base/str.h"
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define REPLY_MOST ((size_t)64 * 1024)
#define FETCH_MS 15000L
#define CONNECT_MS 5000L

static size_t on_data(char *data, size_t size, size_t count, void *arg)
{
    struct str *reply = arg;

    str_append(reply, data, size * count);
    return reply->overflow ? 0 : size * count; /* anything else than all ends it */
}

static bool set_options(CURL *easy, const struct timestamp_fetch *fetch, struct str *reply)
{
    return curl_easy_setopt(easy, CURLOPT_URL, fetch->url) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, FETCH_MS) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, reply) == CURLE_OK;
}

static bool set_query(CURL *easy, const uint8_t *query, size_t len, struct curl_slist *headers)
{
    return curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, query) == CURLE_OK;
}

/* Has it done; false with a problem. */
static bool perform(CURL *easy, const struct str *reply, struct timestamp_fetch *fetch)
{
    CURLcode code = curl_easy_perform(easy);
    long status = 0;

    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (reply->overflow)
        snprintf(fetch->problem, sizeof(fetch->problem), "its answer is too long");
    else if (code != CURLE_OK)
        snprintf(fetch->problem, sizeof(fetch->problem), "%s", curl_easy_strerror(code));
    else if (status != 200)
        snprintf(fetch->problem, sizeof(fetch->problem), "it answered with status %ld", status);
    return fetch->problem[0] == '\0';
}

enum us_err timestamp_fetch_ask(const uint8_t *query, size_t len, uint8_t **reply,
                                size_t *reply_len, void *arg)
{
    struct timestamp_fetch *fetch = arg;
    struct str bytes = {.limit = REPLY_MOST};
    struct curl_slist *headers =
        curl_slist_append(NULL, "Content-Type: application/timestamp-query");
    CURL *easy = curl_easy_init();
    enum us_err err = US_IO;

    fetch->problem[0] = '\0';
    if (easy == NULL || headers == NULL || !set_options(easy, fetch, &bytes) ||
        !set_query(easy, query, len, headers))
        snprintf(fetch->problem, sizeof(fetch->problem), "libcurl cannot ask");
    else if (perform(easy, &bytes, fetch)) {
        *reply_len = bytes.len;
        *reply = (uint8_t *)str_take(&bytes);
        err = US_OK;
    }
    str_free(&bytes);
    curl_slist_free_all(headers);
    curl_easy_cleanup(easy);
    return err;
}
