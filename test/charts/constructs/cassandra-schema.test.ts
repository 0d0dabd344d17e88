import { spawnSync } from 'node:child_process';
import { beforeAll, expect, test } from '@jest/globals';
import { cassandraPlan } from '../../../charts/constructs/cassandra-plan.ts';

type Column = readonly [name: string, type: string, kind?: string, order?: string];
interface Said {
  readonly tables?: Readonly<Record<string, readonly Column[]>>;
  readonly types?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Table and what is indexed, by name. */
  readonly indexes?: Readonly<Record<string, readonly [table: string, target: string]>>;
  readonly options?: string;
}

const sensor: Column = ['sensor', 'uuid', 'partition_key'];
const at: Column = ['at', 'timestamp', 'clustering', 'desc'];
const value: Column = ['value', 'double'];
const readings = [sensor, at, value];

/** A keyspace as a server describes it. */
function keyspace(name: string, { tables = {}, types = {}, indexes = {}, options = "comment = 'a AND b'" }: Said) {
  const positions: Record<string, number> = {};
  const create = (kind: string, object: string, rest: string) => `CREATE ${kind} ${name}.${object} ${rest}`;
  return {
    keyspace: name,
    columns: Object.entries(tables).flatMap(([table, columns]) =>
      columns.map(([column, type, kind = 'regular', order = 'none']) => {
        const place = `${table} ${kind}`;
        positions[place] = (positions[place] ?? -1) + 1;
        return {
          table_name: table,
          column_name: column,
          type,
          kind,
          position: kind === 'regular' || kind === 'static' ? -1 : positions[place],
          clustering_order: order,
        };
      }),
    ),
    types: Object.entries(types).map(([type, fields]) => ({
      type_name: type,
      field_names: Object.keys(fields),
      field_types: Object.values(fields),
    })),
    indexes: Object.entries(indexes).map(([index, [table, target]]) => ({
      table_name: table,
      index_name: index,
      kind: 'COMPOSITES',
      options: { target },
    })),
    created: {
      table: Object.fromEntries(
        Object.keys(tables).map((table) => [
          table,
          create(
            'TABLE',
            table,
            `(…) WITH CLUSTERING ORDER BY (at DESC)\n    AND cdc = false\n    AND ${options};\n\nCREATE INDEX x ON y`,
          ),
        ]),
      ),
      type: Object.fromEntries(Object.keys(types).map((type) => [type, create('TYPE', type, '(…)')])),
      index: Object.fromEntries(
        Object.entries(indexes).map(([index, [table, target]]) => [
          index,
          `CREATE INDEX ${index} ON ${name}.${table} (${target})`,
        ]),
      ),
    },
  };
}

interface Planned {
  readonly statements: readonly string[];
  readonly refusals: readonly string[];
}

/** What is planned for each row, by its name. One interpreter plans all of them: it takes longer to start than to plan. */
function planned(rows: readonly (readonly [name: string, declared: Said, live: Said, unknown])[]) {
  const program = `${cassandraPlan}\nimport json, sys\nprint(json.dumps([plan(*each) for each in json.load(sys.stdin)]))`;
  const input = rows.map(([, declared, live]) => [keyspace('shop_declared', declared), keyspace('shop', live)]);
  const { stdout, stderr } = spawnSync('python3', ['-c', program], { encoding: 'utf8', input: JSON.stringify(input) });
  if (stdout === '') throw new Error(stderr);
  const plans = JSON.parse(stdout) as [string[], string[]][];
  return new Map(
    rows.map(([name], index): [string, Planned] => {
      const [statements = [], refusals = []] = plans[index] ?? [];
      return [name, { statements, refusals }];
    }),
  );
}

const changes: [string, Said, Said, string[]][] = [
  ['nothing, if all is as declared', { tables: { readings } }, { tables: { readings } }, []],
  [
    'a new table without its indexes',
    { tables: { readings } },
    {},
    [
      'CREATE TABLE "shop".readings (…) WITH CLUSTERING ORDER BY (at DESC)\n    AND cdc = false\n    AND comment = \'a AND b\'',
    ],
  ],
  [
    'new columns',
    { tables: { readings: [...readings, ['note', 'text', 'static'], ['tags', 'set<text>']] } },
    { tables: { readings } },
    ['ALTER TABLE "shop"."readings" ADD "note" text static', 'ALTER TABLE "shop"."readings" ADD "tags" set<text>'],
  ],
  [
    'changed options alone',
    { tables: { readings }, options: 'default_time_to_live = 60' },
    { tables: { readings }, options: 'default_time_to_live = 0' },
    ['ALTER TABLE "shop"."readings" WITH default_time_to_live = 60'],
  ],
  [
    'a new type, and a new field of one',
    { types: { address: { street: 'text', town: 'text' }, point: { x: 'int' } } },
    { types: { address: { street: 'text' } } },
    ['ALTER TYPE "shop"."address" ADD "town" text', 'CREATE TYPE "shop".point (…)'],
  ],
  [
    'an index that is new, one that changed and one that is gone',
    { tables: { readings }, indexes: { fresh: ['readings', 'value'], other: ['readings', 'at'] } },
    { tables: { readings }, indexes: { gone: ['readings', 'value'], other: ['readings', 'value'] } },
    [
      'DROP INDEX "shop"."gone"',
      'DROP INDEX "shop"."other"',
      'CREATE INDEX fresh ON "shop".readings (value)',
      'CREATE INDEX other ON "shop".readings (at)',
    ],
  ],
];

const refused: [string, Said, Said, string][] = [
  [
    'a table that is gone',
    {},
    { tables: { readings } },
    'the table readings is declared nowhere: its rows would be lost. If they may go, type: DROP TABLE "shop"."readings";',
  ],
  [
    'a column that is gone',
    { tables: { readings: [sensor, at] } },
    { tables: { readings } },
    'the column value of the table readings is declared nowhere: its values would be lost. ' +
      'If its values may go, type: ALTER TABLE "shop"."readings" DROP "value";',
  ],
  [
    'another type of a column',
    { tables: { readings: [sensor, at, ['value', 'text']] } },
    { tables: { readings } },
    'the column value of the table readings is double, and declared as text: no column can change its type. ' +
      'Declare a column of another name, and copy the values',
  ],
  [
    'a column that becomes static',
    { tables: { readings: [sensor, at, ['value', 'double', 'static']] } },
    { tables: { readings } },
    'the column value of the table readings is double, and declared as double static: no column can change its type. ' +
      'Declare a column of another name, and copy the values',
  ],
  [
    'another key',
    { tables: { readings: [sensor, ['day', 'date', 'partition_key'], at, value] } },
    { tables: { readings } },
    'the key of the table readings is (sensor), at desc, and declared as (sensor, day), at desc: no table can change its key. ' +
      'Declare a table of another name, copy the rows, then take this one out',
  ],
  [
    'another order',
    { tables: { readings: [sensor, ['at', 'timestamp', 'clustering', 'asc'], value] } },
    { tables: { readings } },
    'the key of the table readings is (sensor), at desc, and declared as (sensor), at asc: no table can change its key. ' +
      'Declare a table of another name, copy the rows, then take this one out',
  ],
  [
    'a field of a type that changes',
    { types: { point: { x: 'text' } } },
    { types: { point: { x: 'int' } } },
    'the field x of the type point is int, and declared as text: a type’s fields can’t be taken away or changed. Declare a type of another name'.replaceAll(
      '’',
      "'",
    ),
  ],
  [
    'a type that is gone',
    {},
    { types: { point: { x: 'int' } } },
    'the type point is declared nowhere. If nothing needs it, type: DROP TYPE "shop"."point";',
  ],
];

let plans: ReadonlyMap<string, Planned>;
beforeAll(() => {
  plans = planned([...changes, ...refused]);
});

test.each(changes)('does %s', (name, _declared, _live, statements) => {
  expect(plans.get(name)).toEqual({ statements, refusals: [] });
});

test.each(refused)('refuses %s, and says what to type', (name, _declared, _live, refusal) => {
  expect(plans.get(name)).toEqual({ statements: [], refusals: [refusal] });
});
