#include "stale.h"

#include "grow.h"

static uint32_t pages(const struct stale *e)
{
    return (uint32_t)(e->old.size / PAGE_BYTES);
}

uint64_t stale_cpus(const struct model *m, const struct space *s)
{
    uint64_t cpus = 0;

    for (uint32_t i = 0; i < MODEL_CLIENTS; i++) {
        if (m->client[i].alive && m->client[i].active == s)
            cpus |= 1ull << m->client[i].cpu;
    }
    return cpus;
}

void stale_add(struct model *m, struct space *s, struct mapping old, const struct cursor *by)
{
    struct stale e = { .old = old, .cpus = stale_cpus(m, s), .by = by };

    if (e.cpus == 0 || !(old.prop & PROP_R))
        return; /* nobody can have it, or it was never present */
    s->stale = grow(s->stale, &s->stale_room, s->stales + 1, sizeof *s->stale);
    s->stale[s->stales++] = e;
    frames_haunt(&m->frames, old.frame, pages(&e));
}

static void drop(struct model *m, struct space *s, uint32_t i)
{
    struct stale gone = s->stale[i];

    s->stale[i] = s->stale[--s->stales];
    frames_unhaunt(&m->frames, gone.old.frame, pages(&gone));
}

void stale_dispatched(struct model *m, const struct cursor *by, uint32_t cpu)
{
    struct space *s = by->space;

    for (uint32_t i = s->stales; i-- > 0;) {
        struct stale *e = &s->stale[i];
        if (e->by != by)
            continue;
        e->by = NULL;
        e->sync = by;
        e->cpus &= ~(1ull << cpu);
        if (e->cpus == 0)
            drop(m, s, i);
    }
}

void stale_synced(struct model *m, const struct cursor *by)
{
    struct space *s = by->space;

    for (uint32_t i = s->stales; i-- > 0;) {
        if (s->stale[i].sync == by)
            drop(m, s, i);
    }
}

void stale_quiet(struct model *m)
{
    for (struct space *s = m->spaces; s; s = s->next) {
        for (uint32_t i = s->stales; i-- > 0;) {
            if (s->stale[i].by == NULL)
                drop(m, s, i);
        }
    }
}

void stale_deactivated(struct model *m, struct space *s)
{
    uint64_t cpus = stale_cpus(m, s);

    for (uint32_t i = s->stales; i-- > 0;) {
        s->stale[i].cpus &= cpus;
        if (s->stale[i].cpus == 0)
            drop(m, s, i);
    }
}

void stale_forget(struct model *m, struct space *s)
{
    while (s->stales)
        drop(m, s, s->stales - 1);
    free(s->stale);
}
