/* choices.js -- what enters the corpus, why other pages do not, and what is there more than once. */

/* What a word of curate means, in the language of the report. */
function word_meaning(word) {
	const w = data.choices.words[word];
	return w ? w[lang === "zh" ? 2 : 1] : word;
}
function out_of(word) {
	return say("out_" + ((data.choices.words[word] || [])[0] || "mark"));
}

function few(entries) {
	return h("div", { class: "cards" }, entries.map(page_from).map(card));
}

function choices(main) {
	const c = data.choices, out = c.why.filter(([word, first]) => first);
	if (!c.pages)
		return;
	main.append(part_of(say("ch_title"), say("ch_note", { n: count(c.pages), text: count(c.text), image: count(c.image) }),
		bars([[say("ch_text"), c.text, "var(--A)"]].concat(out.map(([word, first]) => [word_meaning(word), first, "var(--D)"])))));
	for (const [word, , all, entries] of c.why)
		main.append(h("details", { class: "reason" }, h("summary", { class: "top" }, h("b", {}, word_meaning(word)), h("code", {}, word), h("span", { class: "note num" }, count(all))),
			h("p", { class: "note" }, out_of(word)), few(entries), all > entries.length && h("p", { class: "note" }, say("q_more", count(all - entries.length)))));
	if (c.clusters.length)
		main.append(part_of(say("ch_copies"), say("ch_copies_note"), c.clusters.map(([n, entries]) =>
			h("div", { class: "reason" }, h("div", { class: "top" }, h("b", {}, say("ch_n_pages", count(n)))), few(entries)))));
}
