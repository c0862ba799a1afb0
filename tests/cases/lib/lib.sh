# lib.sh -- words that case scripts share; `. "$CASES/lib/lib.sh"`.

# answers WANTED COMMAND...: runs it, lets its output through, and complains when the exit status is another.
answers() {
	wanted=$1
	shift
	got=0
	"$@" || got=$?
	[ "$got" = "$wanted" ] || echo "exit $got instead of $wanted: $*" | sed "s|$REDCORPUS|redcorpus|"
}

# json SCHEMA [--lines] [PATH=VALUE...]: checks stdin against schemas/SCHEMA.schema.json; says on stdout what is wrong.
json() {
	schema=$1
	shift
	python3 "$CASES/lib/json_check.py" "$CASES/../../schemas/$schema.schema.json" "$@" 2>&1
}

# digests FOLDER...: one line per file, sorted: what must not change.
digests() {
	find "$@" -type f | LC_ALL=C sort | xargs -r -d '\n' sha256sum
}

# narrow: complains about lines on stdin over 79 columns (of characters).
narrow() {
	awk '{ if (length($0) > 79) print "wider than 79: " $0 }'
}
