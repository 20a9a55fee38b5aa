#include "tests/guest/machine/report.h"

#include <string.h>

#include "abi/record.h"
#include "clients/conductor/line.h"
#include "clients/conductor/wire.h"

static uint32_t records, points, failed;

static void tell(enum record_type type, const void *payload, size_t bytes)
{
    static uint8_t wire[WIRE_BYTES_MAX];

    line_send(wire, wire_frame(wire, type, records++, payload, bytes));
}

void report_begin(const struct start_page *start)
{
    struct rec_hello hello = { .version = RECORD_VERSION,
                               .checking = start->machine.checking,
                               .cpus = start->machine.cpus };

    tell(REC_HELLO, &hello, sizeof hello);
}

void report(const char *what, uint64_t expected, uint64_t actual)
{
    struct rec_check check = { .index = points++, .expected = expected, .actual = actual };
    uint8_t payload[sizeof check + 128];
    size_t bytes = strlen(what);

    assert(bytes <= sizeof payload - sizeof check);
    memcpy(payload, &check, sizeof check);
    memcpy(payload + sizeof check, what, bytes);
    failed += expected != actual;
    tell(REC_CHECK, payload, sizeof check + bytes);
}

void report_end(void)
{
    struct rec_bye bye = { .failed = failed, .records = records + 1 };

    tell(REC_BYE, &bye, sizeof bye);
    line_end_machine(failed == 0);
    for (;;) {
    }
}
