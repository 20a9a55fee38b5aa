/* Sending and receiving the messages of one request. */
#include "clients/conductor/core/pieces.h"

#include "clients/conductor/core/ask.h"
#include "clients/conductor/core/encode.h"
#include "clients/conductor/core/object.h"
#include "clients/conductor/core/ops.h"
#include "clients/conductor/core/outcome.h"
#include "clients/conductor/core/pieces_inner.h"
#include "clients/conductor/core/report.h"

enum { KIND_SHIFT = 20, KIND_MASK = 15 };

struct flight *pieces_flight(struct script *s, uint32_t client)
{
    return &s->client[client].flight;
}

/* The request has its outcome. */
void pieces_done(struct flight *f, struct rec_outcome actual)
{
    f->actual = actual;
    f->state = FLIGHT_ANSWERED;
}

void pieces_request(struct script *s, uint32_t client, const struct machine_request *request)
{
    s->client[client].busy = true;
    machine_start(client, request);
}

void pieces_start(struct script *s, uint32_t client, uint64_t label, uint32_t count)
{
    pieces_request(s, client,
                   &(struct machine_request){
                       .kind = MACHINE_MM,
                       .label = label > UINT32_MAX ? UINT32_MAX : (uint32_t)label,
                       .count = count,
                       .args = s->words,
                   });
}

/* --- creations --- */

void pieces_made(struct script *s, uint32_t client, uint32_t element, uint64_t number,
                 uint64_t identity)
{
    struct flight *f = pieces_flight(s, client);
    const struct program_site *site = view_site(&s->view, f->place.site);
    struct object object = {
        .number = number,
        .identity = identity,
        .name = site->name,
        .index = element,
        .site = f->place.site,
        .client = (uint8_t)client,
        .kind = (uint8_t)(number >> KIND_SHIFT & KIND_MASK),
        .group = f->group,
    };
    object_open(s, (uint32_t)f->object.number + element, &object);
}

/* Room for the handles of a creation. Stops the script if there is none. */
bool pieces_reserve(struct script *s, struct flight *f, uint64_t count)
{
    uint32_t first = SCRIPT_NO_OBJECT;

    if (count <= SCRIPT_OBJECTS_MAX)
        first = object_reserve(s, (uint32_t)count);
    if (first == SCRIPT_NO_OBJECT) {
        pieces_done(f, outcome_of(OUT_NONE));
        report_stop(s, f->place.site, WHY_LIMIT);
        return false;
    }
    f->object =
        (struct value){ count == 1 ? VALUE_HANDLE : VALUE_ARRAY, (uint32_t)count, first };
    return true;
}

/* --- everything else --- */

static void kill_send(struct script *s, uint32_t client, const struct value *operands)
{
    struct flight *f = pieces_flight(s, client);
    uint64_t victim = operands[0].number;

    if (operands[0].tag != VALUE_CLIENT || victim >= PROGRAM_CLIENTS_MAX) {
        pieces_done(f, outcome_error(E_INVAL, 0));
        return;
    }
    status_t status = s->client[victim].alive ? ask_kill(s, (uint32_t)victim) : E_PEER;
    if (f->state == FLIGHT_FLYING) /* else it has killed itself, and said so */
        pieces_done(f, status == OK ? outcome_of(OUT_OK) : outcome_error(status, 0));
}

/* Only the conductor may break mm. */
static void fail_send(struct script *s, uint32_t client, const struct value *operands)
{
    uint64_t nth = encode_number(&operands[0]);
    uint64_t unused[IPC_REG_ARGS];
    int64_t status = machine_ask(MM_FAIL_ALLOC, 1, &nth, unused);

    pieces_done(pieces_flight(s, client),
                status == OK ? outcome_of(OUT_OK) : outcome_error(status, 0));
}

/* Nor may anybody else. The handle that ends it is the client's. */
static void saturate_send(struct script *s, uint32_t client, const struct value *operands)
{
    struct flight *f = pieces_flight(s, client);
    uint64_t args[] = { machine_client_id(client), 0 };
    uint64_t words[IPC_REG_ARGS];
    int64_t status = encode_handle(s, client, &operands[0], &args[1]);

    if (status == OK && !pieces_reserve(s, f, 1))
        return;
    if (status == OK)
        status = machine_ask(MM_SATURATE, 2, args, words);
    if (status == OK)
        pieces_made(s, client, 0, words[0], 0);
    pieces_done(f, status == OK ? outcome_of(OUT_OK) : outcome_error(status, 0));
}

static void fault_send(struct script *s, const struct program_site *site)
{
    struct machine_request request = { .kind = MACHINE_FAULT };

    request.fault = site->op == SCRIPT_TAKE_FAULT  ? MACHINE_FAULT_TAKE
                    : site->op == SCRIPT_FAULT_WHY ? MACHINE_FAULT_WHY
                    : site->op == SCRIPT_RESUME    ? MACHINE_FAULT_RESUME
                                                   : MACHINE_FAULT_REFUSE;
    pieces_request(s, site->client, &request);
}

/* Only the conductor may give devices away. */
static void device_send(struct script *s, uint32_t client, const struct value *operands)
{
    struct flight *f = pieces_flight(s, client);
    uint64_t args[] = { machine_client_id(client), encode_number(&operands[0]) };
    uint64_t words[IPC_REG_ARGS];

    if (!pieces_reserve(s, f, 1))
        return;

    int64_t status = machine_ask(MM_DEVICE, 2, args, words);

    if (status == OK) {
        pieces_made(s, client, 0, words[0], words[1]);
        f->result = f->object;
    }
    pieces_done(f, status == OK ? outcome_of(OUT_OK) : outcome_error(status, 0));
}

static void touch_send(struct script *s, const struct program_site *site,
                       const struct value *operands)
{
    struct machine_request request = { .kind = MACHINE_TOUCH,
                                       .address = encode_number(&operands[0]) };

    request.access = site->op == SCRIPT_TOUCH_R   ? ACCESS_R
                     : site->op == SCRIPT_TOUCH_W ? ACCESS_W
                                                  : ACCESS_X;
    if (request.access != ACCESS_X)
        request.width = (uint32_t)encode_number(&operands[1]);
    if (request.access == ACCESS_W)
        request.value = encode_number(&operands[2]);
    bool good = request.width == 1 || request.width == 2 || request.width == 4 ||
                request.width == 8 || request.access == ACCESS_X;
    if (good)
        pieces_request(s, site->client, &request);
    else
        pieces_done(pieces_flight(s, site->client), outcome_error(E_INVAL, 0));
}

/* Does a plain request of this kind make a handle? */
static bool makes_one(const struct ops_op *op)
{
    return op->result == RESULT_SPACE || op->result == RESULT_HUGE ||
           op->result == RESULT_CURSOR || op->result == RESULT_CURSOR_MUT ||
           op->result == RESULT_READER || op->result == RESULT_WRITER;
}

static void plain_send(struct script *s, const struct program_site *site,
                       const struct value *operands)
{
    struct flight *f = pieces_flight(s, site->client);
    const struct ops_op *op = ops_get((enum script_op)site->op);
    uint32_t count = 0;

    if (site->op == SCRIPT_ACTIVATE)
        f->object = operands[0];
    if (makes_one(op) && !pieces_reserve(s, f, 1))
        return;
    status_t status = encode_plain(s, site, operands, &count);
    if (status == OK)
        pieces_start(s, site->client, op->label, count);
    else
        pieces_done(f, outcome_error(status, 0));
}

/* Whether the operands are as many as the operation needs at least. */
static bool enough(const struct program_site *site)
{
    uint32_t least = 0;

    for (const char *c = ops_get((enum script_op)site->op)->operands; *c; c++)
        least += *c != '>' && *c != '@' && *c != '!' && *c != 'L';
    return site->operands >= least;
}

static bool moves_bytes(uint32_t op)
{
    return op == SCRIPT_READ || op == SCRIPT_WRITE || op == SCRIPT_WRITE_LIST;
}

void pieces_send(struct script *s, const struct program_site *site,
                 const struct value *operands)
{
    if (!enough(site)) {
        pieces_done(pieces_flight(s, site->client), outcome_of(OUT_NONE));
        report_bad(s, s->at);
        return;
    }
    if (site->op == SCRIPT_FRAME)
        pieces_frame_send(s, site->client, operands);
    else if (site->op == SCRIPT_CLOSE || site->op == SCRIPT_GRANT)
        pieces_each_send(s, site, operands);
    else if (pieces_map_takes(site, operands))
        pieces_map_send(s, site, operands);
    else if (site->op == SCRIPT_RAW)
        pieces_raw_send(s, site, operands);
    else if (site->op == SCRIPT_KILL)
        kill_send(s, site->client, operands);
    else if (site->op == SCRIPT_FAIL_ALLOC)
        fail_send(s, site->client, operands);
    else if (site->op == SCRIPT_SATURATE)
        saturate_send(s, site->client, operands);
    else if (site->op >= SCRIPT_TAKE_FAULT && site->op <= SCRIPT_REFUSE)
        fault_send(s, site);
    else if (site->op == SCRIPT_DEVICE)
        device_send(s, site->client, operands);
    else if (site->op >= SCRIPT_TOUCH_R && site->op <= SCRIPT_TOUCH_X)
        touch_send(s, site, operands);
    else if (moves_bytes(site->op))
        pieces_window_send(s, site, operands);
    else
        plain_send(s, site, operands);
}

/* The single answer of an ordinary request: what its name is bound to. */
static void plain_piece(struct script *s, uint32_t client, enum script_op op,
                        const struct machine_reply *reply)
{
    struct flight *f = pieces_flight(s, client);
    struct rec_outcome out = outcome_decode(s, op, reply);

    f->others = outcome_others(s, op, reply);
    switch ((enum script_result)ops_get(op)->result) {
    case RESULT_SPACE:
    case RESULT_CURSOR:
    case RESULT_CURSOR_MUT:
    case RESULT_READER:
    case RESULT_WRITER:
        if (outcome_good(&out)) {
            pieces_made(s, client, 0, outcome_word(reply, 0), 0);
            f->result = f->object;
        }
        break;
    case RESULT_HUGE:
        if (outcome_good(&out)) {
            pieces_made(s, client, 0, outcome_word(reply, 0), outcome_word(reply, 1));
            f->result = f->object;
        }
        break;
    case RESULT_NUMBER:
    case RESULT_ADDRESS:
    case RESULT_RANGE:
    case RESULT_QUERY:
        if (outcome_good(&out) && out.kind != OUT_NOTHING)
            f->result = (struct value){ VALUE_NUMBER, 0, out.value };
        break;
    case RESULT_OK:
    case RESULT_FRAME:
    case RESULT_DEVICE:
    case RESULT_BYTES:
    case RESULT_RAW:
        break;
    }
    if (op == SCRIPT_ACTIVATE && out.kind == OUT_OK) {
        s->client[client].active_raw = false;
        s->client[client].active =
            f->object.tag == VALUE_HANDLE ? (uint32_t)f->object.number : SCRIPT_NO_OBJECT;
    }
    pieces_done(f, out);
}

void pieces_answered(struct script *s, uint32_t client, const struct machine_reply *reply)
{
    struct flight *f = pieces_flight(s, client);
    const struct program_site *site = view_site(&s->view, f->place.site);

    if (reply->end == MACHINE_DEAD) {
        f->dead = true;
        f->others = outcome_others(s, (enum script_op)site->op, reply);
        pieces_done(f, outcome_of(OUT_NONE));
    } else if (site->op == SCRIPT_FRAME) {
        pieces_frame_piece(s, client, reply);
    } else if (site->op == SCRIPT_CLOSE || site->op == SCRIPT_GRANT) {
        pieces_each_piece(s, client, (enum script_op)site->op, reply);
    } else if (pieces_map_goes_on(s, client, site->op)) {
        pieces_map_piece(s, client, reply);
    } else if (site->op == SCRIPT_RAW) {
        pieces_raw_piece(s, client, reply);
    } else if (site->op == SCRIPT_READ) {
        pieces_read_piece(s, client, reply);
    } else {
        plain_piece(s, client, (enum script_op)site->op, reply);
    }
}
