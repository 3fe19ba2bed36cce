"""No circle of imports, the simulator's included; the layers themselves are import-linter's (`make lint`)."""

from graphlib import TopologicalSorter

import grimp


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = grimp.build_graph("sync_daemon")
    assert len(graph.modules) > 100
    TopologicalSorter({name: graph.find_modules_directly_imported_by(name) for name in graph.modules}).prepare()
