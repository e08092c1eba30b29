"""A second implementation of the serial rule: every combination of ranks in order, the first legal one is the batch.

Written from the reference alone, with dicts and for small registers; it knows nothing of signatures, witnesses or
checkers. `selected` gives what the result must say, without certificate and checker.
"""

import csv
import hashlib
import io
import json
from itertools import combinations

BOUNDS = {"at_least": lambda v, b: v >= b, "at_most": lambda v, b: v <= b, "below": lambda v, b: v < b}


class Person:
    """One row of the register, with its typed cells."""

    def __init__(self, row, rules):
        self.pid, self.fields = row["pid"], rules["fields"]
        self.cells = {name: self.typed(row[field.get("column", name)], field) for name, field in self.fields.items()}

    @staticmethod
    def typed(text, field):
        if text == "":
            return None
        if field["type"] == "flag":
            return text == "yes"
        return int(text) if field["type"] == "integer" else text

    def __getitem__(self, name):
        value = self.cells[name]
        return self.fields[name].get("unknown") if value is None else value

    def number(self, name, value):
        return self.fields[name]["levels"].index(value) if self.fields[name]["type"] == "scale" else value

    def meets(self, condition):
        if "any" in condition:
            return any(map(self.meets, condition["any"]))
        if "all" in condition:
            return all(map(self.meets, condition["all"]))
        if "not" in condition:
            return not self.meets(condition["not"])
        name = condition["field"]
        if "equals" in condition or "in" in condition:
            wanted = condition.get("in", [condition.get("equals")])
            if self.fields[name]["type"] == "flag":
                wanted = [{"yes": True, "no": False}.get(value, value) for value in wanted]
            return self[name] in wanted
        here = self.number(name, self[name])
        return all(test(here, self.number(name, condition[b])) for b, test in BOUNDS.items() if b in condition)

    def lines(self, rules):
        found = {}
        for line in rules.get("points", []):
            value = self[line["field"]]
            if "levels" in line:
                found[line["id"]] = line["levels"].get(value, 0)
            elif "below" in line:
                found[line["id"]] = next((points for bound, points in line["below"] if value < bound), 0)
            else:
                per = line["per"]
                whole = max(0, value - per["above"]) // per["each"]
                found[line["id"]] = min(per["cap"], per["points"] * whole)
        return found

    def class_in(self, quota):
        if "when" in quota:
            return "in" if self.meets(quota["when"]) else "out"
        value = self[quota["by"]]
        if self.fields[quota["by"]]["type"] == "flag":
            return "yes" if value else "no"
        return str(value)


def digest(value):
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class Selection:
    """All that can be said of one register, rules and seed."""

    def __init__(self, text, rules, seed, agreement=None, batch=None, size=None):
        self.rules, self.seed, self.size = rules, seed, size or rules["size"]
        self.people = sorted((Person(row, rules) for row in csv.DictReader(io.StringIO(text))), key=lambda p: p.pid)
        self.outside, self.pending, self.lost = [], [], dict.fromkeys(rules["gates"], 0)
        ranked = list(filter(self.passes, self.people))
        self.ranked = sorted(ranked, key=self.key)
        self.rows = self.limits()
        names = sorted(rules["fields"])
        rows = [[person.pid, *(person.cells[name] for name in names)] for person in self.people]
        self.snapshot = digest({"kind": "quittance/snapshot/v1", "columns": names, "people": rows})
        self.about = {"agreement": agreement, "batch": batch, "size": self.size, "snapshot": self.snapshot}
        self.about["rules"] = digest({"kind": "quittance/rules/v1", "selection": rules})

    def passes(self, person):
        gates = self.rules["gates"]
        for rule in self.rules.get("outside_ratio", []):
            if person.meets(rule["when"]):
                free = all(person[gate] is True for gate in rule.get("gates", gates))
                (self.outside if free else self.pending).append(person.pid)
                return False
        missing = next((gate for gate in gates if person[gate] is not True), None)
        if missing:
            self.lost[missing] += 1
        return missing is None

    def tier(self, person):
        tiers = self.rules.get("tiers", [])
        return next((at for at, tier in enumerate(tiers, 1) if person.meets(tier["when"])), len(tiers) + 1)

    def tie(self, person):
        return hashlib.sha256(self.seed + person.pid.encode()).hexdigest()

    def key(self, person):
        if self.rules["method"] == "draw":
            return self.tier(person), self.tie(person), person.pid
        then = []
        for one in self.rules.get("then", []):
            value = person.number(one["field"], person[one["field"]])
            then.append(-value if one["order"] == "desc" else value)
        return self.tier(person), -sum(person.lines(self.rules).values()), *then, self.tie(person), person.pid

    def limits(self):
        """(quota, class, least, most, people of the class) in canonical order."""
        rows, size, n = [], self.size, len(self.ranked)
        for quota in self.rules.get("quotas", []):
            classes = {person.class_in(quota) for person in self.ranked}
            if "when" in quota:
                bounds = {"in": (quota.get("min", 0), quota.get("max", size)), "out": (0, size)}
            elif "share" in quota:
                bounds, slack = {}, quota.get("slack_percent", 0)
                for name in classes:
                    c = sum(person.class_in(quota) == name for person in self.ranked)
                    least = max(0, min((c * size * (100 - slack)) // (100 * n), c))
                    most = (c * size * (100 + slack) + 100 * n - 1) // (100 * n)
                    bounds[name] = least, min(most + quota.get("pad", 0), size)
            else:
                least, most = quota.get("min", {}), quota.get("max", {})
                classes |= set(least) | set(most)
                default = quota.get("default_max", size)
                bounds = {name: (least.get(name, 0), most.get(name, default)) for name in classes}
            for name in sorted(bounds, key=str.encode):
                members = [rank for rank, person in enumerate(self.ranked) if person.class_in(quota) == name]
                rows.append((quota["id"], name, *bounds[name], frozenset(members)))
        return rows

    def legal(self, batch, rows=None):
        chosen = set(batch)
        for *_, least, most, members in self.rows if rows is None else rows:
            if not least <= len(chosen & members) <= most:
                return False
        return True

    def batch(self):
        every = combinations(range(len(self.ranked)), self.size)
        return next(filter(self.legal, every), None)

    def completes(self, kept, like, rows):
        """Whether a legal batch has all of `kept` and one more of the classes of `like`."""
        alike = {rank for rank in range(len(self.ranked)) if self.classes(rank) == self.classes(like)}
        others = [rank for rank in range(len(self.ranked)) if rank not in kept]
        for more in combinations(others, self.size - len(kept)):
            if alike.intersection(more) and self.legal((*kept, *more), rows):
                return True
        return False

    def classes(self, rank):
        return [self.ranked[rank].class_in(quota) for quota in self.rules.get("quotas", [])]

    def conflict(self, room):
        """The canonical irreducible set of limits, where `room(rows)` says whether there is room under limits."""
        kept = [(q, c, b) for q, c, least, most, _ in self.rows
                for b, counts in (("min", least > 0), ("max", most < self.size)) if counts]  # fmt: skip
        for limit in list(kept):
            rest = [one for one in kept if one != limit]
            if not room(self.relaxed(rest)):
                kept = rest
        values = {(q, c): {"min": least, "max": most} for q, c, least, most, _ in self.rows}
        return [{"quota": q, "class": c, "bound": b, "value": values[q, c][b]} for q, c, b in kept]

    def relaxed(self, kept):
        return [
            (q, c, least if (q, c, "min") in kept else 0, most if (q, c, "max") in kept else self.size, members)
            for q, c, least, most, members in self.rows
        ]

    def refusal(self, rank, kept):
        """Why the person at this rank is passed over, with the limits."""
        mine = [row for row in self.rows if rank in row[4]]
        count = {row[:2]: len(row[4].intersection(kept)) for row in self.rows}
        full = [row for row in mine if count[row[:2]] >= row[3]]
        if full:
            return "cap", [{"quota": q, "class": c, "bound": "max", "value": most} for q, c, _, most, _ in full]
        owed = []
        for row in mine:
            unmet = [r for r in self.rows if r[0] == row[0] and count[r[:2]] < r[2]]
            if count[row[:2]] >= row[2] and sum(r[2] - count[r[:2]] for r in unmet) >= self.size - len(kept):
                owed += unmet
        if owed:
            return "owed", [{"quota": q, "class": c, "bound": "min", "value": least} for q, c, least, _, _ in owed]
        return "jointly", self.conflict(lambda rows: self.completes(kept, rank, rows))

    def reserve(self, batch):
        found = []
        for rank in range(len(self.ranked)):
            if rank not in batch:
                swaps = sum(self.legal([*(r for r in batch if r != out), rank]) for out in batch)
                if swaps:
                    found.append({"pid": self.ranked[rank].pid, "rank": rank + 1, "can_replace": swaps})
        return found[: self.rules.get("reserve", {}).get("length", 20)]

    def result(self):
        """What must be said, in the form of the result; bare hashes."""
        ranked, rules = self.ranked, self.rules
        batch = self.batch() if len(ranked) >= self.size else None
        left, gates = len(self.people) - len(self.outside) - len(self.pending), []
        for gate, lost in self.lost.items():
            left -= lost
            gates.append({"gate": gate, "passed": left, "lost": lost})
        said = {
            "status": "infeasible" if batch is None else "proposed",
            "funnel": {"register": len(self.people), "outside_ratio": len(self.outside),
                       "outside_ratio_pending": len(self.pending), "gates": gates, "ranked": len(ranked),
                       "batch": len(batch or ())},
            "outside_ratio": self.outside,
            "people": [], "passed_over": [], "reserve": [], "conflict": None, "last_rank": None, "batch_hash": None,
            "points_total": 0,
        }  # fmt: skip
        said["request_hash"] = digest({"kind": "quittance/request/v1", **self.about})
        if batch is None:
            some = len(ranked) >= self.size
            every = list(combinations(range(len(ranked)), self.size))
            said["conflict"] = self.conflict(lambda rows: any(self.legal(b, rows) for b in every)) if some else []
            return said
        points = [person.lines(rules) for person in ranked]
        said["people"] = [
            {"pid": ranked[r].pid, "rank": r + 1, "tier": self.tier(ranked[r]), "points": sum(points[r].values()),
             "lines": points[r], "tie_key": self.tie(ranked[r]),
             "signature": {quota["id"]: ranked[r].class_in(quota) for quota in rules.get("quotas", [])}}
            for r in batch
        ]  # fmt: skip
        said["last_rank"] = batch[-1] + 1
        for rank in range(batch[-1]):
            if rank not in batch:
                reason, limits = self.refusal(rank, [r for r in batch if r < rank])
                said["passed_over"].append(
                    {"pid": ranked[rank].pid, "rank": rank + 1, "reason": reason, "limits": limits}
                )
        said["reserve"] = self.reserve(batch)
        said["points_total"] = sum(sum(points[r].values()) for r in batch)
        named = {**self.about, "seed": self.seed.hex(), "outside_ratio": self.outside}
        said["batch_hash"] = digest({"kind": "quittance/batch/v1", **named, "people": [ranked[r].pid for r in batch]})
        return said


def selected(text, rules, seed, **about):
    """What the result must say of a register in CSV."""
    return Selection(text, rules, seed, **about).result()
