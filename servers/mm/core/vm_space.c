#include "vm_space.h"

#include <assert.h>

#include "attach.h"
#include "counters.h"
#include "node_pool.h"
#include "unmap.h"

struct vm_space vm_space_table[VM_SPACE_MAX];
static uint32_t hint;
static uint32_t last_id;

void vm_space_init(void)
{
    for (uint32_t i = 0; i < VM_SPACE_MAX; i++)
        vm_space_table[i] = (struct vm_space){ .root = NO_FRAME };
    hint = 0;
    last_id = 0;
}

status_t vm_space_new(bool process, struct vm_space **out)
{
    uint32_t i = 0;

    while (i < VM_SPACE_MAX && vm_space_table[(hint + i) % VM_SPACE_MAX].root != NO_FRAME)
        i++;
    if (i == VM_SPACE_MAX || last_id == UINT32_MAX)
        return E_NOMEM;

    status_t st = node_pool_reserve(PT_LEVELS, 1);

    if (st != OK)
        return st;
    hint = (hint + i) % VM_SPACE_MAX;
    vm_space_table[hint] = (struct vm_space){ .root = node_pool_take(PT_LEVELS),
                                              .id = ++last_id,
                                              .process = process };
    counters.spaces += !process;
    *out = &vm_space_table[hint];
    return OK;
}

bool vm_space_active(const struct vm_space *s)
{
    return port_parent(s->root) != 0;
}

void vm_space_grow(struct vm_space *s, int64_t n)
{
    s->nodes += (uint64_t)n;
    if (!s->process)
        counters.nodes += (uint64_t)n;
}

void vm_space_release(struct vm_space *s)
{
    if (s->handles != 0 || s->cursors != NULL || s->windows != NULL || vm_space_active(s))
        return;
    attach_space_gone(s);
    unmap_everything(s);
    assert(s->nodes == 0);
    node_pool_put(PT_LEVELS, s->root);
    counters.spaces -= !s->process;
    s->root = NO_FRAME;
}

status_t vm_space_cover(struct vm_space *s, struct vrange r, struct pt_place *out)
{
    uint32_t level = va_cover_level(r.start, r.end);
    struct pt_place at = pt_node_lowest(vm_space_top(s), r.start, level);
    uint32_t need[PT_LEVELS + 1] = { 0 };
    uint32_t grown = 0;
    status_t st;

    *out = at;
    if (at.level == level || port_entry(at.node, vrange_index(r.start, at.level)) != 0)
        return OK;
    for (uint32_t l = at.level - 1; l >= level; l--)
        need[l] = 1;
    st = node_pool_reserve_each(need);
    if (st != OK)
        return st;
    st = pt_node_extend(s->root, &at, r.start, level, &grown);
    vm_space_grow(s, grown);
    *out = at;
    return st;
}

struct pt_place vm_space_split(struct vm_space *s, struct pt_place at, vaddr_t va)
{
    uint32_t grown = 0;
    status_t st = pt_node_extend(s->root, &at, va, 1, &grown);

    assert(st == OK);
    vm_space_grow(s, grown);
    return at;
}
