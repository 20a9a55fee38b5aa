/* The machine test: what unit tests and scripts cannot show, on a booted system. */
#include "servers/mm/client/mm_client.h"
#include "tests/guest/machine/children.h"
#include "tests/guest/machine/parts.h"
#include "tests/guest/machine/report.h"

int main(const struct start_page *start)
{
    report_begin(start);
    mm_client_init(start->message);
    rows_test();
    memory_test(start);
    report("endpoints, and the image of other programs", OK,
           (uint64_t)(int64_t)children_init(start));
    interrupt_test();
    deaths_test();
    report_end();
}
