/* Bytes through windows: `read`, and `write` of a string or a list. */
#include <string.h>

#include "clients/conductor/core/encode.h"
#include "clients/conductor/core/outcome.h"
#include "clients/conductor/core/pieces_inner.h"

static uint32_t at_most(uint64_t bytes)
{
    return bytes < MACHINE_BYTES_MAX ? (uint32_t)bytes : MACHINE_BYTES_MAX;
}

/* What `write` names, in bytes[]. Returns how many. */
static uint32_t gather(const struct script *s, const struct program_site *site,
                       const struct value *operands, uint8_t bytes[MACHINE_BYTES_MAX])
{
    uint32_t n = at_most(site->operands - 1u);

    if (site->op == SCRIPT_WRITE) {
        struct view_string text =
            view_string(&s->view, operands[1].tag == VALUE_STRING ? (uint32_t)operands[1].number
                                                                  : PROGRAM_NONE);
        n = at_most(text.bytes);
        if (n > 0)
            memcpy(bytes, text.at, n);
        return n;
    }
    for (uint32_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)encode_number(&operands[1 + i]);
    return n;
}

void pieces_window_send(struct script *s, const struct program_site *site,
                        const struct value *operands)
{
    uint8_t bytes[MACHINE_BYTES_MAX];
    struct machine_request request = { .kind = MACHINE_READ, .bytes = bytes };

    request.window = encode_known(s, site->client, &operands[0]);
    if (site->op == SCRIPT_READ) {
        request.length = at_most(encode_number(&operands[1]));
    } else {
        request.kind = MACHINE_WRITE;
        request.length = gather(s, site, operands, bytes);
    }
    pieces_request(s, site->client, &request);
}

void pieces_read_piece(struct script *s, uint32_t client, const struct machine_reply *reply)
{
    struct flight *f = pieces_flight(s, client);
    struct rec_outcome out = outcome_decode(s, SCRIPT_READ, reply);

    if (out.kind == OUT_OK) {
        out = outcome_of(OUT_BYTES);
        out.bytes = reply->bytes != NULL ? at_most(outcome_word(reply, 0)) : 0;
        if (out.bytes > 0)
            memcpy(f->bytes, reply->bytes, out.bytes);
    }
    pieces_done(f, out);
}
