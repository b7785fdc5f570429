"""Papers: a template of typst beside its font, filled with words. PDF/UA-1, without any library of the system."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

HERE = Path(__file__).parent


def pdf(template: str, content: dict[str, Any], *, at: datetime) -> bytes:
    """`<template>.typ` with `content` as its data, as an accessible PDF. The same content makes the same bytes."""
    made = typst.compile(
        HERE / f"{template}.typ",
        root=HERE,
        font_paths=[HERE],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=int(at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("a paper is one file")
    return made
