/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The queue is a linked list under a mutex; the eventfd is raised when the list was empty, so a
 * burst costs one system call. Running takes the whole list at once and works without the lock:
 * what is posted meanwhile, even by what runs, waits for the next round.
 */
#include "base/inbox.h"
#include "base/mem.h"
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct letter {
    struct letter *next;
    void (*run)(void *arg);
    void *arg;
};

struct inbox {
    pthread_mutex_t lock;
    struct letter *first, **last; /* last: where the next one is hung */
    int fd;
};

struct inbox *inbox_new(void)
{
    struct inbox *inbox;
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

    if (fd < 0)
        return NULL;
    inbox = MEM_NEW(struct inbox);
    inbox->fd = fd;
    inbox->last = &inbox->first;
    (void)pthread_mutex_init(&inbox->lock, NULL);
    return inbox;
}

void inbox_free(struct inbox *inbox)
{
    if (inbox == NULL)
        return;
    while (inbox->first != NULL) {
        struct letter *next = inbox->first->next;

        free(inbox->first);
        inbox->first = next;
    }
    (void)pthread_mutex_destroy(&inbox->lock);
    (void)close(inbox->fd);
    free(inbox);
}

int inbox_fd(const struct inbox *inbox)
{
    return inbox->fd;
}

void inbox_post(struct inbox *inbox, void (*run)(void *arg), void *arg)
{
    struct letter *letter = MEM_NEW(struct letter);
    uint64_t one = 1;

    letter->run = run;
    letter->arg = arg;

    /* The bell rings under the lock: once the letter can be seen the owner may free the inbox. */
    (void)pthread_mutex_lock(&inbox->lock);
    if (inbox->first == NULL) {
        while (write(inbox->fd, &one, sizeof(one)) < 0 && errno == EINTR)
            ;
    }
    *inbox->last = letter;
    inbox->last = &letter->next;
    (void)pthread_mutex_unlock(&inbox->lock);
}

void inbox_run(struct inbox *inbox)
{
    struct letter *letter;
    uint64_t count;

    (void)pthread_mutex_lock(&inbox->lock);
    while (read(inbox->fd, &count, sizeof(count)) < 0 && errno == EINTR)
        ;
    letter = inbox->first;
    inbox->first = NULL;
    inbox->last = &inbox->first;
    (void)pthread_mutex_unlock(&inbox->lock);

    /* What runs may free the inbox itself; it is not touched from here on. */
    while (letter != NULL) {
        struct letter *next = letter->next;
        void (*run)(void *arg) = letter->run;
        void *arg = letter->arg;

        free(letter);
        run(arg);
        letter = next;
    }
}
