/*
 * An address space: a root node, and who keeps it alive.
 *
 * A space lives while a handle names it, a cursor is open in it, a window is on it, or a thread
 * is bound to its root. What is mapped in it stands in its page tables and nowhere else.
 */
#pragma once
#include "pt_node.h"

struct cursor;
struct window;

enum { VM_SPACE_MAX = 1024 };

struct vm_space {
    pfn_t root;             /* NO_FRAME: this entry of the table is not used */
    uint32_t handles;       /* of all clients; one more for the process whose own space it is */
    uint32_t id;            /* never used twice: its handler knows it by this */
    uint32_t pager;         /* id of the client that handles its faults; 0: nobody */
    bool devices;           /* device memory was mapped into it */
    bool process;           /* a process's own: its nodes are not counted */
    uint64_t nodes;         /* linked below the root */
    struct cursor *cursors; /* open ones, newest first */
    struct window *windows; /* on it, newest first */
    uint32_t windows_active; /* of them, those that exclude others now */
    uint32_t attached; /* windows attached: whose pages are of it, and whose place is in it */
} __attribute__((aligned(64))); /* a power of two: found by a shift */

void vm_space_init(void);

/* A new, empty space without handles. Returns: OK; E_NOMEM. */
NODISCARD status_t vm_space_new(bool process, struct vm_space **out);

/* Free the space if nothing keeps it alive. */
void vm_space_release(struct vm_space *s);

/* Is a thread bound to it? */
bool vm_space_active(const struct vm_space *s);

/* Account for n nodes that were linked below the root (negative: unlinked). */
void vm_space_grow(struct vm_space *s, int64_t n);

/*
 * The node that covers the range, after adding those that are missing down to it, or the node
 * above that holds a leaf over the range.
 * Requires: the range is a valid range of user space. Returns: OK; E_NOMEM, nothing changed.
 */
NODISCARD status_t vm_space_cover(struct vm_space *s, struct vrange r, struct pt_place *out);

/* Split the leaf of 2 MiB over va, in this node. Requires: a node of level 1 is reserved.
 * Returns: the node that it was split into. */
struct pt_place vm_space_split(struct vm_space *s, struct pt_place at, vaddr_t va);

static inline struct pt_place vm_space_top(const struct vm_space *s)
{
    return (struct pt_place){ s->root, PT_LEVELS };
}

extern struct vm_space vm_space_table[VM_SPACE_MAX];

/* Entry i of the table. Requires: i < VM_SPACE_MAX. */
static inline struct vm_space *vm_space_at(uint32_t i)
{
    return &vm_space_table[i];
}
