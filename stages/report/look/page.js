/* page.js -- one page: the scan with what was found on it, and the text beside it. */

function line_colour(line) {
	return line.h ? "var(--blue)" : "var(--" + grade_of(line.e !== undefined ? line.e / 100 : line.n ? 1 : (100 - line.c) / 100) + ")";
}

function line_tip(line, i) {
	if (line.h)
		return say("line_human", i + 1);
	return say("line_tip", { n: i + 1, c: line.c }) + (line.e !== undefined ? ", " + say("est", line.e) : "") + (line.a !== undefined ? ", " + say("agree", line.a) : "");
}

/* The text with what is doubtful marked, and other readings as tips. */
function marked(line) {
	const out = [];
	let plain = "";
	Array.from(line.s).forEach(function (c, i) {
		const doubt = line.g && line.g[i] !== "-" ? Number(line.g[i]) : 0, other = line.o && line.o[i];
		if (doubt < 4) {
			plain += c;
			return;
		}
		if (plain)
			out.push(plain);
		plain = "";
		out.push(h("span", { class: doubt < 6 ? "d1" : "d2", title: other ? say("other_reading", other) : null }, c));
	});
	return out.concat(plain);
}

function text_line(line, i) {
	return h("div", { class: line.n ? "line unread" : "line", "data-i": i, title: line_tip(line, i), style: { "--c": line_colour(line) } }, h("span", { class: "no" }, i + 1),
		h("span", { class: "s" }, line.n ? say("line_unread") : marked(line)), h("span", { class: "q" }, line.n ? "" : line.h ? "✓" : line.e !== undefined ? line.e : 100 - line.c));
}

function text_of(part) {
	const all = [];
	part.lines.forEach(function (line, i) {
		if (i && line.r !== part.lines[i - 1].r)
			all.push(h("div", { class: "gap" }));
		all.push(text_line(line, i));
	});
	return h("div", { class: "col" }, all.length ? all : h("p", { class: "empty" }, say("nothing")));
}

function drawing(part) {
	const svg = h("svg", { viewBox: "0 0 " + part.width + " " + part.height, preserveAspectRatio: "none" });
	svg.append(...part.regions.map((r) => h("rect", { x: r.b[0], y: r.b[1], width: r.b[2], height: r.b[3] })),
		...part.lines.map((line, i) => h("polygon", { points: line.p.join(" "), "data-i": i, style: { "--c": line_colour(line), stroke: line_colour(line), fill: line_colour(line) } },
			h("title", {}, line_tip(line, i)))));
	return svg;
}

/* Scrolls the pane, and nothing around it: as little as needed, or so that the element stands in its middle. */
function bring(pane, element, middle) {
	const p = pane.getBoundingClientRect(), e = element.getBoundingClientRect();
	const by = (before, after, lead) => middle ? (before + after) / 2 : before < lead ? before - lead : after > -lead ? after + lead : 0;
	pane.scrollTop += by(e.top - p.top, e.bottom - p.bottom, 12);
	pane.scrollLeft += by(e.left - p.left, e.right - p.right, 12);
}

/* Hovering or choosing a line shows it on both sides; `lead` says which side the other follows. */
function link_sides(scan, text, first) {
	let chosen = -1;
	const mark = function (i, lead) {
		for (const side of [scan, text]) {
			side.querySelectorAll(".on").forEach((e) => e.classList.remove("on"));
			const it = i >= 0 && side.querySelector("[data-i='" + i + "']");
			if (!it)
				continue;
			it.classList.add("on");
			if (lead !== side)
				bring(side, it, false);
		}
	};
	for (const side of [scan, text]) {
		const index = (e) => { const it = e.target.closest("[data-i]"); return it ? Number(it.dataset.i) : -1; };
		side.addEventListener("mouseover", (e) => { if (index(e) >= 0) mark(index(e), side); });
		side.addEventListener("mouseleave", () => mark(chosen, side));
		side.addEventListener("click", (e) => { chosen = index(e); mark(chosen, side); });
	}
	if (first >= 0)
		setTimeout(function () {
			chosen = first;
			mark(first);
			const it = scan.querySelector("[data-i='" + first + "']");
			if (it)
				bring(scan, it, true);
		}, 60);
}

function fact(name, value) {
	return value ? h("span", {}, name + (lang === "zh" ? "：" : ": "), h("b", {}, value)) : null;
}

function facts(part, page) {
	const limits = ["2", "5", "15", "40"].map((n) => "≤ " + n).concat("> 40");
	const key = h("span", { class: "key", title: say("colours") }, ["A", "B", "C", "D", "E"].map((g, i) => h("span", {}, h("i", { class: "g" + g }), limits[i] + (i === 4 ? " %" : ""))));
	return h("div", { class: "facts" }, fact(say("item"), [part.reference, part.title, part.date].filter(Boolean).join(" · ") || item_name(part.item)), fact(say("error"), page && page.error >= 0 && percent(page.error)),
		fact(say("confidence"), page && page.chars && percent(page.confidence)), fact(say("chars"), page && count(page.chars)),
		fact(say("script"), part.script && say(part.script)), fact(say("models"), part.models), fact(say("resolution"), part.dpi && say("dpi", part.dpi)),
		fact(say("skew"), Math.abs(part.skew) >= 0.05 && part.skew.toFixed(1) + "°"),
		fact(say("source"), part.source + (part.member ? "!/" + part.member : "") + (part.frame ? " #" + (part.frame + 1) : "")), key);
}

/* The list and the place in it where the page is, from its item and order. */
function find_page(part) {
	let at = 0;
	data.lists.forEach(function (first, n) {
		if (bytewise(first[0], part.item) < 0 || (first[0] === part.item && first[1] <= part.order))
			at = n;
	});
	return list(at).then((all) => ({ list: at, all: all, index: all.findIndex((p) => p.id === part.id) }));
}

/* As the lists are sorted: UTF-8 by bytes is code points in order. */
function bytewise(a, b) {
	const x = Array.from(a), y = Array.from(b);
	for (let i = 0; i < x.length && i < y.length; i++)
		if (x[i] !== y[i])
			return x[i].codePointAt(0) - y[i].codePointAt(0);
	return x.length - y.length;
}

/* The nearest page to look at in a direction, through at most the next list. */
function neighbour(place, by) {
	for (let i = place.index + by; i >= 0 && i < place.all.length; i += by)
		if (place.all[i].shown)
			return Promise.resolve(place.all[i]);
	const next = place.list + by;
	if (next < 0 || next >= data.lists.length)
		return Promise.resolve(null);
	return list(next).then((all) => (by > 0 ? all : all.slice().reverse()).find((p) => p.shown) || null);
}

function view(part, first) {
	const picture = part.picture ? h("img", { src: file_of(part.picture, ".jpg"), alt: "", width: part.width, height: part.height }) :
		h("div", { class: "blank", title: say("no_image"), style: { "aspect-ratio": part.width + "/" + part.height } });
	const figure = h("figure", {}, picture, drawing(part)), scan = h("div", { class: "scan" }, figure), text = h("div", { class: "text" }, text_of(part));
	link_sides(scan, text, first);
	return { figure, scan, text, box: h("div", { class: "view" }, scan, text) };
}

/* Buttons that change how the page is shown; choices are kept for the next page. */
const how = { lines: recall("lines") !== "0", regions: recall("regions") === "1", down: recall("down") === "1", zoom: 1 };

function controls(v, part) {
	const apply = function () {
		v.scan.classList.toggle("hide-lines", !how.lines);
		v.scan.classList.toggle("hide-regions", !how.regions);
		v.text.classList.toggle("down", how.down);
		const pane = v.scan.clientWidth, whole = Math.min(pane, v.scan.clientHeight * part.width / part.height);
		v.figure.style.width = Math.round(how.zoom ? Math.max(whole, Math.min(pane, 1.6 * part.width)) * how.zoom : whole) + "px";
	};
	const toggle = function (key, label) {
		const button = h("button", { class: how[key] ? "step on" : "step", "aria-pressed": String(how[key]) }, label);
		button.addEventListener("click", function () {
			how[key] = !how[key];
			remember(key, how[key] ? "1" : "0");
			button.classList.toggle("on", how[key]);
			button.setAttribute("aria-pressed", String(how[key]));
			apply();
		});
		return button;
	};
	const zoom = (by) => () => { how.zoom = by ? Math.min(8, Math.max(0.2, (how.zoom || 0.6) * by)) : 0; apply(); };
	setTimeout(apply, 0);
	return [toggle("lines", say("lines")), toggle("regions", say("regions")), part.lines.some((l) => l.v) && toggle("down", say("upright")),
		h("button", { class: "step", onclick: zoom(0) }, say("fit")), h("button", { class: "step", "aria-label": "-", onclick: zoom(0.8) }, "−"), h("button", { class: "step", "aria-label": "+", onclick: zoom(1.25) }, "+")];
}

function page(main, id, line) {
	if (!/^[0-9a-f]{20}$/.test(id))
		return fail(main, new Error(say("failed", "…")));
	main.classList.add("wide");
	main.append(h("p", { class: "empty" }, say("loading")));
	load(file_of(id, ".js")).then(function (part) {
		const v = view(part, line === undefined ? -1 : Number(line));
		const before = h("button", { class: "step", disabled: true, title: say("before"), "aria-label": say("before") }, "‹"), after = h("button", { class: "step", disabled: true, title: say("after"), "aria-label": say("after") }, "›");
		const name = h("h1", {}, item_name(part.item)), grade = h("span"), about = h("div", {}, facts(part));
		main.replaceChildren(h("div", { class: "title" }, before, after, grade, name, h("span", { class: "grow" }), controls(v, part)), about,
			part.picture ? "" : h("p", { class: "note" }, say("no_image")), v.box);
		forget_pages();
		find_page(part).then(function (place) {
			const here = place.all[place.index];
			if (here) {
				name.textContent = title_of(here);
				grade.replaceWith(here.kind === "text" ? chip(here.grade) : h("span", { class: "note" }, say(here.kind)));
				about.replaceChildren(facts(part, here));
			}
			for (const [button, by] of [[before, -1], [after, 1]])
				neighbour(place, by).then(function (p) {
					button.disabled = !p;
					button.onclick = p ? () => { location.hash = to_page(p); } : null;
				});
			page.keys = { ArrowLeft: before, ArrowRight: after };
		});
	}, (error) => fail(main, error));
}
document.addEventListener("keydown", function (e) {
	if (page.keys && page.keys[e.key] && !/^(input|select|textarea)$/i.test(e.target.tagName) && !e.altKey && !e.ctrlKey && !e.metaKey)
		page.keys[e.key].click();
});
