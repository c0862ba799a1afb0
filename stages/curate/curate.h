/* curate.h -- the stage that decides over all records: what enters the corpus, where, and why not. */
#ifndef CURATE_CURATE_H
#define CURATE_CURATE_H

#include "core/stage.h"

/* Tags every page, gives every item a split and a rank, deletes nothing. The decision it leaves with
 * rc_books_decide() is an object:
 *
 *   {"key": "5d0c...",             of the facts below: what they were read from
 *    "split": "train", "box": "box12",
 *    "rank": "<48 digits>",        its place in the corpus; empty when it has none
 *    "text": true,                 does any page of it enter the text shards?
 *    "reasons": ["rights-denied"], why the item has no place in the corpus; empty when it has one
 *    "training": "allowed",
 *    "pages": [{"order": 1, "scan": "<32 digits>", "frame": 0, "fold": "<32 digits or empty>",
 *               "signature": "<512 digits or empty>", "pixels": "<32 digits>", "look": "<32 digits>", "personal": false, "chars": 812,
 *               "copies": 2, "duplicate_of": {"item": "box12%2Fa", "order": 1},     the page that stays, where it is another one
 *               "confidence": 9134,                 ten-thousandths
 *               "statistics": {"chars": 780, "han": 9100, ...}, "style": "mixed", "script": "hant",    of pages with text: statistics.h
 *               "left_out": ["loops"],              which of its tags keep its text out by curate.leave_out
 *               "class": "text", "text": true, "image": true, "tags": ["duplicate-text"]}]}
 *
 * Tags: blank, picture, unreadable, handwriting, not-read, no-text, low-confidence, high-error, duplicate-scan, duplicate-pixels,
 * rescan, duplicate-text, near-duplicate, contaminated (contamination.h, with where; kept out as curate.contaminated says), personal-data (which keeps no page out: package masks it), withdrawn.
 * Tags of statistics.h too: which of those keep a text out curate.leave_out says.
 * Reasons: withdrawn, rights-denied, rights-unknown, record-unreadable, no-pages. */
extern const struct rc_batch_stage curate_stage;

#endif
