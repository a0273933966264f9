/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the store's tests share: a folder of their own, a store in it, and short ways to ask it. */
#ifndef TESTS_STORE_RIG_H
#define TESTS_STORE_RIG_H

#include "store/store.h"
#include "store/thread.h"
#include <sqlite3.h>
#include <stdint.h>

struct rig {
    char folder[64], path[96], lock[96];
    struct store_params params;
    struct store *store;
    struct fault fault;
};

/* A new folder; opens nothing. */
void rig_make(struct rig *rig);
/* Closes what is open and takes the folder away. */
void rig_remove(struct rig *rig);
void rig_open(struct rig *rig); /* asserts that it opens */
void rig_close(struct rig *rig);

/* Runs one statement on the file behind the store's back, which must be closed. */
void rig_sql(const struct rig *rig, const char *sql);

struct job *rig_insert(int64_t id, const char *word, int64_t number);
enum us_err rig_run(struct rig *rig, struct job *job); /* takes the job */
int64_t rig_count(struct rig *rig);
int64_t rig_sum(struct rig *rig);
bool rig_has(struct rig *rig, int64_t id);

/* Keeps the store thread waiting in a job's on_done until the gate is opened, so that what is
 * submitted meanwhile becomes one group. */
struct rig_stop {
    struct thread_gate reached, go;
};
void rig_stop_store(struct rig *rig, struct rig_stop *stop);

#endif
