'use client';

import { listMonitors, type Monitor } from '@monorepo/api-client';
import { List, timeText } from './list.tsx';
import { useLive } from './use-live.ts';

const columns = ['URL', 'Status', 'Since (UTC)', 'Last check (UTC)', 'Took', 'Every'];

export function Monitors({ initial, baseUrl }: { readonly initial?: readonly Monitor[]; readonly baseUrl: string }) {
  const live = useLive(initial, baseUrl, listMonitors);
  return (
    <List
      title="Monitors"
      columns={columns}
      live={live}
      none="No URL is watched yet."
      row={({ id, url, status, since, checked_at, error, took_milliseconds, interval_seconds }) => (
        <tr key={id}>
          <th scope="row">{url}</th>
          <td title={error}>
            <span className={`status ${status}`}>{status}</span>
          </td>
          <td>{timeText(since)}</td>
          <td>{checked_at ? timeText(checked_at) : 'never'}</td>
          <td>{took_milliseconds} ms</td>
          <td>{interval_seconds} s</td>
        </tr>
      )}
    />
  );
}
