"""The command line of verify.py, for the tests: files to ask about, and what it says.

It must run the program's own main, so that what is tested is what a person gets.
"""

import contextlib
import io
import sys
import tempfile
from pathlib import Path

from given import Case, verify


class CommandLine(Case):
    """What the program prints and how it ends, as section 21 says."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def file(self, name, raw):
        path = self.folder / name
        path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
        return str(path)

    def said(self, *args):
        """The exit code and what was printed, without the folder's name."""
        out, argv = io.TextIOWrapper(io.BytesIO(), "utf-8"), sys.argv
        sys.argv = ["verify.py", *args]
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
                code = verify.main()
        except SystemExit as e:
            code = e.code
        finally:
            sys.argv = argv
        out.flush()
        return code, out.buffer.getvalue().decode().replace(f"{self.folder}/", "")

    def export(self, bodies, name="log"):
        return self.file(name, b"".join(body + b"\n" for body in bodies))
