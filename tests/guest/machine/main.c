/* The machine test: what unit tests and scripts cannot show, on a booted system. */
#include "servers/mm/client/mm_client.h"
#include "tests/guest/machine/parts.h"
#include "tests/guest/machine/report.h"

int main(const struct start_page *start)
{
    report_begin(start);
    mm_client_init(start->message);
    rows_test();
    interrupt_test(start);
    report_end();
}
