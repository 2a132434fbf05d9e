"""A table for a terminal: columns that stay straight in any script, the last one wrapped."""

from collections.abc import Iterable, Iterator

from followup_service.rehearsal.wrap_text import columns, wrap_text

WIDTH = 120
GAP = "  "
NARROWEST_LAST = 20


def table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]], width: int = WIDTH) -> Iterator[str]:
    """Aligned columns; the last one is wrapped to the width of the page."""
    lines = [titles, *rows]
    widths = [max(map(columns, column)) for column in list(zip(*lines, strict=True))[:-1]]
    left = sum(widths) + len(GAP) * len(widths)
    for number, line in enumerate(lines):
        start = "".join(cell + " " * (room - columns(cell)) + GAP for cell, room in zip(line, widths, strict=False))
        wrapped = wrap_text(line[-1], max(width - left, NARROWEST_LAST))
        yield (start + wrapped[0]).rstrip()
        yield from (" " * left + rest for rest in wrapped[1:])
        if number == 0:
            yield GAP.join("-" * room for room in (*widths, min(max(columns(row[-1]) for row in lines), width - left)))
