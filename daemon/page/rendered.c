/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A page that names signatories is "no-cache" with an entity tag, so that whoever kept a copy asks
 * each time and a withdrawal holds at once; one that names nobody may go stale in caches. A form
 * has a nonce in each copy: it is nobody's to keep but the visitor's, has no tag, and is compressed
 * around the nonce, since nothing that a visitor typed stands on it.
 */
#include "page/rendered.h"
#include "base/mem.h"
#include "page/compress.h"
#include "page/letters.h"
#include "page/nonce.h"
#include "page/reply.h"
#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAG_SIZE 80

struct variant {
    char tag[TAG_SIZE];
    struct http_response *full, *unmodified;
};

struct rendered {
    atomic_int references;
    struct page_key key;
    size_t size;
    struct variant variants[ENCODING_COUNT]; /* of a page without a slot */
    struct page_made form;                   /* of one with */
    struct compress_slot *slot;
};

static const char *caching_of(enum page_kind kind)
{
    switch (kind) {
    case PAGE_PRIVACY:
    case PAGE_ACCESSIBILITY:
        return "public, max-age=3600, stale-while-revalidate=86400, stale-if-error=604800";
    case PAGE_SIGN:
        return "private, no-cache";
    case PAGE_SEARCH:
        return REPLY_NO_STORE;
    case PAGE_API_DESCRIPTION:
    case PAGE_CARD:
    case PAGE_QR:
        return "public, max-age=3600";
    case PAGE_BADGE: /* tells of nobody, only how many */
        return "public, max-age=300";
    default:
        return "no-cache";
    }
}

static bool is_api(const struct page_key *key)
{
    return key->kind >= PAGE_API_DESCRIPTION && key->kind <= PAGE_API_UPDATES;
}

/* Of an answer of the API only a text is in some language; of the others, their parts say it. */
static const char *language_of(const struct page_key *key)
{
    if (!is_api(key))
        return key->language->code;
    return key->text_language[0] != '\0' ? key->text_language : NULL;
}

/* Of these too no copy shall be kept. */
static bool names_signatories(enum page_kind kind)
{
    return kind == PAGE_APPEAL || kind == PAGE_SIGNATORIES || kind == PAGE_SEARCH ||
           kind == PAGE_LOGOS;
}

static struct reply_head head_of(const struct page_key *key, enum encoding encoding)
{
    return (struct reply_head){
        .type = REPLY_HTML,
        .language = language_of(key),
        .caching = caching_of(key->kind),
        /* A search engine's copy would keep who withdrew, and is nothing for people to read. */
        .robots = is_api(key)                    ? "noindex"
                  : names_signatories(key->kind) ? "noarchive"
                                                 : NULL,
        .encoding = compress_name(encoding),
        .is_encoding_chosen = true,
        .is_tls = key->is_tls,
        /* Browsers send no Origin from a page whose policy is no-referrer, and forms need one. */
        .has_form = key->kind == PAGE_SIGN || key->kind == PAGE_CODE || key->kind == PAGE_MAIL,
    };
}

static void make_variant(struct rendered *rendered, const struct page_made *made,
                         enum encoding encoding, void *body, size_t len, const char *version)
{
    struct variant *variant = &rendered->variants[encoding];
    const char *name = compress_name(encoding);
    snprintf(variant->tag, sizeof variant->tag, "\"%s%s%s\"", version, name ? "-" : "",
             name ? name : "");
    struct reply_head head = head_of(&rendered->key, encoding);
    head.tag = variant->tag;
    head.is_open = made->is_open;
    if (made->type != NULL)
        head.type = made->type;
    variant->full = reply_new(200, &head);
    http_response_take_body(variant->full, body, len);
    head.type = head.encoding = NULL;
    variant->unmodified = reply_new(304, &head);
    http_response_static_body(variant->unmodified, NULL, 0);
    rendered->size += len + 1024;
}

void page_made_clear(struct page_made *made)
{
    free(made->html);
    letter_file_unref(made->file);
    *made = (struct page_made){0};
}

static void release_file(void *arg)
{
    letter_file_unref(arg);
}

/* A PDF is compressed already. Its tag is its digest, so a copy from before a restart is known
 * again. Search engines may find it but keep no copy: one that names who withdrew would stay. */
static void make_file(struct rendered *rendered, struct letter_file *file)
{
    const struct page_key *key = &rendered->key;
    struct variant *variant = &rendered->variants[ENCODING_IDENTITY];
    size_t len;
    const void *data = letter_file_data(file, &len);
    char *disposition = mem_format("inline; filename=\"%s-%s.pdf\"", key->slug, key->text_language);
    snprintf(variant->tag, sizeof variant->tag, "%s", letter_file_tag(file));
    struct reply_head head = {
        .type = "application/pdf",
        .language = key->text_language,
        .caching = caching_of(key->kind),
        .tag = variant->tag,
        .disposition = disposition,
        .robots = "noarchive",
        .is_tls = key->is_tls,
    };
    variant->full = reply_new(200, &head);
    http_response_shared_body(variant->full, data, len, release_file, file);
    head.type = head.disposition = NULL;
    variant->unmodified = reply_new(304, &head);
    http_response_static_body(variant->unmodified, NULL, 0);
    rendered->size += len + 1024;
    free(disposition);
}

static bool is_picture(const struct page_made *made)
{
    return made->type != NULL && strncmp(made->type, "image/", 6) == 0;
}

struct rendered *rendered_new(const struct page_key *key, struct page_made *made)
{
    char version[SITE_TAG_SIZE];
    struct rendered *rendered = MEM_NEW(struct rendered);
    atomic_init(&rendered->references, 1);
    rendered->key = *key;
    if (made->file != NULL) {
        make_file(rendered, made->file);
        return rendered;
    }
    if (made->has_slot) {
        size_t end = made->slot + PAGE_NONCE_LEN;
        assert(end <= made->len);
        rendered->form = *made;
        rendered->size = 2 * made->len;
        rendered->slot =
            compress_slot_new(made->html, made->slot, made->html + end, made->len - end);
        return rendered;
    }
    site_tag(made->html, made->len, version);
    for (enum encoding e = ENCODING_GZIP; !is_picture(made) && e < ENCODING_COUNT; e++) {
        size_t len = 0;
        void *body = compress_data(e, made->html, made->len, false, &len);
        if (body != NULL)
            make_variant(rendered, made, e, body, len, version);
    }
    make_variant(rendered, made, ENCODING_IDENTITY, made->html, made->len, version);
    return rendered;
}

struct rendered *rendered_ref(struct rendered *rendered)
{
    atomic_fetch_add_explicit(&rendered->references, 1, memory_order_relaxed);
    return rendered;
}

void rendered_unref(struct rendered *rendered)
{
    if (rendered == NULL ||
        atomic_fetch_sub_explicit(&rendered->references, 1, memory_order_acq_rel) > 1)
        return;
    for (enum encoding e = 0; e < ENCODING_COUNT; e++) {
        http_response_unref(rendered->variants[e].full);
        http_response_unref(rendered->variants[e].unmodified);
    }
    free(rendered->form.html);
    compress_slot_free(rendered->slot);
    free(rendered);
}

size_t rendered_size(const struct rendered *rendered)
{
    return rendered->size;
}

static struct http_response *fill_form(const struct rendered *rendered, enum encoding encoding)
{
    char nonce[PAGE_NONCE_LEN + 1];
    nonce_make(nonce);
    if (rendered->slot == NULL)
        encoding = ENCODING_IDENTITY;
    size_t len;
    char *body;
    if (encoding == ENCODING_GZIP) {
        body = compress_slot_fill(rendered->slot, nonce, PAGE_NONCE_LEN, &len);
    } else {
        len = rendered->form.len;
        body = mem_copy(rendered->form.html, len);
        memcpy(body + rendered->form.slot, nonce, PAGE_NONCE_LEN);
    }
    struct reply_head head = head_of(&rendered->key, encoding);
    struct http_response *response = reply_new(200, &head);
    http_response_take_body(response, body, len);
    return response;
}

/* Browsers always take gzip; only who takes brotli but no gzip gets a form as it is. */
static enum encoding choose_for_form(struct http_span accept)
{
    return compress_takes(accept, ENCODING_GZIP) ? ENCODING_GZIP : ENCODING_IDENTITY;
}

void rendered_reply(struct rendered *rendered, struct http_exchange *exchange)
{
    const struct http_request *request = http_exchange_request(exchange);
    struct http_span accept = http_request_field(request, "accept-encoding");
    if (rendered->form.has_slot) {
        http_reply(exchange, fill_form(rendered, choose_for_form(accept)));
        return;
    }
    enum encoding encoding = compress_choose(accept);
    if (rendered->variants[encoding].full == NULL)
        encoding = ENCODING_IDENTITY;
    struct variant *variant = &rendered->variants[encoding];
    bool is_known = reply_tag_is_named(http_request_field(request, "if-none-match"), variant->tag);
    http_reply(exchange, http_response_ref(is_known ? variant->unmodified : variant->full));
}
