'use client';

import { listRaces, type Race } from '@monorepo/api-client';
import { List, timeText } from './list.tsx';
import { useLive } from './use-live.ts';

const columns = ['Race', 'Course', 'Off (UTC)', 'Distance', 'Going', 'Runners', 'Ingested (UTC)'];

export function Races({ initial, baseUrl }: { readonly initial?: readonly Race[]; readonly baseUrl: string }) {
  const live = useLive(initial, baseUrl, listRaces);
  return (
    <List
      title="Races"
      columns={columns}
      live={live}
      none="No race card has been ingested yet."
      row={({ id, course, off_time, distance_m, going, runners, ingested_at }) => (
        <tr key={id}>
          <th scope="row">{id}</th>
          <td>{course}</td>
          <td>{timeText(off_time)}</td>
          <td>{distance_m} m</td>
          <td>{going}</td>
          <td>{runners}</td>
          <td>{timeText(ingested_at)}</td>
        </tr>
      )}
    />
  );
}
