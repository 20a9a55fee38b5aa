/* A queue of threads through their next and prev. */
#pragma once
#include "kernel/thread.h"

/* t, in no queue, becomes the last of q. */
static inline void thread_queue_add(struct thread_queue *q, struct thread *t)
{
    t->next = NULL;
    t->prev = q->tail;
    if (q->tail != NULL)
        q->tail->next = t;
    else
        q->head = t;
    q->tail = t;
}

/* t leaves q, which it is in. */
static inline void thread_queue_remove(struct thread_queue *q, struct thread *t)
{
    if (t->prev != NULL)
        t->prev->next = t->next;
    else
        q->head = t->next;
    if (t->next != NULL)
        t->next->prev = t->prev;
    else
        q->tail = t->prev;
}
