"""How the page looks, and the one script it may run: a button that copies a block."""

from __future__ import annotations

import base64
import hashlib

from verify.report import graph_svg

CSS = """\
:root { color-scheme: light dark; --ground: #f6f7f8; --card: #fff; --sunk: #f2f4f6;
  --ink: #1d2126; --muted: #57606a; --line: #d5dae0; --edge: #7d8792; --red: #b42318;
  --green: #1a6b45; --amber: #855000; --blue: #0b57a4; --violet: #7a3aa8;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
@media (prefers-color-scheme: dark) { :root { --ground: #0f1318; --card: #171c23;
  --sunk: #1f262f; --ink: #e6eaef; --muted: #a3adb8; --line: #303945; --edge: #75808d;
  --red: #ff8f84; --green: #62d39c; --amber: #f0b75f; --blue: #85bdff; --violet: #cfa4f5; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 var(--sans);
  overflow-wrap: anywhere; }
.skip { position: absolute; left: 1rem; top: -6rem; padding: .5rem 1rem; background: var(--card);
  color: var(--blue); border-radius: 0 0 8px 8px; z-index: 1; }
.skip:focus { top: 0; }
:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; }
header, main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.5rem; color: var(--muted); font-size: .875rem; }
main { padding-bottom: 2rem; }
footer { padding-bottom: 3rem; color: var(--muted); font-size: .875rem; }
h1, h2, h3, h4 { line-height: 1.25; margin: 0; }
h1 { font-size: 1.15rem; font-weight: 600; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1.1rem; }
h4 { font-size: .8125rem; color: var(--muted); margin: 1.25rem 0 .35rem; font-weight: 600; }
p { margin: .4rem 0; max-width: 75ch; }
a { color: var(--blue); }
code, pre, .mono { font-family: var(--mono); font-size: .875em; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  padding: 1.25rem; margin: 1rem 0; }
.verdict { border-left: 6px solid var(--tone); }
.word { display: block; color: var(--tone); font-size: clamp(2rem, 6vw, 3rem); font-weight: 750;
  letter-spacing: -.02em; line-height: 1.1; margin-bottom: .35rem; }
.verdict .sentence { font-size: 1.125rem; margin-top: .75rem; }
.certified { --tone: var(--green); } .wrong-run, .error { --tone: var(--red); }
.in-doubt { --tone: var(--violet); } .interrupted, .stopped, .warning { --tone: var(--amber); }
.note { --tone: var(--blue); }
dl.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(7.5rem, 100%), 1fr));
  gap: .75rem 1.25rem; margin: 1rem 0 0; }
dl.facts div { min-width: 0; }
dt { color: var(--muted); font-size: .8125rem; } dd { margin: 0; }
dl.facts dd { font-variant-numeric: tabular-nums; font-weight: 600; }
.finding { border-left: 4px solid var(--tone); }
.finding-head { display: flex; flex-wrap: wrap; gap: .35rem .75rem; align-items: baseline; }
.tag { color: var(--tone); border: 1px solid var(--tone); border-radius: 99px; padding: 0 .6rem;
  font-size: .8125rem; font-weight: 600; white-space: nowrap; }
.quiet { color: var(--muted); font-size: .875rem; }
.formula { font: 600 1.0625rem/1.6 var(--mono); margin: .75rem 0; white-space: pre-wrap;
  max-width: none; }
.formula .d { color: var(--muted); font-weight: 400; }
.look { display: flex; flex-wrap: wrap; gap: 0 1.5rem; align-items: flex-start; }
.look > div { min-width: 0; max-width: 100%; } .look > div:last-child { flex: 1 1 16rem; }
.mend { border-left: 3px solid var(--green); padding: .1rem 0 .1rem .85rem; }
.mend b { color: var(--green); }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
table.numbers { width: auto; min-width: min(100%, 22rem); }
caption { text-align: left; color: var(--muted); font-size: .875rem; padding: 0 0 .5rem; }
th, td { text-align: left; padding: .3rem .5rem; border-top: 1px solid var(--line);
  vertical-align: top; overflow-wrap: normal; }
thead th { border-top: 0; color: var(--muted); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 500; white-space: nowrap; }
td.n, th.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.words { min-width: 14rem; overflow-wrap: anywhere; }
td.low, .bad { color: var(--red); font-weight: 650; }
td.good, .good { color: var(--green); }
td.none { color: var(--muted); }
.scroll { overflow-x: auto; border-radius: 8px; }
.scroll:has(svg) { background: var(--card); border: 1px solid var(--line); padding: .5rem; }
svg { display: block; max-width: none; }
pre { background: var(--sunk); border-radius: 8px; padding: .75rem 1rem; margin: .35rem 0;
  overflow-x: auto; line-height: 1.5; overflow-wrap: normal; }
.copied { position: relative; }
.copied button { position: absolute; top: .4rem; right: .4rem; }
button { font: 600 .8125rem var(--sans); color: var(--blue); background: var(--card);
  border: 1px solid var(--line); border-radius: 6px; padding: .2rem .6rem; cursor: pointer; }
button:hover { border-color: var(--blue); }
details { margin: .75rem 0 0; } summary { cursor: pointer; color: var(--blue); }
ul { padding-left: 1.25rem; margin: .4rem 0; } li { margin: .25rem 0; }
nav { margin-top: 1.25rem; } .index { list-style: none; padding: 0; }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media print { body { background: #fff; } .skip, button { display: none; }
  .card { break-inside: avoid; } pre { white-space: pre-wrap; } .scroll { overflow: visible; }
  details::details-content { content-visibility: visible; display: block; } }
"""
STYLE = CSS + graph_svg.STYLE

SCRIPT = """\
for (const pre of document.querySelectorAll("pre[data-copy]")) {
  const box = document.createElement("div"), button = document.createElement("button");
  box.className = "copied"; button.type = "button"; button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy " + pre.dataset.copy);
  pre.replaceWith(box); box.append(pre, button);
  button.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(pre.textContent); button.textContent = "Copied"; }
    catch { getSelection().selectAllChildren(pre); button.textContent = "Selected"; }
  });
}
"""
"""Adds the buttons; without it the page reads the same."""


def policy() -> str:
    """The content security policy: nothing from elsewhere, and no script but the one above."""
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )


def page(title: str, header: str, body: str, footer: str) -> str:
    """A whole page; every argument is HTML already."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy()}">\n'
        f"<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#main">Skip to the verdict</a>\n'
        f'<header>{header}</header>\n<main id="main" tabindex="-1">\n{body}\n</main>\n'
        f"<footer>{footer}</footer>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )
