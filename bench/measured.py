"""What a run is to measure, and what it has measured so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bench.ours import Idle, Load, Reread
from bench.peers import Run
from bench.processes import Failed


@dataclass(frozen=True, slots=True)
class Plan:
    rows: int
    peer_rows: int
    runs: int
    memory: tuple[int, ...]
    cycles: int
    peers: bool
    quick: bool
    results: Path | None


@dataclass(slots=True)
class Measured:
    """`like_peers` are our own loads of as many rows as the peers load, by latency."""

    latency: float
    bytes_a_row: float = 0.0
    own_peak: float = 0.0
    copies: list[float] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)
    slow_loads: list[Load] = field(default_factory=list)
    rereads: list[Reread] = field(default_factory=list)
    peaks: dict[int, float] = field(default_factory=dict)
    idle: Idle | None = None
    verbs: dict[str, list[float]] = field(default_factory=dict)
    like_peers: dict[float, Load] = field(default_factory=dict)
    peers: dict[tuple[str, float], Run | Failed] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
