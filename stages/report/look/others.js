/* others.js -- quarantine, corpus, and the tables that other stages leave. */

function meaning(reason) {
	return reasons[reason] ? reasons[reason][lang] : reason;
}

function trouble_entry([item, number, where, reason, message]) {
	const name = where.split("/").pop();
	return h("li", {}, where, number && " · " + number, h("span", {}, item && !where.includes(item_name(item)) ? item_name(item) + " · " : "", message.includes(name) || !message ? message : name + ": " + message));
}

function quarantine(main) {
	const groups = new Map(), total = data.totals.quarantined + data.totals.faults;
	data.trouble.forEach((t) => groups.set(t[3], (groups.get(t[3]) || []).concat([t])));
	main.append(h("h1", {}, say("quarantine")), h("p", { class: "note" }, say(total ? "q_note" : "q_none")));
	for (const [reason, all] of groups) {
		const advice = ((reasons[reason] || {}).do || good_file)[lang];
		main.append(h("div", { class: "reason" }, h("div", { class: "top" }, h("b", {}, meaning(reason)), h("code", {}, reason), h("span", { class: "note num" }, count(all.length))),
			h("ul", {}, all.map(trouble_entry)), h("p", { class: "note" }, say("do_it") + (lang === "zh" ? "：" : ": ") + advice),
			h("code", {}, "redcorpus retry " + data.batch + " --reason " + reason + " && redcorpus run " + data.batch)));
	}
	if (total > data.trouble.length)
		main.append(h("p", { class: "note", style: { "margin-top": "1rem" } }, say("q_more", count(total - data.trouble.length))));
	if (data.totals.ignored)
		main.append(h("section", {}, h("div", { class: "head" }, h("h2", {}, say("ignored")), h("span", { class: "note num" }, count(data.totals.ignored))), h("p", { class: "note" }, say("ignored_note")),
			h("ul", { class: "plain" }, data.ignored.map((name) => h("li", {}, name))),
			data.totals.ignored > data.ignored.length && h("p", { class: "note" }, say("q_more", count(data.totals.ignored - data.ignored.length)))));
}

function corpus(main) {
	const c = data.corpus, sums = new Map();
	main.append(h("div", { class: "head" }, h("h1", {}, say("corpus")), c && h("p", { class: "note" }, c.name + (c.version ? " · " + say("version", c.version) : ""))));
	if (!c || !c.shards.length) {
		main.append(h("p", { class: "note" }, say(c ? "c_empty" : "c_none")));
		choices(main);
		return;
	}
	for (const [kind, split, bytes, samples] of c.shards) {
		const key = kind + "\n" + split, sum = sums.get(key) || [kind, split, 0, 0, 0];
		sums.set(key, [kind, split, sum[2] + 1, sum[3] + samples, sum[4] + bytes]);
	}
	main.append(h("div", { class: "scroll" }, h("table", { style: { "max-width": "720px" } }, h("thead", {}, h("tr", {}, h("th", {}, say("kind")), h("th", {}, say("split")), h("th", { class: "num" }, say("shards")), h("th", { class: "num" }, say("samples")), h("th", { class: "num" }, say("bytes")))),
		h("tbody", {}, [...sums.values()].map(([kind, split, n, samples, bytes]) => h("tr", {}, h("td", {}, say("c_" + kind) === "c_" + kind ? kind : say("c_" + kind)), h("td", {}, say(split)), h("td", { class: "num" }, count(n)), h("td", { class: "num" }, count(samples)), h("td", { class: "num" }, size(bytes))))))));
	choices(main);
}

/* A table whose first row names its columns. */
function table(main, name) {
	const box = h("div", {}, h("p", { class: "empty" }, say("loading"))), find = h("input", { class: "find", type: "search", placeholder: say("find"), "aria-label": say("find"), oninput: () => draw() });
	let rows = [];
	const draw = function () {
		const text = find.value.toLowerCase(), body = h("tbody"), some = rows.slice(1).filter((row) => !text || row.some((cell) => cell.toLowerCase().includes(text)));
		box.replaceChildren(h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {}, (rows[0] || []).map((cell) => h("th", {}, cell)))), body)));
		by_hundreds(box, body, some, (row) => h("tr", {}, row.map((cell) => h("td", {}, cell))));
	};
	main.append(h("div", { class: "head" }, h("h1", {}, say(name)), h("p", { class: "note" }, say("rows", count(data.tables[name])))), h("div", { class: "filters" }, find), box);
	load("lists/" + name + ".js").then((all) => { rows = all; draw(); }, (error) => fail(box, error));
}

function fail(box, error) {
	box.replaceChildren(h("p", { class: "empty" }, error.message));
}
