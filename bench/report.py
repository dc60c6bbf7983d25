"""Figures in lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.load import Result


@dataclass(frozen=True)
class Run:
    """A run of one kind, and the seconds of processor time that the workers took for it."""

    result: Result
    worker_cpu: float

    @property
    def cpu_a_request(self) -> float:
        return self.worker_cpu / max(1, len(self.result.latencies))


def print_pair(name: str, *, bare: Sequence[Run], ours: Sequence[Run], limit: str) -> None:
    """Both sides of a comparison, taken in turns; the ratios are of runs beside each other."""
    ratios = [o.result.rate / b.result.rate for b, o in zip(bare, ours, strict=True)]
    cpu = [b.cpu_a_request / o.cpu_a_request for b, o in zip(bare, ours, strict=True)]
    print(
        f"  {name}: rasio {median(ratios):.2f} (batas {limit}; {min(ratios):.2f} sampai "
        f"{max(ratios):.2f}), menurut waktu prosesor {median(cpu):.2f}"
    )
    for label, runs in (("Django polos", bare), ("PMPZI", ours)):
        rate = median(run.result.rate for run in runs)
        each = median(run.cpu_a_request for run in runs)
        half = median(run.result.quantile(0.5) for run in runs)
        slow = median(run.result.quantile(0.95) for run in runs)
        share = median(run.result.client_cpu / run.result.seconds for run in runs)
        print(
            f"    {label:<13}{rate:7.0f} permintaan/s, {1000 * each:5.2f} ms prosesor pekerja, "
            f"jawaban {1000 * half:.0f} ms (95%: {1000 * slow:.0f} ms), "
            f"{runs[-1].result.size / 1000:.1f} kB, klien memakai {100 * share:.0f}% satu prosesor"
        )
