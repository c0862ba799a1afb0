/* wire.c -- what supervisor and worker say to each other: packets with descriptors.
 *
 *   rc_wire_new, add, string, put_err, get_err   the fields of a message
 *   rc_wire_send, recv                           one packet each
 *   rc_wire_text_fd                              long text as a descriptor */
#include "run/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "core/outfile.h"

#define HEAD offsetof(struct rc_wire, text)

struct rc_wire rc_wire_new(enum rc_wire_kind kind)
{
	return (struct rc_wire){ .kind = kind };
}

void rc_wire_add(struct rc_wire *msg, const char *string)
{
	size_t room = RC_WIRE_TEXT - msg->text_len, len = strlen(string);

	if (room == 0)
		return;
	if (len > room - 1)
		len = room - 1;
	memcpy(msg->text + msg->text_len, string, len);
	msg->text[msg->text_len + len] = '\0';
	msg->text_len += len + 1;
}

const char *rc_wire_string(const struct rc_wire *msg, int n)
{
	const char *s = msg->text, *end = msg->text + msg->text_len;

	while (n-- > 0 && s < end)
		s += strlen(s) + 1;
	return s < end ? s : "";
}

void rc_wire_put_err(struct rc_wire *msg, enum rc_status status, const struct rc_err *err)
{
	msg->status = status;
	msg->reason = err->reason;
	rc_wire_add(msg, err->text);
}

bool rc_wire_get_err(const struct rc_wire *msg, enum rc_status *status, struct rc_err *err)
{
	if (msg->status > RC_RUN_FAILED || msg->reason >= RC_REASON_COUNT)
		return false;
	*status = (enum rc_status)msg->status;
	rc_fail(err, *status, (enum rc_reason)msg->reason, "%s", rc_wire_string(msg, 0));
	return true;
}

union control {                 /* aligned room for the descriptors */
	struct cmsghdr head;
	char room[CMSG_SPACE(RC_WIRE_FDS * sizeof(int))];
};

bool rc_wire_send(int sock, const struct rc_wire *msg, const int *fds, int n_fds)
{
	union control control = { 0 };
	struct iovec part = { (void *)msg, HEAD + msg->text_len };
	struct msghdr packet = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t sent;

	if (n_fds > 0) {
		packet.msg_control = &control;
		packet.msg_controllen = CMSG_SPACE((size_t)n_fds * sizeof(int));
		struct cmsghdr *c = CMSG_FIRSTHDR(&packet);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN((size_t)n_fds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, (size_t)n_fds * sizeof(int));
	}
	do
		sent = sendmsg(sock, &packet, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent >= 0;
}

/* Moves the received descriptors into fds; those beyond its size cannot come, the control room ends there. */
static void take_fds(struct msghdr *packet, int fds[RC_WIRE_FDS])
{
	struct cmsghdr *c;

	for (int i = 0; i < RC_WIRE_FDS; i++)
		fds[i] = -1;
	for (c = CMSG_FIRSTHDR(packet); c; c = CMSG_NXTHDR(packet, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			memcpy(fds, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
}

int rc_wire_recv(int sock, bool wait, struct rc_wire *msg, int fds[RC_WIRE_FDS])
{
	union control control = { 0 };
	struct iovec part = { msg, sizeof *msg };
	struct msghdr packet = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t got;

	if (fds) {
		packet.msg_control = &control;
		packet.msg_controllen = sizeof control;
	}
	do
		got = recvmsg(sock, &packet, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
	while (got < 0 && errno == EINTR);
	if (fds)
		take_fds(&packet, fds);
	if (got <= 0)
		return got < 0 && errno == ECONNRESET ? 0 : (int)got;

	if ((packet.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) || (size_t)got < HEAD || msg->text_len > RC_WIRE_TEXT ||
	    (size_t)got != HEAD + msg->text_len || (msg->text_len > 0 && msg->text[msg->text_len - 1] != '\0')) {
		for (int i = 0; fds && i < RC_WIRE_FDS; i++) {
			rc_close(&fds[i]);
			fds[i] = -1;
		}
		errno = EBADMSG;
		return -1;
	}
	return 1;
}

int rc_wire_text_fd(const char *text, size_t len)
{
	RC_OWN_FD fd = memfd_create("redcorpus-text", MFD_CLOEXEC);
	int ret;

	if (fd < 0 || !rc_write_all(fd, text, len) || lseek(fd, 0, SEEK_SET) != 0)
		return -1;
	ret = fd;
	fd = -1;
	return ret;
}
