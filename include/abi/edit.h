/*
 * Page-table edits: the records that mm proposes and the kernel checks (pt_edit).
 *
 * A record names no entry bits, only what the entry shall mean; the kernel encodes it.
 * Each record is checked whole, then done whole: a refused record changes nothing.
 * The records before it are done and stay done; edit_result.done says how many.
 */
#pragma once
#include "abi/types.h"

enum edit_op {
    EDIT_MAP_RUN,  /* entries index .. index+count-1 of node map frame, frame+1, … */
    EDIT_MAP_LIST, /* the same, but the frames are list[frame] .. list[frame+count-1] */
    EDIT_CLEAR,    /* entries become invalid; invalid ones are skipped */
    EDIT_PROTECT, /* valid leaves get prop, accessed and dirty kept; invalid ones are skipped */
    EDIT_LINK,    /* entry index (count 1) refers to node `frame`, one level down, unlinked */
    EDIT_UNLINK,  /* the node in entry index (count 1) is detached with all below it */
    EDIT_SPLIT,   /* the 2 MiB leaf in entry index becomes node `frame` of 512 equal leaves */
    EDIT_HOLD_RUN,  /* frames frame .. frame+count-1 get one hold each (node, index unused) */
    EDIT_DROP_RUN,  /* … lose one hold each; refused where there is none */
    EDIT_DROP_LIST, /* list[frame] .. list[frame+count-1] lose one hold each */
    EDIT_OPS
};

enum edit_flag {
    EDIT_KEEP = 1u << 0, /* CLEAR, MAP_*: the old leaf's reference becomes a hold */
    EDIT_OLD = 1u << 1,  /* CLEAR, MAP_*: store the old entries in edit_page_old */
    EDIT_HUGE = 1u << 2, /* MAP_RUN at level 2, count 1: one leaf over 512 frames */
};

struct edit_rec {
    pfn_t node;
    uint16_t index;
    uint16_t count; /* 1 .. 512 */
    uint8_t op;     /* enum edit_op */
    uint8_t flags;  /* enum edit_flag */
    uint16_t prop;  /* enum prop_bit: MAP_*, PROTECT */
    pfn_t frame;
};
static_assert(sizeof(struct edit_rec) == 16, "a record travels in two registers");

enum { EDIT_RECS_MAX = 64, EDIT_PAGES_MAX = 512 /* entries touched in one call */ };

/* What pt_edit answers. */
struct edit_result {
    uint32_t done;    /* records done; the next one was refused with the call's status */
    uint32_t removed; /* valid leaves cleared or replaced */
    uint32_t changed; /* leaves whose property PROTECT changed */
    uint32_t zeroed;  /* frames whose count came to zero: zero[0 .. zeroed-1] */
    uint32_t old;     /* entries stored in old[] */
    uint64_t ticket;  /* stamp to wait for; 0: no CPU has the space loaded */
};

/* The three frames a worker shares with the kernel (SYS_EDIT_BUF), in this order. */
struct edit_page_in {
    struct edit_rec rec[EDIT_RECS_MAX];
    pfn_t list[EDIT_PAGES_MAX];
};
struct edit_page_out {
    struct edit_result result;
    pfn_t zero[EDIT_PAGES_MAX];
};
struct edit_page_old {
    uint64_t entry[EDIT_PAGES_MAX];
};
static_assert(sizeof(struct edit_page_in) <= PAGE_BYTES, "one frame");
static_assert(sizeof(struct edit_page_out) <= PAGE_BYTES, "one frame");
static_assert(sizeof(struct edit_page_old) <= PAGE_BYTES, "one frame");

/* Types of a frame. */
enum frame_type {
    FRAME_NONE,   /* not RAM, or not to be used */
    FRAME_KERNEL, /* the kernel's for ever */
    FRAME_DATA,   /* may be mapped by user programs; read-write in mm's window */
    FRAME_PT1,    /* page-table nodes by level; read-only in mm's window */
    FRAME_PT2,
    FRAME_PT3,
    FRAME_PT4,
    FRAME_OBJECT, /* a kernel object */
    FRAME_LIMBO,  /* between two types: usable as neither */
};

/* refs of a DATA frame stays below this; of any other frame it stands here. */
#define REF_MAX 0x7fffffffu
#define RETYPE_MAX 64 /* frames of one retype call */
