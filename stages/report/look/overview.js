/* overview.js -- totals, charts, the worst pages. */

const grade_limits = [0.02, 0.05, 0.15, 0.40];

/* Rows of a bar chart: [label, number, colour, note, link]. */
function bars(rows) {
	const most = Math.max(1, ...rows.map((row) => row[1]));
	return h("div", { class: "rows" }, rows.map(([label, n, colour, note, link]) => [
		h("a", { href: link || null }, label),
		h("div", { class: "track", title: note }, h("div", { class: "fill", style: { width: 100 * n / most + "%", background: colour, display: n ? "block" : "none" } })),
		h("span", { class: "num" }, count(n), note && h("span", { class: "what" }, "  " + note)),
	]));
}

function states() {
	const t = data.totals;
	return bars([[say("s_read"), t.read, "var(--A)"], [say("s_waiting"), t.waiting, "var(--none)"],
		[say("s_quarantined"), t.quarantined + t.faults, "var(--E)", null, "#quarantine"]]);
}

function grades() {
	const rows = ["A", "B", "C", "D", "E"].map((g, i) => [chip(g), data.grades[i], "var(--" + g + ")",
		i < 4 ? say("upto", grade_limits[i] * 100) : say("more_than", 40), "#pages/" + g]);
	if (data.grades[5])
		rows.push([chip(""), data.grades[5], "var(--none)", say("none"), "#pages/N"]);
	for (const kind of ["blank", "picture", "handwriting", "unreadable"])
		if (data.classes[kind])
			rows.push([say(kind), data.classes[kind], "var(--none)", "", "#pages/" + kind]);
	return bars(rows);
}

/* Upright bars with an axis: values, colours by index, labels [[index, text]]. */
function columns(values, colour, tip, labels, over) {
	const width = 560, height = 170, left = 34, base = height - 22, most = Math.max(1, ...values.map((v) => [].concat(v).reduce((a, b) => a + b)));
	const step = (width - left) / values.length, svg = h("svg", { class: "plot", viewBox: "0 0 " + width + " " + height, role: "img" });
	for (const share of [0, 0.5, 1]) {
		const y = base - share * (base - 12), n = most * share;
		svg.append(h("line", { class: "axis", x1: left, x2: width, y1: y, y2: y }),
			h("text", { x: left - 6, y: y + 4, "text-anchor": "end" }, Number.isInteger(n) ? count(n) : ""));
	}
	values.forEach(function (value, i) {
		let y = base;
		[].concat(value).forEach(function (n, layer) {
			const tall = n / most * (base - 12);
			if (!n)
				return;
			y -= tall;
			svg.append(h("rect", { x: left + i * step + Math.min(1, step / 8), y: y, width: Math.max(1, step - Math.min(2, step / 4)), height: tall, rx: step > 6 ? 1.5 : 0,
				style: { fill: colour(i, layer) } }, h("title", {}, tip(i))));
		});
	});
	for (const [i, text, anchor] of labels)
		svg.append(h("text", { x: left + i * step, y: height - 5, "text-anchor": anchor || "middle" }, text));
	return svg;
}

function histogram() {
	const n = data.bins.length, last = data.bins.reduce((to, v, i) => v ? i + 1 : to, 0), shown = Math.max(n / 4, Math.min(n, last + 2));
	const colour = (i) => "var(--" + grade_of((i + 0.5) / n) + ")";
	const labels = [];
	for (let i = 0; i <= shown; i += shown > n / 2 ? n / 5 : n / 10)
		labels.push([i, 100 * i / n + (lang === "zh" ? "%" : " %")]);
	return columns(data.bins.slice(0, shown), colour, (i) => (100 * i / n) + "–" + (100 * (i + 1) / n) + " %: " + count(data.bins[i]), labels);
}

function clock(seconds, with_day) {
	const at = new Date(seconds * 1000), two = (n) => String(n).padStart(2, "0");
	const time = two(at.getHours()) + ":" + two(at.getMinutes()) + (data.times.step < 60 && !with_day ? ":" + two(at.getSeconds()) : "");
	return with_day ? at.getFullYear() + "-" + two(at.getMonth() + 1) + "-" + two(at.getDate()) + " " + time : time;
}

function rate() {
	const t = data.times;
	if (!t)
		return h("p", { class: "note" }, say("no_times"));
	const values = t.done.map((n, i) => [n, t.failed[i]]), at = (i) => t.from + i * t.step;
	const days = values.length * t.step > 86400;
	return columns(values, (i, layer) => layer ? "var(--E)" : "var(--blue)", (i) => clock(at(i), true) + ": " + count(t.done[i] + t.failed[i]),
		[[0, clock(t.from, days), "start"], [values.length, clock(at(values.length), days), "end"]]);
}

function rate_note() {
	const t = data.times;
	return t ? say("rate_note", duration(t.step)) + " " + say("rate_hour", count(Math.round(Math.max(...t.done) * 3600 / t.step))) : "";
}

/* From the bins: right to within half of one. */
function median_error() {
	const sum = data.bins.reduce((a, b) => a + b, 0);
	let left = sum / 2;
	for (let i = 0; i < data.bins.length && sum; i++) {
		if (data.bins[i] >= left)
			return percent(Math.round(10000 * (i + left / data.bins[i]) / data.bins.length));
		left -= data.bins[i];
	}
	return "–";
}

function tile(n, what, bad) {
	return h("div", { class: bad ? "tile bad" : "tile" }, h("b", {}, n), h("span", {}, what));
}

function card(page) {
	return h("a", { class: "card", href: to_page(page), title: item_name(page.item) + " · " + title_of(page) }, h("div", { class: "pic" }, thumb(page)),
		h("div", { class: "cap" }, chip(page.grade), h("span", { class: "num" }, percent(page.error)), h("span", { class: "n" }, title_of(page))));
}

function part_of(title, note, ...content) {
	return h("section", {}, h("h2", {}, title), note && h("p", { class: "note" }, note), content);
}

function overview(main) {
	const t = data.totals, bad = t.quarantined + t.faults;
	main.append(h("h1", {}, data.batch),
		h("div", { class: "tiles" }, tile(count(t.pages), say("t_pages")), tile(count(t.items), say("t_items")), tile(count(data.chars), say("t_chars")),
			tile(median_error(), say("t_error")), tile(count(data.choices.text), say("t_text")), tile(count(bad), say("t_quarantined"), bad > 0)));
	for (const key of ["stale", "gone"])
		if (t[key])
			main.append(h("p", { class: "note", style: { "margin-top": "1rem" } }, say(key, count(t[key]))));
	main.append(h("section", { class: "charts" }, h("div", {}, h("h2", {}, say("states")), states()),
		h("div", {}, h("h2", {}, say("grades")), h("p", { class: "note" }, say("grades_note")), grades()),
		h("div", {}, h("h2", {}, say("hist")), h("p", { class: "note" }, say("hist_note")), histogram()),
		h("div", {}, h("h2", {}, say("rate")), h("p", { class: "note" }, rate_note()), rate())));
	if (data.worst.length)
		main.append(part_of(say("worst"), say("worst_note"), h("div", { class: "cards" }, data.worst.map(page_from).map(card))));
}
