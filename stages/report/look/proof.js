/* proof.js -- column proofreading: all glyphs that were read as one character, side by side. */

const cell_pixels = 40, cells_across = 20, doubtful_from = 35;  /* as stages/report/pictures.h and part.h have them */
let cell_size = Number(recall("cell")) || 52, only_doubtful = false;

function glyph_grade(doubt) {
	return doubt >= 60 ? "E" : doubt >= doubtful_from ? "C" : "A";
}

/* Sheets are decoded only when a cell comes near the window. */
const near = "IntersectionObserver" in window ? new IntersectionObserver(function (entries) {
	for (const entry of entries)
		if (entry.isIntersecting) {
			near.unobserve(entry.target);
			entry.target.style.backgroundImage = "url(\"" + entry.target.dataset.sheet + "\")";
		}
}, { rootMargin: "200px" }) : null;

function glyph_cell(g) {
	const image = h("i", { "data-sheet": file_of(g.picture, "-g.jpg"), style: { "background-size": cell_size * cells_across + "px auto",
		"background-position": -(g.cell % cells_across) * cell_size + "px " + -Math.floor(g.cell / cells_across) * cell_size + "px" } });
	if (near)
		near.observe(image);
	else
		image.style.backgroundImage = "url(\"" + image.dataset.sheet + "\")";
	return h("a", { class: "cell", href: to_page(g, g.line), style: { "--c": "var(--" + glyph_grade(g.doubt) + ")" },
		title: item_name(g.item) + " · " + g.order + " · " + say("confidence") + " " + g.confidence + " %" + (g.other ? " · " + say("other_reading", g.other) : "") },
	image, h("span", { class: "o" }, g.other || ""));
}

/* Six values a glyph, as stages/report/glyphs.h says. */
function glyphs_from(file, character) {
	const v = file.characters[character] || [], all = [];
	for (let i = 0; i + 5 < v.length; i += 6) {
		const p = file.pages[v[i]];
		all.push({ id: p[0], picture: p[1], item: p[2], order: p[3], cell: v[i + 1], line: v[i + 2], confidence: v[i + 3], doubt: v[i + 4], other: v[i + 5] || "" });
	}
	return all;
}

function show_character(box, entry) {
	const [character, n, doubtful, file] = entry;
	box.replaceChildren(h("p", { class: "empty" }, say("loading")));
	load("glyphs/" + file + ".js").then(function (part) {
		const all = glyphs_from(part, character), cells = h("div", { class: "cells", style: { "--cell": cell_size + "px" } });
		const resize = (size) => () => { cell_size = size; remember("cell", size); show_character(box, entry); };
		const doubt = () => { only_doubtful = !only_doubtful; show_character(box, entry); };
		box.replaceChildren(h("div", { class: "title" }, h("span", { class: "big" }, character), h("span", { class: "note" }, say("glyphs_of", { n: count(n), d: count(doubtful) })),
			h("span", { class: "grow" }), h("button", { class: only_doubtful ? "step on" : "step", "aria-pressed": String(only_doubtful), onclick: doubt }, say("only_doubtful")),
			[[40, say("small")], [52, say("middle")], [80, say("large")]].map(([size, label]) => h("button", { class: cell_size === size ? "step on" : "step", onclick: resize(size) }, label))), cells);
		by_hundreds(box, cells, only_doubtful ? all.filter((g) => g.doubt >= doubtful_from) : all, glyph_cell);
	}, (error) => fail(box, error));
}

function proof(main, wanted) {
	const c = data.characters;
	main.append(h("div", { class: "head" }, h("h1", {}, say("proof")), c.n > 0 && h("p", { class: "note" }, say("proof_counts", { c: count(c.n), g: count(c.glyphs), d: count(c.doubtful) }) +
		(c.left_out ? " " + say("proof_left", count(c.left_out)) : ""))), h("p", { class: "note" }, say(c.n ? "proof_note" : "proof_empty")));
	if (!c.n)
		return;
	const grid = h("div", { class: "grid" }), box = h("div", {}), find = h("input", { class: "find", type: "search", placeholder: say("find_char"), "aria-label": say("find_char"), oninput: () => draw() });
	let all = [], most = 240;
	const draw = function () {
		const text = find.value.trim(), some = text ? all.filter((e) => text.includes(e[0])) : all.slice(0, most);
		grid.replaceChildren(...some.map((e) => h("a", { href: "#proof/" + encodeURIComponent(e[0]), class: e[0] === wanted ? "on" : "", title: say("glyphs_of", { n: e[1], d: e[2] }) },
			h("span", { class: "ch" }, e[0]), h("span", { class: "n" }, h("b", {}, count(e[2])), " / " + count(e[1])))));
		if (!text && most < all.length)
			grid.append(h("button", { class: "pill", style: { "grid-column": "1 / -1" }, onclick: () => { most += 480; draw(); } }, say("more")));
	};
	main.append(h("div", { class: "proof" }, h("div", { class: "chars" }, find, grid), box));
	load("glyphs/index.js").then(function (entries) {
		all = entries;
		if (!all.some((e) => e[0] === wanted))
			wanted = all[0][0];
		draw();
		show_character(box, all.find((e) => e[0] === wanted));
	}, (error) => fail(box, error));
}
