"""Bags and PDF as `redcorpus export` writes them, read by programs nobody here wrote: bagit-python, pypdf, pdfminer.six, qpdf.

Imported by loaders.py, which runs the checks.
"""
import glob
import os
import shutil
import subprocess


def bare(text):
    return "".join(text.split())


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

    @check
    def qpdf_finds_nothing_wrong_with_a_pdf():
        for path, _ in documents():
            subprocess.run(["qpdf", "--check", path], check=True, capture_output=True)
