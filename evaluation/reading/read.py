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
asked = [row for row in book["variables"] if row["kind"] in ("item", "own item")]
for row in asked:
    low, high = (int(end) for end in row["unit"].split(" to "))
    given = items[row["code"]].where(items[row["code"]] >= low)  # below: why there is no answer, see the codebook
    items[row["code"]] = low + high - given if row["reversed"] == "yes" else given
indicators = pandas.read_csv(here / "indicators.csv", encoding="utf-8-sig")
relations = pandas.read_csv(here / "relations.csv", encoding="utf-8-sig")
people = pandas.read_csv(here / "people.csv", encoding="utf-8-sig")
flow = pandas.read_csv(here / "flow.csv", encoding="utf-8-sig")
print(items[[row["code"] for row in asked]].agg(["count", "mean", "std"]).T.round(3).to_string())
