#include "world.h"

#include <string.h>

#include "core/check.h"
#include "core/frame_pool.h"
#include "core/grant.h"
#include "core/own_frame.h"
#include "core/process.h"
#include "core/start.h"
#include "kernel/frame.h"
#include "kernel/tlb.h"
#include "tlb_sim.h"

uint64_t world_out[MM_ARGS_MAX];
uint32_t world_results;
static struct client *clients[WORLD_CLIENTS];
static uint32_t ids[WORLD_CLIENTS];
static uint64_t page[IPC_EXTRA_MAX];
struct boot_record world_boot;

static struct client *new_client(void)
{
    struct process_thread how = { .priority = PRIORITY_CLIENT };
    struct client *c;
    uint32_t thread;

    cr_assert_eq(process_new(&c), OK);
    cr_assert_eq(process_thread_new(c, how, &thread), OK);
    how.probe = true;
    cr_assert_eq(process_thread_new(c, how, &thread), OK);
    return c;
}

void world_start(uint32_t frames, uint32_t cpus)
{
    port_host_reset(frames, cpus);
    serve_init();
    start_frames(&world_boot);
    serve_started();
    for (uint32_t i = 0; i < WORLD_CLIENTS; i++) {
        clients[i] = new_client();
        ids[i] = clients[i]->id;
    }
    clients[0]->trusted = true;
}

uint32_t world_client(uint32_t i)
{
    return ids[i];
}

uint64_t world_process(uint32_t i)
{
    uint64_t number;

    cr_assert_eq(
        handle_new(&clients[0]->handles, KIND_PROC, ids[i], handle_meta(0, 0), &number), OK);
    return number;
}

static void check_grants(void)
{
    for (uint32_t i = 0; i < CLIENT_MAX; i++) {
        const struct client *c = client_at(i);
        uint32_t at = 0;

        if (c->id == 0)
            continue;
        for (const struct handle_entry *e = handle_next(&c->handles, &at); e != NULL;
             e = handle_next(&c->handles, &at))
            cr_assert(grant_sound(c, e), "handle %#llx of client %u is linked wrongly",
                      (unsigned long long)*handle_number(e), i);
    }
}

static void check(void)
{
    struct check_result found;
    uint64_t row, where;

    tlb_sim_check();
    cr_assert_eq(check_all(&found), OK);
    cr_assert_eq(found.row, 0, "mm's check: I%d, %#llx", (int)found.row,
                 (unsigned long long)found.detail);
    cr_assert_eq(port_kcheck(&row, &where), OK);
    cr_assert_eq(row, 0, "the kernel's check: I%d, frame %#llx", (int)row,
                 (unsigned long long)where);
    check_grants();
}

int32_t world_ask(uint32_t i, uint32_t count, const uint64_t *words)
{
    struct request r = { .client = client_find(ids[i]),
                         .token = ids[i],
                         .label = (uint32_t)words[0],
                         .count = count,
                         .more = page,
                         .page = page };

    cr_assert_not_null(r.client);
    for (uint32_t k = 0; k < count; k++)
        *(k < IPC_REG_ARGS ? &r.arg[k] : &page[k - IPC_REG_ARGS]) = words[1 + k];
    int32_t status = serve(&r);

    world_results = status == OK || status == E_FAULT ? r.results : 0;
    for (uint32_t k = 0; k < world_results; k++)
        world_out[k] = k < SERVE_RESULTS ? r.out[k] : page[k - SERVE_RESULTS];
    check();
    return status;
}

uint64_t world_ok(uint32_t i, uint32_t count, const uint64_t *words, int line)
{
    int32_t status = world_ask(i, count, words);

    cr_assert_eq(status, OK, "line %d: status %d", line, status);
    return world_out[0];
}

int32_t world_reply(uint32_t i)
{
    struct port_host_reply reply = port_host_next_reply();

    cr_assert_eq(reply.token, ids[i], "no late answer for client %u", i);
    memcpy(world_out, reply.msg.w + 1, sizeof reply.msg.w - 8);
    return (int32_t)reply.msg.w[0];
}

void world_end(void)
{
    for (uint32_t i = 0; i < CLIENT_MAX; i++)
        if (client_at(i)->id != 0)
            serve_end_client(client_at(i));
    check();
    cr_assert_eq(frame_pool_used(), 0);
    cr_assert_eq(own_frame_count(), 0);
    cr_assert_eq(process_objects(), 0);
    cr_assert_eq(serve_frames_free(), port_frames - 2);
    for (pfn_t f = 2; f < port_frames; f++)
        if (frame_type[f] == FRAME_DATA)
            cr_assert_eq(frame_refs[f], 0, "frame %u is still used", f);
}

void world_load(uint64_t space, const struct vm_space *s)
{
    if (tlb_cpus == 1)
        return;
    ok(0, MM_ACTIVATE, space);
    port_host_load(1, s->root);
}

void world_unload(void)
{
    cr_assert(tlb_done(tlb_clock), "something was not flushed");
    if (tlb_cpus > 1)
        ok(0, MM_ACTIVATE, 0);
    world_end();
}

uint64_t world_stat(enum mm_counter which)
{
    cr_assert_eq(ask(0, MM_STAT, which), OK);
    return world_out[0];
}
