#include "grant.h"

#include "grow.h"

static struct handle *find(const struct model *m, uint32_t client, uint64_t number)
{
    struct handle *h;

    if (number == 0 || handles_find(&m->client[client].handles, number, KIND_NONE, &h) != OK)
        return NULL;
    return h;
}

void grant_below(struct model *m, uint32_t to, uint64_t number, uint32_t from, uint64_t parent)
{
    struct handle *child = find(m, to, number);
    struct handle *above = find(m, from, parent);

    child->parent_client = from;
    child->parent = parent;
    above->children++;
}

void grant_beside(struct model *m, uint32_t client, uint64_t number, uint64_t whole)
{
    const struct handle *h = find(m, client, whole);

    if (h->parent)
        grant_below(m, client, number, h->parent_client, h->parent);
}

void grant_closed(struct model *m, uint32_t client, const struct handle *h)
{
    uint64_t number = handles_number(&m->client[client].handles, h);
    struct handle *above = find(m, h->parent_client, h->parent);

    if (above)
        above->children += h->children - 1;
    for (uint32_t i = 0; h->children && i < MODEL_CLIENTS; i++) {
        struct handles *all = &m->client[i].handles;
        for (uint32_t k = 0; m->client[i].alive && k < all->count; k++) {
            struct handle *child = &all->at[k];
            if (child->live && child->parent == number && child->parent_client == client) {
                child->parent_client = h->parent_client;
                child->parent = h->parent;
            }
        }
    }
}

struct walk {
    const struct model *m;
    uint32_t only;
    struct grant_place *list;
    uint32_t count, room;
};

/* Adds what stands below a handle; `all`: whoever has it. */
static void below(struct walk *w, struct grant_place of, bool all)
{
    for (uint32_t i = 0; i < MODEL_CLIENTS; i++) {
        const struct handles *h = &w->m->client[i].handles;
        for (uint32_t k = 0; w->m->client[i].alive && k < h->count; k++) {
            const struct handle *child = &h->at[k];
            if (!child->live || child->parent != of.number || child->parent_client != of.client)
                continue;
            struct grant_place place = { i, handles_number(h, child) };
            bool taken = all || i == w->only;
            if (taken) {
                w->list = grow(w->list, &w->room, w->count + 1, sizeof *w->list);
                w->list[w->count++] = place;
            }
            if (child->children)
                below(w, place, taken);
        }
    }
}

uint32_t grant_list(const struct model *m, struct grant_place of, uint32_t only,
                    struct grant_place **list)
{
    struct walk w = { .m = m, .only = only };

    below(&w, of, only == MODEL_NOBODY);
    *list = w.list;
    return w.count;
}
