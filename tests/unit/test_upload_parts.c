/* test_upload_parts.c -- small parts of transfers: how fast bytes may flow, who asks, and what servers say. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "core/outfile.h"
#include "upload/credentials.h"
#include "upload/http.h"
#include "upload/s3_xml.h"

/* ---- the pace ----------------------------------------------------------------------------------------------- */

static int64_t rate_at(const char *text, int hour, int minute)
{
	RC_CLEANUP(pace_free) struct pace *p = NULL;

	return rc_good(pace_new(&p, text, NULL)) ? pace_rate(p, hour * 60 + minute) : -1;
}

TEST(a_timetable_says_how_fast_at_which_time)
{
	static const char office[] = "08:00-20:00 2M, 22:00-06:00 full, else 500k";

	check_int(rate_at("", 12, 0), 0);
	check_int(rate_at("full", 12, 0), 0);
	check_int(rate_at("1.5M", 12, 0), 1500000);
	check_int(rate_at("2G", 12, 0), 2000000000);
	check_int(rate_at(office, 7, 59), 500000);
	check_int(rate_at(office, 8, 0), 2000000);
	check_int(rate_at(office, 19, 59), 2000000);
	check_int(rate_at(office, 20, 0), 500000);
	check_int(rate_at(office, 23, 30), 0);
	check_int(rate_at(office, 0, 0), 0);
	check_int(rate_at(office, 6, 0), 500000);
	check_int(rate_at("00:00-24:00 1k", 23, 59), 1000);
	check_int(rate_at("08:00-20:00 2M", 21, 0), 0);
}

TEST(what_is_no_timetable_is_refused)
{
	static const char *const bad[] = { "fast", "-1M", "10X", "10MB", "1", "99", "nan", "25:00-26:00 1M", "08:00-20:61 1M", "08:00-20:001M",
	                                   "08:00 1M", "else", "1M,,2M", "08:00-24:01 1M" };
	struct rc_err err = { 0 };

	for (size_t i = 0; i < RC_COUNT(bad); i++) {
		RC_CLEANUP(pace_free) struct pace *p = NULL;

		if (!check_int(pace_new(&p, bad[i], &err), RC_RUN_FAILED))
			printf("  of '%s'\n", bad[i]);
		check_int(err.reason, RC_WHY_SETTING);
	}
}

/* Somebody who asks every `every` seconds whether bytes may move, and moves a step whenever they may; every `busy_every` seconds (0: never)
 * he is busy with something else for `busy` seconds. Returns bytes per second; ret_most: the most within any ten seconds, over ten. */
static double flow_of(const char *rate, double seconds, double every, double busy_every, double busy, double *ret_most)
{
	enum { SLOT_MS = 100, SLOTS = 6000, WINDOW = 100 };
	RC_CLEANUP(pace_free) struct pace *p = NULL;
	int64_t slots[SLOTS] = { 0 }, moved = 0, most = 0;
	double rest = busy_every;

	check(rc_good(pace_new(&p, rate, NULL)));
	for (double now = 0; now < seconds; now += every) {
		if (busy_every > 0 && now > rest) {
			now += busy;
			rest = now + busy_every;
		}
		while (pace_ready(p, 100 + now)) {
			size_t step = pace_step(p, 1 << 18);

			pace_spend(p, (int64_t)step);
			moved += (int64_t)step;
			slots[(int)(now * 1000 / SLOT_MS) % SLOTS] += (int64_t)step;
		}
	}
	for (int first = 0; first + WINDOW <= SLOTS; first++) {
		int64_t sum = 0;

		for (int i = first; i < first + WINDOW; i++)
			sum += slots[i];
		most = sum > most ? sum : most;
	}
	if (ret_most)
		*ret_most = (double)most / (WINDOW * SLOT_MS / 1e3);
	return (double)moved / seconds;
}

static double flow(double seconds, double every)
{
	return flow_of("1M", seconds, every, 0, 0, NULL);
}

TEST(over_a_while_the_rate_is_the_one_that_was_set)
{
	RC_CLEANUP(pace_free) struct pace *p = NULL;

	check_near(flow(10, 0.001), 1e6, 0.01e6);
	check_near(flow(10, 0.04), 1e6, 0.01e6);
	/* Nothing that was saved up comes in one burst after a pause. */
	check(flow(10, 0.5) < 0.2e6);
	check(rc_good(pace_new(&p, "1M", NULL)));
	check(pace_ready(p, 100));
	pace_spend(p, 500000);
	check(!pace_ready(p, 100.25));
	check_near(pace_wait(p), 0.25, 1e-6);
	check(pace_ready(p, 100.5));
}

TEST(who_is_busy_now_and_then_still_comes_to_the_rate_and_never_far_over_it)
{
	static const struct { double every, busy; } lives[] = {
		{ 1.6, 0.08 },          /* a part of 16 MB is hashed before it is sent */
		{ 1.6, 0.25 }, { 0.2, 0.03 }, { 5, 0.45 },
	};
	double most = 0;

	for (size_t i = 0; i < RC_COUNT(lives); i++) {
		check_near(flow_of("10M", 60, 0.001, lives[i].every, lives[i].busy, &most), 10e6, 0.1e6);
		check(most < 10.5e6);
	}
	/* A minute of nothing is not made up for: half a second's worth is. */
	check_near(flow_of("10M", 300, 0.001, 60, 60, &most), 0.6 * 10e6, 0.1e6);
	check(most < 10.6e6);
}

static int minute_of_day;
static int fake_minute(void)
{
	return minute_of_day;
}

/* Bytes in ten seconds from `from` on. */
static int64_t ten_seconds(struct pace *p, double from)
{
	int64_t moved = 0;

	for (double now = from; now < from + 10; now += 0.001)
		while (pace_ready(p, now)) {
			pace_spend(p, 1000);
			moved += 1000;
			if (moved > 1000000000)         /* full: as much as there is */
				return moved;
		}
	return moved;
}

TEST(a_tariff_changes_when_its_time_has_come)
{
	RC_CLEANUP(pace_free) struct pace *p = NULL;

	check(rc_good(pace_new(&p, "08:00-20:00 2M, 20:00-22:00 500k, else full", NULL)));
	pace_set_clock(p, fake_minute);
	minute_of_day = 19 * 60 + 59;
	check_near((double)ten_seconds(p, 100), 20e6, 0.4e6);
	minute_of_day++;
	check_near((double)ten_seconds(p, 110), 5e6, 0.1e6 + 2e6);      /* it looks at the clock once a second */
	check_near((double)ten_seconds(p, 120), 5e6, 0.1e6);
	minute_of_day = 22 * 60;
	check(ten_seconds(p, 130) > 1000000000);
	check_int((int64_t)(pace_wait(p) * 1e6), 0);
	minute_of_day = 8 * 60;
	check_near((double)ten_seconds(p, 150), 20e6, 0.4e6);
}

/* ---- who asks ----------------------------------------------------------------------------------------------- */

static void put(const char *path, const char *text)
{
	check(rc_good(rc_file_put(path, text, strlen(text), NULL)));
}

/* No variable of whoever runs the tests counts. */
static void clean_environment(void)
{
	static const char *const names[] = { "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION",
	                                     "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE" };

	for (size_t i = 0; i < RC_COUNT(names); i++)
		unsetenv(names[i]);
	setenv("AWS_SHARED_CREDENTIALS_FILE", "credentials", 1);
	setenv("AWS_CONFIG_FILE", "config", 1);
}

static const char secret_file[] = "# keys\n[default]\naws_access_key_id = AKDEFAULT\naws_secret_access_key=s3cret/default\n\n"
                                  "[lab]\r\naws_access_key_id=AKLAB\r\naws_secret_access_key = s3cret+lab==\r\naws_session_token = tok\r\n"
                                  "[half]\naws_access_key_id = AKHALF\n[spaced]\naws_access_key_id = AK\naws_secret_access_key = two words\n";
static const char config_file[] = "[default]\nregion = eu-west-1\n[profile lab]\nregion = cn-north-1\ns3 =\n  endpoint_url = https://s3.lab:9000/\n"
                                  "  addressing_style = virtual\nendpoint_url = https://all.lab\n[profile other]\nregion = us-west-2\n";

static enum rc_status find(const char *profile, struct credentials *c, struct rc_err *err)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_OWN_BUF set = RC_BUF(200);

	rc_buf_addf(&set, "upload.profile=%s", profile);
	check(rc_good(rc_config_set(cfg, set.data, NULL)));
	return credentials_find(c, cfg, err);
}

TEST(keys_and_places_come_from_profiles_as_aws_tools_read_them)
{
	RC_CLEANUP(credentials_wipe) struct credentials usual = { 0 };
	RC_CLEANUP(credentials_wipe) struct credentials lab = { 0 };

	clean_environment();
	put("credentials", secret_file);
	put("config", config_file);
	check_int(find("", &usual, NULL), RC_OK);
	check_str(usual.access_key, "AKDEFAULT");
	check_str(usual.secret_key, "s3cret/default");
	check(!usual.token);
	check_str(usual.region, "eu-west-1");
	check_str(usual.endpoint, "");
	check(!usual.path_style);
	check_int(find("lab", &lab, NULL), RC_OK);
	check_str(lab.secret_key, "s3cret+lab==");
	check_str(lab.token, "tok");
	check_str(lab.region, "cn-north-1");
	check_str(lab.endpoint, "https://s3.lab:9000");
	check(!lab.path_style);
}

TEST(the_environment_goes_before_files_and_after_a_named_profile)
{
	RC_CLEANUP(credentials_wipe) struct credentials env = { 0 };
	RC_CLEANUP(credentials_wipe) struct credentials lab = { 0 };

	clean_environment();
	put("credentials", secret_file);
	put("config", config_file);
	setenv("AWS_ACCESS_KEY_ID", "AKENV", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "s3cret-env", 1);
	setenv("AWS_ENDPOINT_URL", "http://10.0.0.7:9000", 1);
	check_int(find("", &env, NULL), RC_OK);
	check_str(env.access_key, "AKENV");
	check_str(env.secret_key, "s3cret-env");
	check_str(env.endpoint, "http://10.0.0.7:9000");
	check(env.path_style);
	check_int(find("lab", &lab, NULL), RC_OK);
	check_str(lab.access_key, "AKLAB");
	check_str(lab.secret_key, "s3cret+lab==");
}

TEST(wrong_credentials_are_refused_without_showing_them)
{
	static const struct { const char *profile, *variable, *value, *says; } cases[] = {
		{ "half", "x", "x", "an access key without its secret key" },
		{ "spaced", "x", "x", "a space" },
		{ "nobody", "x", "x", "cannot find profile 'nobody'" },
		{ "", "AWS_SECRET_ACCESS_KEY", "s3cret", "a secret key without its access key" },
		{ "", "AWS_REGION", "eu west", "upload.region" },
		{ "", "AWS_ENDPOINT_URL", "https://me:s3cret@host", "upload.endpoint" },
		{ "", "AWS_ENDPOINT_URL", "ftp://host", "upload.endpoint" },
		{ "", "AWS_ENDPOINT_URL", "https://", "upload.endpoint" },
		{ "", "AWS_ENDPOINT_URL", "https://host\r\nx: y", "upload.endpoint" },
	};

	for (size_t i = 0; i < RC_COUNT(cases); i++) {
		RC_CLEANUP(credentials_wipe) struct credentials c = { 0 };
		struct rc_err err = { 0 };

		clean_environment();
		put("credentials", secret_file);
		setenv(cases[i].variable, cases[i].value, 1);
		check_int(find(cases[i].profile, &c, &err), RC_RUN_FAILED);
		check_contains(err.text, cases[i].says);
		check(!strstr(err.text, "s3cret") && !strstr(err.text, "words"));
	}
}

/* ---- what servers say ------------------------------------------------------------------------------------------ */

static enum rc_status note(void *ctx, const char *group, const char *name, const char *value, struct rc_err *err)
{
	rc_buf_addf(ctx, "%s/%s=%s;", group, name ? name : "", value ? value : "");
	return RC_OK;
}

static enum rc_status read_xml(const char *xml, size_t len, struct rc_buf *seen, struct rc_err *err)
{
	RC_OWN_BUF bytes = RC_BUF(1 << 20);

	rc_buf_add(&bytes, xml, len);
	return s3_xml_each(&bytes, "List", note, seen, err);
}

TEST(answers_come_apart_into_groups_and_values)
{
	RC_OWN_BUF seen = RC_BUF(1 << 16);
	static const char xml[] = "<List xmlns=\"x\"><More>true</More><Part><N>1</N><Owner><ID>z</ID></Owner><Key>a&amp;b</Key></Part><Part/></List>";

	check_int(read_xml(xml, strlen(xml), &seen, NULL), RC_OK);
	check_str(seen.data, "/More=true;Part/N=1;Part/Owner=;Part/Key=a&b;Part/=;/Part=;");
}

TEST(hostile_answers_are_the_networks_fault_and_nothing_worse)
{
	static const char *const bad[] = { "", "no XML", "<Error><Code>x</Code></Error>", "<List><Key>a</Key>", "<List><Key>a</List>", "<List>\xff</List>",
	                                   "<!DOCTYPE List [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><List><Key>&b;</Key></List>",
	                                   "<!DOCTYPE List [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><List><Key>&a;</Key></List>" };
	RC_OWN_BUF seen = RC_BUF(1 << 16);
	RC_OWN_BUF xml = RC_BUF(1 << 20);
	struct rc_err err;

	for (size_t i = 0; i < RC_COUNT(bad); i++) {
		err = (struct rc_err){ 0 };
		if (!check_int(read_xml(bad[i], strlen(bad[i]), &seen, &err), RC_RUN_FAILED) || !check_int(err.reason, RC_WHY_NETWORK))
			printf("  of %s\n", bad[i]);
	}
	check(!strstr(seen.data, "root:") && !strstr(seen.data, "aaaa"));

	/* A value that is too long, and a tree that is too deep. */
	rc_buf_adds(&xml, "<List><Key>");
	for (int i = 0; i <= S3_XML_VALUE; i++)
		rc_buf_addc(&xml, 'a');
	rc_buf_adds(&xml, "</Key></List>");
	check_int(read_xml(xml.data, xml.len, &seen, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_NETWORK);
	rc_buf_clear(&xml);
	rc_buf_adds(&xml, "<List>");
	for (int i = 0; i < 100000; i++)
		rc_buf_adds(&xml, "<a>");
	check_int(read_xml(xml.data, xml.len, &seen, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_NETWORK);
}

TEST(an_error_is_known_and_cut_to_its_room)
{
	RC_OWN_BUF xml = RC_BUF(1 << 16);
	struct s3_error e;

	rc_buf_adds(&xml, "<Error><Code>SlowDown</Code><Message>");
	for (int i = 0; i < 1000; i++)
		rc_buf_adds(&xml, "x");
	rc_buf_adds(&xml, "</Message><Region>eu-west-1</Region></Error>");
	s3_xml_error(&xml, &e);
	check_str(e.code, "SlowDown");
	check_int(strlen(e.message), sizeof e.message - 1);
	check_str(e.region, "eu-west-1");
	rc_buf_clear(&xml);
	rc_buf_adds(&xml, "<html><Code>SlowDown</Code></html>");
	s3_xml_error(&xml, &e);
	check_str(e.code, "");
}

TEST(what_may_pass_is_asked_again)
{
	static const struct { long code; enum http_verdict verdict; enum rc_reason why; } cases[] = {
		{ 200, HTTP_GOOD, RC_WHY_NONE }, { 206, HTTP_GOOD, RC_WHY_NONE }, { 301, HTTP_BAD, RC_WHY_NETWORK }, { 400, HTTP_BAD, RC_WHY_NETWORK },
		{ 401, HTTP_BAD, RC_WHY_MISSING }, { 403, HTTP_BAD, RC_WHY_MISSING }, { 404, HTTP_BAD, RC_WHY_NETWORK }, { 408, HTTP_AGAIN, RC_WHY_NETWORK },
		{ 429, HTTP_AGAIN, RC_WHY_NETWORK }, { 500, HTTP_AGAIN, RC_WHY_NETWORK }, { 501, HTTP_BAD, RC_WHY_NETWORK }, { 503, HTTP_AGAIN, RC_WHY_NETWORK },
	};

	for (size_t i = 0; i < RC_COUNT(cases); i++) {
		struct http_answer a = { .code = cases[i].code };
		struct rc_err err = { 0 };

		check_int(http_judge(&a, &err), cases[i].verdict);
		if (cases[i].verdict != HTTP_GOOD)
			check_int(err.reason, cases[i].why);
	}
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
