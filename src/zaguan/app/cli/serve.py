"""`zaguan serve` and `zaguan web`: the platform on its port."""

import typer

from zaguan.app.cli.terminal import err
from zaguan.base.kit.clock import SystemClock
from zaguan.base.kit.settings import Settings, read_settings
from zaguan.base.kit.words import say


def register(app: typer.Typer) -> None:
    """Add the commands."""

    @app.command("serve", help=say("serve_cli.serve.help"))
    def serve() -> None:
        # the web's libraries take half a second to load: not for the help of other commands
        from zaguan.app.serving import serve_all

        settings = read_settings()
        _tell(settings)
        serve_all(settings, SystemClock())

    @app.command("web", help=say("serve_cli.web.help"))
    def web() -> None:
        from zaguan.app.serving import serve_web

        settings = read_settings()
        _tell(settings)
        serve_web(settings, SystemClock())


def _tell(settings: Settings) -> None:
    url = settings.public_url or f"http://{settings.host}:{settings.port}"
    err.print(say("serve_cli.starting", url=url, data=settings.data_dir), highlight=False, soft_wrap=True)
