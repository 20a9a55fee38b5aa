#include "process.h"

#include <assert.h>

#include "edit_batch.h"
#include "frame_pool.h"
#include "node_pool.h"
#include "port.h"

static struct thread threads[THREAD_MAX];
static uint32_t thread_rounds; /* ids are given in rounds: see struct thread */
static struct endpoint endpoints[ENDPOINT_MAX];
static uint32_t objects;

void process_init(void)
{
    for (uint32_t i = 0; i < THREAD_MAX; i++)
        threads[i].object = NO_FRAME;
    for (uint32_t i = 0; i < ENDPOINT_MAX; i++)
        endpoints[i].object = NO_FRAME;
    thread_rounds = 0;
    objects = 0;
}

static status_t object_new(enum obj_kind kind, pfn_t *out)
{
    status_t st = node_pool_take_frames(1, FRAME_USE_OTHER, out);

    if (st != OK)
        return st;
    st = port_retype(out, 1, FRAME_OBJECT);
    if (st != OK) {
        frame_pool_put(*out);
        return st;
    }
    st = port_object_init(*out, kind);
    assert(st == OK);
    objects++;
    return OK;
}

static void object_free(pfn_t object)
{
    port_object_destroy(object);
    status_t st = port_retype(&object, 1, FRAME_DATA);

    assert(st == OK);
    frame_pool_put(object);
    objects--;
}

static status_t make_parts(struct client *c)
{
    status_t st = object_new(OBJ_TABLE, &c->table);

    if (st != OK)
        return st;
    st = vm_space_new(true, &c->own);
    if (st == OK)
        st = port_cap_put_mm(c->table, c->id);
    if (st != OK) {
        object_free(c->table);
        c->table = NO_FRAME;
        return st;
    }
    c->own->handles++; /* the process itself */
    return OK;
}

status_t process_new(struct client **out)
{
    status_t st = client_new(out);

    if (st != OK)
        return st;
    st = make_parts(*out);
    if (st != OK)
        client_free(*out);
    return st;
}

static void thread_free(struct thread *t)
{
    status_t st = port_thread_bind(t->object, NO_FRAME);

    (void)st; /* it may be dead, and unbound */
    object_free(t->object);
    if (t->message != NO_FRAME)
        edit_batch_drop_run(t->message, 1);
    t->object = NO_FRAME;
}

/* Where the kernel is to send the thread's page faults first. A client is not asked about its
 * own: its one thread that takes faults might be the one that faulted. */
static pfn_t pager_of(const struct thread *t)
{
    const struct client *c = t->space != NULL ? client_find(t->space->pager) : NULL;

    if (c == NULL || c->slot == t->client || c->faults_at == ENDPOINT_NONE)
        return NO_FRAME;
    return endpoints[c->faults_at].object;
}

static status_t tell_pager(struct thread *t)
{
    pfn_t pager = pager_of(t);
    status_t st = OK;

    if (pager == NO_FRAME && !t->paged)
        return OK;
    st = port_thread_set(t->object, THREAD_PAGER, pager);
    if (st == OK && pager != NO_FRAME)
        st = port_thread_set(t->object, THREAD_PAGER_BADGE, t->space->id);
    t->paged = pager != NO_FRAME;
    return st;
}

void process_handlers_changed(void)
{
    for (uint32_t i = 0; i < THREAD_MAX; i++)
        if (threads[i].object != NO_FRAME) {
            status_t st = tell_pager(&threads[i]);

            assert(st == OK);
        }
}

/* Bind the thread to a space, or to none; the space's handler gets its faults. */
static status_t bind(struct thread *t, struct vm_space *s)
{
    status_t st = port_thread_bind(t->object, s != NULL ? s->root : NO_FRAME);

    if (st != OK)
        return st;
    t->space = s;
    return tell_pager(t);
}

/* How long a registered thread may run between two calls: it may be sent into any code. */
enum { PROBE_TICKS = 10 };

/* What every thread has: its table, a priority, a handler, and the own space. */
static status_t set_up(struct client *c, struct process_thread how, struct thread *t)
{
    status_t st = port_thread_set(t->object, THREAD_TABLE, c->table);

    if (st == OK)
        st = port_thread_set(t->object, THREAD_PRIORITY, how.priority);
    if (st == OK)
        st = port_thread_set(t->object, THREAD_HANDLER, how.handler);
    if (st != OK)
        return st;
    return how.probe ? port_thread_set(t->object, THREAD_LIMIT, PROBE_TICKS) : bind(t, c->own);
}

status_t process_thread_new(struct client *c, struct process_thread how, uint32_t *out)
{
    uint32_t i = 0;
    pfn_t object;

    while (i < THREAD_MAX && threads[i].object != NO_FRAME)
        i++;
    if (how.probe && c->active != NULL)
        return E_BUSY; /* the one before would stay there, and nobody could call it back */
    if (i == THREAD_MAX || thread_rounds == UINT32_MAX / THREAD_MAX)
        return E_NOMEM;

    status_t st = object_new(OBJ_THREAD, &object);

    if (st != OK)
        return st;
    threads[i] = (struct thread){ .object = object,
                                  .id = thread_rounds++ * THREAD_MAX + i,
                                  .message = NO_FRAME,
                                  .client = c->slot };
    st = set_up(c, how, &threads[i]);
    if (st != OK) {
        thread_free(&threads[i]);
        return st;
    }
    if (c->first == THREAD_NONE)
        c->first = i;
    if (how.probe || c->registered == THREAD_NONE)
        c->registered = i;
    *out = threads[i].id;
    return OK;
}

void process_thread_drop(uint32_t id)
{
    uint32_t i = id % THREAD_MAX;
    struct client *c = client_at(threads[i].client);

    thread_free(&threads[i]);
    if (c->first == i)
        c->first = THREAD_NONE;
    if (c->registered == i)
        c->registered = c->first;
}

status_t process_thread_start(struct thread *t, struct process_start how)
{
    status_t st = OK;

    if (t->started)
        return E_BUSY;
    if (how.message != NO_FRAME)
        st = edit_batch_hold_run(how.message, 1);
    if (st != OK)
        return st;
    if (how.message != NO_FRAME)
        st = port_thread_set(t->object, THREAD_MESSAGE, how.message);
    if (st == OK)
        st = port_thread_start(t->object, how.ip, how.sp, how.argument);
    if (st != OK && how.message != NO_FRAME) {
        status_t undone = port_thread_set(t->object, THREAD_MESSAGE, NO_FRAME);

        (void)undone;
        edit_batch_drop_run(how.message, 1);
    }
    if (st != OK)
        return st;
    t->message = how.message;
    t->started = true;
    return OK;
}

status_t process_activate(struct client *c, struct vm_space *s)
{
    struct vm_space *before = c->active;
    struct vm_space *to = s;

    if (c->registered == THREAD_NONE)
        return s == NULL ? OK : E_INVAL;
    if (s == NULL && c->registered == c->first)
        to = c->own; /* a plain program goes home */

    status_t st = bind(&threads[c->registered], to);

    if (st != OK)
        return st;
    c->active = s;
    if (before != NULL && before != s)
        vm_space_release(before);
    return OK;
}

void process_deactivated(struct client *c)
{
    struct vm_space *before = c->active;

    c->active = NULL;
    if (before != NULL)
        vm_space_release(before);
}

status_t process_endpoint_new(struct client *c, uint32_t *out)
{
    uint32_t i = 0;

    while (i < ENDPOINT_MAX && endpoints[i].object != NO_FRAME)
        i++;
    if (i == ENDPOINT_MAX)
        return E_NOMEM;

    pfn_t object;
    status_t st = object_new(OBJ_ENDPOINT, &object);

    if (st != OK)
        return st;
    endpoints[i] = (struct endpoint){ object, c->slot };
    *out = i;
    return OK;
}

void process_endpoint_free(uint32_t endpoint)
{
    struct client *c = client_at(endpoints[endpoint].client);

    object_free(endpoints[endpoint].object);
    endpoints[endpoint].object = NO_FRAME;
    if (c->faults_at == endpoint)
        c->faults_at = ENDPOINT_NONE; /* the kernel knows that it is gone */
}

void process_stop(struct client *c)
{
    for (uint32_t i = 0; i < THREAD_MAX; i++)
        if (threads[i].object != NO_FRAME && threads[i].client == c->slot)
            thread_free(&threads[i]);
    for (uint32_t i = 0; i < ENDPOINT_MAX; i++)
        if (endpoints[i].object != NO_FRAME && endpoints[i].client == c->slot)
            process_endpoint_free(i);
    if (c->table != NO_FRAME)
        object_free(c->table);
    c->table = NO_FRAME;
    c->first = c->registered = THREAD_NONE;
}

struct thread *process_thread(uint32_t i)
{
    assert(i < THREAD_MAX);
    return &threads[i];
}

struct thread *process_thread_find(uint32_t id)
{
    struct thread *t = &threads[id % THREAD_MAX];

    return t->object != NO_FRAME && t->id == id ? t : NULL;
}

struct endpoint *process_endpoint(uint32_t i)
{
    assert(i < ENDPOINT_MAX);
    return &endpoints[i];
}

uint32_t process_objects(void)
{
    return objects;
}
