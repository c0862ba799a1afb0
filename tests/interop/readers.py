"""Bags and PDF as `redcorpus export` writes them, read by programs nobody here wrote: bagit-python, pypdf, pdfminer.six,
PDFium (what Chrome searches and copies with), Poppler, qpdf.

Imported by loaders.py, which runs the checks.
"""
import glob
import os
import shutil
import subprocess


def bare(text):
    return "".join(text.split())


def followed(got, lines):
    """The share of lines whose next line comes next in what a reader says."""
    pairs = [(a, b) for a, b in zip(lines, lines[1:]) if min(len(a), len(b)) > 1]
    return sum(a[-3:] + b[:3] in got for a, b in pairs) / len(pairs) if pairs else 1


def add(check, need, binary, work, batch):
    def export(kind):
        out = os.path.join(work, "read-" + kind)
        shutil.rmtree(out, ignore_errors=True)
        run = subprocess.run([binary, "export", batch, "--format", kind, "--out", out, "--quiet"], capture_output=True)
        assert run.returncode in (0, 1), run.stderr.decode()      # 1: a page is in quarantine
        return out

    def documents():
        """(path of the PDF, text of the record without white space)"""
        texts, pdfs = export("text"), export("pdf")
        for path in sorted(glob.glob(os.path.join(pdfs, "*.pdf"))):
            with open(os.path.join(texts, os.path.basename(path)[:-4] + ".txt"), encoding="utf-8") as f:
                yield path, bare(f.read())

    @check
    def bagit_python_validates_every_bag():
        bagit = need("bagit")
        bags = sorted(os.listdir(export("bagit")))
        assert len(bags) >= 8, f"{len(bags)} bags"
        for name in bags:
            bag = bagit.Bag(os.path.join(work, "read-bagit", name))
            bag.validate()
            assert bag.info["Payload-Oxum"] and sorted(bag.algorithms) == ["sha256", "sha512"], bag.info
            assert "data/record.xml" in bag.payload_entries(), name

    @check
    def bagit_python_finds_a_changed_scan():
        bagit = need("bagit")
        path = glob.glob(os.path.join(export("bagit"), "*", "data", "scans", "*.jpg"))[0]
        with open(path, "r+b") as f:
            f.write(b"x")
        bag = bagit.Bag(path[:path.index("/data/")])
        try:
            bag.validate()
        except bagit.BagValidationError:
            return
        raise AssertionError("the bag is still valid")

    @check
    def pypdf_reads_the_text_of_the_record_in_its_order():
        pypdf = need("pypdf")
        for path, text in documents():
            got = bare("".join(p.extract_text() for p in pypdf.PdfReader(path).pages))
            assert got == text, f"{path}: {got[:80]} instead of {text[:80]}"

    @check
    def pdfminer_reads_the_characters_of_the_record():
        pdfminer = need("pdfminer.high_level")
        layout = need("pdfminer.layout")
        for path, text in documents():
            got = bare(pdfminer.extract_text(path, laparams=layout.LAParams(detect_vertical=True)))
            assert sorted(got) == sorted(text), path

    def order_of(path, got, text):
        """Pages in one tier in order, without the hyphens that readers take away; in newspapers in tiers most of it."""
        with open(path.replace("read-pdf", "read-text")[:-4] + ".txt", encoding="utf-8") as f:
            share = followed(got.replace("\ufffe", ""), [bare(line) for line in f if bare(line)])
        assert share >= (0.6 if "newspaper" in path else 0.97), f"{path}: {share:.3f} of the lines are followed by the next"

    @check
    def pdfium_reads_the_text_of_the_record_and_nearly_in_its_order():
        pdfium = need("pypdfium2")
        for path, text in documents():
            document = pdfium.PdfDocument(path)
            got = bare("".join(page.get_textpage().get_text_bounded() for page in document))
            assert abs(len(got) - len(text)) <= 0.02 * len(text), f"{path}: {len(got)} characters instead of {len(text)}"
            order_of(path, got, text)

    @check
    def poppler_reads_the_text_of_the_record_and_nearly_in_its_order():
        for path, text in documents():
            got = bare(subprocess.run(["pdftotext", path, "-"], check=True, capture_output=True, text=True).stdout)
            order_of(path, got, text)

    @check
    def qpdf_finds_nothing_wrong_with_a_pdf():
        for path, _ in documents():
            subprocess.run(["qpdf", "--check", path], check=True, capture_output=True)
