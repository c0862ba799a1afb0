/* config_table.h -- the table of settings, between config.c and config_yaml.c. Others use config.h. */
#ifndef RC_CONFIG_TABLE_H
#define RC_CONFIG_TABLE_H

#include "core/config.h"

enum rc_setting_type { RC_SET_BOOL, RC_SET_INT, RC_SET_REAL, RC_SET_STR, RC_SET_ENUM, RC_SET_SET };

struct rc_setting {
	const char *full, *section, *name;      /* "ocr.script", "ocr", "script" */
	size_t offset;                          /* in struct rc_config */
	enum rc_setting_type type;
	enum rc_setting_key key;
	const char *help;
	int64_t number;                         /* defaults: of BOOL and INT, */
	double real;                            /* of REAL, */
	const char *text;                       /* of STR, ENUM and SET */
	double low, high;                       /* INT (exact up to 2^53) and REAL */
	const char *words;                      /* ENUM and SET: "a|b|c" */
};
extern const struct rc_setting rc_settings[];
extern const size_t rc_n_settings;

const struct rc_setting *rc_setting_find(const char *full);
/* The first setting of a section, or NULL. */
const struct rc_setting *rc_section_find(const char *name);
/* The likeliest meant name, or NULL. */
const char *rc_setting_guess(const char *full);
const char *rc_section_guess(const char *name);
/* Sets one value from text. The error says what is wrong, without the setting's name. */
enum rc_status rc_setting_put(struct rc_config *cfg, const struct rc_setting *s, const char *text, struct rc_err *err);
/* "unknown setting 'ocr.scirpt' (did you mean 'ocr.script'?)" */
enum rc_status rc_setting_unknown(const char *full, struct rc_err *err);
struct rc_config *rc_config_copy(const struct rc_config *cfg);

#endif
