#include "serve_move.h"

#include <assert.h>

static_assert(CLIENT_MAX <= 64, "a set of clients is one word");

uint64_t serve_moves;
static struct later {
    struct serve_move move;
    int64_t token;
} later[CLIENT_MAX];
static uint32_t turn; /* slot of the client whose slice was the last */

void serve_move_init(void)
{
    serve_moves = 0;
    turn = 0;
}

static inline pfn_t root_of(const struct window *w, const struct client *c)
{
    return w != NULL ? w->space->root : client_space(c)->root;
}

/* Translations are found anew in each slice: tables change in between. Returns: is every page
 * of it there? */
static inline bool slice(struct serve_move *m, const struct client *c)
{
    m->copy.to.walk = window_walk_of(root_of(m->to, c), WINDOW_WRITES);
    m->copy.from.walk = window_walk_of(root_of(m->from, c), WINDOW_READS);
    return window_copy_run(&m->copy, SERVE_SLICE);
}

/* Every byte is done, or a page was missing. */
static inline void arrive(const struct serve_move *m)
{
    if (m->to != NULL)
        m->to->va += m->copy.done;
    if (m->from != NULL)
        m->from->va += m->copy.done;
}

static void set_moving(const struct serve_move *m, bool moving)
{
    if (m->to != NULL)
        window_set_moving(m->to, moving);
    if (m->from != NULL)
        window_set_moving(m->from, moving);
}

static int32_t go_on_later(const struct request *r, const struct serve_move *m)
{
    uint32_t slot = r->client->slot;

    set_moving(m, true);
    later[slot] = (struct later){ *m, r->token };
    serve_moves |= 1ull << slot;
    return SERVE_LATER;
}

int32_t serve_move(struct request *r, struct serve_move *m)
{
    bool there;

    if (m->copy.left > SERVE_SLICE && (serve_moves >> r->client->slot & 1) != 0)
        return E_BUSY;
    there = slice(m, r->client);
    if (there && m->copy.left > 0)
        return go_on_later(r, m);
    arrive(m);
    r->out[0] = m->copy.done;
    r->results = 1;
    return there ? OK : E_FAULT;
}

/* The client's copy has come to its end. */
static void finish(uint32_t slot, status_t status)
{
    struct later *l = &later[slot];
    struct ipc_msg msg = { { (uint64_t)(int64_t)status, l->move.copy.done } };

    serve_moves &= ~(1ull << slot);
    set_moving(&l->move, false);
    arrive(&l->move);
    port_reply(l->token, &msg);
}

/* The first client behind the last one, in a circle, whose copy goes on. */
static uint32_t next_turn(void)
{
    uint64_t behind = turn + 1 < CLIENT_MAX ? serve_moves >> (turn + 1) << (turn + 1) : 0;

    return (uint32_t)__builtin_ctzll(behind != 0 ? behind : serve_moves);
}

void serve_move_slice(void)
{
    struct later *l;
    bool there;

    turn = next_turn();
    l = &later[turn];
    there = slice(&l->move, client_at(turn));
    if (!there || l->move.copy.left == 0)
        finish(turn, there ? OK : E_FAULT);
}

void serve_move_forget(uint32_t slot)
{
    if ((serve_moves >> slot & 1) == 0)
        return;
    serve_moves &= ~(1ull << slot);
    set_moving(&later[slot].move, false);
}

void serve_move_abort(uint32_t slot, const struct window *w, status_t status)
{
    const struct serve_move *m = &later[slot].move;

    if ((serve_moves >> slot & 1) != 0 && (m->to == w || m->from == w))
        finish(slot, status);
}
