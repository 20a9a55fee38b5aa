/* The toy machine. */
#include "fake.h"

#include <string.h>

struct fake fake;

enum { HANDLES = 4096, KIND_SHIFT = 20, GENERATION_SHIFT = 24 };

/* Handle numbers of one client: index | kind << 20 | generation << 24, never used twice. */
struct handle {
    bool live, ever;
    enum mm_kind kind;
    uint64_t object; /* what it names: shared by grants */
    uint64_t start, end, space;
};

static struct handle handles[MACHINE_CLIENTS_MAX][HANDLES];
static uint32_t used[MACHINE_CLIENTS_MAX];
static uint64_t objects;

struct pending {
    bool there, alive;
    struct machine_request request;
    uint64_t args[MACHINE_WORDS_MAX];
    uint64_t order;
};
static struct pending pending[MACHINE_CLIENTS_MAX];
static uint64_t orders;
static uint64_t words[MACHINE_WORDS_MAX];
static uint64_t memory[16];

void fake_reset(void)
{
    memset(&fake, 0, sizeof fake);
    memset(handles, 0, sizeof handles);
    memset(used, 0, sizeof used);
    memset(pending, 0, sizeof pending);
    memset(memory, 0, sizeof memory);
    objects = orders = 0;
}

uint32_t fake_count(enum record_type type)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < fake.records; i++)
        count += fake.record[i].type == type;
    return count;
}

const struct rec_point *fake_point(enum record_type type, uint32_t index)
{
    for (uint32_t i = 0; i < fake.records; i++) {
        if (fake.record[i].type == type && index-- == 0)
            return (const void *)fake.record[i].payload;
    }
    assert(!"no such record");
    return NULL;
}

uint32_t fake_messages(uint32_t client, uint32_t label)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < fake.messages; i++)
        count += fake.message[i].client == client && fake.message[i].label == label;
    return count;
}

static void note(uint32_t client, uint32_t label, uint32_t count, const uint64_t *args)
{
    if (fake.messages == FAKE_LOG)
        return;
    struct fake_message *m = &fake.message[fake.messages++];
    *m = (struct fake_message){ client, label, count, { 0 } };
    for (uint32_t i = 0; i < count && i < 4; i++)
        m->args[i] = args[i];
}

/* --- handles --- */

static uint64_t handle_new(uint32_t client, enum mm_kind kind, struct handle like)
{
    if (++used[client] == HANDLES)
        used[client] = 1;
    uint64_t index = used[client];

    like.live = like.ever = true;
    like.kind = kind;
    handles[client][index] = like;
    fake.live_handles++;
    return index | (uint64_t)kind << KIND_SHIFT | 1ull << GENERATION_SHIFT;
}

static int64_t handle_get(uint32_t client, uint64_t number, enum mm_kind kind,
                          struct handle **out)
{
    uint64_t index = number & 0xfffff;

    if (!number || index >= HANDLES || !handles[client][index].ever ||
        (number >> KIND_SHIFT & 0xf) != handles[client][index].kind ||
        (kind != KIND_NONE && handles[client][index].kind != kind))
        return E_HANDLE;
    *out = &handles[client][index];
    return (*out)->live ? OK : E_STALE;
}

/* The client and number of a cursor of another client that overlaps; else false. */
static bool conflict(uint32_t client, const uint64_t *args, struct machine_wait *wait)
{
    struct handle *space = NULL;

    if (handle_get(client, args[0], KIND_SPACE, &space) != OK)
        return false;
    for (uint32_t c = 0; c < MACHINE_CLIENTS_MAX; c++) {
        for (uint64_t i = 1; i < HANDLES; i++) {
            const struct handle *h = &handles[c][i];
            if (h->live && h->kind == KIND_CURSOR && h->space == space->object &&
                h->start < args[2] && args[1] < h->end) {
                *wait = (struct machine_wait){ MM_WAIT_CURSOR, c,
                                               i | (uint64_t)KIND_CURSOR << KIND_SHIFT |
                                                   1ull << GENERATION_SHIFT };
                return true;
            }
        }
    }
    return false;
}

/* --- requests --- */

static int64_t frame_alloc(uint32_t client, const uint64_t *args)
{
    if (fake.refuse_alloc && --fake.refuse_alloc == 0)
        return E_NOMEM;
    if (args[0] == 0 || args[0] > MM_FRAME_EACH_MAX)
        return E_INVAL;
    for (uint64_t i = 0; i < args[0]; i++) {
        struct handle h = { .object = ++objects };
        words[2 * i] = handle_new(client, KIND_FRAME, h);
        words[2 * i + 1] = 1000 + objects;
    }
    return OK;
}

static int64_t grant(uint32_t client, const uint64_t *args)
{
    struct handle *h = NULL;
    int64_t status = handle_get(client, args[0], KIND_NONE, &h);

    if (status == OK && (args[1] < 100 || args[1] >= 100 + MACHINE_CLIENTS_MAX))
        status = E_INVAL;
    if (status == OK)
        words[0] = handle_new((uint32_t)args[1] - 100, h->kind, *h);
    return status;
}

static int64_t open_cursor(uint32_t client, const uint64_t *args)
{
    struct handle *space = NULL;
    int64_t status = handle_get(client, args[0], KIND_SPACE, &space);

    if (status != OK)
        return status;
    struct handle h = {
        .object = ++objects, .start = args[1], .end = args[2], .space = space->object
    };
    words[0] = handle_new(client, KIND_CURSOR, h);
    return OK;
}

static int64_t query(uint32_t client, const uint64_t *args)
{
    struct handle *h = NULL;
    int64_t status = handle_get(client, args[0], KIND_CURSOR, &h);

    if (status == OK) {
        words[0] = h->start;
        words[1] = PAGE_BYTES;
        words[2] = PROP_R | PROP_W | MM_PRESENT;
        words[3] = 1002; /* the frame made second, whoever made it */
    }
    return status;
}

static int64_t perform(uint32_t client, uint32_t label, const uint64_t *args)
{
    struct handle *h = NULL;
    int64_t status;

    memset(words, 0, sizeof words);
    switch (label) {
    case MM_SPACE_NEW:
        words[0] = handle_new(client, KIND_SPACE, (struct handle){ .object = ++objects });
        return OK;
    case MM_FRAME_ALLOC:
        return frame_alloc(client, args);
    case MM_GRANT:
        return grant(client, args);
    case MM_CURSOR_OPEN:
        return open_cursor(client, args);
    case MM_QUERY:
        return query(client, args);
    case MM_CLOSE:
        status = handle_get(client, args[0], KIND_NONE, &h);
        if (status == OK) {
            h->live = false;
            fake.live_handles--;
        }
        return status;
    case MM_UNMAP:
    case MM_MAP:
        words[0] = 2;
        return handle_get(client, args[0], KIND_CURSOR, &h);
    case MM_ACTIVATE:
        return args[0] ? handle_get(client, args[0], KIND_SPACE, &h) : OK;
    default:
        return E_INVAL;
    }
}

/* --- the machine --- */

const struct machine_facts *machine_facts(void)
{
    static const struct machine_facts facts = { 2, 64 << 20, true };
    return &facts;
}

bool machine_option(const char *key, const uint8_t *value, uint32_t bytes)
{
    return !strcmp(key, "backend") && bytes == 4 && !memcmp(value, "host", 4);
}

status_t machine_client(uint32_t client, uint32_t cpu)
{
    assert(!pending[client].alive && cpu < 2);
    pending[client].alive = true;
    fake.live_clients++;
    return OK;
}

static void bury(uint32_t client)
{
    pending[client].alive = pending[client].there = false;
    fake.live_clients--;
    for (uint32_t i = 0; i < HANDLES; i++) {
        fake.live_handles -= handles[client][i].live;
        handles[client][i].live = false;
    }
}

status_t machine_kill(uint32_t client, struct machine_reply *dead)
{
    *dead = (struct machine_reply){ .end = MACHINE_DEAD };
    assert(pending[client].alive);
    bury(client);
    return OK;
}

uint64_t machine_client_id(uint32_t client)
{
    return 100 + client;
}

void machine_start(uint32_t client, const struct machine_request *request)
{
    struct pending *p = &pending[client];

    assert(p->alive && !p->there);
    p->there = true;
    p->request = *request;
    p->order = ++orders;
    if (request->kind == MACHINE_MM && request->count)
        memcpy(p->args, request->args, request->count * sizeof *p->args);
    note(client, request->kind == MACHINE_MM ? request->label : 0, request->count, p->args);
}

static bool blocked(uint32_t client)
{
    struct machine_wait wait;
    const struct machine_request *r = &pending[client].request;

    return r->kind == MACHINE_MM && r->label == MM_CURSOR_OPEN && r->count == 4 &&
           conflict(client, pending[client].args, &wait);
}

/* One fault, at 0x7123, is there for whoever takes it. */
static void answer_fault(enum machine_fault what, struct machine_reply *reply)
{
    static bool held;
    bool take = what == MACHINE_FAULT_TAKE;

    reply->status = held == take ? (take ? E_BUSY : E_INVAL) : OK;
    if (reply->status != OK)
        return;
    if (what == MACHINE_FAULT_WHY)
        *reply = (struct machine_reply){ .end = MACHINE_FAULTED,
                                         .access = ACCESS_W,
                                         .reason = REASON_PROTECTION };
    else
        held = take;
    memset(words, 0, sizeof words);
    words[0] = take ? 0x7123 : 0;
}

static void answer(uint32_t client, struct machine_reply *reply)
{
    struct pending *p = &pending[client];

    p->there = false;
    *reply = (struct machine_reply){ .end = MACHINE_REPLIED,
                                     .words = words,
                                     .count = MACHINE_WORDS_MAX };
    if (fake.die) {
        fake.die = false;
        bury(client);
        reply->end = MACHINE_DEAD;
    } else if (p->request.kind == MACHINE_MM) {
        reply->status = perform(client, p->request.label & ~MM_TRY, p->args);
    } else if (p->request.kind == MACHINE_FAULT) {
        answer_fault(p->request.fault, reply);
    } else if (p->request.address >= sizeof memory) {
        *reply = (struct machine_reply){ .end = MACHINE_FAULTED, .access = p->request.access };
    } else if (p->request.access == ACCESS_W) {
        memory[p->request.address] = p->request.value;
    } else {
        words[0] = memory[p->request.address];
    }
}

enum machine_event machine_wait(uint64_t deadline, uint32_t *client,
                                struct machine_reply *reply)
{
    int first = -1;

    fake.now++;
    for (int i = 0; i < MACHINE_CLIENTS_MAX; i++) {
        if (pending[i].there && !blocked((uint32_t)i) &&
            (first < 0 || pending[i].order < pending[first].order))
            first = i;
    }
    if (first < 0)
        return deadline && fake.now >= deadline ? MACHINE_LATE : MACHINE_QUIET;
    *client = (uint32_t)first;
    answer(*client, reply);
    return MACHINE_REPLY;
}

uint32_t machine_waits(uint32_t client, struct machine_wait wait[MACHINE_WAITS_MAX])
{
    assert(pending[client].there);
    return conflict(client, pending[client].args, wait);
}

int64_t machine_ask(uint32_t label, uint32_t count, const uint64_t *args,
                    uint64_t out[IPC_REG_ARGS])
{
    (void)count;
    memset(out, 0, IPC_REG_ARGS * sizeof *out);
    if (label == MM_SATURATE) {
        out[0] = handle_new((uint32_t)args[0] - 100, KIND_SATURATION, (struct handle){ 0 });
        return OK;
    }
    if (label == MM_CENSUS)
        out[0] = fake.live_handles;
    if (label == MM_STAT)
        out[0] = 42 + args[0];
    return label == MM_FAIL_ALLOC || label == MM_CENSUS || label == MM_STAT || label == MM_CHECK
               ? OK
               : E_INVAL;
}

uint64_t machine_now(void)
{
    return ++fake.now;
}

void machine_emit(enum record_type type, const void *payload, size_t bytes)
{
    assert(bytes <= RECORD_PAYLOAD_MAX);
    if (fake.records == FAKE_RECORDS)
        return;
    struct fake_record *r = &fake.record[fake.records++];
    r->type = type;
    r->bytes = bytes;
    memcpy(r->payload, payload, bytes < FAKE_RECORD_BYTES ? bytes : FAKE_RECORD_BYTES);
}
