"""What kernels send for rich front ends, as lines of a terminal.

`render` chooses among the forms of a MIME bundle and is all that most callers need; each form has a module,
which is imported when the first bundle of its kind comes, and so is the library behind it:

    bundles     a MIME bundle -> the best form of it that can be shown
      plain       text/plain
      pictures    raster pictures and, by way of svg, drawings -> halfblocks, or placeholders (kitty)
      frames      tables of data, from HTML or as a data resource
      html        HTML in general; markdown is made HTML first
      latex       formulas in Unicode
      json_tree   JSON, folded
    besides     what a bundle has that the form that is shown does not stand for
    kitty, sixel  what a terminal is sent to show a picture as it is
    tree, tables, links, wrapping, code, colours   what these share

All of it is pure: the same bundle, fitted to the same `shown.Look`, gives the same lines.  (A drawing is rasterised by
a process of its own, since nothing else bounds the time it takes.)  What a kernel sends is untrusted: every form
has a limit to what it takes in, and every line that comes out is a stored line (`curses_client.text.ansi`).
"""

from curses_client.rendering.bundles import is_rich, render

__all__ = ["is_rich", "render"]
