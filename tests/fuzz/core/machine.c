/*
 * The interpreter's machine, answered by mm's own core over the kernel's own page-table code
 * and simulated memory: a script runs on the real thing without a machine. There is no
 * processor, so a touch faults, and no handler. The checkers run as it goes.
 */
#include "tests/model/machine.h"

#include <criterion/criterion.h>
#include <string.h>

#include "clients/conductor/wire.h"
#include "core/check.h"
#include "core/process.h"
#include "core/start.h"
#include "kernel/frame.h"
#include "port_host.h"
#include "serve.h"
#include "serve_move.h"

enum { BUFFER_VA = 0x10000 };

/* A client: who it is to mm, its buffer, and its answer when there is one. */
struct peer {
    uint32_t id; /* 0: it is not there */
    pfn_t buffer;
    uint64_t order; /* of the answer; 0: none */
    enum machine_kind kind;
    int64_t status;
    uint32_t count;
    uint64_t words[MACHINE_WORDS_MAX];
};

static struct machine_setup setup;
static struct machine_facts facts;
static struct boot_record boot;
static struct peer peer[MACHINE_CLIENTS_MAX];
static struct client *self; /* who asks in the conductor's own name */
static uint64_t page[IPC_EXTRA_MAX];
static uint64_t orders, clock_now;
static uint32_t records;

/* --- mm --- */

/* mm's rows after every request; the kernel's, which look at every frame, after each 16th. */
static void check(void)
{
    enum { KERNEL_EACH = 16 };
    struct check_result found;
    uint64_t row = 0, where;

    if (orders % KERNEL_EACH == 0)
        cr_assert_eq(port_kcheck(&row, &where), OK);
    cr_assert_eq(row, 0);
    cr_assert_eq(check_all(&found), OK);
    cr_assert_eq(found.row, 0);
}

static int32_t ask(struct client *c, uint32_t label, uint32_t count, const uint64_t *args,
                   uint64_t *out, uint32_t *results)
{
    struct request r = {
        .client = c, .token = c->id, .label = label, .count = count, .more = page, .page = page
    };

    for (uint32_t k = 0; k < count; k++)
        *(k < IPC_REG_ARGS ? &r.arg[k] : &page[k - IPC_REG_ARGS]) = args[k];
    int32_t status = serve(&r);
    *results = status == OK ? r.results : status == E_FAULT ? 1 : 0;
    for (uint32_t k = 0; k < *results; k++)
        out[k] = k < SERVE_RESULTS ? r.out[k] : page[k - SERVE_RESULTS];
    check();
    return status;
}

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

void machine_begin(const struct machine_setup *how)
{
    setup = *how;
    facts = (struct machine_facts){ how->cpus, how->memory_bytes, how->checking };
    memset(peer, 0, sizeof peer);
    orders = 0;
    port_host_reset((uint32_t)(how->memory_bytes / PAGE_BYTES), 1);
    serve_init();
    start_frames(&boot);
    serve_started();
    self = new_client();
    self->trusted = true;
}

void machine_end(void) {}

uint32_t machine_records(void)
{
    return records;
}

/* --- clients --- */

const struct machine_facts *machine_facts(void)
{
    return &facts;
}

bool machine_option(const char *key, const uint8_t *value, uint32_t bytes)
{
    return !strcmp(key, "backend") && bytes == 4 && !memcmp(value, "core", 4);
}

/* A page in the client's own space, for bytes that go through windows. */
static void give_buffer(struct peer *p, struct client *c)
{
    uint64_t out[MACHINE_WORDS_MAX], frame[2];
    uint32_t n;

    cr_assert_eq(ask(c, MM_FRAME_ALLOC, 3, (uint64_t[]){ 1, 0, MM_FRAME_PROCESS }, frame, &n),
                 OK);
    cr_assert_eq(ask(c, MM_SELF, 0, NULL, out, &n), OK);
    cr_assert_eq(ask(c, MM_MAP1, 4,
                     (uint64_t[]){ out[0], BUFFER_VA, PROP_R | PROP_W, frame[0] }, out, &n),
                 OK);
    p->buffer = (pfn_t)(frame[1] - serve_identity(0));
}

status_t machine_client(uint32_t client, uint32_t cpu)
{
    if (cpu >= facts.cpus)
        return E_INVAL;
    struct client *c = new_client();
    peer[client] = (struct peer){ .id = c->id };
    give_buffer(&peer[client], c);
    return OK;
}

status_t machine_kill(uint32_t client, struct machine_reply *dead)
{
    *dead = (struct machine_reply){ .end = MACHINE_DEAD };
    serve_end_client(client_find(peer[client].id));
    peer[client].id = 0;
    check();
    return OK;
}

uint64_t machine_client_id(uint32_t client)
{
    return peer[client].id;
}

/* --- requests --- */

static void answered(struct peer *p, int64_t status)
{
    p->status = status;
    p->order = ++orders;
}

/* Takes what mm has answered late. */
static void take_late(void)
{
    for (;;) {
        struct port_host_reply late = port_host_next_reply();
        if (late.token == 0)
            return;
        for (uint32_t i = 0; i < MACHINE_CLIENTS_MAX; i++) {
            if (peer[i].id != late.token)
                continue;
            peer[i].count = IPC_REG_ARGS;
            memcpy(peer[i].words, late.msg.w + 1, IPC_REG_ARGS * sizeof *peer[i].words);
            answered(&peer[i], (int32_t)late.msg.w[0]);
        }
    }
}

static void move(struct peer *p, struct client *c, const struct machine_request *r)
{
    bool reads = r->kind == MACHINE_READ;
    uint64_t args[] = { r->window, BUFFER_VA, r->length };

    if (!reads && r->length)
        memcpy(port_frame(p->buffer), r->bytes, r->length);
    answered(p, ask(c, reads ? MM_WINDOW_READ : MM_WINDOW_WRITE, 3, args, p->words, &p->count));
}

void machine_start(uint32_t client, const struct machine_request *r)
{
    struct peer *p = &peer[client];
    struct client *c = client_find(p->id);

    p->kind = r->kind;
    p->count = 0;
    if (r->kind == MACHINE_READ || r->kind == MACHINE_WRITE) {
        move(p, c, r);
    } else if (r->kind != MACHINE_MM) {
        answered(p, E_INVAL);
    } else {
        int32_t status = ask(c, r->label, r->count, r->args, p->words, &p->count);
        take_late(); /* those it has let go on are answered before it */
        if (status != SERVE_LATER)
            answered(p, status);
    }
}

static struct peer *oldest(void)
{
    struct peer *found = NULL;

    for (uint32_t i = 0; i < MACHINE_CLIENTS_MAX; i++) {
        if (peer[i].id && peer[i].order && (!found || peer[i].order < found->order))
            found = &peer[i];
    }
    return found;
}

enum machine_event machine_wait(uint64_t deadline, uint32_t *client,
                                struct machine_reply *reply)
{
    take_late();
    while (!oldest() && deadline && serve_moves_any()) {
        serve_move_slice();
        take_late();
    }
    struct peer *p = oldest();
    if (!p)
        return deadline && ++clock_now >= deadline ? MACHINE_LATE : MACHINE_QUIET;
    *client = (uint32_t)(p - peer);
    *reply = (struct machine_reply){ .end = MACHINE_REPLIED,
                                     .status = p->status,
                                     .count = p->count,
                                     .words = p->words,
                                     .bytes = port_frame(p->buffer) };
    if (p->kind == MACHINE_TOUCH)
        reply->end = MACHINE_FAULTED;
    p->order = 0;
    return MACHINE_REPLY;
}

/* --- the conductor's own requests --- */

static uint32_t client_of(uint64_t id)
{
    uint32_t i = 0;

    while (i < MACHINE_CLIENTS_MAX && peer[i].id != id)
        i++;
    return i;
}

int64_t machine_ask(uint32_t label, uint32_t count, const uint64_t *args,
                    uint64_t words[IPC_REG_ARGS])
{
    uint64_t out[MACHINE_WORDS_MAX] = { 0 };
    uint32_t n;
    int32_t status = ask(self, label, count, args, out, &n);

    memcpy(words, out, IPC_REG_ARGS * sizeof *words);
    return status;
}

uint32_t machine_waits(uint32_t client, struct machine_wait wait[MACHINE_WAITS_MAX])
{
    uint64_t out[MACHINE_WORDS_MAX] = { 0 };
    uint64_t id = peer[client].id;
    uint32_t n, count;

    if (ask(self, MM_WAITS, 1, &id, out, &n) != OK)
        return 0;
    for (count = 0; count < out[0] && count < MACHINE_WAITS_MAX; count++)
        wait[count] =
            (struct machine_wait){ (enum mm_wait_kind)out[1 + 3 * count],
                                   client_of(out[2 + 3 * count]), out[3 + 3 * count] };
    return count;
}

uint64_t machine_now(void)
{
    return ++clock_now;
}

void machine_emit(enum record_type type, const void *payload, size_t bytes)
{
    static uint8_t frame[WIRE_BYTES_MAX];

    fwrite(frame, 1, wire_frame(frame, type, records, payload, bytes), stdout);
    records++;
}
