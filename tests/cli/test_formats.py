"""Packed files and files that are no LIBSVM text: read, or one sentence that says what helps."""

import bz2
import gzip
import io
import lzma
import os
import shutil
import subprocess
import tarfile
import unittest
import zipfile

from support import ProgramTest, classification

ROWS = classification(60, 8)
BUILT = os.environ.get("SOUNDER_FORMATS", "gzip").split(",")


def zstd(text):
    return subprocess.run(["zstd", "-qc"], input=text, stdout=subprocess.PIPE, check=True).stdout


PACKERS = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress}
if shutil.which("zstd"):
    PACKERS["zstd"] = zstd


def tar(text):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as packed:
        member = tarfile.TarInfo("rows.txt")
        member.size = len(text)
        packed.addfile(member, io.BytesIO(text))
    return archive.getvalue()


def zipped(text):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("rows.txt", text)
    return archive.getvalue()


TEXT = ROWS.encode()
# content, what its sentence says, the command in it
OTHERS = {
    "zip": (zipped(TEXT), "a zip archive", "unzip -p FILE"),
    "tar": (tar(TEXT), "a tar archive", "tar -xOf FILE"),
    "tar.gz": (gzip.compress(tar(TEXT)), "a tar archive in a gzip file",
               "gzip -dc FILE | tar -xOf -"),
    "gz.gz": (gzip.compress(gzip.compress(TEXT)), "a gzip file in a gzip file",
              "gzip -dc FILE | gzip -dc"),
    "UTF-16": (ROWS.encode("utf-16"), "UTF-16 text", "iconv -f UTF-16 -t UTF-8 FILE"),
    "UTF-16 without a mark": (ROWS.encode("utf-16-be"), "UTF-16 text",
                              "iconv -f UTF-16BE -t UTF-8 FILE"),
    "UTF-32": (ROWS.encode("utf-32"), "UTF-32 text", "iconv -f UTF-32 -t UTF-8 FILE"),
    "lzma": (lzma.compress(TEXT, lzma.FORMAT_ALONE), "an lzma file", "xz -dc FILE"),
    "old Mac": (TEXT.replace(b"\n", b"\r"), "carriage return", "tr '\\r' '\\n' < FILE"),
    "old Mac, gzip": (gzip.compress(TEXT.replace(b"\n", b"\r")), "carriage return",
                      "gzip -dc FILE | tr '\\r' '\\n'"),
    "header": (b"60 8 100\n" + TEXT, "header line", "tail -n +2 FILE"),
    "header, gzip": (gzip.compress(b"60 8\n" + TEXT), "header line",
                     "gzip -dc FILE | tail -n +2"),
    "names": (b"label features\n" + TEXT, "column names", "tail -n +2 FILE"),
}
HOPELESS = {"CSV": (b"label,a,b\n1,2,3\n", "CSV"), "table": (b"1 0.5 2\n2 3 4\n", "table"),
            "7z": (b"7z\xbc\xaf\x27\x1c\0\4", "7z x -so FILE"),
            "compress": (b"\x1f\x9d\x90abc", "gzip -dc FILE"),
            "web page": (b"<!DOCTYPE html>\n", "web page")}


class Formats(ProgramTest):
    def commands(self, data):
        return (("train", data, "m"), ("path", data, "m", "--folds", "3"), ("inspect", data),
                ("predict", data, "good.model", "out"), ("sweep", data, "--threads", "1"))

    def objective(self, *arguments, **options):
        """To the last digit, which takes one thread."""
        return self.train_json(*arguments, "--threads", "1", **options)["objective"]

    def refused(self, arguments, data, parts, stdin=b""):
        out, err = self.run_program(*arguments, stdin=stdin, code=3)
        self.assertEqual(out, "")
        self.assertTrue(err.startswith(data + ":"), err)
        self.assertEqual(err.count("\n"), 1, err)
        for part in parts:
            self.assertIn(part, err)

    def test_packed_files_are_read_as_their_text(self):
        self.write("plain", ROWS)
        expected = self.objective("plain", "m")
        plain = self.read("m")
        predicted = self.run_program("predict", "plain", "m")[0]
        for name in BUILT:
            if name not in PACKERS:
                print(f"skipped: {name} is not installed")
                continue
            packed = PACKERS[name](TEXT[:500]) + PACKERS[name](TEXT[500:])
            self.write("data", packed)
            with self.subTest(name):
                for arguments, stdin in ((("data", "m"), b""), (("-", "m"), packed)):
                    self.assertEqual(self.objective(*arguments, stdin=stdin), expected)
                    self.assertEqual(self.read("m"), plain)
                self.assertRegex(self.run_program("inspect", "data")[0], r"rows +60\n")
                self.assertEqual(self.run_program("predict", "data", "m")[0], predicted)

    def test_help_says_which(self):
        text = self.run_program("--help")[0]
        self.assertIn(f"packed ({', '.join(BUILT)})", text)

    def test_packed_files_without_their_library(self):
        for name, pack in PACKERS.items():
            if name not in BUILT:
                with self.subTest(name):
                    self.write("data", pack(TEXT))
                    self.refused(("train", "data"), "data", (name, f"`{name} -dc FILE`"))
                    self.refused(("train", "-", "m"), "-", (name,), stdin=pack(TEXT))

    def test_cut_and_damaged(self):
        for name in BUILT:
            if name in PACKERS:
                with self.subTest(name):
                    packed = PACKERS[name](TEXT)
                    self.write("data", packed[:-6])
                    before = self.files()
                    self.refused(("train", "data", "m"), "data", (f"{name} file is cut short",))
                    self.write("data", packed + b"x" * 100)
                    self.refused(("train", "data", "m"), "data", (f"{name} file is damaged",))
                    self.assertEqual(self.files(), before)

    def test_the_sentence_and_its_pipe(self):
        self.write("plain", ROWS)
        expected = self.objective("plain", "good.model")
        for name, (content, what, command) in OTHERS.items():
            with self.subTest(name):
                self.write("data", content)
                before = self.files()
                self.refused(("train", "data", "m"), "data",
                             (what, f"`{command}`", "standard input, `-`"))
                self.refused(("train", "-", "m"), "-", (what, f"`{command}`"), stdin=content)
                self.assertEqual(self.files(), before)
                if shutil.which(command.split()[0]):
                    self.write("FILE", content)
                    text = subprocess.run(command, shell=True, cwd=self.folder, check=True,
                                          stdout=subprocess.PIPE).stdout
                    (self.folder / "FILE").unlink()
                    self.assertEqual(self.objective("-", "m", stdin=text), expected)
                    (self.folder / "m").unlink()

    def test_every_command_says_it(self):
        self.write("good", ROWS)
        self.run_program("train", "good", "good.model", "--quiet")
        for name in ("zip", "header", "old Mac"):
            content, what, command = OTHERS[name]
            self.write("data", content)
            before = self.files()
            for arguments in self.commands("data"):
                with self.subTest((name, arguments[0])):
                    self.refused(arguments, "data", (what, f"`{command}`"))
            self.assertEqual(self.files(), before)

    def test_what_no_pipe_mends(self):
        for name, (content, what) in HOPELESS.items():
            with self.subTest(name):
                self.write("data", content)
                self.refused(("train", "data", "m"), "data", (what,))
                self.assertEqual(self.files(), ["data"])

    def test_a_byte_order_mark(self):
        self.write("plain", ROWS)
        expected = self.objective("plain", "m")
        self.write("data", b"\xef\xbb\xbf" + TEXT)
        self.assertEqual(self.objective("data", "m"), expected)
        self.write("data", gzip.compress(b"\xef\xbb\xbf" + TEXT))
        self.assertEqual(self.objective("data", "m"), expected)
        self.write("data", b"\xef\xbb\xbf1 0:1\n")
        self.assertTrue(self.run_program("train", "data", code=3)[1].startswith("data:1:3: "))


if __name__ == "__main__":
    unittest.main()
