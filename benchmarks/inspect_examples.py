"""Write what `emgpipe inspect` prints for real recordings into docs/inspect.md.

Run from the root of the repository, after any change of a reader or of the screen:
    python benchmarks/inspect_examples.py [FOLDER]
FOLDER holds the real recordings (default: $EMGPIPE_DATA, or ../shared/data beside the repository).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANUAL = ROOT / "docs" / "inspect.md"
FILES = {
    "C3D of a motion laboratory": "c3d/markers_analogs.c3d",
    "Delsys EMGworks, an export that was cut off": "delsys_emgworks_csv/truncated_trigno_sample.csv",
    "EMG-BIDS": "bids/emg_CustomBipolarFace/sub-01/emg/sub-01_task-talking_emg.edf",
    "OpenSignals HDF5": "opensignals_h5/emg_fatigue.h5",
    "LabChart text, several blocks with comments": "labchart_txt/labchart_file.example.txt",
}
BEGIN, END = "<!-- examples -->\n", "<!-- end of examples -->"


def printed(path: Path) -> str:
    environment = {**os.environ, "COLUMNS": "100", "LINES": "46", "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "emgpipe", "inspect", path.name]  # the file's name only, from its own folder
    done = subprocess.run(command, capture_output=True, check=True, cwd=path.parent, env=environment)  # noqa: S603
    return done.stdout.decode("utf-8")


def main() -> None:
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("EMGPIPE_DATA", ROOT.parent / "shared" / "data")
    parts = []
    for title, name in FILES.items():
        path = Path(given).resolve() / name
        parts.append(f"### {title}\n\n```\n$ emgpipe inspect {path.name}\n{printed(path)}```\n")
    text = MANUAL.read_text("utf-8")
    text = re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n" + "\n".join(parts) + f"\n{END}", text, flags=re.DOTALL)
    MANUAL.write_text(text, "utf-8")
    print(f"{len(parts)} examples written to {MANUAL}")


if __name__ == "__main__":
    main()
