"""Invented registers and rules for the tests of the selection: fixed ones, and hypothesis strategies for small ones."""

from hypothesis import strategies as st

SEED = bytes(range(32))

FIELDS = {
    "prison": {"type": "category"},
    "province": {"type": "category", "unknown": "unknown"},
    "list": {"type": "category"},
    "age": {"type": "integer", "unknown": 0},
    "health": {"type": "scale", "levels": ["well", "serious", "grave"], "unknown": "well"},
    "agreed": {"type": "flag"},
    "medical": {"type": "flag", "column": "doctor says"},
}
COLUMNS = ("pid", "name", "prison", "province", "list", "age", "health", "agreed", "doctor says")


def rules(**changes):
    """Rules over `FIELDS` without quotas, with some keys changed; a key set to None is left out."""
    whole = {"version": 1, "method": "serial", "size": 2, "fields": FIELDS, "gates": ["agreed"], **changes}
    return {key: value for key, value in whole.items() if value is not None}


def person(number, **cells):
    """A row of the register that passes the gate."""
    usual = {"pid": f"R-{number:03}", "name": "invented", "prison": "North", "province": "Kunduz", "list": "L1"}
    return {**usual, "age": "30", "health": "well", "agreed": "yes", "doctor says": "yes", **cells}


def as_csv(rows, columns=COLUMNS, end="\n"):
    """Rows as a register file's text."""
    lines = [",".join(columns), *(",".join(row[column] for column in columns) for row in rows)]
    return end.join(lines) + end


CONDITIONS = st.recursive(
    st.one_of(
        st.sampled_from(["North", "South"]).map(lambda value: {"field": "prison", "equals": value}),
        st.sampled_from(["yes", "no"]).map(lambda value: {"field": "medical", "equals": value}),
        st.lists(st.sampled_from(["Kunduz", "unknown"]), min_size=1).map(lambda v: {"field": "province", "in": v}),
        st.integers(20, 40).map(lambda bound: {"field": "age", "at_least": bound, "below": bound + 9}),
        st.sampled_from(["serious", "grave"]).map(lambda level: {"field": "health", "at_least": level}),
        st.sampled_from(["well", "serious"]).map(lambda level: {"field": "health", "at_most": level}),
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=2).map(lambda members: {"any": members}),
        st.lists(inner, min_size=1, max_size=2).map(lambda members: {"all": members}),
        inner.map(lambda member: {"not": member}),
    ),
    max_leaves=3,
)

CLASSES = {
    "prison": ["North", "South", "East"],
    "province": ["Kunduz", "Herat", "unknown"],
    "list": ["L1", "L2"],
    "age": ["30", "40"],
    "health": ["well", "serious", "grave"],
    "medical": ["yes", "no"],
}


def quota_of(by):
    """A quota by one field: bounds by class, or proportional."""
    classes, bound = st.sampled_from(CLASSES[by]), st.integers(0, 3)
    listed = st.fixed_dictionaries(
        {"id": st.just(by), "by": st.just(by)},
        optional={
            "min": st.dictionaries(classes, bound, max_size=2),
            "max": st.dictionaries(classes, bound, max_size=2),
            "default_max": st.integers(1, 3),
        },
    )
    share = st.fixed_dictionaries(
        {"id": st.just(by), "by": st.just(by), "share": st.just("proportional")},
        optional={"slack_percent": st.sampled_from([0, 15, 50, 120]), "pad": st.integers(0, 1)},
    )
    return st.one_of(listed, share)


CARE = st.fixed_dictionaries(
    {"id": st.just("care"), "when": CONDITIONS}, optional={"min": st.integers(0, 2), "max": st.integers(0, 2)}
)
QUOTAS = st.sets(st.sampled_from([*CLASSES, "care"]), max_size=4).flatmap(
    lambda names: st.tuples(*(CARE if name == "care" else quota_of(name) for name in sorted(names)))
)
POINTS = [
    {"id": "health", "field": "health", "levels": {"serious": 3, "grave": -2}},
    {"id": "age", "field": "age", "per": {"above": 25, "each": 5, "points": 2, "cap": 5}},
    {"id": "young", "field": "age", "below": [[10, 2], [35, 1]]},
]
RULES = st.builds(
    lambda method, size, quotas, tiers, outside, then, points, gates, length: rules(
        method=method, size=size, quotas=list(quotas), tiers=tiers, outside_ratio=outside, then=then, points=points,
        gates=gates, reserve={"length": length},
    ),
    st.sampled_from(["serial", "draw"]), st.integers(1, 4), QUOTAS,
    st.lists(CONDITIONS, max_size=2).map(lambda found: [{"id": f"t{n}", "when": one} for n, one in enumerate(found)]),
    st.sampled_from([[], [{"id": "sick", "when": {"field": "health", "equals": "grave"}, "gates": ["medical"]}]]),
    st.sampled_from([[], [{"field": "age", "order": "desc"}], [{"field": "health", "order": "asc"}]]),
    st.lists(st.sampled_from(POINTS), max_size=3, unique_by=lambda line: line["id"]),
    st.sampled_from([[], ["agreed"], ["medical", "agreed"]]), st.integers(0, 4),
)  # fmt: skip

PEOPLE = st.lists(
    st.builds(
        lambda prison, province, on, age, health, agreed, doctor: {
            "prison": prison, "province": province, "list": on, "age": age, "health": health, "agreed": agreed,
            "doctor says": doctor,
        },
        st.sampled_from(CLASSES["prison"]), st.sampled_from(["Kunduz", "Herat", ""]), st.sampled_from(CLASSES["list"]),
        st.sampled_from(["30", "40", ""]), st.sampled_from(["well", "serious", "grave", ""]),
        st.sampled_from(["yes", "yes", "yes", "no", ""]), st.sampled_from(["yes", "yes", "no", ""]),
    ),
    min_size=1, max_size=9,
).map(lambda rows: [person(number, **row) for number, row in enumerate(rows, 1)])  # fmt: skip
