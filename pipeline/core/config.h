/* config.h -- the settings of a batch as one struct that nobody changes after loading. */
#ifndef RC_CONFIG_H
#define RC_CONFIG_H

#include "core/buf.h"
#include "core/digest.h"

enum rc_setting_key { RC_KEY_NONE, RC_KEY_INGEST, RC_KEY_READ, RC_KEY_IMAGE, RC_KEY_RECORD, RC_KEY_CURATE, RC_KEY_PACKAGE };

struct rc_config {              /* fields are SECTION_NAME: cfg->ocr_script */
#define SETTING_BOOL(section, name, ...) bool section##_##name;
#define SETTING_INT(section, name, ...)  int64_t section##_##name;
#define SETTING_REAL(section, name, ...) double section##_##name;
#define SETTING_STR(section, name, ...)  char *section##_##name;        /* owned, never NULL */
#define SETTING_ENUM(section, name, ...) int section##_##name;
#define SETTING_SET(section, name, ...)  unsigned section##_##name;
#include "core/settings.def"
#undef SETTING_BOOL
#undef SETTING_INT
#undef SETTING_REAL
#undef SETTING_STR
#undef SETTING_ENUM
#undef SETTING_SET
};

/* The words of the settings that code asks about, in the order of settings.def. */
enum { RC_PROFILE_NONE, RC_PROFILE_DAT31 };
enum { RC_ENCODING_AUTO, RC_ENCODING_UTF8, RC_ENCODING_UTF16, RC_ENCODING_GB18030, RC_ENCODING_BIG5 };
enum { RC_DELIMITER_AUTO, RC_DELIMITER_COMMA, RC_DELIMITER_TAB, RC_DELIMITER_SEMICOLON };
enum { RC_SCRIPT_AUTO, RC_SCRIPT_HANS, RC_SCRIPT_HANT };
enum { RC_TEXT_AUTO, RC_TEXT_VERTICAL, RC_TEXT_HORIZONTAL };
enum { RC_EFFORT_PLAIN, RC_EFFORT_NORMAL, RC_EFFORT_BEST };
enum { RC_TRAINING_UNKNOWN, RC_TRAINING_ALLOWED, RC_TRAINING_DENIED };
enum { RC_FRAMES_SEEKABLE, RC_FRAMES_SINGLE };                            /* package.frames */
enum { RC_SHARDS_TEXT = 1, RC_SHARDS_PAGES = 2, RC_SHARDS_LINES = 4, RC_SHARDS_MDS = 8 };
enum { RC_CONTAMINATED_TRAIN, RC_CONTAMINATED_ALL, RC_CONTAMINATED_TAG };
enum { RC_PATH_STYLE_AUTO, RC_PATH_STYLE_YES, RC_PATH_STYLE_NO };
enum { RC_ENGINE_LOCAL, RC_ENGINE_SLURM };
enum { RC_ON_STOP_ASK, RC_ON_STOP_LEAVE, RC_ON_STOP_CANCEL };

struct rc_config *rc_config_new(void);                  /* all defaults */
void rc_config_free(struct rc_config **cfg);
/* Reads YAML text over what cfg holds. Errors are RC_RUN_FAILED/setting and name the place:
 * "batch.yaml:14: run.jobs: 9000 is outside 0 to 1024", "batch.yaml:3: unknown setting 'ocr.scirpt' (did you mean 'ocr.script'?)". */
enum rc_status rc_config_parse(struct rc_config *cfg, const char *yaml, size_t len, const char *name, struct rc_err *err);
enum rc_status rc_config_load(struct rc_config *cfg, const char *path, struct rc_err *err);
/* "KEY=VALUE" of --set; RC_RUN_FAILED/setting. */
enum rc_status rc_config_set(struct rc_config *cfg, const char *assignment, struct rc_err *err);
/* A whole batch.yaml: every key with its help as comment, its range, and its value. Parsing it gives cfg again. */
void rc_config_print(const struct rc_config *cfg, struct rc_buf *out);
/* A table of all settings for --help: name, default, range, help; at most 79 columns. */
void rc_config_help(struct rc_buf *out);
/* Adds names and values of all settings with this key, in the order of settings.def. */
void rc_config_hash(const struct rc_config *cfg, enum rc_setting_key key, struct rc_hasher *h);
/* The word of an ENUM setting: rc_config_word(cfg, "ocr.script") -> "auto". */
const char *rc_config_word(const struct rc_config *cfg, const char *setting);

#endif
