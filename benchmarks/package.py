"""The submission package: time from nothing built, the same bytes twice, and killed at any moment.

python -m benchmarks.package time
python -m benchmarks.package twice
python -m benchmarks.package kill [--moments 30]

Each works on copies of a study (--study DIR) in a temporary folder, without PDF conversion. `twice`
builds in two folders under different locale, time zone, hash seed and, where faketime is installed,
clock. `kill` sends SIGKILL at moments spread over a whole run and verifies the package that was
there before, then lets a run finish and compares its bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.build import copied
from benchmarks.measure import ENGINE
from pipeline.package.ectd_swap import recover
from pipeline.package.verify import verify

PACKAGE = "build/package"
OTHER = {"TZ": "Pacific/Kiritimati", "LC_ALL": "de_DE.UTF-8", "PYTHONHASHSEED": "7"}


def command(study: Path) -> list[str]:
    """make package, without PDFs."""
    return [sys.executable, "-m", "pipeline", "package", "--no-pdf", "--study", str(study)]


def make(study: Path, environment: dict[str, str], clock: str = "") -> float:
    """Wall seconds of one run; `clock` is when it believes to be."""
    faketime = shutil.which("faketime") if clock else None
    prefix = [faketime, "-f", clock] if faketime else []
    start = time.perf_counter()
    subprocess.run(
        [*prefix, *command(study)],
        cwd=ENGINE,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - start


def digests(study: Path) -> dict[str, str]:
    """File of the package -> SHA-256."""
    package = study / PACKAGE
    return {
        path.relative_to(package).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(package.rglob("*"))
        if path.is_file()
    }


def different(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """The files that are not the same in both."""
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def timed(source: Path, place: Path) -> None:
    """Seconds of a run with nothing built, and of the next."""
    study = copied(source, place / "study")
    for name in ("nothing built", "nothing changed"):
        load = os.getloadavg()[0]
        print(f"{name}: {make(study, {}):.1f} s (load {load:.1f} when it began)", flush=True)


def twice(source: Path, place: Path) -> None:
    """Two folders, two environments."""
    first, second = copied(source, place / "one"), copied(source, place / "another folder")
    make(first, {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"})
    make(second, OTHER, clock="+400d")
    found = digests(first)
    clock = "another clock" if shutil.which("faketime") else "no faketime: the same clock"
    print(f"{len(found)} files ({clock}), different: {different(found, digests(second)) or 'none'}")


def forget(build: Path) -> None:
    """Remove everything that was built, except the package."""
    for path in build.iterdir():
        if path.name != "package":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def killed(source: Path, place: Path, moments: int) -> None:
    """SIGKILL runs that go on where the last one was killed; thrice they begin from nothing."""
    study = copied(source, place / "study")
    seconds = make(study, {})
    whole = digests(study)
    stopped = 0
    for moment in range(moments):
        again, step = divmod(moment, -(-moments // 3))
        if step == 0:
            forget(study / "build")
        delay = seconds / 10 * (0.7 + 0.3 * again)
        process = subprocess.Popen(command(study), cwd=ENGINE, stdout=subprocess.DEVNULL)
        time.sleep(delay)
        stopped += process.poll() is None
        process.kill()
        process.wait()
        recover(study / PACKAGE)
        if verify(study / PACKAGE) or different(whole, digests(study)):
            raise SystemExit(f"the package is damaged after the kill number {moment + 1}")
    make(study, {})
    left = [path.name for path in (study / "build").glob(".package*")]
    print(
        f"{stopped} of {moments} runs killed while they ran ({seconds:.0f} s each when whole); "
        f"the package stood whole after every one. After the next run, different: "
        f"{different(whole, digests(study)) or 'none'}; left over: {left or 'nothing'}"
    )


def main() -> None:
    """Run one of the three."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("time", "twice", "kill"))
    parser.add_argument("--study", type=Path, default=ENGINE)
    parser.add_argument("--moments", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if options.what == "time":
            timed(options.study, Path(name))
        elif options.what == "twice":
            twice(options.study, Path(name))
        else:
            killed(options.study, Path(name), options.moments)


if __name__ == "__main__":
    main()
