"""Known vulnerabilities of the locked packages, by pip-audit. Fails where there is one.

Where the advisories can't be reached (a mirror without them, no network) it reports that and doesn't fail: what wasn't asked
isn't a fault of the code.
"""

from __future__ import annotations

import json
import subprocess
import sys


def main() -> int:
    """0 where nothing is known or nothing could be asked, 1 where a package has a known vulnerability."""
    asked = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip_audit",
            "-r",
            "requirements.lock",
            "--require-hashes",
            "--disable-pip",
            "-f",
            "json",
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    try:
        packages = json.loads(asked.stdout)["dependencies"]
    except (ValueError, KeyError):
        reason = (asked.stderr.strip().splitlines() or ["no answer"])[-1]
        print(f"audit: nothing was asked, the advisories don't answer: {reason}", file=sys.stderr)
        return 0
    checked = [one for one in packages if "vulns" in one]
    bad = [one for one in checked if one["vulns"]]
    for one in bad:
        for known in one["vulns"]:
            fixed = ", ".join(known.get("fix_versions", [])) or "no release yet"
            print(f"{one['name']} {one['version']}: {known['id']}, fixed in {fixed}", file=sys.stderr)
    unasked = len(packages) - len(checked)
    note = f"; of {unasked} the advisories know nothing here" if unasked else ""
    print(f"audit: {len(checked)} packages asked, {len(bad)} with known vulnerabilities{note}", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
