/*
 * COM1's line through the kernel's interrupt and port calls alone. The UART raises the line
 * when its transmitter is empty and that interrupt is enabled: enabling it again is another
 * edge. So each step makes an interrupt at will, and waits for nothing that cannot come.
 */
#include <sys.h>

#include "clients/conductor/line.h"
#include "tests/guest/machine/children.h"
#include "tests/guest/machine/parts.h"
#include "tests/guest/machine/report.h"

enum { UART_ENABLE = 1, UART_CAUSE = 2, CAUSE_MASK = 0x0f, CAUSE_EMPTY = 2 };
enum { ENABLE_NONE = 0, ENABLE_EMPTY = 2 };
enum { BIT_LINE = 1 };

static uint64_t word_of(status_t st)
{
    return (uint64_t)(int64_t)st;
}

static void enable(uint8_t what)
{
    status_t st = sys_port_out8(START_SLOT_COM1, UART_ENABLE, what);

    assert(st == OK);
}

/* Why the UART asks; asking takes the cause away. */
static uint8_t cause(void)
{
    uint8_t word = 0;
    status_t st = sys_port_in8(START_SLOT_COM1, UART_CAUSE, &word);

    assert(st == OK);
    return word & CAUSE_MASK;
}

/* No interrupt is asked for any more, and COM1 can be written as usual. */
static void quieten(void)
{
    enable(ENABLE_NONE);
    (void)cause();
}

/* One more edge on the line. */
static void raise(void)
{
    line_drain();
    quieten();
    enable(ENABLE_EMPTY);
}

/* The bits of the next notification of the own endpoint. */
static uint64_t notified(void)
{
    struct ipc_msg msg;
    struct ipc_from from = sys_recv(SLOT_LINE, &msg);

    return from.token == 0 ? msg.w[0] : word_of((status_t)from.token);
}

static void report_line(const char *what, uint64_t expected, uint64_t actual)
{
    quieten();
    report(what, expected, actual);
}

static void test_own_line(void)
{
    status_t st = sys_irq_bind(START_SLOT_IRQ4, SLOT_LINE, BIT_LINE);
    uint64_t bits;
    uint8_t why;

    report("the line is bound", OK, word_of(st));
    raise();
    bits = notified();
    why = cause();
    report_line("an interrupt arrives as a notification", BIT_LINE, bits);
    report("its cause is the empty transmitter", CAUSE_EMPTY, why);
}

/* Until it is acknowledged the line is masked; the edge is remembered. */
static void test_acknowledgement(void)
{
    uint64_t before, after;
    status_t st;

    raise();
    before = children_now(SLOT_LINE);
    st = sys_irq_ack(START_SLOT_IRQ4);
    after = notified();
    report_line("no other arrives before the acknowledgement", CHILDREN_NOTHING, before);
    report("the acknowledgement", OK, word_of(st));
    report("then the second interrupt arrives", BIT_LINE, after);
    report("its acknowledgement", OK, word_of(sys_irq_ack(START_SLOT_IRQ4)));
}

/* The owner gets one interrupt and is killed while it waits for the answer to telling it. */
static void test_owner(void)
{
    struct ipc_msg msg;
    struct ipc_from from;

    report("another program is started", OK, word_of(children_start(CHILD_OWNS_LINE)));
    from = sys_recv(SLOT_REPORT, &msg);
    report("it binds the line", OK, msg.w[0]);
    raise();
    (void)sys_reply_recv(SLOT_REPORT, from.token, 0, &msg);
    report_line("it gets the interrupt", CHILD_LINE_BIT, msg.w[0]);
    report("who had the line before gets none", CHILDREN_NOTHING, children_now(SLOT_LINE));
    children_kill();
    raise();
    report_line("an interrupt for a dead owner goes nowhere", CHILDREN_NOTHING,
                children_now(SLOT_LINE));
}

static void test_next_owner(void)
{
    uint64_t bits;
    status_t st = sys_irq_bind(START_SLOT_IRQ4, SLOT_LINE, BIT_LINE);

    report("the line can be bound again", OK, word_of(st));
    raise();
    bits = notified();
    report_line("and its interrupt arrives", BIT_LINE, bits);
}

void interrupt_test(void)
{
    test_own_line();
    test_acknowledgement();
    test_owner();
    test_next_owner();
}
