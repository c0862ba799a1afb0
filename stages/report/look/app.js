/* app.js -- the frame around it: places, language, light. */

const places = { overview: overview, pages: pages, page: page, proof: proof, quarantine: quarantine, corpus: corpus,
	dat31: (main) => table(main, "dat31"), catalogue: (main) => table(main, "catalogue") };

let theme = recall("theme") || (window.matchMedia && matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

function here() {
	const words_of = location.hash.slice(1).split("/").map((w) => { try { return decodeURIComponent(w); } catch (e) { return w; } });
	return places[words_of[0]] ? words_of : ["overview"];
}

function top_bar() {
	const at = here()[0], bad = data.totals.quarantined + data.totals.faults;
	const tabs = [["overview"], ["pages", data.listed], ["proof"], ["quarantine", bad], ["corpus"]].concat(Object.keys(data.tables).map((name) => [name, data.tables[name]]));
	const other_light = theme === "dark" ? "light" : "dark";
	document.getElementById("top").replaceChildren(h("div", { class: "bar" }, h("a", { class: "name", href: "#overview", title: data.batch }, data.batch),
		h("nav", {}, tabs.map(([name, n]) => h("a", { href: "#" + name, class: name === at || (name === "pages" && at === "page") ? "on" : "" }, say(name), n !== undefined && h("span", { class: "count" }, count(n))))),
		h("div", { class: "tools" }, h("button", { class: "tool", onclick: () => { theme = other_light; remember("theme", theme); draw_all(); } }, say(other_light)),
			h("button", { class: "tool", lang: lang === "zh" ? "en" : "zh", onclick: () => { lang = lang === "zh" ? "en" : "zh"; remember("lang", lang); draw_all(); } }, say("other")))));
}

function draw_all() {
	const [name, ...rest] = here(), main = h("main", { id: "main", tabindex: "-1" });
	document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
	document.documentElement.dataset.theme = theme === "dark" ? "dark" : "light";
	document.title = data.batch + " · redcorpus";
	page.keys = null;
	top_bar();
	document.getElementById("top").classList.toggle("wide", name === "page");
	document.getElementById("main").replaceWith(main);
	places[name](main, ...rest);
	if (name === "overview")
		main.append(h("footer", {}, say("made", data.program)));
}

addEventListener("hashchange", function () {
	draw_all();
	scrollTo(0, 0);
});
draw_all();
/* How long it took from opening the file, in milliseconds: for who measures it. */
requestAnimationFrame(() => { document.documentElement.dataset.ready = Math.round(performance.now()); });
