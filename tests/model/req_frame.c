/* Runs of frames: making them, and naming parts of them (docs/decisions/0040). */
#include "edit.h"
#include "grant.h"
#include "request.h"

static uint32_t frames_total(const struct model *m)
{
    uint64_t frames = m->facts.memory_bytes / PAGE_BYTES;

    return frames > UINT32_MAX ? UINT32_MAX : (uint32_t)frames;
}

/* A handle on a run, with rights as those of another handle. */
static void name_run(struct request *r, uint32_t first, uint32_t count, uint32_t rights)
{
    r->word[r->words++] =
        handles_new(&r->c->handles,
                    (struct handle){
                        .kind = KIND_FRAME, .rights = rights, .first = first, .count = count });
    r->word[r->words++] = request_identity(first);
}

static status_t allocate(struct request *r, uint32_t count)
{
    uint32_t used = r->m->frames.live + (uint32_t)model_counter(r->m, COUNTER_nodes);
    uint32_t total = frames_total(r->m);
    status_t status = edit_allocate(r->m, 1);

    if (status == OK && (used > total || count > total - used))
        status = E_NOMEM;
    if (status != OK)
        return status;
    uint32_t align = r->arg[2] & MM_FRAME_HUGE ? PT_ENTRIES : 1;
    bool counted = !(r->arg[2] & MM_FRAME_PROCESS);
    uint32_t first = frames_new(&r->m->frames, count, align, (uint8_t)r->arg[1], counted);
    name_run(r, first, count, MM_RIGHT_ALL);
    return OK;
}

static void give_back(struct request *r)
{
    for (uint32_t i = 0; i < r->words; i += 2) {
        struct handle *h;
        if (handles_find(&r->c->handles, r->word[i], KIND_FRAME, &h) == OK)
            request_let_go(r->m, r->c, h);
    }
    r->words = 0;
}

int32_t request_frame_alloc(struct request *r)
{
    uint64_t count = r->arg[0], flags = r->arg[2];
    bool each = (flags & MM_FRAME_EACH) != 0;
    status_t status = OK;

    if (flags & ~(uint64_t)(MM_FRAME_EACH | MM_FRAME_PROCESS | MM_FRAME_HUGE) ||
        r->arg[1] > 0xff)
        return E_INVAL;
    if (count == 0 || (each && count > MM_FRAME_EACH_MAX))
        return E_INVAL;
    if (flags & MM_FRAME_HUGE && (each || count != PT_ENTRIES))
        return E_INVAL;
    if (count > FRAME_MAX)
        return E_NOMEM;
    if (!each)
        return allocate(r, (uint32_t)count);
    for (uint64_t i = 0; status == OK && i < count; i++)
        status = allocate(r, 1);
    if (status != OK)
        give_back(r);
    return status;
}

/* Is [offset, offset + bytes) a part of the run? */
static status_t check_part(const struct handle *run, uint64_t offset, uint64_t bytes)
{
    uint64_t size = (uint64_t)run->count * PAGE_BYTES;

    if (offset >= size || bytes == 0 || bytes > size - offset)
        return E_RANGE;
    return offset % PAGE_BYTES || bytes % PAGE_BYTES ? E_ALIGN : OK;
}

/* A handle on a part; it came from where the whole, argument 0, came. */
static void name_part(struct request *r, struct handle run, uint64_t offset, uint64_t bytes)
{
    uint32_t first = run.first + (uint32_t)(offset / PAGE_BYTES);
    uint32_t count = (uint32_t)(bytes / PAGE_BYTES);

    frames_hold(&r->m->frames, first, count);
    name_run(r, first, count, run.rights);
    grant_beside(r->m, r->client, r->word[r->words - 2], r->arg[0]);
}

int32_t request_frame_slice(struct request *r)
{
    struct handle *run;
    status_t status = handles_find(&r->c->handles, r->arg[0], KIND_FRAME, &run);

    if (status == OK)
        status = check_part(run, r->arg[1], r->arg[2]);
    if (status == OK &&
        !frames_room(&r->m->frames, run->first + (uint32_t)(r->arg[1] / PAGE_BYTES),
                     (uint32_t)(r->arg[2] / PAGE_BYTES)))
        status = E_SATURATED;
    if (status == OK)
        name_part(r, *run, r->arg[1], r->arg[2]);
    return status;
}

int32_t request_frame_split(struct request *r)
{
    struct handle *run;
    status_t status = handles_find(&r->c->handles, r->arg[0], KIND_FRAME, &run);

    if (status == OK)
        status = check_part(run, 0, r->arg[1]);
    if (status == OK && r->arg[1] == (uint64_t)run->count * PAGE_BYTES)
        status = E_RANGE;
    if (status == OK && !frames_room(&r->m->frames, run->first, run->count))
        status = E_SATURATED;
    if (status != OK)
        return status;
    struct handle whole = *run;
    name_part(r, whole, 0, r->arg[1]);
    name_part(r, whole, r->arg[1], (uint64_t)whole.count * PAGE_BYTES - r->arg[1]);
    status = handles_find(&r->c->handles, r->arg[0], KIND_FRAME, &run);
    request_let_go(r->m, r->c, run);
    return status;
}
