"""The site: Sphinx with MyST (pages stay Markdown) and Furo (nothing is fetched from elsewhere).

``tox -e docs`` builds it, warnings being errors. Why these: ``decisions/the-site.md``.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from verify import __version__

project = "gradverify"
author = "The microgradref authors"
copyright = author  # noqa: A001 - Sphinx's name
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
nitpicky = True
smartquotes = False  # an option begins with two hyphens, and quotes are code's

myst_heading_anchors = 3
myst_links_external_new_tab = False

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True

# Types in signatures whose pages are elsewhere (the site is built without a network), and aliases
# of ours that say what they are.
nitpick_ignore_regex = [
    (r"py:class", r"(collections|hypothesis|os|random)\..+"),
    (r"py:class", r"Number|Inputs|(verify\.program\.floats\.)?Floats"),
]

html_theme = "furo"
html_title = f"gradverify {version}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "source_repository": "",
    "light_css_variables": {"color-brand-primary": "#1a6b45", "color-brand-content": "#0b57a4"},
    "dark_css_variables": {"color-brand-primary": "#62d39c", "color-brand-content": "#85bdff"},
}
# dates of builds would make the same sources give other bytes
html_last_updated_fmt = None
