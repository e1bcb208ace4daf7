"""Revise: the current revision of each article and its comments, and whether readers may see it. Pure.

The status of an article (`schemas.current.Status`) follows from its state, not from the order in which events came:

    merged      another id is canonical (`state.canonical_id`)
    killed      the notices, in the order of their own times, end with a kill (`kill_epoch` is odd)
    reinstated  they end with a reinstatement, and no revision came since
    expired     rights ended by now
    withheld    the provider holds it back
    embargoed   the embargo ends later
    public      else

A comment is removed for good by a removal; else held or rejected by a moderator, or by the machine where no moderator
decided; else public or `article-hidden`, as its article is.
"""
