/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The gate in front of the MessagePack library, which allocates whatever an array's header claims
 * before it has seen the array.
 */
#ifndef PROTO_FRAME_CHECK_H
#define PROTO_FRAME_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#define FRAME_DEPTH_MOST 4
#define FRAME_OBJECTS_MOST 65536

/* The bytes are exactly one MessagePack object: nested no deeper than a frame is, with no more
 * parts than there are bytes for, of nothing but nil, booleans, integers, strings, binary, arrays,
 * maps. */
bool frame_check(const void *data, size_t len);

#endif
