/* Capability slots: flat tables of decoded entries. */
#include "kernel/cap.h"

#include "memory_arch.h"

static const uint8_t cap_of_object[] = {
    [OBJ_NONE] = CAP_NONE,
    [OBJ_THREAD] = CAP_THREAD,
    [OBJ_ENDPOINT] = CAP_ENDPOINT,
    [OBJ_TABLE] = CAP_TABLE,
};

status_t cap_put(uint64_t table, uint64_t slot, uint64_t object, uint32_t rights,
                 uint32_t badge)
{
    struct cap_table *ct = object_get(table, OBJ_TABLE);

    if (ct == NULL || object >= frame_count || frame_type[object] != FRAME_OBJECT ||
        frame_live[object] == OBJ_NONE)
        return E_TYPE;
    if (slot == SLOT_NONE || slot >= CAP_SLOTS || (rights & ~RIGHT_ALL) != 0)
        return E_INVAL;
    if (cap_alive(&ct->cap[slot]))
        return E_BUSY; /* drop it first: nobody's capability is lost by mistake */
    ct->cap[slot] = (struct cap){
        .kind = cap_of_object[frame_live[object]],
        .rights = (uint8_t)rights,
        .badge = badge,
        .frame = (pfn_t)object,
        .gen = frame_gen[object],
        .object = frame_address((pfn_t)object),
    };
    return OK;
}

void cap_put_device(pfn_t table, uint64_t slot, enum cap_kind kind, uint32_t arg)
{
    struct cap_table *ct = object_get(table, OBJ_TABLE);

    ct->cap[slot] = (struct cap){
        .kind = (uint8_t)kind, .rights = RIGHT_IO, .arg = (uint16_t)arg, .frame = NO_FRAME
    };
}

status_t cap_copy(struct thread *t, uint64_t from, uint64_t table_slot, uint64_t to,
                  uint32_t rights, uint32_t badge)
{
    struct cap_table *ct;
    struct cap copy;

    if (from >= CAP_SLOTS || !cap_alive(&t->caps[from]) || t->caps[from].kind == CAP_MEMORY)
        return E_CAP;
    if (to == SLOT_NONE || to >= CAP_SLOTS)
        return E_INVAL;
    if (table_slot == 0) {
        ct = object_get(t->table, OBJ_TABLE);
    } else {
        struct cap *c = cap_get(t, table_slot, CAP_TABLE, RIGHT_WRITE);

        ct = c != NULL ? c->object : NULL;
    }
    if (ct == NULL)
        return E_CAP;
    copy = t->caps[from];
    if (badge != 0 && copy.badge != 0)
        return E_CAP; /* a badge, once given, stays */
    if (badge != 0)
        copy.badge = badge;
    copy.rights &= (uint8_t)rights;
    ct->cap[to] = copy;
    return OK;
}

status_t cap_drop(struct thread *t, uint64_t slot)
{
    if (slot >= CAP_SLOTS || t->caps[slot].kind == CAP_MEMORY)
        return E_CAP;
    t->caps[slot] = (struct cap){ 0 };
    return OK;
}
