"""The modules of a source tree as the architecture tests see them: name, text, syntax, imports."""

import ast
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

PACKAGE = "followup_service"
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Import:
    """One imported name, in full: `from a.b import c as d` has the target `a.b.c`, and in its module `d` stands for `a.b.c`."""

    target: str
    line: int
    local_name: str
    stands_for: str
    relative: bool = False


@dataclass(frozen=True)
class Module:
    """One Python file of the package. `parts` are its dotted name below the package, () for the package's own __init__."""

    path: Path
    parts: tuple[str, ...]
    text: str

    @property
    def area(self) -> str:
        """The folder or module directly under the package that this file belongs to; "" for the package's own __init__."""
        return self.parts[0] if self.parts else ""

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=str(self.path))

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        found: list[Import] = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += [_plain_import(name, node.lineno) for name in node.names]
            elif isinstance(node, ast.ImportFrom):
                found += [_import_from(node, name) for name in node.names]
        return tuple(found)

    def at(self, line: int) -> str:
        return f"{self.path}:{line}"


def _plain_import(name: ast.alias, line: int) -> Import:
    first = name.name.partition(".")[0]
    return Import(name.name, line, name.asname or first, name.name if name.asname else first)


def _import_from(node: ast.ImportFrom, name: ast.alias) -> Import:
    target = f"{node.module or ''}.{name.name}"
    return Import(target, node.lineno, name.asname or name.name, target, relative=node.level > 0)


@cache
def package() -> tuple[Module, ...]:
    """All modules of our own package. Read and parsed once: every rule looks at each of them."""
    return read_modules(ROOT)


def read_modules(root: Path) -> tuple[Module, ...]:
    """All modules of the package under `root`, with paths relative to `root`."""
    return tuple(_read_module(root, path) for path in sorted((root / PACKAGE).rglob("*.py")))


def _read_module(root: Path, path: Path) -> Module:
    parts = path.relative_to(root / PACKAGE).with_suffix("").parts
    if parts[-1] == "__init__":
        parts = parts[:-1]
    return Module(path.relative_to(root), parts, path.read_text(encoding="utf-8"))
