/*
 * Mapping more frames than one message can name: as many messages as it takes, in order. The
 * first one refused ends it; what came before stays mapped.
 */
#include "clients/conductor/core/encode.h"
#include "clients/conductor/core/object.h"
#include "clients/conductor/core/outcome.h"
#include "clients/conductor/core/pieces_inner.h"

enum { PIECE = 512 }; /* frames that MAP and MAP1 take at most */

static bool is_map(uint32_t op)
{
    return op == SCRIPT_MAP || op == SCRIPT_MAP_EXCL || op == SCRIPT_MAP1;
}

bool pieces_map_takes(const struct program_site *site, const struct value *operands)
{
    const struct value *frames = &operands[site->op == SCRIPT_MAP1 ? 2 : 1];

    return is_map(site->op) && frames->tag == VALUE_ARRAY && frames->count > PIECE;
}

static void map_next(struct script *s, const struct program_site *site)
{
    struct flight *f = pieces_flight(s, site->client);
    uint32_t count = 0;

    s->words[count++] = f->label;
    if (site->op == SCRIPT_MAP1)
        s->words[count++] = f->flags + (uint64_t)f->done * PAGE_BYTES;
    s->words[count++] = f->fill;
    for (uint32_t i = f->done; i < f->count && i < f->done + PIECE; i++) {
        struct value element = encode_element(&f->object, i);
        s->words[count++] = encode_known(s, site->client, &element);
    }
    pieces_start(s, site->client, site->op == SCRIPT_MAP1 ? MM_MAP1 : MM_MAP, count);
}

void pieces_map_send(struct script *s, const struct program_site *site,
                     const struct value *operands)
{
    struct flight *f = pieces_flight(s, site->client);
    bool oneshot = site->op == SCRIPT_MAP1;
    status_t status = encode_all(s, site->client, operands, site->operands);

    if (status != OK) {
        pieces_done(f, outcome_error(status, 0));
        return;
    }
    f->label = encode_known(s, site->client, &operands[0]);
    f->flags = oneshot ? encode_number(&operands[1]) : 0;
    f->object = operands[oneshot ? 2 : 1];
    f->fill = encode_number(&operands[oneshot ? 3 : 2]);
    if (site->op == SCRIPT_MAP_EXCL)
        f->fill |= MM_EXCL;
    f->count = f->object.count;
    map_next(s, site);
}

bool pieces_map_goes_on(const struct script *s, uint32_t client, uint32_t op)
{
    return is_map(op) && s->client[client].flight.count > PIECE;
}

void pieces_map_piece(struct script *s, uint32_t client, const struct machine_reply *reply)
{
    struct flight *f = pieces_flight(s, client);
    const struct program_site *site = view_site(&s->view, f->place.site);

    f->done += PIECE;
    if (reply->status < 0)
        pieces_done(f, outcome_error((status_t)reply->status, 0));
    else if (f->done < f->count)
        map_next(s, site);
    else
        pieces_done(f, outcome_of(OUT_OK));
}
