/* mm's protocol: labels, flags, handles. The list of requests itself is mm.def. */
#pragma once
#include "abi/ipc.h"
#include "abi/status.h"

#define MM_OP(name, label, least, most, args, results) MM_##name = label,
enum mm_label {
#include "abi/mm.def"
    MM_LABEL_END = 0x40
};
#undef MM_OP

/* In the label of a request: E_BUSY instead of waiting. */
#define MM_TRY 0x80000000u

/*
 * A handle: index | kind << 20 | generation << 24. The same number is never given twice to
 * one client; 0 is never a handle.
 */
enum mm_kind {
    KIND_NONE,
    KIND_SPACE,
    KIND_FRAME,
    KIND_CURSOR,
    KIND_WINDOW,
    KIND_PROC,
    KIND_THREAD,
    KIND_ENDPOINT,
    KIND_SATURATION, /* a frame's count stands at its limit while this is open */
    KIND_DEVICE,     /* a range of device memory */
    KIND_END
};

/* A client may have so many live cursors, and so many live windows: then E_QUOTA. */
enum { MM_QUOTA = 512 };

enum mm_right {
    MM_RIGHT_MAP = 1,
    MM_RIGHT_READ = 2,
    MM_RIGHT_WRITE = 4,
    MM_RIGHT_GRANT = 8,
    MM_RIGHT_ALL = 15
};

enum mm_frame_flag {
    MM_FRAME_EACH = 1, /* a handle for each frame instead of one for the run (count <= 256) */
    MM_FRAME_PROCESS = 2, /* part of a process's image: not counted by frames_free */
    MM_FRAME_HUGE = 4,    /* one run of 512 frames that MAP_HUGE can map (count is 512) */
};
enum { MM_FRAME_EACH_MAX = 256 };

enum mm_cursor_flag {
    MM_CURSOR_MUT = 1, /* cursor_mut: needs MAP; else a read cursor */
    MM_CURSOR_TRY = 2, /* E_BUSY instead of waiting */
};

enum mm_window_flag {
    MM_WINDOW_WRITER = 1, /* a writer: needs WRITE; else a reader, which needs READ */
};

enum mm_thread_flag {
    MM_THREAD_PROBE =
        1, /* the registered thread of its client: ACTIVATE sets its space, none at first */
};

#define MM_EXCL 0x10000u    /* MAP, MAP1, MAP_HUGE: E_MAPPED instead of replacing */
#define MM_PRESENT 0x10000u /* QUERY: a mapping is there */

/* CORRUPT, checking image: with this bit a word of the kernel's, where mm has the row, too.
 * Row 0 repairs what was broken last. */
#define MM_CORRUPT_KERNEL 0x100u

/* WAITS: what a waiting request waits for. */
enum mm_wait_kind { MM_WAIT_CURSOR, MM_WAIT_REQUEST };

/* What STAT reads. */
#define COUNTER(name, meaning) COUNTER_##name,
enum mm_counter {
#include "abi/counters.def"
    COUNTER_COUNT
};
#undef COUNTER

/* The bit of mm's endpoint that the kernel sets when a thread has ended. */
#define MM_NOTIFY_DEATH 1u
