"""Compile what the first user would otherwise wait for. Run at set-up."""


def main() -> None:
    """Compile the planner's kernels into their cache."""
    from zaguan.engines.solver.warm import warm

    warm()


if __name__ == "__main__":
    main()
