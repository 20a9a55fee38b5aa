/* Who is told that a thread has ended. */
#pragma once
#include "kernel/thread.h"

/* Boot only: mm's endpoint and its own thread. */
void death_init(struct endpoint *mm, struct thread *mm_thread);

/* Notify mm; its own end is a panic. */
void death_notify(struct thread *t);
