#include "world.h"

#include <criterion/criterion.h>

#include "kernel/death.h"
#include "memory_arch.h"

struct cpu cpus[CPU_MAX];
uint64_t world_deaths;

static pfn_t next_object, next_message;

struct cpu *cpu_this(void)
{
    return &cpus[0];
}
void cpu_load_cr3(uint64_t root)
{
    (void)root;
}
void cpu_idle(void)
{
    cr_assert_fail("idle: nobody can run");
}

/* death.c's part: count instead of notifying mm. */
void death_notify(struct thread *t)
{
    (void)t;
    world_deaths++;
}

void world_reset(void)
{
    memory_reset(WORLD_FRAMES);
    frame_template = 1;
    memset(cpus, 0, sizeof cpus);
    memset(frame_gen, 0, sizeof frame_gen[0] * WORLD_FRAMES);
    frame_init(0, WORLD_FRAMES, FRAME_KERNEL);
    frame_init(FIRST_OBJECT, MESSAGE_FRAMES - FIRST_OBJECT, FRAME_OBJECT);
    frame_init(MESSAGE_FRAMES, WORLD_FRAMES - MESSAGE_FRAMES, FRAME_DATA);
    cpus[0].root = frame_template;
    tlb_cpus = 1;
    thread_all = NULL;
    next_object = FIRST_OBJECT;
    next_message = MESSAGE_FRAMES;
    world_deaths = 0;
}

pfn_t world_object(enum obj_kind kind)
{
    uint64_t gen;
    pfn_t f = next_object++;

    cr_assert_eq(object_init(f, kind, &gen), OK);
    return f;
}

struct endpoint *world_endpoint(void)
{
    return frame_address(world_object(OBJ_ENDPOINT));
}

struct thread *world_thread(uint32_t priority)
{
    pfn_t table = world_object(OBJ_TABLE), f = world_object(OBJ_THREAD);

    cr_assert_eq(thread_set(f, THREAD_TABLE, table), OK);
    cr_assert_eq(thread_set(f, THREAD_PRIORITY, priority), OK);
    return frame_address(f);
}

void world_cap(struct thread *t, uint64_t slot, struct endpoint *e, uint32_t rights,
               uint32_t badge)
{
    cr_assert_eq(cap_put(t->table, slot, e->frame, rights, badge), OK);
}

uint64_t *world_message(struct thread *t)
{
    pfn_t f = next_message++;

    cr_assert_eq(thread_set(t->frame, THREAD_MESSAGE, f), OK);
    return frame_address(f);
}

void world_run(struct thread *t)
{
    if (t->state == THREAD_STOPPED)
        cr_assert_eq(thread_start(t->frame, 0x400000, 0, 0), OK);
    sched_remove(t);
    t->full = 0;
    cpus[0].current = t;
}

struct thread *world_call(struct thread *t, uint64_t slot_extra, uint64_t w0)
{
    t->ctx.rdi = slot_extra;
    t->ctx.rsi = w0;
    ipc_call(t);
    return sched_pick();
}

struct thread *world_recv(struct thread *t, uint64_t slot)
{
    t->ctx.rdi = slot;
    ipc_recv(t);
    return sched_pick();
}

static void set_reply(struct thread *t, uint64_t slot_extra, uint64_t token, uint64_t w0)
{
    t->ctx.rdi = slot_extra;
    t->ctx.rbx = token;
    t->ctx.rsi = w0;
}

struct thread *world_reply(struct thread *t, uint64_t slot_extra, uint64_t token, uint64_t w0)
{
    set_reply(t, slot_extra, token, w0);
    ipc_reply(t);
    return sched_pick();
}

struct thread *world_reply_recv(struct thread *t, uint64_t slot_extra, uint64_t token,
                                uint64_t w0)
{
    set_reply(t, slot_extra, token, w0);
    ipc_reply_recv(t);
    return sched_pick();
}
