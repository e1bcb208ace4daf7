"""`python -m benchmarks.quality [SAMPLES] [--wrong]`: what enrich says against what others labelled.

SAMPLES holds texts and labels that are not part of the project (`../shared/samples`); what isn't there is left out. Our own
sets are shown apart: they were written by those who wrote the rules.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import enrichment
from benchmarks.quality import comments, names, pages, quotations
from pipeline.stages.enrich.events import load

SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples"
HEAD = "| | precision | recall | F1 | labelled |\n|---|---:|---:|---:|---:|"
PAGES = ("article-extraction-benchmark", "fundus", "trafilatura-eval")


def main(samples: Path, wrong: bool) -> None:
    load()
    if not samples.is_dir():
        print(f"No texts of others at {samples}: only our own sets.\n")
    else:
        _others(samples, wrong)
    print("\nOur own sets (tests/labelled), which flatter: the rules and the sets have the same authors\n")
    print(HEAD)
    for label, score in enrichment.scores().items():
        whole = score.right + score.missing
        print(f"| {label} | {score.precision:.3f} | {score.recall:.3f} | {score.f1:.3f} | {whole:,} |")
    for language, score in enrichment.quotations_abroad().items():
        print(
            f"| quotations and speakers, {language} | {score.precision:.3f} | {score.recall:.3f} | {score.f1:.3f} | {score.right + score.missing} |"
        )
    print("\n| cost | µs |\n|---|---:|")
    for label, micros in enrichment.costs().items():
        print(f"| {label} | {micros:,.0f} |")


def _others(samples: Path, wrong: bool) -> None:
    print("Labelled by others\n")
    print(HEAD)
    corpus = samples / "names" / "conll2003-testa.txt"
    if corpus.is_file():
        for kind, (score, *halves) in names.score(corpus).items():
            print(score.row(f"CoNLL-2003, {kind.value}"))
            for number, half in enumerate(halves, 1):
                print(half.row(f"… half {number}"))
            if wrong:
                print("wrong:", dict(score.wrong_ones.most_common(60)))
                print("missed:", dict(score.missed_ones.most_common(60)))
    judged = samples / "moderation" / "toxicity-dev.csv"
    if judged.is_file():
        print(comments.score(judged).row("comments held or rejected, of those that people find toxic"))
    if (samples / "quotations").is_dir():
        said = quotations.score(samples / "quotations")
        print(f"\nPolNeAR: {said.found} of {said.found + said.missed} quotations found")
        print(f"speakers of named sources: {said.right} right, {said.wrong} wrong, {said.none} none", end="; ")
        print(f"{said.precision:.3f} of those shown are right, {said.recall:.3f} of all")
        for number, counts in enumerate(said.halves, 1):
            shown = counts["right"] + counts["wrong"]
            print(
                f"… half {number} of the stories: {counts['right']} of {shown} shown are right, {counts['none']} none"
            )
        meant = said.meant
        print(
            f"he and she, as we read the stories: {meant['right']} right, {meant['wrong']} wrong, {meant['none']} none",
        )
        print(f"sources that are a common noun or nobody: {said.common_named} of {said.common} are given to a person")
        if wrong:
            print(*said.wrong_ones, sep="\n")
    folders = [samples / name for name in PAGES if (samples / name).is_dir()]
    if folders:
        declared = pages.score(folders)
        print(
            f"\n{declared.pages} pages: language as declared on {declared.same_language} of {declared.languages};",
            end=" ",
        )
        print(
            f"of {declared.same_title} of {declared.titles} the first {pages.TITLE} characters of the headline say the same;",
            end=" ",
        )
        print(f"{declared.keywords} of {declared.declared_keywords} keywords are among the page's own")
        print(
            f"{len(declared.sections)} sections: {declared.in_topics} are Media Topics, {declared.in_desks} desks, {declared.meaningless}"
            f" neither; where topics mean Media Topics too, they agree on {declared.agree} of {declared.both} pages"
        )
        if wrong:
            print(*sorted(declared.sections), *declared.disagree, sep="\n")
            print(*declared.differing, sep="\n")
            for name, people in declared.people:
                print(f"{name}: {', '.join(people)}")


if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    main(Path(given[0]) if given else SAMPLES, "--wrong" in sys.argv)
