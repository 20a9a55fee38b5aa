/* The model of the contract as one of the two sides. */
#include "side.h"
#include "request.h"

static struct side_names names;
static struct model *model;
static uint32_t client;
static uint64_t before[SIDE_COUNTERS];

static struct side_answer ask(const struct side_request *r)
{
    uint64_t arg[SIDE_ARGS], detail;
    const struct outcome_set *set;
    uint32_t who;

    side_arguments(&names, r, arg);
    model_step(model, client,
               &(struct model_request){
                   .kind = MODEL_MM, .label = r->label, .count = r->count, .args = arg });
    if (!model_answer(model, &who, &set) || set->count != 1 || set->any)
        side_broken("the model does not say one thing", r->label, set->count);
    uint32_t row = model_check(model, &detail);
    if (row != 0)
        side_broken("the model's check", row, detail);
    const struct outcome *o = &set->member[0];
    return side_told(&names, r, o->status, o->count, o->words);
}

static void begin(void)
{
    model = model_new((struct model_facts){ 1, SIDE_FRAMES * PAGE_BYTES });
    client = model_begin(model, 0);
    side_populate(&names, &side_model);
    for (uint32_t i = 0; i < SIDE_COUNTERS; i++)
        before[i] = model_counter(model, side_counter[i]);
}

static const struct space *space(void)
{
    const struct space *s = model->spaces;

    while (s->process)
        s = s->next;
    return s;
}

/* The identity that a query answers for a frame. */
static uint64_t identity(uint32_t frame)
{
    return side_identity(&names, request_identity(frame));
}

static void look(struct side_view *out)
{
    const struct space *s = space();

    for (uint32_t i = 0; i < SIDE_COUNTERS; i++)
        out->counter[i] = model_counter(model, side_counter[i]) - before[i];
    out->va = s->cursors ? s->cursors->cur : 0;
    for (uint32_t level = 1; level < PT_LEVELS; level++)
        for (uint64_t base = 0; nodeset_next(&s->nodes, level, &base); base++)
            side_add_node(out, level, base);
    for (uint32_t i = 0; i < s->maps.count; i++) {
        const struct mapping *m = &s->maps.at[i];
        side_add_leaf(out, (struct side_leaf){ m->va, m->size, identity(m->frame), m->prop });
    }
}

const struct side side_model = { "the model", begin, ask, look };
