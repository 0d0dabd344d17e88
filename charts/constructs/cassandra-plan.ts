/**
 * What makes a keyspace as it is declared, in Python, without a server: `plan(DECLARED, LIVE)` gives statements and refusals. Both
 * are what `system_schema` says of a keyspace, and `created`, the statements of DESCRIBE by type and name.
 */
export const cassandraPlan = String.raw`
import re

def quoted(name):
    return '"' + name.replace('"', '""') + '"'

def options(statement):
    # Up to the end of the table's own statement: those of its indexes follow.
    body = re.split(r";\s*(?:\n|\Z)", statement, maxsplit=1)[0]
    parts = re.split(r"\s+AND\s+", body.rpartition(") WITH ")[2])
    return [part for part in parts if not part.startswith(("CLUSTERING ORDER", "ID ="))]

def key(columns):
    parts = {kind: sorted((each["position"], each["column_name"], each["clustering_order"]) for each in columns if each["kind"] == kind)
             for kind in ("partition_key", "clustering")}
    partition = ", ".join(name for _, name, _ in parts["partition_key"])
    return ", ".join([f"({partition})"] + [f"{name} {order}" for _, name, order in parts["clustering"]])

def by(rows, *names):
    found = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    return found

def plan(declared, live):
    keyspace, statements, refusals = live["keyspace"], [], []
    here = lambda name: f"{quoted(keyspace)}.{quoted(name)}"
    create = lambda kind, name: re.sub(
        r'"?\b' + declared["keyspace"] + r'\b"?\.', lambda _: quoted(keyspace) + ".", declared["created"][kind][name])

    # Those that others are made of come first in DESCRIBE.
    types, had = by(declared["types"], "type_name"), by(live["types"], "type_name")
    for name in declared["created"].get("type", {}):
        if (name,) not in had:
            statements.append(create("type", name))
            continue
        new, old = types[(name,)][0], had[(name,)][0]
        fields = dict(zip(new["field_names"], new["field_types"]))
        for field, kind in zip(old["field_names"], old["field_types"]):
            if fields.get(field) != kind:
                refusals.append(f"the field {field} of the type {name} is {kind}, and declared {'as ' + fields[field] if field in fields else 'nowhere'}: "
                                "a type's fields can't be taken away or changed. Declare a type of another name")
        for field, kind in fields.items():
            if field not in old["field_names"]:
                statements.append(f"ALTER TYPE {here(name)} ADD {quoted(field)} {kind}")
    for (name,) in had:
        if (name,) not in types:
            refusals.append(f"the type {name} is declared nowhere. If nothing needs it, type: DROP TYPE {here(name)};")

    tables, columns = by(declared["columns"], "table_name"), by(live["columns"], "table_name")
    for (name,), new in tables.items():
        if (name,) not in columns:
            statements.append(re.split(r";\s*(?:\n|\Z)", create("table", name), maxsplit=1)[0])
            continue
        old = columns[(name,)]
        if key(new) != key(old):
            refusals.append(f"the key of the table {name} is {key(old)}, and declared as {key(new)}: no table can change its key. "
                            "Declare a table of another name, copy the rows, then take this one out")
            continue
        wanted = {each["column_name"]: each for each in new}
        for each in old:
            column, kind = each["column_name"], each["type"]
            drop = f"If its values may go, type: ALTER TABLE {here(name)} DROP {quoted(column)};"
            if column not in wanted:
                refusals.append(f"the column {column} of the table {name} is declared nowhere: its values would be lost. {drop}")
            elif (wanted[column]["type"], wanted[column]["kind"]) != (kind, each["kind"]):
                static = lambda row: row["type"] + (" static" if row["kind"] == "static" else "")
                refusals.append(f"the column {column} of the table {name} is {static(each)}, and declared as {static(wanted[column])}: "
                                "no column can change its type. Declare a column of another name, and copy the values")
        had_columns = {each["column_name"] for each in old}
        for column, each in wanted.items():
            if column not in had_columns:
                static = " static" if each["kind"] == "static" else ""
                statements.append(f"ALTER TABLE {here(name)} ADD {quoted(column)} {each['type']}{static}")
        changed = [each for each in options(declared["created"]["table"][name]) if each not in options(live["created"]["table"][name])]
        if changed:
            statements.append(f"ALTER TABLE {here(name)} WITH " + " AND ".join(changed))
    for (name,) in columns:
        if (name,) not in tables:
            refusals.append(f"the table {name} is declared nowhere: its rows would be lost. If they may go, type: DROP TABLE {here(name)};")

    # An index holds nothing that isn't in its table.
    indexes, indexed = ({each["index_name"]: each for each in side["indexes"]} for side in (declared, live))
    same = lambda name: name in indexes and name in indexed and all(
        indexes[name][field] == indexed[name][field] for field in ("table_name", "kind", "options"))
    statements += [f"DROP INDEX {here(name)}" for name in indexed if not same(name)]
    statements += [create("index", name) for name in indexes if not same(name)]
    return statements, refusals
`.trim();
