/*
 * Device memory: ranges that are no RAM, mapped uncached and counted by nobody.
 *
 * Which ranges there are, the kernel decides at boot; whose they are, the programs that init
 * started. mm never sees their bytes.
 */
#include "core/map.h"
#include "core/start.h"
#include "serve.h"

int32_t serve_DEVICE(struct request *r)
{
    const struct boot_record *boot = start_record();
    struct client *c = client_find(r->arg[0]);
    const struct boot_device *d;
    status_t st;

    if (!r->client->trusted)
        return E_ACCESS;
    if (c == NULL)
        return E_PEER;
    if (r->arg[1] >= boot->devices)
        return E_INVAL;
    d = &boot->device[r->arg[1]];
    st = handle_new(&c->handles, KIND_DEVICE, d->first,
                    handle_meta(d->frames, MM_RIGHT_ALL) | HANDLE_NOT_ONE, &r->out[0]);
    if (st != OK)
        return st;
    r->out[1] = serve_identity(d->first);
    r->out[2] = (uint64_t)d->frames * PAGE_BYTES;
    r->results = 3;
    return OK;
}

/* The cursor and the device; handles before rights. */
static status_t find(const struct request *r, uint64_t prop, struct cursor **c,
                     struct handle_entry **d)
{
    status_t may = serve_cursor(r, true, c);
    status_t st = may;

    if (st == OK || st == E_ACCESS)
        st = handle_find(&r->client->handles, r->arg[1], KIND_DEVICE, d);
    if (st != OK || may != OK)
        return st != OK ? st : may;

    uint32_t rights = serve_frame_rights(prop);

    return (handle_rights(*d) & rights) == rights ? OK : E_ACCESS;
}

/* How much of a device there is behind an offset, at most `bytes`. */
static uint64_t clip(const struct handle_entry *d, uint64_t offset, uint64_t bytes)
{
    uint64_t size = (uint64_t)handle_count(d) * PAGE_BYTES;

    if (offset >= size)
        return 0;
    return bytes < size - offset ? bytes : size - offset;
}

int32_t serve_MAP_DEVICE(struct request *r)
{
    uint64_t offset = r->arg[2], bytes = r->arg[3], prop = serve_arg(r, 4);
    struct handle_entry *d;
    struct cursor *c;

    if ((prop & ~(uint64_t)PROP_CLIENT) != 0 || !map_suits_device((uint32_t)prop))
        return E_INVAL;

    status_t st = find(r, prop, &c, &d);

    if (st != OK)
        return st;

    uint64_t part = clip(d, offset, bytes);

    if (part > c->range.end - c->va)
        return E_LEN;
    if (!vrange_aligned(offset | bytes))
        return E_ALIGN;
    r->out[0] = 0;
    r->out[1] = part;
    r->results = 2;
    if (part == 0)
        return OK;

    struct map_job job = cursor_map_job(c, part / PAGE_BYTES, (uint16_t)prop, false);
    struct frame_run run = { d->value + (pfn_t)(offset / PAGE_BYTES),
                             (uint32_t)(part / PAGE_BYTES) };

    st = map_device(&job, run);
    if (st != OK)
        return st;
    cursor_mapped(c, &job);
    r->out[0] = job.displaced;
    return OK;
}
