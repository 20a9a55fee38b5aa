#include "kernel/death.h"

#include "abi/mm.h"
#include "kernel/ipc.h"
#include "kernel/panic.h"

static struct endpoint *mm_endpoint;
static struct thread *mm_first;

void death_init(struct endpoint *mm, struct thread *mm_thread)
{
    mm_endpoint = mm;
    mm_first = mm_thread;
}

void death_notify(struct thread *t)
{
    if (t == mm_first)
        panic_thread("the memory server ended", t);
    ipc_notify_endpoint(mm_endpoint, MM_NOTIFY_DEATH);
}
