/* The whole state, for people: spaces with nodes, mappings and cursors, and who waits. */
#include "outcome.h"
#include "state.h"

static const char *rights(uint32_t prop)
{
    static const char *const names[] = { "noaccess", "r", "w", "rw", "x", "rx", "wx", "rwx" };

    return names[prop % 8];
}

static void dump_nodes(const struct space *s, FILE *out)
{
    for (uint32_t level = PT_LEVELS - 1; level >= 1; level--) {
        for (uint64_t base = 0; nodeset_next(&s->nodes, level, &base); base++)
            fprintf(out, "  node %u 0x%lx\n", level, base);
    }
}

static void dump_mappings(const struct mapset *maps, FILE *out)
{
    for (uint32_t i = 0; i < maps->count; i++) {
        const struct mapping *map = &maps->at[i];
        fprintf(out, "  map 0x%lx for 0x%lx -> frame %u %s%s\n", map->va, map->size, map->frame,
                rights(map->prop), map->prop & PROP_CACHE ? " (cache)" : "");
    }
}

static void dump_space(const struct model *m, const struct space *s, FILE *out)
{
    fprintf(out, "space %u: %u handles%s\n", s->id, s->handles, s->process ? ", process" : "");
    for (uint32_t i = 0; i < MODEL_CLIENTS; i++) {
        if (m->client[i].alive && m->client[i].active == s)
            fprintf(out, "  active for client %u on cpu %u\n", i, m->client[i].cpu);
    }
    dump_nodes(s, out);
    dump_mappings(&s->maps, out);
    for (const struct cursor *c = s->cursors; c; c = c->next)
        fprintf(out,
                "  %s of client %u [0x%lx, 0x%lx) at 0x%lx, guard level %u, %s%u to flush\n",
                c->mut ? "cursor_mut" : "cursor", c->client, c->lo, c->hi, c->cur, c->guard,
                c->batch.all ? "all " : "", c->batch.pages);
    for (const struct window *w = s->windows; w; w = w->next)
        fprintf(out, "  %s of client %u [0x%lx, 0x%lx) at 0x%lx%s\n",
                w->writer ? "writer" : "reader", w->client, w->start, w->end, w->cur,
                w->active ? ", active" : "");
    for (uint32_t i = 0; i < s->stales; i++)
        fprintf(out, "  stale 0x%lx -> frame %u %s on cpus 0x%lx, %s\n", s->stale[i].old.va,
                s->stale[i].old.frame, rights(s->stale[i].old.prop), s->stale[i].cpus,
                s->stale[i].by ? "queued" : "dispatched");
}

static void dump_client(const struct model *m, uint32_t i, FILE *out)
{
    const struct client *c = &m->client[i];
    uint32_t live = 0;

    for (uint32_t k = 0; k < c->handles.count; k++)
        live += c->handles.at[k].live;
    fprintf(out, "client %u on cpu %u: %u handles", i, c->cpu, live);
    if (c->active)
        fprintf(out, ", space %u active", c->active->id);
    if (c->waiting.there)
        fprintf(out, ", waits for space %u [0x%lx, 0x%lx), behind 0x%lx", c->waiting.space->id,
                c->waiting.lo, c->waiting.hi, c->waiting.behind);
    fputc('\n', out);
}

static void dump_frame(uint32_t number, const struct frame *f, FILE *out)
{
    fprintf(out, "frame %u: %u holds, %u mappings, fill 0x%02x%s%s%s\n", number, f->holds,
            f->maps, f->fill, f->bytes ? ", written" : "", f->restricted ? ", restricted" : "",
            f->saturated ? ", saturated" : "");
}

void model_dump(const struct model *m, FILE *out)
{
    for (uint32_t i = 0; i < MODEL_CLIENTS; i++) {
        if (m->client[i].alive)
            dump_client(m, i, out);
    }
    for (const struct space *s = m->spaces; s; s = s->next) {
        if (!s->process || s->maps.count || s->cursors)
            dump_space(m, s, out);
    }
    for (uint32_t i = 1; i <= m->frames.count; i++) {
        if (m->frames.at[i].live && !m->frames.at[i].device)
            dump_frame(i, &m->frames.at[i], out);
    }
}
