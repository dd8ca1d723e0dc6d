"""The GitHub workflow that ``gradverify init`` writes."""

from __future__ import annotations

WORKFLOW = """\
# The gate: a change that makes a gradient wrong, or loses an operation, is not merged.
name: gradverify
on:
  push:
  pull_request:
permissions:
  contents: read
jobs:
  gate:
    runs-on: ubuntu-latest
    timeout-minutes: 20
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0 # the revision that is compared with
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install microgradref # and what your engine needs
      - run: gradverify doctor
      - name: gradverify gate
        env:
          BASE: ${{ github.event.pull_request.base.sha }}
        run: gradverify gate ${BASE:+--against "$BASE"}
      - name: the report
        if: always()
        run: cat reports/*/report.md >> "$GITHUB_STEP_SUMMARY"
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: gradverify
          path: reports/
"""

BELOW = """\
    defaults:
      run:
        working-directory: {folder}
"""
"""What a job says where the engine is not at the top of its repository."""


def workflow_for(folder: str) -> str:
    """The workflow of an engine in a folder of its repository; empty for the top."""
    if not folder:
        return WORKFLOW
    steps = "    steps:\n"
    below = BELOW.format(folder=folder)
    return WORKFLOW.replace(steps, below + steps).replace(
        "path: reports/", f"path: {folder}/reports/"
    )
