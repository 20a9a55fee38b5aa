/* mm's core over the kernel's own edit code and simulated memory, as one of the two sides. */
#include <string.h>

#include "core/check.h"
#include "core/process.h"
#include "core/start.h"
#include "port_host.h"
#include "serve.h"
#include "side.h"

static struct boot_record boot;
static struct side_names names;
static struct client *client;
static uint64_t page[IPC_EXTRA_MAX];
static uint64_t before[SIDE_COUNTERS];

static void must(int32_t status)
{
    if (status != OK)
        side_broken("a request of the test's own", 0, (uint64_t)status);
}

static void check(void)
{
    struct check_result found;
    uint64_t row, where;

    if (check_all(&found) != OK || found.row != 0)
        side_broken("mm's check", found.row, found.detail);
    if (port_kcheck(&row, &where) != OK || row != 0)
        side_broken("the kernel's check", row, where);
}

static int32_t serve_now(struct request *r)
{
    r->client = client;
    r->token = client->id;
    r->more = r->page = page;
    return serve(r);
}

static struct side_answer ask(const struct side_request *asked)
{
    struct request r = { .label = asked->label, .count = asked->count };
    uint64_t arg[SIDE_ARGS], word[SIDE_WORDS];

    side_arguments(&names, asked, arg);
    for (uint32_t i = 0; i < asked->count; i++)
        *(i < IPC_REG_ARGS ? &r.arg[i] : &page[i - IPC_REG_ARGS]) = arg[i];
    int32_t status = serve_now(&r);
    memcpy(word, r.out, sizeof word);
    check();
    return side_told(&names, asked, status, status == OK ? r.results : 0, word);
}

static uint64_t count(enum mm_counter which)
{
    struct request r = { .label = MM_STAT, .count = 1, .arg = { which } };

    must(serve_now(&r));
    return r.out[0];
}

static void new_client(void)
{
    struct process_thread how = { .priority = PRIORITY_CLIENT };
    uint32_t thread;

    must(process_new(&client));
    must(process_thread_new(client, how, &thread));
}

static void begin(void)
{
    port_host_reset(SIDE_FRAMES, 1);
    serve_init();
    start_frames(&boot);
    serve_started();
    new_client();
    side_populate(&names, &side_core);
    for (uint32_t i = 0; i < SIDE_COUNTERS; i++)
        before[i] = count(side_counter[i]);
}

/* --- looking at it --- */

static const struct vm_space *space(void)
{
    for (uint32_t i = 0; i < VM_SPACE_MAX; i++)
        if (vm_space_at(i)->root != NO_FRAME && !vm_space_at(i)->process)
            return vm_space_at(i);
    side_broken("the space is gone", 0, 0);
}

static void look_at_node(struct side_view *v, pfn_t node, uint32_t level, vaddr_t base)
{
    uint32_t entries = level == PT_LEVELS ? L4_USER_END : PT_ENTRIES;

    if (level < PT_LEVELS)
        side_add_node(v, level, base);
    for (uint32_t i = 0; i < entries; i++) {
        uint64_t entry = port_entry(node, i);
        vaddr_t va = base + i * vrange_span(level);

        if (entry != 0 && level > 1 && !pte_is_leaf(entry))
            look_at_node(v, pte_child(entry), level - 1, va);
        else if (entry != 0)
            side_add_leaf(v, (struct side_leaf){
                                 va, vrange_span(level),
                                 side_identity(&names, serve_identity(pte_frame(entry, level))),
                                 pte_prop(entry) });
    }
}

static void look(struct side_view *out)
{
    const struct vm_space *s = space();

    for (uint32_t i = 0; i < SIDE_COUNTERS; i++)
        out->counter[i] = count(side_counter[i]) - before[i];
    out->va = s->cursors != NULL ? s->cursors->va : 0;
    look_at_node(out, s->root, PT_LEVELS, 0);
    for (uint32_t i = 0; i < out->leaves; i++)
        out->leaf[i].prop &= SIDE_PROP;
}

const struct side side_core = { "mm's core", begin, ask, look };

bool side_core_open(void)
{
    return names.handle[SYM_CURSOR] != 0;
}

uint64_t side_core_rest(void)
{
    return space()->cursors->range.end - space()->cursors->va;
}

/* --- its state as a number --- */

static uint64_t hash;

static void mix(uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 29;
}

static void mix_cursor(const struct cursor *c)
{
    mix(c->mut);
    mix(c->range.start);
    mix(c->range.end);
    mix(c->va);
    mix(c->guard.level);
    mix(c->batch.all);
    mix(c->batch.pages);
    for (uint32_t i = 0; i < c->batch.ops; i++)
        mix(c->batch.op[i]);
}

/* What is left out: which frames nodes stand in and what numbers handles have; no answer
 * depends on either. */
uint64_t side_core_hash(void)
{
    struct side_view v = { 0 };

    hash = 1;
    look_at_node(&v, space()->root, PT_LEVELS, 0);
    for (uint32_t i = 0; i < v.nodes; i++)
        mix(v.node[i]);
    for (uint32_t i = 0; i < v.leaves; i++) {
        mix(v.leaf[i].va | (v.leaf[i].size != PAGE_BYTES));
        mix(v.leaf[i].identity << 32 | v.leaf[i].prop);
    }
    if (space()->cursors != NULL)
        mix_cursor(space()->cursors);
    return hash;
}
