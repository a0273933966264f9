/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Texts to MessagePack and back. What is read was authenticated before, but it is checked like
 * anything else: a wrong count or type is a corrupt row, never a crash.
 */
#include "appeal/pack.h"
#include "base/mem.h"
#include "crypto/keyring.h"
#include <msgpack.h>
#include <string.h>

#define PACK_FORMAT 1

static int pack_write(void *arg, const char *data, size_t len)
{
    struct pack *pack = arg;
    if (pack->is_over || len > PACK_MOST - pack->len) {
        pack->is_over = true;
        return -1;
    }
    memcpy(pack->data + pack->len, data, len);
    pack->len += len;
    return 0;
}

enum us_err pack_make(const char *const *texts, size_t count, struct pack **out)
{
    struct pack *pack = MEM_NEW(struct pack);
    msgpack_packer packer;

    /* Failures to write stay in is_over, so each call need not be looked at. */
    msgpack_packer_init(&packer, pack, pack_write);
    (void)msgpack_pack_array(&packer, count + 1);
    (void)msgpack_pack_int(&packer, PACK_FORMAT);
    for (size_t i = 0; i < count; i++) {
        if (!texts[i]) {
            (void)msgpack_pack_nil(&packer);
            continue;
        }
        size_t len = strlen(texts[i]);
        (void)msgpack_pack_str(&packer, len);
        (void)msgpack_pack_str_body(&packer, texts[i], len);
    }
    if (pack->is_over) {
        pack_free(pack);
        return US_INVALID;
    }
    *out = pack;
    return US_OK;
}

void pack_free(struct pack *pack)
{
    if (pack)
        keyring_wipe_free(pack, sizeof *pack);
}

static bool pack_is_ours(const msgpack_object *object, size_t count)
{
    if (object->type != MSGPACK_OBJECT_ARRAY || object->via.array.size != count + 1)
        return false;
    const msgpack_object *items = object->via.array.ptr;
    if (items[0].type != MSGPACK_OBJECT_POSITIVE_INTEGER || items[0].via.u64 != PACK_FORMAT)
        return false;
    for (size_t i = 1; i <= count; i++)
        if (items[i].type != MSGPACK_OBJECT_NIL && items[i].type != MSGPACK_OBJECT_STR)
            return false;
    return true;
}

enum us_err pack_read(const void *data, size_t len, char **texts, size_t count)
{
    msgpack_unpacked unpacked;
    size_t at = 0;

    msgpack_unpacked_init(&unpacked);
    msgpack_unpack_return got = msgpack_unpack_next(&unpacked, data, len, &at);
    bool is_ours =
        got == MSGPACK_UNPACK_SUCCESS && at == len && pack_is_ours(&unpacked.data, count);
    for (size_t i = 0; is_ours && i < count; i++) {
        /* Strings point into `data`; the copies are the only ones made. */
        const msgpack_object *item = &unpacked.data.via.array.ptr[i + 1];
        texts[i] = item->type == MSGPACK_OBJECT_STR
                       ? mem_string_part(item->via.str.ptr, item->via.str.size)
                       : NULL;
    }
    msgpack_unpacked_destroy(&unpacked);
    return is_ours ? US_OK : US_CORRUPT;
}

void pack_wipe_text(char *text)
{
    if (text)
        keyring_wipe_free(text, strlen(text));
}
