/* bagit.c -- a BagIt 1.0 bag per item: the METS package (mets.c) with the scans, and the record, as payload.
 *
 *     bagit.txt  bag-info.txt  manifest-*.txt  tagmanifest-*.txt
 *     data/record.xml  data/mets.xml  data/premis.xml  data/alto/p07.xml  data/scans/p07.tif
 *
 * The scans are byte for byte those that were ingested: mets.c compares their digests while it copies them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "common/bag.h"
#include "core/version.h"
#include "export/pages.h"

enum { CHUNK = 1 << 18 };

static enum rc_status copy_record(const struct export_item *item, const char *folder, struct rc_err *err)
{
	RC_CLEANUP(rc_outfile_abort) struct rc_outfile *file = NULL;
	RC_CLEANUP(rc_free) char *room = rc_alloc(CHUNK);
	RC_OWN_BUF path = RC_BUF(8 * RC_MAX_NAME);
	RC_OWN_FD fd = open(item->record, O_RDONLY | O_CLOEXEC);
	ssize_t got = 1;

	rc_buf_addf(&path, "%s/record.xml", folder);
	enum rc_status status = rc_outfile_open(&file, path.data, err);

	while (rc_good(status) && got > 0) {
		got = fd < 0 ? -1 : read(fd, room, CHUNK);
		if (got < 0 && errno != EINTR)
			return rc_fail_errno(err, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot read '%s'", item->record);
		if (got > 0)
			status = rc_outfile_write(file, room, (size_t)got, err);
		got = got < 0 ? 1 : got;
	}
	return rc_good(status) ? rc_outfile_commit(&file, err) : status;
}

/* What bag-info.txt says; Payload-Oxum comes of itself. */
static void describe(struct bag_writer *bag, const struct export_item *item, const struct record_head *head)
{
	const struct export_sender *from = item->sender;
	char date[11];

	if (from) {
		bag_info(bag, "Source-Organization", from->organization);
		bag_info(bag, "Organization-Address", from->address);
		bag_info(bag, "Contact-Name", from->contact_name);
		bag_info(bag, "Contact-Phone", from->contact_phone);
		bag_info(bag, "Contact-Email", from->contact_email);
	}
	bag_info(bag, "External-Identifier", *head->reference ? head->reference : head->id);
	if (*head->reference)
		bag_info(bag, "Internal-Sender-Identifier", head->id);
	bag_info(bag, "External-Description", head->title);
	if (item->created) {
		snprintf(date, sizeof date, "%s", item->created);
		bag_info(bag, "Bagging-Date", date);
	}
	bag_info(bag, "Bag-Software-Agent", "redcorpus " RC_VERSION);
}

static enum rc_status describe_item(struct bag_writer *bag, const struct export_item *item, struct rc_err *err)
{
	RC_CLEANUP(record_close) struct record_reader *record = NULL;
	enum rc_status status = record_open(&record, item->record, err);

	if (rc_good(status))
		describe(bag, item, record_head(record));
	return status;
}

enum rc_status export_bagit(struct export_item *item, const char *to, struct rc_err *err)
{
	RC_CLEANUP(bag_free) struct bag_writer *bag = bag_begin(to);
	RC_OWN_BUF data = RC_BUF(8 * RC_MAX_NAME);

	rc_buf_addf(&data, "%s/data", to);
	enum rc_status status = rc_buf_check(&data, "a path", err);

	if (rc_good(status))
		status = rc_make_dirs(data.data, err);
	if (rc_good(status))
		status = export_mets(item, data.data, err);
	if (rc_good(status))
		status = copy_record(item, data.data, err);
	if (rc_good(status))
		status = describe_item(bag, item, err);
	return rc_good(status) ? bag_end(bag, err) : status;
}
