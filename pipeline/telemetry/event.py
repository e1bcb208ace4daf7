"""What an event is: a log line with fields, counted under its name."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from typing import TypeAlias

from pipeline.telemetry.metrics import EVENTS_TOTAL

_log = logging.getLogger("dateline")
_LONGEST = 500
"""Characters that are shown of a field."""
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+(?=@)|(?<=\bdl_[a-z0-9]{12}_)[\w-]+")
"""Name and password in an address, and what is secret of a provider's key."""

Logger: TypeAlias = "logging.Logger | logging.LoggerAdapter[logging.Logger]"
Value = str | int | float | bool | None


@dataclass(frozen=True)
class Event:
    """Something that happens and is worth a log line."""

    name: str
    level: int
    meaning: str
    """What happened, and what to do about it where there is something to do."""
    fields: tuple[str, ...] = ()
    """The names of its fields. A test compares each call with them; at run time whatever is given is shown."""

    def __call__(self, cause: BaseException | None = None, /, **fields: object) -> None:
        """Log it with these fields, and count it. With `cause` its traceback is logged too."""
        self._log_to(_log, cause, fields)

    def to(self, logger: Logger, /, **fields: object) -> None:
        """Likewise, on another logger: that of a flow's run, whose lines Prefect stores."""
        self._log_to(logger, None, fields)

    def _log_to(self, logger: Logger, cause: BaseException | None, fields: dict[str, object]) -> None:
        EVENTS_TOTAL.labels(self.name).inc()
        if logger.isEnabledFor(self.level):
            values = {name: _value(value) for name, value in fields.items()}
            shown = [f"{name}={_shown(value)}" for name, value in values.items() if value is not None]
            extra = {"event": self.name, "fields": values}
            # the line is an argument: a % in it is no placeholder
            logger.log(self.level, "%s", " ".join([self.name, *shown]), exc_info=cause, extra=extra)


def without_credentials(text: str) -> str:
    """The text with `***` in place of passwords in addresses and of providers' keys."""
    return _CREDENTIALS.sub("***", text)


def _value(value: object) -> Value:
    """A field as JSON has it."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return round(value, 3)
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return without_credentials(text)[:_LONGEST]


def _shown(value: Value) -> str:
    """A field in a line of text, quoted where it would be more than one word."""
    text = str(value)
    return text if re.fullmatch(r'[^\s"=\x00-\x1f]+', text) else json.dumps(text, ensure_ascii=False)
