/* config.c -- one table of settings, and everything that follows from it.
 *
 *   settings[]           made from settings.def
 *   rc_setting_put()     one value from text, checked
 *   rc_config_set()      --set
 *   rc_config_print()    batch.yaml, with every key explained
 *   rc_config_help(), rc_config_hash(), rc_config_word()
 *
 * config_yaml.c reads batch.yaml and hands the values to rc_setting_put(). The program never calls
 * setlocale, so numbers have a point everywhere. */
#include "core/config_table.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"

enum { MAX_STRING = 4096, WIDTH = 79 };

#define PLACE(section, name) #section "." #name, #section, #name, offsetof(struct rc_config, section##_##name)
const struct rc_setting rc_settings[] = {
#define SETTING_BOOL(section, name, preset, key, help) \
	{ PLACE(section, name), RC_SET_BOOL, RC_KEY_##key, help, .number = preset },
#define SETTING_INT(section, name, preset, lowest, highest, key, help) \
	{ PLACE(section, name), RC_SET_INT, RC_KEY_##key, help, .number = preset, .low = lowest, .high = highest },
#define SETTING_REAL(section, name, preset, lowest, highest, key, help) \
	{ PLACE(section, name), RC_SET_REAL, RC_KEY_##key, help, .real = preset, .low = lowest, .high = highest },
#define SETTING_STR(section, name, preset, key, help) \
	{ PLACE(section, name), RC_SET_STR, RC_KEY_##key, help, .text = preset },
#define SETTING_ENUM(section, name, preset, choice, key, help) \
	{ PLACE(section, name), RC_SET_ENUM, RC_KEY_##key, help, .text = preset, .words = choice },
#define SETTING_SET(section, name, preset, choice, key, help) \
	{ PLACE(section, name), RC_SET_SET, RC_KEY_##key, help, .text = preset, .words = choice },
#include "core/settings.def"
};
const size_t rc_n_settings = RC_COUNT(rc_settings);

static void *field(const struct rc_config *cfg, const struct rc_setting *s)
{
	return (char *)(uintptr_t)cfg + s->offset;
}

/* ---- words ----------------------------------------------------------------------------------------- */

/* The next of the words in "a|b|c", its length in *len; moves *words past it. NULL after the last. */
static const char *next_word(const char **words, size_t *len)
{
	const char *word = *words;

	if (!*word)
		return NULL;
	*len = strcspn(word, "|");
	*words += *len + (word[*len] == '|');
	return word;
}

/* Index of the word, or -1. */
static int word_index(const char *words, const char *word, size_t len)
{
	const char *known;
	size_t known_len;

	for (int i = 0; (known = next_word(&words, &known_len)); i++)
		if (known_len == len && memcmp(known, word, len) == 0)
			return i;
	return -1;
}

/* Appends the words with `between` between them; those not in `bits` are left out. */
static void add_words(struct rc_buf *out, const char *words, unsigned bits, const char *between)
{
	const char *word;
	size_t len;
	bool first = true;

	for (unsigned i = 0; (word = next_word(&words, &len)); i++) {
		if (!(bits >> i & 1))
			continue;
		if (!first)
			rc_buf_adds(out, between);
		rc_buf_add(out, word, len);
		first = false;
	}
}

/* ---- did you mean ---------------------------------------------------------------------------------- */

/* Edits (insert, delete, replace, swap neighbours) between two short names; large when they are long. */
static unsigned distance(const char *a, const char *b)
{
	enum { MAX = 48 };
	unsigned rows[3][MAX + 1];
	size_t n = strlen(a), m = strlen(b);

	if (n > MAX || m > MAX)
		return MAX;
	for (size_t k = 0; k <= m; k++)
		rows[0][k] = (unsigned)k;
	for (size_t i = 1; i <= n; i++) {
		unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];

		row[0] = (unsigned)i;
		for (size_t k = 1; k <= m; k++) {
			unsigned best = above[k - 1] + (a[i - 1] != b[k - 1]);

			if (above[k] + 1 < best)
				best = above[k] + 1;
			if (row[k - 1] + 1 < best)
				best = row[k - 1] + 1;
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] && two_above[k - 2] + 1 < best)
				best = two_above[k - 2] + 1;
			row[k] = best;
		}
	}
	return rows[n % 3][m];
}

const char *rc_setting_guess(const char *name)
{
	const char *dot = strchr(name, '.'), *guess = NULL;
	const char *own = dot ? dot + 1 : name;
	unsigned best = (unsigned)strlen(name) / 4 + 1;

	for (size_t i = 0; i < rc_n_settings; i++) {
		/* The right name in the wrong section is the likeliest mistake of all. */
		if (strcmp(rc_settings[i].name, own) == 0)
			return rc_settings[i].full;
		unsigned far = distance(name, rc_settings[i].full);

		if (far <= best && (!guess || far < best)) {
			guess = rc_settings[i].full;
			best = far;
		}
	}
	return guess;
}

const char *rc_section_guess(const char *name)
{
	for (size_t i = 0; i < rc_n_settings; i++)
		if (distance(name, rc_settings[i].section) <= 2)
			return rc_settings[i].section;
	return NULL;
}

const struct rc_setting *rc_setting_find(const char *full)
{
	for (size_t i = 0; i < rc_n_settings; i++)
		if (strcmp(rc_settings[i].full, full) == 0)
			return &rc_settings[i];
	return NULL;
}

const struct rc_setting *rc_section_find(const char *name)
{
	for (size_t i = 0; i < rc_n_settings; i++)
		if (strcmp(rc_settings[i].section, name) == 0)
			return &rc_settings[i];
	return NULL;
}

/* ---- values from text ------------------------------------------------------------------------------ */

#define wrong(err, ...) rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, __VA_ARGS__)

static enum rc_status set_bool(bool *to, const char *text, struct rc_err *err)
{
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		return wrong(err, "'%s' is neither true nor false", text);
	*to = text[0] == 't';
	return RC_OK;
}

static enum rc_status set_int(int64_t *to, const struct rc_setting *s, const char *text, struct rc_err *err)
{
	char *end;
	bool digits = isdigit((unsigned char)text[text[0] == '-' || text[0] == '+']);

	errno = 0;
	long long value = strtoll(text, &end, 10);

	if (!digits || *end)
		return wrong(err, "'%s' is not a whole number", text);
	if (errno || (double)value < s->low || (double)value > s->high)
		return wrong(err, "%s is outside %.0f to %.0f", text, s->low, s->high);
	*to = value;
	return RC_OK;
}

static enum rc_status set_real(double *to, const struct rc_setting *s, const char *text, struct rc_err *err)
{
	char *end;
	double value = strtod(text, &end);

	/* strtod also takes "inf", "nan" and hexadecimal: nobody means those here. */
	if (!*text || *end || strspn(text, "0123456789+-.eE") != strlen(text))
		return wrong(err, "'%s' is not a number", text);
	if (!(value >= s->low && value <= s->high))
		return wrong(err, "%s is outside %g to %g", text, s->low, s->high);
	*to = value;
	return RC_OK;
}

static enum rc_status set_string(char **to, const char *text, struct rc_err *err)
{
	size_t len = strlen(text);

	if (len > MAX_STRING)
		return wrong(err, "the text is longer than %d bytes", MAX_STRING);
	if (!rc_utf8_valid(text, len))
		return wrong(err, "the text is not UTF-8");
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7F)
			return wrong(err, "there is a control character in the text");
	char *copy = rc_strdup(text);

	free(*to);
	*to = copy;
	return RC_OK;
}

static enum rc_status no_such_word(const struct rc_setting *s, const char *word, size_t len, struct rc_err *err)
{
	RC_OWN_BUF words = RC_BUF(MAX_STRING);

	add_words(&words, s->words, ~0u, ", ");
	return wrong(err, "'%.*s' is none of %s", (int)len, word, words.data);
}

static enum rc_status set_word(int *to, const struct rc_setting *s, const char *text, struct rc_err *err)
{
	int index = word_index(s->words, text, strlen(text));

	if (index < 0)
		return no_such_word(s, text, strlen(text), err);
	*to = index;
	return RC_OK;
}

static enum rc_status set_words(unsigned *to, const struct rc_setting *s, const char *text, struct rc_err *err)
{
	unsigned bits = 0;

	for (const char *at = text + strspn(text, " "); *at;) {
		size_t whole = strcspn(at, ","), len = whole;

		while (len && at[len - 1] == ' ')
			len--;
		int index = word_index(s->words, at, len);

		if (index < 0)
			return no_such_word(s, at, len, err);
		bits |= 1u << index;
		if (!at[whole])
			break;
		at += whole + 1;
		at += strspn(at, " ");
		if (!*at)
			return no_such_word(s, at, 0, err);
	}
	*to = bits;
	return RC_OK;
}

enum rc_status rc_setting_put(struct rc_config *cfg, const struct rc_setting *s, const char *text, struct rc_err *err)
{
	switch (s->type) {
	case RC_SET_BOOL: return set_bool(field(cfg, s), text, err);
	case RC_SET_INT:  return set_int(field(cfg, s), s, text, err);
	case RC_SET_REAL: return set_real(field(cfg, s), s, text, err);
	case RC_SET_STR:  return set_string(field(cfg, s), text, err);
	case RC_SET_ENUM: return set_word(field(cfg, s), s, text, err);
	case RC_SET_SET:  return set_words(field(cfg, s), s, text, err);
	}
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "setting '%s' has no type", s->full);
}

enum rc_status rc_setting_unknown(const char *name, struct rc_err *err)
{
	const char *guess = rc_setting_guess(name);

	if (guess)
		return wrong(err, "unknown setting '%s' (did you mean '%s'?)", name, guess);
	return wrong(err, "unknown setting '%s'", name);
}

enum rc_status rc_config_set(struct rc_config *cfg, const char *assignment, struct rc_err *err)
{
	const char *equals = strchr(assignment, '=');

	if (!equals || equals == assignment)
		return wrong(err, "--set: '%s' is not KEY=VALUE", assignment);
	RC_OWN_STR name = rc_strdup(assignment);

	name[equals - assignment] = '\0';
	const struct rc_setting *s = rc_setting_find(name);

	if (!s)
		return rc_fail_in(err, rc_setting_unknown(name, err), "--set");
	enum rc_status status = rc_setting_put(cfg, s, equals + 1, err);

	return rc_good(status) ? status : rc_fail_in(err, status, "--set: %s", s->full);
}

/* ---- the struct ------------------------------------------------------------------------------------ */

struct rc_config *rc_config_new(void)
{
	struct rc_config *cfg = rc_alloc(sizeof *cfg);

	for (size_t i = 0; i < rc_n_settings; i++) {
		const struct rc_setting *s = &rc_settings[i];

		if (s->type == RC_SET_BOOL)
			*(bool *)field(cfg, s) = s->number;
		else if (s->type == RC_SET_INT)
			*(int64_t *)field(cfg, s) = s->number;
		else if (s->type == RC_SET_REAL)
			*(double *)field(cfg, s) = s->real;
		else if (!rc_good(rc_setting_put(cfg, s, s->text, NULL)))
			abort();        /* settings.def contradicts itself */
	}
	return cfg;
}

void rc_config_free(struct rc_config **cfg)
{
	if (!*cfg)
		return;
	for (size_t i = 0; i < rc_n_settings; i++)
		if (rc_settings[i].type == RC_SET_STR)
			free(*(char **)field(*cfg, &rc_settings[i]));
	free(*cfg);
	*cfg = NULL;
}

struct rc_config *rc_config_copy(const struct rc_config *cfg)
{
	struct rc_config *copy = rc_alloc(sizeof *copy);

	*copy = *cfg;
	for (size_t i = 0; i < rc_n_settings; i++) {
		char **string = field(copy, &rc_settings[i]);

		if (rc_settings[i].type == RC_SET_STR)
			*string = rc_strdup(*string);
	}
	return copy;
}

/* ---- values as text -------------------------------------------------------------------------------- */

/* The shortest of 15, 16 and 17 digits that reads as the same number. */
static void add_real(struct rc_buf *out, double value)
{
	char text[40];

	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	rc_buf_adds(out, text);
}

static void add_quoted(struct rc_buf *out, const char *text)
{
	rc_buf_addc(out, '"');
	while (*text) {
		const char *from = text;
		uint32_t cp = rc_utf8_next(&text);

		/* What YAML takes for a line break or does not take at all. */
		if ((cp >= 0x7F && cp < 0xA0) || cp == 0x2028 || cp == 0x2029 || cp == 0xFEFF || (cp & 0xFFFE) == 0xFFFE) {
			rc_buf_addf(out, "\\U%08X", cp);
			continue;
		}
		if (cp == '"' || cp == '\\')
			rc_buf_addc(out, '\\');
		rc_buf_add(out, from, (size_t)(text - from));
	}
	rc_buf_addc(out, '"');
}

/* The value as batch.yaml has it. */
static void add_value(struct rc_buf *out, const struct rc_config *cfg, const struct rc_setting *s)
{
	const void *value = field(cfg, s);

	switch (s->type) {
	case RC_SET_BOOL: rc_buf_adds(out, *(const bool *)value ? "true" : "false"); break;
	case RC_SET_INT:  rc_buf_addf(out, "%lld", (long long)*(const int64_t *)value); break;
	case RC_SET_REAL: add_real(out, *(const double *)value); break;
	case RC_SET_STR:  add_quoted(out, *(char *const *)value); break;
	case RC_SET_ENUM: add_words(out, s->words, 1u << *(const int *)value, ""); break;
	case RC_SET_SET:
		rc_buf_addc(out, '[');
		add_words(out, s->words, *(const unsigned *)value, ", ");
		rc_buf_addc(out, ']');
		break;
	}
}

/* Appends what a value may be: "0 to 1024", "one of a, b", "some of a, b"; nothing for text. */
static void add_range(struct rc_buf *out, const struct rc_setting *s)
{
	switch (s->type) {
	case RC_SET_BOOL: rc_buf_adds(out, "true or false"); break;
	case RC_SET_INT:  rc_buf_addf(out, "%.0f to %.0f", s->low, s->high); break;
	case RC_SET_REAL: rc_buf_addf(out, "%g to %g", s->low, s->high); break;
	case RC_SET_STR:  rc_buf_adds(out, "text"); break;
	case RC_SET_ENUM:
	case RC_SET_SET:
		rc_buf_adds(out, s->type == RC_SET_ENUM ? "one of " : "some of ");
		add_words(out, s->words, ~0u, ", ");
		break;
	}
}

/* Appends the words of text, each line starting with `margin` and at most WIDTH bytes long. */
static void add_wrapped(struct rc_buf *out, const char *margin, const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (column && column + 1 + len > WIDTH) {
			rc_buf_addc(out, '\n');
			column = 0;
		}
		rc_buf_adds(out, column ? " " : margin);
		column += column ? 1 : strlen(margin);
		rc_buf_add(out, text, len);
		column += len;
		text += len + strspn(text + len, " ");
	}
	rc_buf_addc(out, '\n');
}

void rc_config_print(const struct rc_config *cfg, struct rc_buf *out)
{
	const char *section = "";

	rc_buf_adds(out, "# Settings of this batch. What is left out has its default; a wrong value is\n"
	                 "# refused before anything is done. A changed setting redoes what depends on it\n"
	                 "# and nothing else.\n");
	for (size_t i = 0; i < rc_n_settings; i++) {
		const struct rc_setting *s = &rc_settings[i];
		RC_OWN_BUF help = RC_BUF(MAX_STRING);

		if (strcmp(section, s->section) != 0)
			rc_buf_addf(out, "\n%s:\n", s->section);
		section = s->section;
		rc_buf_addf(&help, "%s (", s->help);
		add_range(&help, s);
		rc_buf_addc(&help, ')');
		add_wrapped(out, "  # ", help.data);
		rc_buf_addf(out, "  %s: ", s->name);
		add_value(out, cfg, s);
		rc_buf_addc(out, '\n');
	}
}

void rc_config_help(struct rc_buf *out)
{
	RC_CLEANUP(rc_config_free) struct rc_config *presets = rc_config_new();

	for (size_t i = 0; i < rc_n_settings; i++) {
		const struct rc_setting *s = &rc_settings[i];
		RC_OWN_BUF value = RC_BUF(MAX_STRING);
		RC_OWN_BUF range = RC_BUF(MAX_STRING);
		size_t start = out->len;

		add_value(&value, presets, s);
		rc_buf_addc(&range, '(');
		add_range(&range, s);
		rc_buf_addc(&range, ')');
		rc_buf_addf(out, "  %-24s %s", s->full, value.data);
		if (out->len - start + 2 + range.len <= WIDTH) {
			rc_buf_addf(out, "  %s\n", range.data);
		} else {
			rc_buf_addc(out, '\n');
			add_wrapped(out, "      ", range.data);
		}
		add_wrapped(out, "      ", s->help);
	}
}

void rc_config_hash(const struct rc_config *cfg, enum rc_setting_key key, struct rc_hasher *h)
{
	for (size_t i = 0; i < rc_n_settings; i++) {
		RC_OWN_BUF value = RC_BUF(5 * MAX_STRING + 2);      /* two bytes may become ten, in quotes */

		if (rc_settings[i].key != key)
			continue;
		add_value(&value, cfg, &rc_settings[i]);
		rc_hasher_add_str(h, rc_settings[i].full);
		rc_hasher_add_str(h, value.data);
	}
}

const char *rc_config_word(const struct rc_config *cfg, const char *setting)
{
	/* Words are parts of "a|b|c": kept apart once, for strings that end. */
	static char words[RC_COUNT(rc_settings)][32];
	const struct rc_setting *s = rc_setting_find(setting);
	RC_OWN_BUF word = RC_BUF(sizeof words[0] - 1);

	if (!s || s->type != RC_SET_ENUM)
		return "";
	add_value(&word, cfg, s);
	return memcpy(words[s - rc_settings], word.data, word.len + 1);
}
