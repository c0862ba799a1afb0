#!/usr/bin/env python3
"""loaders.py BINARY WORK: the batch in WORK/batch, read by the tools and loaders that people have.

Each check is a function; its name is what it shows. What must be equal comes from the manifest and from `redcorpus cat`,
and is compared with what the foreign program says.
"""
import glob
import hashlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import json
import os
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import types
from xml.etree import ElementTree

import archive
import readers

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BINARY, WORK = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
BATCH = os.path.join(WORK, "batch")
CORPUS = os.path.join(BATCH, "corpus")
CHECKS = []


class Skip(Exception):
    pass


def check(function):
    CHECKS.append(function)
    return function


def need(module):
    try:
        return importlib.import_module(module)
    except ImportError:
        raise Skip(f"no Python module '{module}'") from None


def output(*command, **kw):
    return subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL, **kw).stdout


def equal(got, want, what):
    assert got == want, f"{what}: got {str(got)[:300]}, want {str(want)[:300]}"


def manifest():
    with open(os.path.join(CORPUS, "manifest.json"), encoding="utf-8") as f:
        return json.load(f)


def files(kind):
    return [f for f in manifest()["files"] if f["kind"] == kind]


def cat(*args):
    """Samples as `redcorpus cat` gives them."""
    return [json.loads(line) for line in output(BINARY, "cat", CORPUS, *args).decode().splitlines()]


def texts_by_split():
    found = {}
    for f in files("text"):
        found.setdefault(f["split"], []).append(os.path.join(CORPUS, f["path"]))
    return found


@check
def xmllint_agrees_that_records_are_valid():
    records = sorted(glob.glob(os.path.join(BATCH, "records", "*.xml")))
    assert len(records) >= 8, f"{len(records)} records"
    output("xmllint", "--noout", "--nonet", "--schema", os.path.join(ROOT, "schemas", "record.xsd"), *records)


@check
def sha256sum_verifies_the_corpus():
    output("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=CORPUS)


@check
def zstd_unpacks_text_shards_to_the_samples_of_cat():
    want = sorted(s["id"] for s in cat())
    got = []
    for f in files("text"):
        lines = output("zstd", "-dc", os.path.join(CORPUS, f["path"])).decode().splitlines()
        equal(len(lines), f["samples"], f["path"])
        got += [json.loads(line)["id"] for line in lines]
    assert want, "no samples"
    equal(sorted(got), want, "ids")


@check
def python_zstandard_reads_all_frames():
    zstandard = need("zstandard")
    for f in files("text"):
        with open(os.path.join(CORPUS, f["path"]), "rb") as raw:
            stream = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
            lines = io.TextIOWrapper(stream, encoding="utf-8").read().splitlines()
        equal(len(lines), f["samples"], f["path"])


@check
def tar_lists_page_shards():
    for f in files("pages"):
        names = output("tar", "-tf", os.path.join(CORPUS, f["path"])).decode().split()
        equal(len({n.split(".", 1)[0] for n in names}), f["samples"], f["path"])
        equal(names, sorted(names), "members are sorted") if f["samples"] == 1 else None
    assert files("pages"), "no page shards"


@check
def webdataset_loads_every_page_with_its_picture():
    wds = need("webdataset")
    image = need("PIL.Image")
    for f in files("pages"):
        count = 0
        for sample in wds.WebDataset(os.path.join(CORPUS, f["path"]), shardshuffle=False):
            count += 1
            assert "." not in os.path.basename(sample["__key__"]), sample["__key__"]
            facts = json.loads(sample["json"])
            picture = image.open(io.BytesIO(sample.get("jpg") or sample["png"]))
            picture.load()
            equal(list(picture.size), [facts["width"], facts["height"]], f"size of {sample['__key__']}")
            sample["txt"].decode("utf-8")
        equal(count, f["samples"], f["path"])


@check
def webdataset_loads_every_line_with_its_picture_and_text():
    wds = need("webdataset")
    image = need("PIL.Image")
    said = {s["id"]: s["text"] for s in cat("--shards", "lines")}
    loaded = {}
    for f in files("lines"):
        for sample in wds.WebDataset(os.path.join(CORPUS, f["path"]), shardshuffle=False):
            facts, picture = json.loads(sample["json"]), image.open(io.BytesIO(sample["png"]))
            picture.load()
            equal((list(picture.size), picture.mode), ([facts["width"], facts["height"]], "L"), f"picture of {sample['__key__']}")
            loaded[os.path.basename(sample["__key__"])] = sample["txt"].decode("utf-8")
    assert len(loaded) > 100, f"{len(loaded)} lines"
    equal(len(loaded), sum(f["samples"] for f in files("lines")), "lines")
    equal(loaded, said, "texts")


@check
def datasets_loads_lines_by_their_own_card():
    datasets = need("datasets")
    loaded = datasets.load_dataset(os.path.join(CORPUS, "lines"), "lines", streaming=True)
    rows = [row for split in loaded.values() for row in split.cast_column("png", datasets.Image(decode=False))]
    equal(len(rows), sum(f["samples"] for f in files("lines")), "rows")
    for row in rows:
        equal(hashlib.sha256(row["png"]["bytes"]).hexdigest(), row["json"]["image_sha256"], row["__key__"])


@check
def datasets_loads_text_streaming_and_not():
    datasets = need("datasets")
    want = sorted(s["id"] for s in cat())
    for streaming in (False, True):
        loaded = datasets.load_dataset("json", data_files=texts_by_split(), streaming=streaming)
        got = sorted(row["id"] for split in loaded.values() for row in split)
        equal(got, want, f"ids, streaming={streaming}")


@check
def datasets_understands_the_dataset_card():
    datasets = need("datasets")
    want = {}
    for f in files("text"):
        want[f["split"]] = want.get(f["split"], 0) + f["samples"]
    loaded = datasets.load_dataset(CORPUS, "text")
    equal({name: split.num_rows for name, split in loaded.items()}, want, "rows of the config 'text'")
    # One card, one loader: pages have a card of their own.
    pages = datasets.load_dataset(os.path.join(CORPUS, "pages"), "pages", streaming=True)
    keys = [row["__key__"] for split in pages.values() for row in split]
    config = {f["path"] for f in files("pages") if "jpg" in f["path"] or "jpeg" in f["path"]} or {f["path"] for f in files("pages")}
    equal(len(keys), sum(f["samples"] for f in files("pages") if f["path"] in config), "rows of the config 'pages'")
    equal(len(set(keys)), len(keys), "keys are unique")


@check
def datasets_gives_the_pictures_that_were_packed():
    datasets = need("datasets")
    for config in datasets.get_dataset_config_names(os.path.join(CORPUS, "pages")):
        for streaming in (False, True):
            loaded = datasets.load_dataset(os.path.join(CORPUS, "pages"), config, streaming=streaming)
            for rows in loaded.values():
                field = "png" if "png" in next(iter(rows)) else "jpg"
                for row in rows.cast_column(field, datasets.Image(decode=False)):
                    equal(hashlib.sha256(row[field]["bytes"]).hexdigest(), row["json"]["image_sha256"], row["__key__"])


class Absent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands for the gigabytes (torch, cloud clients) that mosaicml-streaming imports and a shard's reader does not need."""

    class Module(types.ModuleType):
        __path__ = []

        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            setattr(self, name, type(name, (), {"__init__": lambda self, *a, **k: None, "__class_getitem__": classmethod(lambda c, i: c)}))
            return getattr(self, name)

    names = {"torch", "torchvision", "transformers", "boto3", "botocore", "google", "oci", "azure", "paramiko", "databricks", "alipcs_py",
             "datasets", "huggingface_hub", "matplotlib", "snappy", "brotli"}

    def find_spec(self, name, path, target=None):
        found = name.split(".")[0] in self.names
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if found else None

    def create_module(self, spec):
        return self.Module(spec.name)

    def exec_module(self, module):
        pass


def mds_rows(folder):
    """Samples of an MDS split, by the reader of mosaicml-streaming, in a Python of its own. Prints them; see below."""
    sys.meta_path.insert(0, Absent())
    from streaming.base.compression import decompress
    from streaming.base.format import reader_from_json

    with open(os.path.join(folder, "index.json"), encoding="utf-8") as f:
        index = json.load(f)
    with tempfile.TemporaryDirectory() as unpacked:
        for shard in index["shards"]:
            with open(os.path.join(folder, shard["zip_data"]["basename"]), "rb") as f:
                packed = f.read()
            equal(hashlib.sha256(packed).hexdigest(), shard["zip_data"]["hashes"]["sha256"], shard["zip_data"]["basename"])
            raw = decompress(shard["compression"], packed)
            equal(hashlib.sha256(raw).hexdigest(), shard["raw_data"]["hashes"]["sha256"], shard["raw_data"]["basename"])
            with open(os.path.join(unpacked, shard["raw_data"]["basename"]), "wb") as f:
                f.write(raw)
            reader = reader_from_json(unpacked, None, shard)
            for i in range(reader.samples):
                print(json.dumps(reader[i]))


@check
def mosaicml_streaming_reads_the_same_samples_from_mds():
    if importlib.util.find_spec("streaming") is None:
        raise Skip("no Python module 'streaming'")
    got = []
    for split in sorted({f["split"] for f in files("mds")}):
        folder = os.path.join(CORPUS, "mds", split)
        out = output(sys.executable, os.path.abspath(__file__), BINARY, WORK, "--mds", folder).decode()
        got += [json.loads(line) for line in out.splitlines()]
    equal(sorted(got, key=lambda s: s["id"]), sorted(cat(), key=lambda s: s["id"]), "samples")


@check
def offsets_lead_to_the_first_member_of_each_sample():
    for f in files("offsets"):
        path = os.path.join(CORPUS, f["path"])
        with open(path, "rb") as table:
            numbers = [n for (n,) in struct.iter_unpack("<Q", table.read())]
        with tarfile.open(path[:-len(".idx")], "r:") as tar:
            members = tar.getmembers()
        starts, last = [], None
        for member in members:
            key = member.name.split(".")[0]
            if key != last:
                starts.append(member.offset)
            last = key
        equal(numbers[:-1], starts, f["path"])
        end = members[-1].offset_data + (members[-1].size + 511) // 512 * 512
        equal(numbers[-1], end, f"end of {f['path']}")


@check
def mlcroissant_accepts_the_description_and_finds_the_files():
    croissant = need("mlcroissant")
    described = croissant.Dataset(jsonld=os.path.join(CORPUS, "croissant.json")).metadata
    equal(list(described.ctx.issues.errors), [], "errors")
    sums = {f.content_url: f.sha256 for f in described.distribution if isinstance(f, croissant.FileObject)}
    equal(sums, {f["path"]: f["sha256"] for f in manifest()["files"] if f["kind"] not in ("card", "sums", "mds-index")}, "files")


def printed_lines(item):
    """{(page, region, line): (text, box)} of an item's record."""
    ns, found = "{urn:redcorpus:record:1}", {}
    for page in ElementTree.parse(os.path.join(BATCH, "records", item + ".xml")).getroot().iter(ns + "page"):
        for r, region in enumerate(page.iter(ns + "region")):
            for n, line in enumerate(region.iter(ns + "line")):
                text = line.find(ns + "text[@layer='printed']")
                found[int(page.get("order")), r, n] = (text.text if text is not None else "", [int(v) for v in line.get("box").split()])
    return found


@check
def places_of_lines_lead_to_the_printed_line_and_its_box():
    seen = 0
    for sample in cat():
        printed = printed_lines(sample["id"])
        for start, end, page, region, line, *box in sample["metadata"]["lines"]:
            text, place = printed[page, region, line]
            got = sample["text"][start:end]
            equal(len(got), len(text), f"length of line {page}/{region}/{line} of {sample['id']}")
            equal([a for a, b in zip(got, text) if a != b and a != "\u25a0"], [], f"line {page}/{region}/{line} of {sample['id']}")
            equal(box, place, f"box of line {page}/{region}/{line} of {sample['id']}")
            seen += 1
    assert seen > 20, f"{seen} lines"


@check
def attributes_lie_beside_text_as_dolma_documents_them():
    """Same number of lines, same ids, same order; spans [start, end, score] inside of the text (Dolma, docs/data-format.md)."""
    def lines(f):
        return [json.loads(line) for line in output("zstd", "-dc", os.path.join(CORPUS, f["path"])).decode().splitlines()]

    texts, attributes = files("text"), files("attributes")
    equal([(f["split"], f["samples"]) for f in attributes], [(f["split"], f["samples"]) for f in texts], "files")
    for text, beside in zip(texts, attributes):
        samples, rows = lines(text), lines(beside)
        equal([r["id"] for r in rows], [s["id"] for s in samples], "ids")
        for sample, row in zip(samples, rows):
            equal(list(row["attributes"])[0].split("__")[0], "redcorpus", "prefix")
            for name, spans in row["attributes"].items():
                for start, end, score in spans:
                    assert 0 <= start <= end <= len(sample["text"]) and isinstance(score, float), (name, start, end, score)
            covered = sum(end - start for start, end, _ in row["attributes"]["redcorpus__quality__confidence"])
            equal(covered, sum(p["end"] - p["start"] for p in sample["metadata"]["pages"]), "what pages cover")


@check
def anchors_lead_from_the_text_to_the_same_characters_of_the_layers():
    for sample in cat():
        text, layers = sample["text"], sample["metadata"]["layers"]
        anchors = layers["anchors"] + [[len(text) + 1, len(layers["normalized"]) + 1]]
        for (start, at), (end, following) in zip(anchors, anchors[1:]):
            for place in range(start, min(end, len(text))):
                if "\u4e00" <= text[place] <= "\u9fff":
                    equal(layers["normalized"][min(at + place - start, following)], text[place], f"character {place} of {sample['id']}")


@check
def mlcroissant_loads_the_texts_of_pages_and_lines():
    croissant = need("mlcroissant")
    described = croissant.Dataset(jsonld=os.path.join(CORPUS, "croissant.json"))
    for kind in ("page", "line"):
        records = described.records(f"{kind}-texts")
        loaded = {r[f"{kind}-texts/id"].decode(): r[f"{kind}-texts/text"].decode() for r in records}
        equal(loaded, {s["id"]: s["text"] for s in cat("--shards", kind + "s")}, f"texts of {kind}s")
    images = {r["page-images/id"].decode(): list(r["page-images/image"].size) for r in described.records("page-images")}
    equal(images, {s["id"]: [s["width"], s["height"]] for s in cat("--shards", "pages")}, "sizes of images")


@check
def places_of_pages_are_code_points_of_the_text():
    for sample in cat():
        at = 0
        for page in sample["metadata"]["pages"]:
            text = sample["text"][page["start"]:page["end"]]
            equal(bool(text), page["in_text"], f"{sample['id']} page {page['order']}")
            equal(sample["text"][at:page["start"]].strip("\n"), "", f"what lies between pages of {sample['id']}")
            at = page["end"]
        equal(at, len(sample["text"]), f"end of {sample['id']}")


@check
def json_outputs_keep_to_their_schemas():
    jsonschema = need("jsonschema")

    def keeps(document, schema):
        with open(os.path.join(ROOT, "schemas", schema), encoding="utf-8") as f:
            jsonschema.Draft202012Validator(json.load(f)).validate(document)

    keeps(manifest(), "manifest.schema.json")
    for sample in cat():
        keeps(sample, "text-sample.schema.json")
    for f in files("pages") + files("lines"):
        with tarfile.open(os.path.join(CORPUS, f["path"]), "r:") as tar:
            for member in tar:
                if member.name.endswith(".json"):
                    keeps(json.load(tar.extractfile(member)), {"pages": "page-sample", "lines": "line-sample"}[f["kind"]] + ".schema.json")
    keeps(json.loads(output(BINARY, "status", BATCH, "--json")), "status.schema.json")
    with open(os.path.join(BATCH, ".redcorpus", "events.jsonl"), encoding="utf-8") as f:
        for line in f:
            keeps(json.loads(line), "event.schema.json")
    page = json.loads(output(BINARY, "ocr", "--format", "json", os.path.join(ROOT, "samples/box/notice/notice-0001.jpg")))
    keeps(page, "page.schema.json")


@check
def what_was_pulled_is_what_was_published():
    there, back = os.path.join(WORK, "published"), os.path.join(WORK, "pulled")
    for folder in (there, back):
        shutil.rmtree(folder, ignore_errors=True)
    output(BINARY, "publish", BATCH, "file://" + there)
    output(BINARY, "pull", "file://" + there, back)
    for f in manifest()["files"]:
        with open(os.path.join(back, f["path"]), "rb") as got:
            equal(hashlib.sha256(got.read()).hexdigest(), f["sha256"], f["path"])
    output("diff", "-r", there, back)


@check
def the_model_recipe_makes_a_model_that_tesseract_reads_with():
    run = subprocess.run([sys.executable, os.path.join(ROOT, "tests", "interop", "recipe.py")], capture_output=True, text=True)
    if run.stdout.startswith("skip"):
        raise Skip(run.stdout.strip())
    assert run.returncode == 0, run.stdout


@check
def the_report_of_300_pages_opens_in_a_browser():
    """Pages of ours and, where they are, real ones, each many times with a few bytes more at its end: other scans, the same page."""
    if not shutil.which("chromium"):
        raise Skip("no chromium")
    shared = os.path.join(ROOT, "..", "shared", "data")
    pages = sorted(glob.glob(os.path.join(shared, "ecpo", "blocks", "*.png"))) or \
        sorted(glob.glob(os.path.join(ROOT, "samples", "box", "notice", "*.jpg")))
    source, batch = os.path.join(WORK, "many"), os.path.join(WORK, "many.batch")
    for n in range(300):
        with open(pages[n % len(pages)], "rb") as f:
            data = f.read()
        path = os.path.join(source, "%02d" % (n // 20), "p%d%s" % (n % 20, os.path.splitext(pages[n % len(pages)])[1]))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data + b"page %d" % n)
    subprocess.run([BINARY, "run", batch, source, "--quiet", "--set", "ocr.effort=plain"], check=True, stderr=subprocess.DEVNULL)
    index = os.path.join(batch, "report", "index.html")
    assert os.path.getsize(index) < 1000000, f"index.html has {os.path.getsize(index)} bytes"
    log = subprocess.run(["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + os.path.join(WORK, "chromium"),
                          "--enable-logging=stderr", "--virtual-time-budget=5000", "--dump-dom", "file://" + os.path.abspath(index) + "?lang=en"],
                         capture_output=True, encoding="utf-8", timeout=120)
    equal([line for line in log.stderr.splitlines() if "CONSOLE" in line], [], "the browser's complaints")
    assert ">300<" in log.stdout and "Worst pages" in log.stdout, "the totals are missing"
    ready = int(log.stdout.split('data-ready="')[1].split('"')[0])
    print(f"    index.html {os.path.getsize(index)} bytes, ready after {ready} ms")
    assert ready < 2000, f"the report was ready after {ready} ms"


archive.Place.binary, archive.Place.work, archive.Place.batch, archive.Place.skip = BINARY, WORK, BATCH, Skip
CHECKS += archive.CHECKS

readers.add(check, need, BINARY, WORK, BATCH)


def main():
    passed = failed = skipped = 0
    for function in CHECKS:
        name = function.__name__.replace("_", " ")
        try:
            function()
            passed += 1
            print(f"ok: {name}", flush=True)
        except Skip as why:
            skipped += 1
            print(f"skipped: {name}: {why}", flush=True)
        except Exception as error:  # whatever a foreign program throws is a failure of the check
            failed += 1
            said = getattr(error, "stderr", b"") or b""
            print(f"FAILED: {name}: {type(error).__name__}: {str(error)[:600]} {said.decode(errors='replace')[-600:]}", flush=True)
    tail = f", {skipped} skipped" if skipped else ""
    print(f"{passed} passed, {failed} failed{tail}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(mds_rows(sys.argv[4]) if sys.argv[3:4] == ["--mds"] else main())
