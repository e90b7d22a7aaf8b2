"""Compiles and runs the C++ of a document: every ```cpp block is a program.

    readme_snippets.py DOCUMENT COMPILER INCLUDE_FOLDER DATA
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path


def main():
    document, compiler, include, data = sys.argv[1:]
    snippets = re.findall(r"^```cpp\n(.*?)^```$", Path(document).read_text(encoding="utf-8"),
                          re.DOTALL | re.MULTILINE)
    if not snippets:
        sys.exit(f"{document} has no C++")
    with tempfile.TemporaryDirectory() as folder:
        for number, snippet in enumerate(snippets, 1):
            source, program = Path(folder, f"{number}.cpp"), Path(folder, str(number))
            source.write_text(snippet, encoding="utf-8")
            subprocess.run([compiler, "-std=c++20", "-fopenmp", "-Wall", "-Wextra", "-Wconversion",
                            "-Wshadow", "-Werror", f"-I{include}", source, "-o", program, "-lz"],
                           check=True)
            said = subprocess.run([program, data], check=True, capture_output=True, text=True).stdout
            print(f"snippet {number}: {said.strip()}")
            gap = re.search(r"gap (\S+?)[;\s]", said)
            if gap is None or not 0.0 <= float(gap[1]) <= 1e-3:
                sys.exit(f"snippet {number} did not reach its gap")


if __name__ == "__main__":
    main()
