/* Ports and interrupt lines for user programs: an allow-list, one capability each. */
#pragma once
#include "kernel/thread.h"

void device_port(struct thread *t);
void device_irq_bind(struct thread *t);
void device_irq_ack(struct thread *t);

/* An interrupt came on this line: mask it until SYS_IRQ_ACK, notify whoever bound it. */
void device_irq(uint32_t line);
