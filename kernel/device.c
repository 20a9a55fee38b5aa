#include "kernel/device.h"

#include "cpu_arch.h"
#include "kernel/ipc.h"

enum { LINES = 16, RUN_MAX = 16 };

static const struct {
    uint16_t first, count;
} range[PORT_RANGES] = {
    [PORT_COM1] = { 0x3f8, 8 },
    [PORT_COM2] = { 0x2f8, 8 },
    [PORT_QEMU_EXIT] = { 0xf4, 1 },
    [PORT_BOCHS_EXIT] = { 0x8900, 1 },
};

static struct {
    pfn_t endpoint; /* gen 0: nobody */
    uint64_t gen, bits;
} bound[LINES];

/* Bytes of two words, lowest first: what fits the transmit queue of a 16550. */
static void out_run(uint16_t port, uint64_t low, uint64_t high, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        cpu_out8(port, (uint8_t)low);
        low = low >> 8 | high << 56;
        high >>= 8;
    }
}

void device_port(struct thread *t)
{
    struct cap *c = cap_get(t, t->ctx.rdi, CAP_PORT, RIGHT_IO);
    uint64_t op = t->ctx.rsi % 256, count = t->ctx.rsi / 256, offset = t->ctx.rdx;
    uint16_t port;

    t->ctx.rax = (uint64_t)E_CAP;
    if (c == NULL)
        return;
    t->ctx.rax = (uint64_t)E_INVAL;
    if (offset >= range[c->arg].count || count > RUN_MAX)
        return;
    port = (uint16_t)(range[c->arg].first + offset);
    if (op == PORT_IN8)
        t->ctx.rsi = cpu_in8(port);
    else if (op == PORT_OUT8)
        cpu_out8(port, (uint8_t)t->ctx.r10);
    else if (op == PORT_OUT8_RUN)
        out_run(port, t->ctx.r10, t->ctx.r8, (uint32_t)count);
    else
        return;
    t->ctx.rax = OK;
}

void device_irq_bind(struct thread *t)
{
    struct cap *irq = cap_get(t, t->ctx.rdi, CAP_IRQ, RIGHT_IO);
    struct cap *e = cap_get(t, t->ctx.rsi, CAP_ENDPOINT, RIGHT_RECV);

    t->ctx.rax = (uint64_t)E_CAP;
    if (irq == NULL || e == NULL)
        return;
    bound[irq->arg].endpoint = e->frame;
    bound[irq->arg].gen = e->gen;
    bound[irq->arg].bits = t->ctx.rdx;
    pic_unmask(irq->arg);
    t->ctx.rax = OK;
}

void device_irq_ack(struct thread *t)
{
    struct cap *irq = cap_get(t, t->ctx.rdi, CAP_IRQ, RIGHT_IO);

    t->ctx.rax = (uint64_t)(irq == NULL ? E_CAP : OK);
    if (irq != NULL)
        pic_unmask(irq->arg);
}

void device_irq(uint32_t line)
{
    pfn_t f = bound[line].endpoint;

    pic_mask_and_end(line);
    if (bound[line].gen != 0 && frame_gen[f] == bound[line].gen)
        ipc_notify_endpoint(object_get(f, OBJ_ENDPOINT), bound[line].bits);
}
