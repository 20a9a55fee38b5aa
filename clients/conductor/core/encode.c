/* From operands to argument words. */
#include "clients/conductor/core/encode.h"

#include "clients/conductor/core/ask.h"
#include "clients/conductor/core/object.h"
#include "clients/conductor/core/ops.h"
#include "clients/conductor/core/report.h"

/* What no client was ever given: its kind is none. 0 will not do, it is ACTIVATE's `none`. */
enum { NEVER_A_HANDLE = 1 };

uint64_t encode_number(const struct value *v)
{
    return v->tag == VALUE_NUMBER ? v->number : UINT64_MAX;
}

struct value encode_element(const struct value *v, uint32_t i)
{
    if (v->tag == VALUE_HANDLE && i == 0)
        return *v;
    if (v->tag == VALUE_ARRAY && i < v->count)
        return (struct value){ VALUE_HANDLE, 1, v->number + i };
    return (struct value){ .tag = VALUE_UNBOUND };
}

uint64_t encode_known(const struct script *s, uint32_t client, const struct value *v)
{
    if (v->tag == VALUE_NONE)
        return 0;
    if (v->tag != VALUE_HANDLE)
        return NEVER_A_HANDLE;
    const struct object *o = &s->object[v->number];
    if (o->client == client)
        return o->number;
    uint32_t copy = object_copy(s, (uint32_t)v->number, client);
    return copy == SCRIPT_NO_OBJECT ? NEVER_A_HANDLE : s->object[copy].number;
}

static bool grantable(const struct script *s, uint32_t client, uint32_t object)
{
    const struct object *o = &s->object[object];

    return o->client == 0 && client != 0 &&
           (o->kind == KIND_SPACE || o->kind == KIND_FRAME || o->kind == KIND_DEVICE) &&
           object_copy(s, object, client) == SCRIPT_NO_OBJECT && s->client[0].alive;
}

status_t encode_handle(struct script *s, uint32_t client, const struct value *v,
                       uint64_t *number)
{
    if (v->tag == VALUE_HANDLE && grantable(s, client, (uint32_t)v->number)) {
        uint64_t words[IPC_REG_ARGS];
        uint64_t args[] = { s->object[v->number].number, machine_client_id(client),
                            MM_RIGHT_ALL };
        int64_t status = ask_sub(s, 0, MM_GRANT, 3, args, words);
        if (status < 0)
            return (status_t)status;
        if (!object_add_copy(s, (uint32_t)v->number, client, words[0], true))
            report_stop(s, RECORD_NONE, WHY_LIMIT);
    }
    *number = encode_known(s, client, v);
    return OK;
}

status_t encode_all(struct script *s, uint32_t client, const struct value *operands,
                    uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t elements = operands[i].tag == VALUE_ARRAY ? operands[i].count : 1;
        for (uint32_t k = 0; k < elements; k++) {
            uint64_t unused;
            struct value element = encode_element(&operands[i], k);
            status_t status = encode_handle(s, client, &element, &unused);
            if (status != OK)
                return status;
        }
    }
    return OK;
}

status_t encode_raw(struct script *s, const struct program_site *site,
                    const struct value *operands)
{
    status_t status = encode_all(s, site->client, operands, site->operands);

    for (uint32_t i = 1; status == OK && i < site->operands && i <= PROGRAM_RAW_WORDS; i++) {
        const struct value *v = &operands[i];
        s->words[i - 1] =
            v->tag == VALUE_HANDLE ? encode_known(s, site->client, v) : encode_number(v);
    }
    return status;
}

/* All frames of an operand, as many as a message can hold. */
static void put_frames(struct script *s, uint32_t client, const struct value *v,
                       uint32_t *count)
{
    uint32_t frames = v->tag == VALUE_ARRAY ? v->count : 1;

    for (uint32_t i = 0; i < frames && *count < MACHINE_WORDS_MAX; i++) {
        struct value element = encode_element(v, i);
        s->words[(*count)++] = encode_known(s, client, &element);
    }
}

/* Whether a letter of an operation's operands is one of `set`. */
static bool among(const char *set, char letter)
{
    while (*set && *set != letter)
        set++;
    return *set != 0;
}

static uint64_t word(const struct script *s, const struct program_site *site, char letter,
                     const struct value *v)
{
    if (among("sfudcmrwbgho", letter))
        return encode_known(s, site->client, v);
    if (among("kKy", letter))
        return v->tag == VALUE_CLIENT && v->number < PROGRAM_CLIENTS_MAX
                   ? machine_client_id((uint32_t)v->number)
                   : UINT64_MAX;
    uint64_t number = encode_number(v);
    return letter == 'p' && site->op == SCRIPT_MAP_EXCL ? number | MM_EXCL : number;
}

/* A run of frames for one leaf of 2 MiB. Returns: how many words that takes. */
static uint32_t put_huge(struct script *s, const struct value *fill)
{
    s->words[0] = PT_ENTRIES;
    s->words[1] = encode_number(fill);
    s->words[2] = MM_FRAME_HUGE;
    return 3;
}

/* The space in which the client's probe runs, by the client's number for it. */
static uint64_t active_space(const struct script *s, uint32_t client)
{
    struct value none = { .tag = VALUE_UNBOUND };
    struct value space = { VALUE_HANDLE, 1, s->client[client].active };

    return encode_known(s, client,
                        s->client[client].active == SCRIPT_NO_OBJECT ? &none : &space);
}

status_t encode_plain(struct script *s, const struct program_site *site,
                      const struct value *operands, uint32_t *count)
{
    const struct ops_op *op = ops_get((enum script_op)site->op);
    const struct value *frames = NULL;
    uint32_t at = 0;

    *count = 0;
    if (op->label == OPS_LABEL_UNKNOWN)
        return OK;
    if (site->op == SCRIPT_HUGE) {
        *count = put_huge(s, &operands[0]);
        return OK;
    }
    status_t status = encode_all(s, site->client, operands, site->operands);
    if (status != OK)
        return status;
    for (const char *letter = op->operands; *letter; letter++) {
        if (among(">@!", *letter))
            continue;
        uint32_t words = among("RWA", *letter) ? 2 : 1;
        if (among("Ky", *letter) && at < site->operands && operands[at].tag == VALUE_NONE)
            continue; /* an argument that is not there: always the last one */
        if (among("Fu", *letter))
            frames = &operands[at];
        for (uint32_t i = 0; i < words && at < site->operands; i++, at++) {
            if (!among("Fu", *letter))
                s->words[(*count)++] = word(s, site, *letter, &operands[at]);
        }
    }
    if (op->label == MM_WINDOW_NEW)
        s->words[(*count)++] = op->result == RESULT_WRITER ? MM_WINDOW_WRITER : 0;
    if (op->label == MM_WINDOW_ATTACH) {
        s->words[2] = s->words[1];
        s->words[1] = active_space(s, site->client);
        *count = 3;
    }
    if (frames)
        put_frames(s, site->client, frames, count);
    return OK;
}
