/* Raw requests: any message, and whatever it makes belongs to the client. */
#include "clients/conductor/core/encode.h"
#include "clients/conductor/core/outcome.h"
#include "clients/conductor/core/pieces_inner.h"

/* How many handles a successful raw reply carries, and how far apart they stand. */
static uint32_t raw_handles(const struct flight *f, uint32_t *stride)
{
    *stride = 1;
    switch (f->label) {
    case MM_FRAME_ALLOC:
        if (!(f->flags & MM_FRAME_EACH))
            return 1;
        *stride = 2;
        return f->count > MM_FRAME_EACH_MAX ? MM_FRAME_EACH_MAX : f->count;
    case MM_FRAME_SPLIT:
        *stride = 2;
        return 2;
    case MM_FRAME_SLICE:
    case MM_SPACE_NEW:
    case MM_CURSOR_OPEN:
    case MM_WINDOW_NEW:
    case MM_PROC_NEW:
    case MM_THREAD_NEW:
    case MM_ENDPOINT_NEW:
    case MM_SATURATE:
        return 1;
    default:
        return 0;
    }
}

void pieces_raw_piece(struct script *s, uint32_t client, const struct machine_reply *reply)
{
    struct flight *f = pieces_flight(s, client);
    uint32_t stride;
    uint32_t handles = raw_handles(f, &stride);

    if (reply->status < 0) {
        pieces_done(f, outcome_error(reply->status, outcome_word(reply, 0)));
        return;
    }
    if (f->label == MM_ACTIVATE)
        s->client[client].active_raw = true;
    if (handles && pieces_reserve(s, f, handles)) {
        for (uint32_t i = 0; i < handles; i++)
            pieces_made(s, client, i, outcome_word(reply, i * stride), 0);
        f->result = (struct value){ VALUE_HANDLE, 1, f->object.number };
    }
    if (s->stopped)
        return;
    pieces_done(f, outcome_of(OUT_OK));
}

/* A raw request never waits. A label that is none stays one, whatever its upper bits say. */
static uint64_t wire_label(uint64_t label)
{
    if (label < MM_LABEL_END)
        return label | MM_TRY;
    return label < MM_TRY ? label : UINT32_MAX;
}

void pieces_raw_send(struct script *s, const struct program_site *site,
                     const struct value *operands)
{
    struct flight *f = pieces_flight(s, site->client);
    uint32_t count = site->operands - 1u;

    f->label = encode_number(&operands[0]);
    status_t status = encode_raw(s, site, operands);
    if (status != OK) {
        pieces_done(f, outcome_error(status, 0));
        return;
    }
    if (f->label == MM_FRAME_ALLOC && count == 3) {
        f->count = s->words[0] > UINT32_MAX ? UINT32_MAX : (uint32_t)s->words[0];
        f->flags = s->words[2];
    }
    pieces_start(s, site->client, wire_label(f->label), count);
}
