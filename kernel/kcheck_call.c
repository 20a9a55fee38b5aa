#include "kernel/kcheck_call.h"

#include "kernel/kcheck.h"
#include "kernel/kcorrupt.h"

static status_t check(struct context *r)
{
    pfn_t where;

    r->rsi = kcheck(&where);
    r->rdx = where;
    return OK;
}

static status_t inject(const struct context *r)
{
    if (r->rdi >= frame_count || r->rsi > REF_MAX)
        return E_INVAL;
    return kcorrupt_inject((pfn_t)r->rdi, (uint32_t)r->rsi);
}

status_t kcheck_call(struct context *r, uint32_t nr)
{
    switch (nr) {
    case SYS_KCHECK:
        return check(r);
    case SYS_KCORRUPT:
        return kcorrupt((uint32_t)r->rdi);
    case SYS_INJECT:
        return inject(r);
    default:
        return E_INVAL;
    }
}
