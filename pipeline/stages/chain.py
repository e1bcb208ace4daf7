"""From raw to current: normalize, enrich and revise chained in one pass, or apart with topics between them.

Both forms are made of the same functions. Apart is for a model so heavy that enrich needs processes of its own
(`DATELINE_STAGES=apart`). The chained form drains the topics between, so a pipeline can go from one to the other.

What a stage runs is imported when it is bound, in the worker: whoever only asks how far the flow is reads the declarations, and
all that the stages need takes a second and more to load.
"""

from __future__ import annotations

from functools import partial

from pipeline.stages.revise.tables import ARTICLES, COMMENTS, DUE, THREADS, TIMERS
from pipeline.stages.rows import Tables
from pipeline.stages.stage import Batch, Config, Forward, Function, Inputs, SideOutput, Stage, Step
from pipeline.topics import (
    ARTICLES_CURRENT,
    ARTICLES_ENRICHED,
    ARTICLES_HISTORY,
    ARTICLES_MERGED,
    ARTICLES_NORMALIZED,
    ARTICLES_RAW,
    CLAIMS,
    COMMENT_POSTS,
    COMMENT_VERDICTS,
    COMMENTS_CURRENT,
    COMMENTS_ENRICHED,
    COMMENTS_NORMALIZED,
    COMMENTS_RAW,
    IDENTITIES,
    MENTIONS,
    MOVED,
    RELEASES,
    STORY_BANDS,
    STORY_MEMBERS,
    TRANSFERS,
    VISIBILITY_TIMERS,
)


def _normalize_article(config: Config) -> Function:
    from pipeline.stages import normalize

    return normalize.normalize_article


def _normalize_comment(config: Config) -> Function:
    from pipeline.stages import normalize

    key = config.settings.pseudonym_key
    return partial(normalize.normalize_comment, pseudonym_key=key.get_secret_value().encode() if key else None)


def _enrich_article(config: Config) -> Function:
    from pipeline.stages import enrich
    from pipeline.stages.enrich.copies import Copies

    return partial(enrich.enrich_article, chosen=enrich.choices(config.settings), copies=Copies())


def _enrich_comment(config: Config) -> Function:
    from pipeline.stages import enrich

    return partial(enrich.enrich_comment, chosen=enrich.choices(config.settings))


def _bands(config: Config) -> tuple[SideOutput, ...]:
    from pipeline.stages.clustering.sign import bands

    return (partial(bands, partition_of=config.partition_of),)


def _posts(config: Config) -> tuple[SideOutput, ...]:
    from pipeline.stages.flooding import posts

    return (posts,)


NORMALIZE_ARTICLE = Step("normalize", _normalize_article)
NORMALIZE_COMMENT = Step("normalize", _normalize_comment)
ENRICH_ARTICLE = Step("enrich", _enrich_article, side_outputs=_bands)
ENRICH_COMMENT = Step("enrich", _enrich_comment, side_outputs=_posts)


def _revise(config: Config) -> Function:
    from pipeline.stages.revise.batch import ReviseBatch
    from pipeline.stages.revise.merging import enrich_merged
    from pipeline.stages.revise.states import States

    again = enrich_merged(ENRICH_ARTICLE.bind(config), config.settings.largest_record)

    def batch(tables: Tables) -> Batch:
        return ReviseBatch(States(tables), again, config.settings.largest_record)

    return batch


def _revise_stage(inputs: Inputs, drains: Inputs) -> Stage:
    return Stage(
        "revise",
        inputs={
            **inputs,
            VISIBILITY_TIMERS: (),
            STORY_MEMBERS: (),
            COMMENT_VERDICTS: (),
            IDENTITIES: (),
            TRANSFERS: (),
        },
        outputs=(ARTICLES_CURRENT, COMMENTS_CURRENT, ARTICLES_HISTORY, VISIBILITY_TIMERS, TRANSFERS, CLAIMS, MENTIONS),
        side_outputs=(STORY_BANDS, COMMENT_POSTS),
        reduce=_revise,
        tables={ARTICLES: None, COMMENTS: None, THREADS: None, DUE: None},
        due=TIMERS,
        drains={**drains, ARTICLES_MERGED: (ENRICH_ARTICLE,), MOVED: (), RELEASES: ()},
    )


CHAINED = (
    _revise_stage(
        {
            ARTICLES_RAW: (NORMALIZE_ARTICLE, ENRICH_ARTICLE),
            COMMENTS_RAW: (NORMALIZE_COMMENT, ENRICH_COMMENT),
        },
        drains={
            ARTICLES_NORMALIZED: (ENRICH_ARTICLE,),
            COMMENTS_NORMALIZED: (ENRICH_COMMENT,),
            ARTICLES_ENRICHED: (),
            COMMENTS_ENRICHED: (),
        },
    ),
)
APART = (
    Stage(
        "normalize",
        inputs={ARTICLES_RAW: (NORMALIZE_ARTICLE,), COMMENTS_RAW: (NORMALIZE_COMMENT,)},
        outputs=(ARTICLES_NORMALIZED, COMMENTS_NORMALIZED),
        reduce=lambda config: lambda tables: Forward((ARTICLES_NORMALIZED, COMMENTS_NORMALIZED)),
    ),
    Stage(
        "enrich",
        inputs={ARTICLES_NORMALIZED: (ENRICH_ARTICLE,), COMMENTS_NORMALIZED: (ENRICH_COMMENT,)},
        outputs=(ARTICLES_ENRICHED, COMMENTS_ENRICHED),
        side_outputs=(STORY_BANDS, COMMENT_POSTS),
        reduce=lambda config: lambda tables: Forward((ARTICLES_ENRICHED, COMMENTS_ENRICHED)),
    ),
    _revise_stage({ARTICLES_ENRICHED: (), COMMENTS_ENRICHED: ()}, drains={}),
)
