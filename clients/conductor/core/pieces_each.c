/* Operations that are one message for each element of an array: close and grant. */
#include "clients/conductor/core/ask.h"
#include "clients/conductor/core/encode.h"
#include "clients/conductor/core/object.h"
#include "clients/conductor/core/outcome.h"
#include "clients/conductor/core/pieces_inner.h"
#include "clients/conductor/core/report.h"

static uint32_t elements(const struct value *v)
{
    return v->tag == VALUE_ARRAY ? v->count : 1;
}

static void each_next(struct script *s, uint32_t client, enum script_op op)
{
    struct flight *f = pieces_flight(s, client);
    struct value element = encode_element(&f->object, f->done);

    s->words[0] = encode_known(s, client, &element);
    if (op == SCRIPT_GRANT) {
        s->words[1] =
            f->grantee < PROGRAM_CLIENTS_MAX ? machine_client_id(f->grantee) : UINT64_MAX;
        s->words[2] = f->fill;
        pieces_start(s, client, MM_GRANT, 3);
    } else {
        pieces_start(s, client, MM_CLOSE, 1);
    }
}

void pieces_each_piece(struct script *s, uint32_t client, enum script_op op,
                       const struct machine_reply *reply)
{
    struct flight *f = pieces_flight(s, client);
    struct value element = encode_element(&f->object, f->done);

    if (reply->status < 0 && f->earlier == OK)
        f->earlier = (status_t)reply->status;
    if (op == SCRIPT_CLOSE && element.tag == VALUE_HANDLE)
        object_settle_copies(s, (uint32_t)element.number, reply->status >= 0);
    if (reply->status >= 0 && element.tag == VALUE_HANDLE) {
        uint32_t object = (uint32_t)element.number;
        if (op == SCRIPT_CLOSE)
            object_closed(s, object, client);
        else if (!object_add_copy(s, object, f->grantee, outcome_word(reply, 0), false))
            report_stop(s, f->place.site, WHY_LIMIT);
    }
    f->done++;
    if (f->done < elements(&f->object))
        each_next(s, client, op);
    else
        pieces_done(f, f->earlier == OK ? outcome_of(OUT_OK) : outcome_error(f->earlier, 0));
}

static void lapse(struct object *copy)
{
    copy->state = OBJECT_CLOSED;
    copy->lapsed = true;
}

/* Rule 1: when `main` closes what it made, the copies that the first uses made go first. */
static void close_copies(struct script *s, uint32_t client, const struct value *v)
{
    for (uint32_t i = 0; i < elements(v); i++) {
        struct value element = encode_element(v, i);
        if (element.tag != VALUE_HANDLE || s->object[element.number].client != client)
            continue;
        uint32_t copy = s->object[element.number].copies;
        for (; copy != SCRIPT_NO_OBJECT; copy = s->object[copy].older) {
            struct object *c = &s->object[copy];
            if (c->automatic && c->state == OBJECT_OPEN &&
                ask_sub(s, c->client, MM_CLOSE, 1, &c->number, NULL) == OK)
                lapse(c);
        }
    }
}

void pieces_each_send(struct script *s, const struct program_site *site,
                      const struct value *operands)
{
    struct flight *f = pieces_flight(s, site->client);

    f->object = operands[0];
    for (uint32_t i = 0; i < elements(&operands[0]); i++) {
        uint64_t number;
        struct value element = encode_element(&operands[0], i);
        status_t status = encode_handle(s, site->client, &element, &number);
        if (status != OK) {
            pieces_done(f, outcome_error(status, 0));
            return;
        }
    }
    if (site->op == SCRIPT_GRANT) {
        f->grantee =
            operands[1].tag == VALUE_CLIENT ? (uint32_t)operands[1].number : UINT32_MAX;
        f->fill = encode_number(&operands[2]);
    } else {
        close_copies(s, site->client, &operands[0]);
    }
    if (elements(&f->object) == 0)
        pieces_done(f, outcome_of(OUT_OK));
    else
        each_next(s, site->client, (enum script_op)site->op);
}
