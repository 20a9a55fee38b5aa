/* Space handlers: who gets the page faults of a space's threads (docs/decisions/0050). The
 * kernel sends them to the handler itself; mm only says where to. */
#include "core/process.h"
#include "serve.h"

int32_t serve_PAGER(struct request *r)
{
    const struct client *pager = NULL;
    struct vm_space *s;
    status_t st = serve_space(r, r->arg[0], MM_RIGHT_MAP, &s);

    if (st != OK)
        return st;
    if (r->count == 2) {
        pager = client_find(r->arg[1]);
        if (pager == NULL)
            return E_PEER;
        if (pager->faults_at == ENDPOINT_NONE)
            return E_INVAL;
    }
    s->pager = pager != NULL ? pager->id : 0;
    process_handlers_changed();
    r->out[0] = s->id;
    r->results = 1;
    return OK;
}

int32_t serve_FAULTS_AT(struct request *r)
{
    struct handle_entry *e;
    status_t st = handle_find(&r->client->handles, r->arg[0], KIND_ENDPOINT, &e);

    if (st != OK)
        return st;
    r->client->faults_at = e->value;
    process_handlers_changed();
    return OK;
}
