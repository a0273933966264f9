/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* All randomness is libsodium's, which is the kernel's. */
#include "crypto/random.h"
#include "base/log.h"
#include <sodium.h>
#include <stdlib.h>

void random_open(void)
{
    if (sodium_init() < 0) {
        log_error("libsodium cannot start: the system has no source of randomness");
        exit(71); /* EX_OSERR */
    }
}

int64_t random_id(void)
{
    uint64_t id;

    do {
        randombytes_buf(&id, sizeof(id));
        id &= INT64_MAX;
    } while (id == 0);
    return (int64_t)id;
}

void random_public_id(char out[RANDOM_PUBLIC_ID_SIZE])
{
    static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
    unsigned char bytes[RANDOM_PUBLIC_ID_SIZE - 1];

    /* 32 letters divide 256 evenly, so each is equally likely. */
    randombytes_buf(bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++)
        out[i] = alphabet[bytes[i] & 31];
    out[sizeof(bytes)] = '\0';
}

void random_bytes(void *out, size_t len)
{
    randombytes_buf(out, len);
}
