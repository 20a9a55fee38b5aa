#include "code.h"

#include "touch.h"

/* A probe may run a fixed number of ticks; so many steps are fewer, so many are more. */
enum { STEPS_SURE = 100000, STEPS_MOST = 1000000 };

enum verdict { GOES_ON, RETURNS, STOPS, UNSAID };

struct run {
    const struct model *m;
    uint32_t client;
    uint64_t start;
    uint64_t ip;
    enum fault_access access; /* STOPS: the fault, as a script is told of it */
    enum fault_reason reason;
    bool paged; /* it is a page fault, of a fetch: */
    struct fault page;
};

static enum verdict stop(struct run *r, enum fault_access access, enum fault_reason reason)
{
    r->access = access;
    r->reason = reason;
    return STOPS;
}

/* The byte at ip + offset. */
static enum verdict fetch(struct run *r, uint64_t offset, uint8_t *byte)
{
    struct touch_view view;
    enum fault_reason reason;
    uint64_t va = r->ip + offset;

    if (va >= USER_END)
        return stop(r, ACCESS_X, REASON_OTHER);
    touch_look(r->m, r->client, va, &view);
    if (view.count > 1)
        return UNSAID;
    if (!touch_allowed(view.at[0].frame, view.at[0].prop, ACCESS_X, &reason)) {
        bool here = va / PAGE_BYTES == r->start / PAGE_BYTES;
        r->paged = true;
        r->page = (struct fault){ ACCESS_X, reason, va };
        return stop(r, ACCESS_X, here ? reason : REASON_OTHER);
    }
    bool known =
        frames_read(&r->m->frames, view.at[0].frame, (uint32_t)(va % PAGE_BYTES), 1, byte);
    return known ? GOES_ON : UNSAID;
}

/* Not in 64-bit code, or not for users: an exception that is no page fault. */
static bool is_refused(uint8_t op)
{
    static const uint8_t refused[] = { 0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f, 0x27,
                                       0x2f, 0x37, 0x3f, 0x60, 0x61, 0x82, 0x9a, 0xcc,
                                       0xce, 0xd4, 0xd5, 0xd6, 0xea, 0xf4, 0xfa, 0xfb };

    for (uint32_t i = 0; i < sizeof refused; i++) {
        if (refused[i] == op)
            return true;
    }
    return false;
}

/* A jump to a place near by. */
static enum verdict jump(struct run *r)
{
    uint8_t distance;
    enum verdict v = fetch(r, 1, &distance);

    if (v == GOES_ON)
        r->ip += 2 + (uint64_t)(int64_t)(int8_t)distance;
    return v;
}

static enum verdict step(struct run *r)
{
    enum { NOP = 0x90, RET = 0xc3, JNO = 0x71, JMP = 0xeb, PUSH = 0x50 };
    uint8_t op;
    enum verdict v = fetch(r, 0, &op);

    if (v != GOES_ON)
        return v;
    if (op == RET)
        return RETURNS;
    if (op == JMP || op == JNO) /* nothing has set the overflow flag */
        return jump(r);
    if (op / 8 == PUSH / 8) /* the stack is a constant */
        return stop(r, ACCESS_W, REASON_PROTECTION);
    if (is_refused(op))
        return stop(r, ACCESS_X, REASON_OTHER);
    if (op != NOP)
        return UNSAID;
    r->ip++;
    return GOES_ON;
}

/* No instruction here changes a register: to come back to a place is to stay for ever. */
static enum verdict run(struct run *r, uint32_t *steps)
{
    uint64_t mark = UINT64_MAX;
    uint32_t next_mark = 1;

    for (*steps = 0; *steps < STEPS_MOST; (*steps)++) {
        if (r->ip == mark)
            break;
        if (*steps == next_mark) {
            mark = r->ip;
            next_mark *= 2;
        }
        enum verdict v = step(r);
        if (v != GOES_ON)
            return v;
    }
    *steps = 0; /* for ever is certain */
    return stop(r, ACCESS_X, REASON_OTHER);
}

bool code_faults(const struct model *m, uint32_t client, uint64_t address, struct fault *what)
{
    struct run r = { .m = m, .client = client, .start = address, .ip = address };
    uint32_t steps;

    (void)!run(&r, &steps);
    *what = r.page;
    return r.paged;
}

void code_run(struct model *m, uint32_t client, uint64_t address, struct outcome_set *set)
{
    static const uint64_t nothing;
    struct run r = { .m = m, .client = client, .start = address, .ip = address };
    uint32_t steps;

    switch (run(&r, &steps)) {
    case RETURNS:
        outcome_reply(set, OK, 1, &nothing);
        break;
    case UNSAID:
        set->any = true;
        outcome_fault(set, ACCESS_X, REASON_OTHER);
        break;
    case STOPS:
    case GOES_ON:
        outcome_fault(set, r.access, r.reason);
        break;
    }
    if (steps > STEPS_SURE)
        outcome_fault(set, ACCESS_X, REASON_OTHER);
}
