/* Decoding and matching of outcomes (rules 13 to 15 of the script language). */
#include "clients/conductor/core/outcome.h"

#include <string.h>

#include "clients/conductor/core/object.h"
#include "clients/conductor/core/ops.h"

enum { PROP_SHOWN = PROP_R | PROP_W | PROP_X | PROP_CACHE };

struct rec_outcome outcome_of(enum record_outcome kind)
{
    return (struct rec_outcome){ .kind = (uint8_t)kind, .name = RECORD_NONE };
}

struct rec_outcome outcome_error(int64_t status, uint64_t count)
{
    struct rec_outcome out = outcome_of(OUT_ERROR);

    out.status = (int32_t)status;
    if (status == E_FAULT) {
        out.flags = OUT_COUNTED;
        out.value = count;
    }
    return out;
}

uint64_t outcome_word(const struct machine_reply *reply, uint32_t i)
{
    return i < reply->count ? reply->words[i] : 0;
}

static struct rec_outcome number(uint64_t value)
{
    struct rec_outcome out = outcome_of(OUT_NUMBER);

    out.value = value;
    return out;
}

static struct rec_outcome range(enum record_outcome kind, uint64_t start, uint64_t length)
{
    struct rec_outcome out = outcome_of(kind);

    out.value = start;
    out.length = length;
    return out;
}

static struct rec_outcome query(const struct script *s, const struct machine_reply *reply)
{
    uint64_t prop = outcome_word(reply, 2);
    struct rec_outcome out = range(prop & MM_PRESENT ? OUT_MAPPED : OUT_HOLE,
                                   outcome_word(reply, 0), outcome_word(reply, 1));
    if (out.kind == OUT_HOLE)
        return out;

    out.prop = (uint32_t)prop & (MM_PRESENT - 1);
    out.identity = outcome_word(reply, 3);
    uint32_t known = object_by_identity(s, out.identity);
    if (known != SCRIPT_NO_OBJECT) {
        out.name = s->object[known].name;
        out.index = s->object[known].index;
    }
    return out;
}

static struct rec_outcome success(const struct script *s, enum script_op op,
                                  const struct machine_reply *reply)
{
    switch (ops_get(op)->result) {
    case RESULT_NUMBER:
        return number(outcome_word(reply, 0));
    case RESULT_ADDRESS:
        if (op == SCRIPT_ADDR)
            return number(outcome_word(reply, 0));
        return outcome_word(reply, 0) ? number(outcome_word(reply, 1))
                                      : outcome_of(OUT_NOTHING);
    case RESULT_RANGE:
        if (!outcome_word(reply, 0))
            return outcome_of(OUT_NOTHING);
        return range(OUT_RANGE, outcome_word(reply, 1), outcome_word(reply, 2));
    case RESULT_QUERY:
        return query(s, reply);
    case RESULT_OK:
    case RESULT_SPACE:
    case RESULT_FRAME:
    case RESULT_HUGE:
    case RESULT_DEVICE:
    case RESULT_CURSOR:
    case RESULT_CURSOR_MUT:
    case RESULT_READER:
    case RESULT_WRITER:
    case RESULT_BYTES:
    case RESULT_RAW:
        return outcome_of(OUT_OK);
    }
    return outcome_of(OUT_OK);
}

struct rec_outcome outcome_decode(const struct script *s, enum script_op op,
                                  const struct machine_reply *reply)
{
    if (reply->end == MACHINE_DEAD)
        return outcome_of(OUT_NONE);
    if (reply->end == MACHINE_ANYTHING)
        return outcome_of(OUT_ANY);
    if (reply->end == MACHINE_FAULTED) {
        struct rec_outcome out = outcome_of(OUT_FAULT);
        out.access = (uint8_t)reply->access;
        out.reason = (uint8_t)reply->reason;
        return out;
    }
    if (reply->status < 0)
        return outcome_error(reply->status, outcome_word(reply, 0));
    return success(s, op, reply);
}

struct others outcome_others(const struct script *s, enum script_op op,
                             const struct machine_reply *reply)
{
    struct others others = { .count = reply->others };

    assert(reply->others <= MACHINE_OTHERS_MAX);
    for (uint32_t i = 0; i < reply->others; i++)
        others.list[i] = outcome_decode(s, op, &reply->other[i]);
    return others;
}

bool outcome_good(const struct rec_outcome *actual)
{
    return actual->kind != OUT_NONE && actual->kind != OUT_ERROR && actual->kind != OUT_FAULT &&
           actual->kind != OUT_ANY;
}

static bool same_range(const struct rec_outcome *want, const struct rec_outcome *actual)
{
    return want->value == actual->value && want->length == actual->length &&
           want->length != UINT64_MAX;
}

static bool same_mapping(const struct rec_outcome *want, const struct rec_outcome *actual)
{
    if (want->flags & OUT_ANY_FRAME)
        return true;
    return want->identity == actual->identity &&
           (want->flags & OUT_ANY_PROP || !((want->prop ^ actual->prop) & PROP_SHOWN));
}

static bool same_bytes(const struct script *s, const struct expect *expect,
                       const struct rec_outcome *actual, const uint8_t *bytes)
{
    struct view_string want = view_string(&s->view, expect->string);

    return want.bytes == actual->bytes && bytes && !memcmp(want.at, bytes, want.bytes);
}

static bool allows(const struct script *s, const struct expect *expect,
                   const struct rec_outcome *actual, const uint8_t *bytes)
{
    const struct rec_outcome *want = &expect->want;

    if (want->kind == OUT_ANY)
        return true;
    if (want->kind == OUT_OK)
        return outcome_good(actual);
    if (want->kind != actual->kind || expect->never)
        return false;
    switch ((enum record_outcome)want->kind) {
    case OUT_NUMBER:
        return want->value == actual->value;
    case OUT_NOTHING:
        return true;
    case OUT_RANGE:
    case OUT_HOLE:
        return same_range(want, actual);
    case OUT_MAPPED:
        return same_range(want, actual) && same_mapping(want, actual);
    case OUT_BYTES:
        return same_bytes(s, expect, actual, bytes);
    case OUT_ERROR:
        return want->status == actual->status &&
               (!(want->flags & OUT_COUNTED) || want->value == actual->value);
    case OUT_FAULT:
        return want->access == actual->access &&
               (want->flags & OUT_ANY_REASON || want->reason == actual->reason);
    case OUT_NONE:
    case OUT_OK:
    case OUT_ANY:
    case OUT_WAITS:
    case OUT_ROW:
    case OUT_KINDS:
        return false;
    }
    return false;
}

bool outcome_others_good(const struct others *others)
{
    for (uint32_t i = 0; i < others->count; i++) {
        if (!outcome_good(&others->list[i]))
            return false;
    }
    return true;
}

bool outcome_allowed(const struct script *s, const struct expects *expects,
                     const struct rec_outcome *actual, const uint8_t *bytes)
{
    for (uint32_t i = 0; i < expects->count; i++) {
        if (allows(s, &expects->list[i], actual, bytes))
            return true;
    }
    return false;
}

bool outcome_others_allowed(const struct script *s, const struct expects *expects,
                            const struct others *others)
{
    for (uint32_t i = 0; i < others->count; i++) {
        if (!outcome_allowed(s, expects, &others->list[i], NULL))
            return false;
    }
    return true;
}
