"""What `redcorpus export` writes, read by programs of archives and libraries.

Imported by loaders.py, which runs the checks. What must be equal comes from the records and is compared by content with what the
foreign program says. ocrd, dinglehopper and alto-tools are others' work (requirements.txt).
"""
import glob
import importlib
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as E

RECORD = "{urn:redcorpus:record:1}"
CHECKS = []


class Place:            # filled in by loaders.py
    binary = work = batch = None
    skip = Exception


def check(function):
    CHECKS.append(function)
    return function


def need(module):
    try:
        return importlib.import_module(module)
    except ImportError:
        raise Place.skip(f"no Python module '{module}'") from None


def exported(kind):
    """The folder of an export of the whole batch, made once. Exit 1: a page is in quarantine."""
    out = os.path.join(Place.work, "export-" + kind)
    if not os.path.isdir(out) or kind not in exported.made:
        shutil.rmtree(out, ignore_errors=True)
        run = subprocess.run([Place.binary, "export", Place.batch, "--format", kind, "--out", out, "--quiet"], capture_output=True)
        assert run.returncode in (0, 1), run.stderr.decode()
        exported.made.add(kind)
    return out


exported.made = set()


class Page:
    """A page of a record: its lines as (text or None, box), and of each the glyphs as (text, box)."""

    def __init__(self, page, item):
        scan = page.find(RECORD + "scan")
        self.item, self.order = item, int(page.get("order"))
        self.name = (scan.get("member") or scan.get("source")).rsplit("/", 1)[-1]
        self.frame = int(scan.get("frame"))
        self.digest = scan.get("digest")
        self.read = page.find(RECORD + "not-read") is None
        self.regions = [[self.line(n) for n in r.findall(RECORD + "line")] for r in page.findall(RECORD + "region")]
        self.lines = [line for region in self.regions for line in region]

    @staticmethod
    def line(node):
        text = node.find(RECORD + "text")
        glyphs = node.find(RECORD + "glyphs")
        boxes = [int(v) for v in glyphs.get("boxes").split()] if glyphs is not None else []
        return (None if text is None else text.text or "", tuple(int(v) for v in node.get("box").split()),
                [tuple(boxes[i:i + 4]) for i in range(0, len(boxes), 4)])

    def file(self, folder, ending=".xml"):
        stem = self.name.rsplit(".", 1)[0] + (f".{self.frame + 1}" if self.frame else "")
        return os.path.join(folder, self.item, stem + ending)

    def text(self):
        return "\n".join(text for text, _, _ in self.lines if text is not None)


def pages():
    for path in sorted(glob.glob(os.path.join(Place.batch, "records", "*.xml"))):
        root = E.parse(path).getroot()
        for page in root.iter(RECORD + "page"):
            yield Page(page, root.get("id"))


def read_pages():
    found = [p for p in pages() if p.read]
    assert len(found) > 8, len(found)
    return found


def squeezed(text):
    return "".join(text.split())


@check
def our_page_is_read_by_ocrd_line_by_line_and_its_texts_agree_on_all_levels():
    ocrd_page, validators = need("ocrd_models.ocrd_page"), need("ocrd_validators")
    folder = exported("page")
    for page in read_pages():
        path = page.file(folder)
        report = validators.PageValidator.validate(filename=path, page_textequiv_consistency="strict", check_baseline=True, check_coords=True)
        assert report.is_valid, path + report.to_xml()
        theirs = ocrd_page.parse(path, silence=True).get_Page()
        assert theirs.get_imageFilename() == page.name, path
        got = []
        for region in theirs.get_AllRegions(classes=["Text"], order="reading-order"):
            for line in region.get_TextLine():
                points = [tuple(int(v) for v in p.split(",")) for p in line.get_Coords().get_points().split()]
                equiv = line.get_TextEquiv()
                got.append((equiv[0].get_Unicode() if equiv else None, points))
        want = page.lines
        assert [g[0] for g in got] == [w[0] for w in want], path
        for (_, points), (_, (x, y, w, h), _) in zip(got, want):
            left, top = min(p[0] for p in points), min(p[1] for p in points)
            assert abs(left - x) <= 2 and abs(top - y) <= 2, (path, points, (x, y, w, h))
            assert abs(max(p[0] for p in points) - x - w) <= 2 and abs(max(p[1] for p in points) - y - h) <= 2, (path, points, (x, y, w, h))


@check
def our_alto_and_page_give_dinglehopper_the_text_of_the_record():
    ocr_files = need("dinglehopper.ocr_files")
    for kind in ("alto", "page"):
        folder = exported(kind)
        for page in read_pages():
            got = ocr_files.extract(page.file(folder)).text
            want = page.text().replace("—", "–")        # dinglehopper takes the long dash for the shorter one
            assert squeezed(got) == squeezed(want), (kind, page.file(folder), got[:200], page.text()[:200])


@check
def our_alto_gives_alto_tools_words_and_confidences():
    need("alto_tools")
    folder = exported("alto")
    for page in read_pages()[:3]:
        tool = [sys.executable, "-m", "alto_tools.alto_tools"]
        said = subprocess.run(tool + ["-t", page.file(folder)], capture_output=True, text=True, check=True).stdout
        assert squeezed(page.text()) in squeezed(said), (said[:300], page.text()[:300])
        said = subprocess.run(tool + ["-c", page.file(folder)], capture_output=True, text=True, check=True).stdout
        assert "Confidence: " in said, said
        percent = float(said.rsplit("Confidence: ", 1)[1].split()[0].rstrip("%"))
        assert 50 < percent <= 100, said            # sure is high


@check
def our_mets_is_a_work_space_for_ocrd_with_every_page_and_file():
    ocrd, validators = need("ocrd"), need("ocrd_validators")
    folder = exported("mets")
    n = 0
    for path in sorted(glob.glob(os.path.join(folder, "*", "mets.xml"))):
        report = validators.WorkspaceValidator.validate(
            ocrd.Resolver(), path, src_dir=os.path.dirname(path), download=False,
            skip=["imagefilename", "dimension", "pixel_density", "page", "url", "mets_unique_identifier", "mets_files", "page_xsd"])
        assert report.is_valid, path + report.to_xml()
        space = ocrd.Workspace(ocrd.Resolver(), os.path.dirname(path))
        want = [p for p in pages() if p.item == os.path.basename(os.path.dirname(path))]
        assert len(space.mets.physical_pages) == len(want), path
        texts = list(space.mets.find_files(fileGrp="FULLTEXT"))
        assert len(texts) == sum(p.read for p in want), path
        for f in texts + list(space.mets.find_files(fileGrp="ORIGINAL")):
            assert os.path.isfile(os.path.join(os.path.dirname(path), f.local_filename)), (path, f.local_filename)
            n += 1
    assert n > 15, n
