"""How the documentation is built: Markdown through Sphinx, every warning an error."""

from importlib.metadata import version as version_of

project = "OneThread"
author = "The OneThread maintainers"
copyright = author  # noqa: A001  # Sphinx reads this name
version = release = version_of("onethread")

extensions = ["myst_parser", "sphinx.ext.githubpages"]
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "OneThread"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1f5fd1", "color-brand-content": "#1f5fd1"},
    "dark_css_variables": {"color-brand-primary": "#86b1ff", "color-brand-content": "#86b1ff"},
}
