from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.enums import Tier
from assessments.services.score_check import Count, Difference, find_differences


class Command(BaseCommand):
    help = (
        "Hitung ulang setiap nilai dari jawaban yang tersimpan dan bandingkan. Berakhir dengan "
        "status 1 dan daftarnya bila ada yang berbeda."
    )

    def handle(self, **options: Any) -> None:
        count, different = Count(), 0
        for difference in find_differences(count):
            different += 1
            self.stdout.write(_print(difference))
        if different:
            raise CommandError(
                f"{different} nilai berbeda dari hasil hitung ulang "
                f"({count.scores} nilai dari {count.assessments} penilaian diperiksa)."
            )
        self.stdout.write(
            f"Semua nilai cocok: {count.scores} nilai dari {count.assessments} penilaian diperiksa."
        )


def _print(difference: Difference) -> str:
    tier = dict(Tier.choices).get(difference.tier, difference.tier).lower()
    place = f"{difference.satker}, {difference.year}, {tier}"
    if difference.fault:
        return f"{place}: tidak dapat dihitung, {difference.fault}"
    fields = "; ".join(
        f"{name} tersimpan {_figure(stored)}, terhitung {_figure(computed)}"
        for name, (stored, computed) in sorted(difference.fields.items())
    )
    return f"{place}: {fields}"


def _figure(value: object) -> str:
    return "tidak ada" if value is None else str(value)
