/* Deliberate failures (`test=panic`, `test=hang`, `test=triple` on the kernel's command line),
 * so that the host's runner can be shown to notice. */
#pragma once

void selftest(const char *command_line);
