/* test_upload_sigv4.c -- signatures are those that AWS published. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "upload/sigv4.h"

enum { NAME, SOURCE, SERVICE, TIME, METHOD, PATH, QUERY, HEADERS, PAYLOAD, SIGNATURE, COLUMNS };

/* Cuts text at each `at`, in place. */
static size_t cut(char *text, char at, char **parts, size_t max)
{
	size_t n = 0;

	while (*text && n < max) {
		parts[n++] = text;
		text += strcspn(text, (char[]){ at, '\0' });
		if (*text)
			*text++ = '\0';
	}
	return n;
}

/* "name: value" or "name=value" each. */
static size_t pairs_of(char *text, char between, const char *middle, struct sigv4_pair *pairs)
{
	char *parts[SIGV4_MAX_PAIRS];
	size_t n = cut(text, between, parts, SIGV4_MAX_PAIRS);

	for (size_t i = 0; i < n; i++) {
		char *value = strstr(parts[i], middle);

		*value = '\0';
		pairs[i] = (struct sigv4_pair){ parts[i], value + strlen(middle) };
	}
	return n;
}

static void check_example(char **column)
{
	struct sigv4_pair query[SIGV4_MAX_PAIRS], headers[SIGV4_MAX_PAIRS];
	bool suite = strcmp(column[SOURCE], "suite") == 0;
	struct sigv4_identity who = { suite ? "AKIDEXAMPLE" : "AKIAIOSFODNN7EXAMPLE",
	                              suite ? "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" : "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
	                              "us-east-1", column[SERVICE] };
	RC_OWN_BUF path = RC_BUF(4096);
	RC_OWN_BUF line = RC_BUF(4096);
	RC_OWN_BUF authorization = RC_BUF(4096);
	struct sigv4_request what = { .method = column[METHOD], .headers = headers };

	check(sigv4_query(&line, query, pairs_of(column[QUERY], '&', "=", query)));
	sigv4_encode(&path, column[PATH], true);
	what.path = path.data;
	what.query = line.data;
	what.n_headers = pairs_of(column[HEADERS], '|', ": ", headers);
	what.payload = strcmp(column[PAYLOAD], "-") == 0 ? SIGV4_EMPTY : column[PAYLOAD];
	check(sigv4_authorization(&authorization, &who, &what, column[TIME]));
	if (!check_contains(authorization.data, column[SIGNATURE]))
		printf("  in %s\n", column[NAME]);
}

TEST(published_examples_give_the_published_signatures)
{
	FILE *table = fopen(check_root("tests/unit/sigv4.tsv"), "r");
	char line[4096];
	int n = 0;

	if (!check(table != NULL))
		return;
	while (fgets(line, sizeof line, table)) {
		char *column[COLUMNS + 1];
		size_t columns = 0;

		if (*line == '#')
			continue;
		line[strcspn(line, "\n")] = '\0';
		/* Columns may be empty. */
		for (char *at = line; at && columns < COLUMNS; columns++) {
			column[columns] = at;
			at = strchr(at, '\t');
			if (at)
				*at++ = '\0';
		}
		check_int(columns, COLUMNS);
		check_example(column);
		n++;
	}
	check_int(n, 15);
	fclose(table);
}

TEST(a_query_is_in_the_order_that_is_signed)
{
	RC_OWN_BUF out = RC_BUF(4096);
	struct sigv4_pair pairs[SIGV4_MAX_PAIRS + 1] = { { "uploads", "" }, { "prefix", "甲/乙 丙" }, { "a-", "1" }, { "a", "2" }, { "a", "1" } };

	check(sigv4_query(&out, pairs, 5));
	check_str(out.data, "a=1&a=2&a-=1&prefix=%E7%94%B2%2F%E4%B9%99%20%E4%B8%99&uploads=");
	for (size_t i = 0; i < RC_COUNT(pairs); i++)
		pairs[i] = (struct sigv4_pair){ "x", "y" };
	check(!sigv4_query(&out, pairs, RC_COUNT(pairs)));
}

TEST(what_cannot_be_signed_is_refused)
{
	RC_OWN_BUF out = RC_BUF(4096);
	char secret[1000];
	struct sigv4_identity who = { "A", secret, "us-east-1", "s3" };
	struct sigv4_request what = { .method = "GET", .path = "/", .query = "", .payload = SIGV4_UNSIGNED };

	memset(secret, 'x', sizeof secret);
	secret[sizeof secret - 1] = '\0';
	check(!sigv4_authorization(&out, &who, &what, "20150830T123600Z"));
	secret[40] = '\0';
	check(!sigv4_authorization(&out, &who, &what, "2015"));
	check(sigv4_authorization(&out, &who, &what, "20150830T123600Z"));
	check(!strstr(out.data, secret));
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
