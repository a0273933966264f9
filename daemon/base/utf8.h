/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Checks on bytes that claim to be text. Normalisation, folding and collation need ICU and live in
 * text/; this is the gate that everything a stranger typed passes first.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Well-formed UTF-8 (RFC 3629) without NUL. */
bool utf8_is_valid(const char *text, size_t len);
/* Code points in valid text. */
size_t utf8_length(const char *text, size_t len);
/* The largest length <= most bytes that cuts no code point. */
size_t utf8_cut(const char *text, size_t len, size_t most);
/* Decodes one code point at *pos and moves on; valid text only. */
uint32_t utf8_next(const char *text, size_t len, size_t *pos);
/* Controls (C0 but TAB/LF/CR where lines are allowed, DEL, C1), bidi overrides, embeddings and
 * isolates (U+202A..202E, U+2066..2069), U+2028/2029, U+FEFF, tag characters U+E0000..E007F,
 * interlinear anchors, Hangul fillers, private use, and noncharacters: never a part of a name. ZWJ
 * and ZWNJ are allowed: languages need them. LRM, RLM and ALM are allowed too. */
bool utf8_has_forbidden(const char *text, size_t len, bool lines_allowed);

#endif
