import type { ReactNode } from 'react';
import type { Live } from './use-live.ts';

interface ListProps<Item> {
  readonly title: string;
  readonly columns: readonly string[];
  readonly live: Live<Item>;
  /** Shown where there are none. */
  readonly none: string;
  readonly row: (item: Item) => ReactNode;
}

/** A table of what was last read, and a line above it where it can't be read at the moment. */
export function List<Item>({ title, columns, live: { items, problem }, none, row }: ListProps<Item>) {
  return (
    <section aria-label={title}>
      <h2>
        {title} {items && <span className="count">{items.length}</span>}
      </h2>
      {problem && <p role="alert">{problem}; trying again</p>}
      {items?.length === 0 && <p>{none}</p>}
      {items && items.length > 0 && (
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{items.map(row)}</tbody>
        </table>
      )}
    </section>
  );
}

/** A time in UTC, to the second, as `2026-11-28 14:03:02`. */
export const timeText = (iso: string): string => iso.slice(0, 19).replace('T', ' ');
