# c.awk -- rules for C files, on code without comments and strings.
#
#   comment    no // comments                     banned    functions that cannot be used safely
#   printing   core and stages do not print       exit      only main exits
#   typedef    structs go by their names          length    functions of at most 120 lines
#   head       a file begins with its name and its one idea

function say(rule, text) { printf "%s:%d: %s: %s\n", FILENAME, FNR, rule, text }

# The line without comments, strings and characters; keeps `inside` a comment across lines.
function strip(line,    out, at) {
	out = ""
	while (line != "") {
		if (inside) {
			at = index(line, "*/")
			if (!at)
				return out
			line = substr(line, at + 2)
			inside = 0
		}
		if (!match(line, /["']|\/\*|\/\//))
			return out line
		out = out substr(line, 1, RSTART - 1) " "
		at = substr(line, RSTART, RLENGTH)
		line = substr(line, RSTART + RLENGTH)
		if (at == "/*") {
			inside = 1
		} else if (at == "//") {
			say("comment", "a // comment")
			return out
		} else {
			# To the closing quote; a backslash takes the next character with it.
			while (line != "" && substr(line, 1, 1) != at)
				line = substr(line, substr(line, 1, 1) == "\\" ? 3 : 2)
			line = substr(line, 2)
			out = out "0"
		}
	}
	return out
}

function calls(names) { return code ~ ("(^|[^A-Za-z0-9_>.])(" names ")[ \t]*\\(") }

FNR == 1 {
	inside = 0
	start = 0
	base = FILENAME
	sub(/.*\//, "", base)
	product = FILENAME ~ /^(pipeline|stages)\//
	# image.c catches what Leptonica prints, and so has to do with stderr.
	quiet = FILENAME ~ /^(pipeline\/core|stages)\// && FILENAME != "stages/common/image.c"
	if (index($0, "/* " base " -- ") != 1)
		say("head", "the first line is not '/* " base " -- ...'")
}

{
	code = strip($0)
	if (calls("strcpy|stpcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atof|gets|alloca|tmpnam|tempnam|mktemp") ||
	    (product && calls("system|popen")))
		say("banned", "a function that is not used here: " $0)
	if (product && calls("exit|quick_exit") && FILENAME != "pipeline/cli/main.c")
		say("exit", "only main exits")
	if (product && calls("_exit") && FILENAME !~ /^pipeline\/run\//)
		say("exit", "only main exits")
	if (quiet && (calls("printf|vprintf|puts|putchar|perror") || code ~ /(^|[^A-Za-z0-9_])(stdout|stderr)([^A-Za-z0-9_]|$)/))
		say("printing", "core and stages do not print")
	if (code ~ /typedef[ \t]+(struct|union|enum)[^(]*(\{|;)/ && code !~ /\(/)
		say("typedef", "types go by 'struct NAME'")
	if ($0 ~ /^\{/)
		start = FNR
	else if ($0 ~ /^\}/ && start) {
		if (FNR - start + 1 > 120)
			say("length", "a function of " FNR - start + 1 " lines")
		start = 0
	}
}
