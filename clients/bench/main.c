/*
 * First every operation is measured, warmed up and several times, and the medians are told.
 * Then, operation by operation, the host may ask for it to be done once more, as often as it
 * likes: it watches those instructions from outside to learn which ring they belong to.
 */
#include <string.h>
#include <sys.h>

#include "abi/record.h"
#include "abi/start.h"
#include "bench.h"
#include "clients/conductor/line.h"
#include "clients/conductor/wire.h"
#include "world.h"

int main(const struct start_page *start);

enum { UART_DATA = 0, UART_STATUS = 5, UART_RECEIVED = 1 };

static uint64_t overhead; /* of reading the clock: what the empty operation takes */
static uint32_t records;

static void tell(enum record_type type, const void *payload, size_t bytes)
{
    static uint8_t wire[WIRE_BYTES_MAX];

    line_send(wire, wire_frame(wire, type, records++, payload, bytes));
}

static void tell_op(enum bench_phase phase, uint32_t index, struct rec_bench rec)
{
    uint8_t payload[sizeof rec + 64];
    const char *name = bench_ops[index].name;
    size_t bytes = strlen(name);

    assert(bytes <= sizeof payload - sizeof rec);
    rec.op = index;
    rec.phase = phase;
    rec.divisor = bench_ops[index].divisor;
    memcpy(payload, &rec, sizeof rec);
    memcpy(payload + sizeof rec, name, bytes);
    tell(REC_BENCH, payload, sizeof rec + bytes);
}

static uint64_t sample(const struct bench_op *op)
{
    op->before();

    uint64_t took = op->act() - overhead;

    op->after();
    return took;
}

/* Sort by insertion: there are few. */
static void sort(uint64_t *value, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        for (uint32_t j = i; j > 0 && value[j] < value[j - 1]; j--) {
            uint64_t swap = value[j];

            value[j] = value[j - 1];
            value[j - 1] = swap;
        }
}

static struct rec_bench measure(const struct bench_op *op)
{
    uint64_t took[BENCH_RUNS];

    for (uint32_t i = 0; i < BENCH_WARM_UPS; i++)
        (void)sample(op);
    for (uint32_t i = 0; i < BENCH_RUNS; i++)
        took[i] = sample(op);
    sort(took, BENCH_RUNS);
    return (struct rec_bench){ .runs = BENCH_RUNS,
                               .median = took[BENCH_RUNS / 2],
                               .least = took[0],
                               .most = took[BENCH_RUNS - 1] };
}

static uint8_t receive(void)
{
    uint8_t byte = 0;

    while ((byte & UART_RECEIVED) == 0) {
        status_t st = sys_port_in8(START_SLOT_COM1, UART_STATUS, &byte);

        assert(st == OK);
    }

    status_t st = sys_port_in8(START_SLOT_COM1, UART_DATA, &byte);

    assert(st == OK);
    return byte;
}

/* Do the operation as long as the host says so. The last time, which brings back the state
   from before, it has not to look. */
static void offer(uint32_t index)
{
    const struct bench_op *op = &bench_ops[index];
    bool again = true;

    (void)sample(op);
    while (again) {
        op->before();
        tell_op(BENCH_READY, index, (struct rec_bench){ 0 });
        line_drain();
        again = receive() == BENCH_GO;

        uint64_t took = op->act() - overhead;

        if (again)
            tell_op(BENCH_DONE, index, (struct rec_bench){ .runs = 1, .median = took });
        op->after();
    }
}

int main(const struct start_page *start)
{
    struct rec_hello hello = { .version = RECORD_VERSION, .cpus = 1 };
    uint32_t count = 0;

    tell(REC_HELLO, &hello, sizeof hello);
    world_make(start);
    for (; bench_ops[count].name != NULL; count++) {
        struct rec_bench result = measure(&bench_ops[count]);

        tell_op(BENCH_RESULT, count, result);
        if (count == 0)
            overhead = result.median;
    }
    for (uint32_t i = 1; i < count; i++)
        offer(i);

    struct rec_bye bye = { .records = records + 1 };

    tell(REC_BYE, &bye, sizeof bye);
    line_end_machine(true);
}
