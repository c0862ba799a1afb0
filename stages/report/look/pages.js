/* pages.js -- the list of pages, with filters. */

const page_filters = ["A", "B", "C", "D", "E", "N", "blank", "picture", "handwriting", "unreadable", "not-read"];

function kind_of(page) {
	return page.reason ? "not-read" : page.kind !== "text" ? page.kind : page.grade || "N";
}

function page_row(page) {
	const name = title_of(page);
	return h("tr", { class: page.shown ? "go" : "", onclick: page.shown ? () => { location.hash = to_page(page); } : null },
		h("td", { class: "tight" }, thumb(page)),
		h("td", {}, page.shown ? h("a", { href: to_page(page) }, name) : name, page.reason && h("div", { class: "note" }, meaning(page.reason))),
		h("td", {}, item_name(page.item)),
		h("td", { class: "tight" }, page.reason || page.kind !== "text" ? say(page.reason ? "not-read" : page.kind) : chip(page.grade)),
		h("td", { class: "num" }, page.reason ? "" : percent(page.error)),
		h("td", { class: "num" }, page.reason || !page.chars ? "" : percent(page.confidence)),
		h("td", { class: "num" }, page.chars ? count(page.chars) : ""),
		h("td", { class: "tight" }, page.in_text ? say("yes") : ""));
}

/* Rows that come a hundred at a time: `body` gets what make() gives for each. */
function by_hundreds(container, body, all, make) {
	let shown = 0;
	const button = h("button", { class: "more", onclick: () => more() }, say("more"));
	const more = function () {
		body.append(...all.slice(shown, shown + 100).map(make));
		shown += 100;
		button.hidden = shown >= all.length;
	};
	container.append(button);
	more();
	if (!all.length)
		container.append(h("p", { class: "empty" }, say("nothing")));
}

function pages_table(box, all) {
	const body = h("tbody");
	box.replaceChildren(h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {}, h("th"), h("th", {}, say("page")), h("th", {}, say("item")), h("th", {}, say("grade")),
		h("th", { class: "num" }, say("error")), h("th", { class: "num" }, say("confidence")), h("th", { class: "num" }, say("chars")), h("th", {}, say("in_text")))), body)));
	by_hundreds(box, body, all, page_row);
}

function pages(main, wanted) {
	const state = { kind: page_filters.includes(wanted) ? wanted : "", find: "", worst: Boolean(wanted) };
	const box = h("div", {}, h("p", { class: "empty" }, say("loading"))), filters = h("div", { class: "filters" });
	const pill = (on, label, n, click) => h("button", { class: on ? "pill on" : "pill", onclick: click }, label, n !== undefined && h("b", {}, count(n)));
	const find = h("input", { class: "find", type: "search", placeholder: say("find"), "aria-label": say("find"), oninput: () => { state.find = find.value.toLowerCase(); show(); } });
	let every = [];

	const chosen = function () {
		const all = every.filter((p) => (!state.kind || kind_of(p) === state.kind) &&
			(!state.find || (item_name(p.item) + " " + title_of(p)).toLowerCase().includes(state.find)));
		return state.worst ? all.slice().sort((a, b) => (b.reason ? -2 : b.error) - (a.reason ? -2 : a.error)) : all;
	};
	const show = () => pages_table(box, chosen());
	const set = (change) => () => { Object.assign(state, change); draw(); };
	const draw = function () {
		const n = {};
		every.forEach((p) => { n[kind_of(p)] = (n[kind_of(p)] || 0) + 1; });
		filters.replaceChildren(pill(!state.kind, say("all"), every.length, set({ kind: "" })),
			...page_filters.filter((k) => n[k]).map((k) => pill(state.kind === k, k.length > 1 ? say(k) : k === "N" ? say("none") : k, n[k], set({ kind: k }))),
			pill(state.worst, say(state.worst ? "sort_worst" : "sort_order"), undefined, set({ worst: !state.worst })), find);
		show();
	};
	main.append(h("div", { class: "head" }, h("h1", {}, say("pages"))), filters, box);
	all_pages().then((all) => { every = all; draw(); }, (error) => fail(box, error));
}
