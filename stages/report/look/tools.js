/* tools.js -- elements, words, numbers, and parts that are loaded when they are needed.
 *
 * Nothing from the data is ever parsed as HTML: text goes through text nodes. */

const data = JSON.parse(document.getElementById("data").textContent);
const query = new URLSearchParams(location.search);

/* Some browsers keep nothing for pages from disk. */
function remember(key, value) {
	try { localStorage.setItem("redcorpus." + key, value); } catch (e) { /* then not */ }
}
/* What the address says (index.html?lang=zh&theme=dark), else what was chosen before. */
function recall(key) {
	try { return query.get(key) || localStorage.getItem("redcorpus." + key); } catch (e) { return query.get(key); }
}

let lang = recall("lang") || ((navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en");
if (!words[lang])
	lang = "en";

function say(key, values) {
	let text = words[lang][key] === undefined ? key : words[lang][key];
	if (values !== undefined && typeof values !== "object")
		values = { n: values };
	for (const name in values)
		text = text.replace("{" + name + "}", () => String(values[name]));
	return text;
}

/* h("a", {href: "#x", class: "card", onclick: f, style: {width: "3em"}}, "text", element, [more]) */
function h(tag, attributes, ...children) {
	const svg = /^(svg|rect|polygon|path|text|line|title|g)$/.test(tag);
	const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
	for (const name in attributes || {}) {
		const value = attributes[name];
		if (value === null || value === undefined || value === false)
			continue;
		if (name.startsWith("on")) {
			if (typeof value === "function")        /* "" or 0 of a condition: nothing happens there */
				element.addEventListener(name.slice(2), value);
		} else if (name === "style") {
			for (const property in value)
				element.style.setProperty(property, value[property]);
		} else {
			element.setAttribute(name, value === true ? "" : value);
		}
	}
	for (const child of children.flat(3))
		if (child !== null && child !== undefined && child !== false)
			element.append(child);
	return element;
}

/* ---- numbers ---- */

function count(n) {
	return Number(n).toLocaleString(lang === "zh" ? "zh-CN" : "en");
}
/* ten-thousandths as percent */
function percent(n) {
	return n < 0 ? "–" : (n / 100).toFixed(n < 1000 ? 1 : 0) + (lang === "zh" ? "%" : " %");
}
function size(bytes) {
	const units = ["B", "KB", "MB", "GB", "TB"];
	let i = 0;
	for (; bytes >= 1000 && i < units.length - 1; i++)
		bytes /= 1000;
	return (i && bytes < 10 ? bytes.toFixed(1) : Math.round(bytes)) + " " + units[i];
}
function duration(seconds) {
	return seconds < 60 ? say("second", seconds) : seconds < 3600 ? say("minute", seconds / 60) :
		seconds < 86400 ? say("hour", seconds / 3600) : say("day", seconds / 86400);
}
/* The grade of an error rate from 0 to 1; as pipeline/core/page.h has it. */
function grade_of(error) {
	return error < 0 ? "N" : error <= 0.02 ? "A" : error <= 0.05 ? "B" : error <= 0.15 ? "C" : error <= 0.40 ? "D" : "E";
}
function chip(grade, title) {
	return h("span", { class: "chip g" + (grade || "N"), title: title }, grade || "–");
}

/* ---- parts ---- */

const redcorpus = { parts: {}, part: function (name, value) { redcorpus.parts[name] = value; } };
window.redcorpus = redcorpus;
const on_the_way = {};

/* A promise of a part's data. */
function load(name) {
	if (redcorpus.parts[name])
		return Promise.resolve(redcorpus.parts[name]);
	if (!on_the_way[name])
		on_the_way[name] = new Promise(function (resolve, reject) {
			const script = h("script", { src: name });
			const done = function () {
				script.remove();
				delete on_the_way[name];
				if (redcorpus.parts[name])
					resolve(redcorpus.parts[name]);
				else
					reject(new Error(say("failed", name)));
			};
			script.addEventListener("load", done);
			script.addEventListener("error", done);
			document.head.append(script);
		});
	return on_the_way[name];
}
/* Pages are large: only the last few stay. */
function forget_pages() {
	const names = Object.keys(redcorpus.parts).filter((name) => name.startsWith("pages/"));
	for (const name of names.slice(0, -6))
		delete redcorpus.parts[name];
}

/* ---- pages as the lists have them (stages/report/index.h) ---- */

function page_from(e) {
	return { id: e[0], picture: e[1], item: e[2], order: e[3], number: e[4], name: e[5], reason: e[6], kind: e[7], grade: e[8],
		error: e[9], confidence: e[10], chars: e[11], lines: e[12], in_text: e[13], shown: e[14] };
}
function file_of(id, ending) {
	return "pages/" + id.slice(0, 2) + "/" + id + ending;
}
function thumb(page) {
	return page.picture ? h("img", { loading: "lazy", alt: "", src: file_of(page.picture, "-t.jpg") }) : null;
}
function title_of(page) {
	return page.number ? page.number + " · " + page.name : page.name;
}
/* Items are named for file systems: "box12%2Fa" is box12/a. */
function item_name(id) {
	try { return decodeURIComponent(id); } catch (e) { return id; }
}
/* A promise of list n as pages. */
function list(n) {
	return load("lists/pages-" + n + ".js").then((entries) => entries.map(page_from));
}
function all_pages() {
	return Promise.all(data.lists.map((first, n) => list(n))).then((lists) => lists.flat());
}
/* A page's link. */
function to_page(page, line) {
	return "#page/" + page.id + (line === undefined ? "" : "/" + line);
}
