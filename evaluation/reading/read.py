"""Read the export with pandas: `python read.py` in the folder into which the ZIP was unpacked."""

import hashlib
import json
from pathlib import Path

import pandas

here = Path(__file__).parent
for name, digest in json.loads((here / "manifest.json").read_text("utf-8"))["sha256"].items():
    if hashlib.sha256((here / name).read_bytes()).hexdigest() != digest:
        raise SystemExit(f"{name} is not what was exported")

book = json.loads((here / "codebook.json").read_text("utf-8"))
items = pandas.read_csv(here / "items_wide.csv", encoding="utf-8-sig")
items = items[items["left_out"].isna()].copy()  # the rest gave one answer to everything
codes = [row["code"] for row in book["variables"] if row["kind"] == "item"]
items[codes] = items[codes].where(items[codes] >= 1)  # below 1: why there is no answer, see the codebook
for row in book["variables"]:
    if row["reversed"] == "yes":
        items[row["code"]] = 6 - items[row["code"]]
indicators = pandas.read_csv(here / "indicators.csv", encoding="utf-8-sig")
relations = pandas.read_csv(here / "relations.csv", encoding="utf-8-sig")
people = pandas.read_csv(here / "people.csv", encoding="utf-8-sig")
print(items.describe().T[["count", "mean", "std"]].round(2).to_string())
