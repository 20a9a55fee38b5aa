/* Frames: as many messages as it takes, all or nothing. */
#include "clients/conductor/core/encode.h"
#include "clients/conductor/core/object.h"
#include "clients/conductor/core/outcome.h"
#include "clients/conductor/core/pieces_inner.h"

static void frame_next(struct script *s, uint32_t client)
{
    struct flight *f = pieces_flight(s, client);
    uint64_t rest = f->count - f->done;

    s->words[0] = rest > MM_FRAME_EACH_MAX ? MM_FRAME_EACH_MAX : rest;
    s->words[1] = f->fill;
    s->words[2] = MM_FRAME_EACH;
    pieces_start(s, client, MM_FRAME_ALLOC, 3);
}

/* Gives back the newest of the frames that came before the refusal. */
static void frame_undo(struct script *s, uint32_t client)
{
    struct flight *f = pieces_flight(s, client);

    if (f->done == 0) {
        pieces_done(f, outcome_error(f->earlier, 0));
        return;
    }
    f->done--;
    uint32_t object = (uint32_t)f->object.number + f->done;
    object_closed(s, object, client);
    s->words[0] = s->object[object].number;
    pieces_start(s, client, MM_CLOSE, 1);
}

void pieces_frame_piece(struct script *s, uint32_t client, const struct machine_reply *reply)
{
    struct flight *f = pieces_flight(s, client);

    if (f->earlier == OK && reply->status < 0)
        f->earlier = (status_t)reply->status;
    if (f->earlier != OK) {
        frame_undo(s, client);
        return;
    }
    uint32_t rest = f->count - f->done;
    uint32_t got = rest > MM_FRAME_EACH_MAX ? MM_FRAME_EACH_MAX : rest;
    for (uint32_t i = 0; i < got; i++, f->done++)
        pieces_made(s, client, f->done, outcome_word(reply, 2 * i),
                    outcome_word(reply, 2 * i + 1));
    if (f->done < f->count) {
        frame_next(s, client);
        return;
    }
    f->result = f->object;
    pieces_done(f, outcome_of(OUT_OK));
}

void pieces_frame_send(struct script *s, uint32_t client, const struct value *operands)
{
    struct flight *f = pieces_flight(s, client);
    uint64_t count = encode_number(&operands[0]);

    f->fill = encode_number(&operands[1]);
    if (count && !pieces_reserve(s, f, count))
        return;
    f->count = (uint32_t)count;
    if (count == 0)
        f->object = (struct value){ VALUE_ARRAY, 0, 0 };
    frame_next(s, client);
}
