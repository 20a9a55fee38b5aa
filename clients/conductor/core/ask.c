/* The interpreter's waiting: every answer comes through here. */
#include "clients/conductor/core/ask.h"

#include <string.h>

#include "clients/conductor/core/object.h"
#include "clients/conductor/core/pieces.h"
#include "clients/conductor/core/report.h"

static void gone(struct script *s, uint32_t client)
{
    struct client *c = &s->client[client];

    c->alive = false;
    c->busy = false;
    c->sub = false;
    c->active = SCRIPT_NO_OBJECT;
    c->active_raw = false;
    object_client_gone(s, client);
}

static void take(struct script *s, uint32_t client, const struct machine_reply *reply)
{
    struct client *c = &s->client[client];
    bool sub = c->sub;

    c->busy = false;
    c->sub = false;
    if (sub) {
        c->answer = *reply;
        memset(c->answer_words, 0, sizeof c->answer_words);
        uint32_t words = reply->count < IPC_REG_WORDS ? reply->count : IPC_REG_WORDS;
        if (words)
            memcpy(c->answer_words, reply->words, words * sizeof *reply->words);
    } else if (c->flight.state == FLIGHT_FLYING) {
        pieces_answered(s, client, reply);
    } else {
        c->flight.state = FLIGHT_NONE;
    }
    if (reply->end == MACHINE_DEAD)
        gone(s, client);
}

static enum machine_event wait_until(struct script *s, uint64_t deadline)
{
    uint32_t client = 0;
    struct machine_reply reply = { .end = MACHINE_DEAD };
    enum machine_event event = machine_wait(deadline, &client, &reply);

    if (event == MACHINE_REPLY && client < PROGRAM_CLIENTS_MAX)
        take(s, client, &reply);
    return event;
}

enum machine_event ask_wait(struct script *s)
{
    enum machine_event event = wait_until(s, s->deadline);

    if (event == MACHINE_LATE)
        report_stop(s, RECORD_NONE, WHY_TIMEOUT);
    return event;
}

void ask_poll(struct script *s)
{
    while (wait_until(s, 0) == MACHINE_REPLY)
        ;
}

bool ask_quiesce(struct script *s)
{
    enum machine_event event;

    do {
        event = ask_wait(s);
    } while (event == MACHINE_REPLY);
    return event == MACHINE_QUIET && !s->stopped;
}

/* Waits until the client can be given something to do. */
static status_t await_idle(struct script *s, struct client *c)
{
    while (c->busy) {
        enum machine_event event = ask_wait(s);
        if (event == MACHINE_QUIET)
            return E_BUSY;
        if (event == MACHINE_LATE)
            return E_PEER;
    }
    return c->alive && !s->stopped ? OK : E_PEER;
}

int64_t ask_sub(struct script *s, uint32_t client, enum mm_label label, uint32_t count,
                const uint64_t *args, uint64_t *words)
{
    struct client *c = &s->client[client];
    status_t idle = await_idle(s, c);

    if (idle != OK)
        return idle;
    c->sub = true;
    c->busy = true;
    machine_start(client,
                  &(struct machine_request){
                      .kind = MACHINE_MM, .label = label, .count = count, .args = args });
    while (c->sub) {
        enum machine_event event = ask_wait(s);
        if (event == MACHINE_QUIET)
            report_stop(s, RECORD_NONE, WHY_STUCK);
        if (event != MACHINE_REPLY)
            return E_PEER;
    }
    if (!c->alive)
        return E_PEER;
    if (words)
        memcpy(words, c->answer_words, IPC_REG_ARGS * sizeof *words);
    return c->answer.status;
}

status_t ask_kill(struct script *s, uint32_t client)
{
    struct client *c = &s->client[client];
    struct machine_reply dead;
    status_t status = machine_kill(client, &dead);

    if (status != OK)
        return status;
    gone(s, client);
    if (c->flight.state == FLIGHT_FLYING) {
        pieces_answered(s, client, &dead);
    } else if (c->flight.state == FLIGHT_LOST) {
        c->flight.state = FLIGHT_NONE;
    }
    return OK;
}
