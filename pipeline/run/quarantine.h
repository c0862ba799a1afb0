/* quarantine.h -- quarantine/: one small text file per bad page or source: what, where, why, what to do. */
#ifndef RC_QUARANTINE_H
#define RC_QUARANTINE_H

#include "run/batch.h"
#include "run/ledger.h"

/* Brings the folder up to what the ledger committed. */
enum rc_status rc_quarantine_update(const struct rc_batch *batch, struct rc_ledger *ledger, struct rc_err *err);

#endif
