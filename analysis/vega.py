"""Vega on both sides: SVG and PNG on the server, one bundle for the browser, the same themes.

The bundle comes out of the vl-convert wheel, so the page loads nothing from elsewhere and both
sides draw with the same version of Vega-Lite.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import vl_convert
from django.conf import settings
from django.contrib.staticfiles.finders import BaseStorageFinder
from django.core.files.storage import FileSystemStorage

_HERE = Path(__file__).parent
THEMES: dict[str, dict[str, Any]] = json.loads((_HERE / "vega_themes.json").read_text())
PAPER = {"light": "#ffffff", "dark": "#14181f"}  # exported pictures stand on a page of their own
WIDTH = 720  # of a picture, where the page would give the width of its container
VERSION = "6.4"  # of Vega-Lite, on both sides


def to_svg(spec: Mapping[str, Any], theme: str = "light") -> str:
    """The chart as SVG text with a label on each mark. Raises ValueError for a broken spec."""
    return str(vl_convert.vegalite_to_svg(_sized(spec), VERSION, config=_config(theme)))


def to_png(spec: Mapping[str, Any], theme: str = "light", scale: float = 2.0) -> bytes:
    """The chart as PNG, twice as sharp as its SVG is large. Raises ValueError for a broken spec."""
    drawn = vl_convert.vegalite_to_png(_sized(spec), VERSION, scale, config=_config(theme))
    return bytes(drawn)


def _sized(spec: Mapping[str, Any]) -> dict[str, Any]:
    return {**spec, "width": WIDTH} if spec.get("width") == "container" else dict(spec)


def _config(theme: str) -> dict[str, Any]:
    return {**THEMES[theme], "background": PAPER[theme]}


class VegaBundleFinder(BaseStorageFinder):
    """Serves `vega/bundle.js` to runserver, collectstatic and whitenoise alike.

    The file is built when staticfiles first look for anything (about a second), and once only:
    its folder under `settings.VAR_DIR / "vega"` is named by what it is made of.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        root = bundle_file().parent.parent
        super().__init__(FileSystemStorage(location=root), *args, **kwargs)


def bundle_file() -> Path:
    """The path of the built bundle; safe when several processes build it at once."""
    snippet = _snippet()
    made_of = f"{version('vl-convert-python')} {VERSION} {snippet}"
    digest = hashlib.sha256(made_of.encode()).hexdigest()[:12]
    target = Path(settings.VAR_DIR) / "vega" / digest / "vega" / "bundle.js"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(target, vl_convert.javascript_bundle(snippet, VERSION))
    return target


def _snippet() -> str:
    themes = f"const themes = {json.dumps(THEMES)};\n"
    return themes + (_HERE / "vega_embed.js").read_text()


def _write_whole(target: Path, text: str) -> None:
    """Rename into place, so that nobody serves half a file."""
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(name, 0o644)
    os.replace(name, target)
