/*
 * The asker's side of the probe: it answers the probe's calls with routines to run, and turns
 * its faults into outcomes. The probe waits in a call whenever no touch is under way.
 */
#pragma once
#include "abi/fault.h"
#include "abi/status.h"

struct prober_touch {
    enum fault_access access;
    uint32_t width; /* 1, 2, 4 or 8 */
    uint64_t address;
    uint64_t value;
};

struct prober_outcome {
    bool broken;  /* the probe is lost */
    bool faulted; /* access and reason say how */
    enum fault_access access;
    enum fault_reason reason;
    uint64_t value; /* what a load found */
};

/*
 * Makes the ways on which the probe calls and its faults come. The probe thread itself is made
 * by who made the agent, with PROBE_FAULT_SLOT as its handler.
 * Returns: OK, or what mm or the kernel refused.
 */
NODISCARD status_t prober_init(void);

/* Has the probe do one load, store or jump. Requires: prober_init answered OK. */
struct prober_outcome prober_touch(const struct prober_touch *touch);
