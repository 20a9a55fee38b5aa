/*
 * The seam between mm and its machine: everything that the core cannot do in plain C.
 *
 * In the guest servers/mm/guest/port.c answers by system calls; on the host the kernel's own
 * frame table and edit code answer over simulated memory. port_view.h, found by include
 * path, has the reads, which cost one load in either world:
 *   uint64_t port_entry(pfn_t node, uint32_t index)    an entry of a page-table node
 *   uint32_t port_refs(pfn_t f), port_parent(pfn_t f)  the frame table's columns; the parent
 *   uint16_t port_live(pfn_t f), uint8_t port_type(f)  of a DATA frame counts its holds, that
 *                                                      of a PT4 the threads bound to it
 *   void *port_frame(pfn_t f)                          a DATA frame's memory
 *   port_in, port_out, port_old                        the three edit pages (abi/edit.h)
 * and the edit, which is the one call that must cost nothing beside itself:
 *   status_t port_edit1(pfn_t root, struct edit_rec rec, struct port_edited *out)
 *     Propose one record; a list that it names stands in port_in->list. Returns what the
 *     kernel says (kernel/edit.h); `out` holds only after OK.
 */
#pragma once
#include "abi/boot.h"
#include "abi/edit.h"
#include "abi/ipc.h"
#include "abi/status.h"
#include "abi/syscall.h"

/* What one edit did. */
struct port_edited {
    uint64_t ticket;  /* stamp to wait for; 0: no CPU has the space loaded */
    uint32_t removed; /* valid leaves cleared or replaced */
    uint32_t zeroed;  /* frames whose count came to zero */
    uint32_t changed; /* leaves whose property is another now */
    pfn_t zero;       /* that frame if it is one; more of them stand in port_out->zero */
    uint64_t old;     /* with EDIT_OLD: the old leaf if one was removed; more in port_old */
};

#include "port_view.h"

/* What the machine is, fixed before the first request. */
extern uint32_t port_frames; /* frame numbers are below this */
extern uint32_t port_cpus;

/*
 * Give n <= RETYPE_MAX frames another type, in both steps, flushing in between.
 * Requires: they may be retyped (kernel/retype.h). Ensures: they are zeroed.
 * Returns: OK, or what the kernel says; nothing changed then.
 */
NODISCARD status_t port_retype(const pfn_t *frames, uint32_t n, enum frame_type type);

/* May a CPU other than the caller's hold translations of this root? (The caller's own CPU
 * runs on mm's root, and a CR3 load forgets everything.) */
bool port_loaded(pfn_t root);

/* Ensures: on return no CPU uses an older translation of these pages (n = 0: of any). */
void port_flush(pfn_t root, const vaddr_t *pages, uint32_t n);

/* Kernel objects; their frames are already of type OBJECT. */
NODISCARD status_t port_object_init(pfn_t object, enum obj_kind kind);
void port_object_destroy(pfn_t object); /* Ensures: its frame may be retyped */
NODISCARD status_t port_cap_put(pfn_t table, uint32_t slot, pfn_t object, uint32_t rights,
                                uint32_t badge);
/* mm's own endpoint, to call only, with this badge, at SLOT_MM of a client's table. */
NODISCARD status_t port_cap_put_mm(pfn_t table, uint32_t badge);
NODISCARD status_t port_thread_set(pfn_t thread, enum thread_field field, uint64_t value);
/* Ensures: no CPU holds translations of the root it was bound to, if it was the last. */
NODISCARD status_t port_thread_bind(pfn_t thread, pfn_t root);
NODISCARD status_t port_thread_start(pfn_t thread, uint64_t ip, uint64_t sp, uint64_t argument);

struct port_thread_info {
    enum thread_state state;
    uint64_t fault; /* first word of its last fault, abi/fault.h */
    uint64_t address;
    uint64_t ip;
};
NODISCARD status_t port_thread_info(pfn_t thread, struct port_thread_info *out);

uint64_t port_kstat(enum kstat what);
NODISCARD status_t port_kcheck(uint64_t *row, uint64_t *frame);
NODISCARD status_t port_kcorrupt(uint64_t row);

/* Let a DATA frame look `refs` times referenced. Returns: OK; E_INVAL, the plain image. */
NODISCARD status_t port_inject(pfn_t f, uint32_t refs);

/* Answer a caller who waits since an earlier request. A caller who has died is no error. */
void port_reply(int64_t token, const struct ipc_msg *msg);

/* One line for the log; a newline is added. */
void port_log(const char *line);
