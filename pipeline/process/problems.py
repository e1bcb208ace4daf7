"""HTTP errors as `application/problem+json`. Source: RFC 9457."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"
_RETRY_AFTER = {503: 5, 429: 1}
"""Seconds, where the problem names none."""


def problem_body(
    status: int, title: str, detail: str, type_: str = "about:blank", **members: Any
) -> dict[str, Any]:  # fmt: skip
    """The members of a problem; `members` are its extension members (section 3.2)."""
    return {"type": type_, "title": title, "status": status, "detail": detail, **members}


def problem_response(body: dict[str, Any], headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse(body, body["status"], headers, media_type=MEDIA_TYPE)


class Problem(Exception):
    """A request that is answered with an error. `reason` names the kind of problem, `detail` is for the sender,
    `retry_after` is in seconds."""

    def __init__(self, status: int, reason: str, detail: str, retry_after: int | None = None, **members: Any) -> None:
        super().__init__(detail)
        self.status, self.reason, self.detail, self.members = status, reason, detail, members
        self.retry_after = retry_after if retry_after is not None else _RETRY_AFTER.get(status)

    def body(self, instance: str) -> dict[str, Any]:
        """The members that are sent; `instance` is the request's path."""
        title, type_ = self.reason.replace("-", " "), f"urn:dateline:problem:{self.reason}"
        return problem_body(self.status, title, self.detail, type_, instance=instance, **self.members)

    def response(self, instance: str) -> JSONResponse:
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else {}
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return problem_response(self.body(instance), headers)
