import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './run.ts';

const sample = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../backends/svc-turfoo-ingest/samples/card.json'), 'utf8'),
) as RaceCard;

export interface RaceCard {
  readonly id: string;
  readonly course: string;
  readonly off_time: string;
  readonly runners: readonly { readonly number: number; readonly horse: string }[];
}

/** A card of its own for a number from 1 to 99 on a day. */
export const card = (day: string, number: number): RaceCard => ({
  ...sample,
  id: `${day}-ASC-${number}`,
  off_time: `${day}T14:25:00+00:00`,
});

/** The project's API, by way of the API server's proxy, which outlives the pods. */
export class Ingest {
  constructor(private readonly base: string) {}

  /** Posts a card until it is accepted: a card that is refused meanwhile was never promised anything. */
  async post(posted: RaceCard, seconds = 60): Promise<void> {
    await eventually(`posting ${posted.id}`, seconds, async () => {
      const response = await fetch(`${this.base}/races`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(posted),
      });
      if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
    });
  }

  /** The JSON at a path, as soon as it answers 200. */
  async read<T>(path: string, seconds = 60): Promise<T> {
    return eventually(`reading ${path}`, seconds, async () => {
      const response = await fetch(`${this.base}${path}`);
      if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
      return (await response.json()) as T;
    });
  }

  /** The ids of the cards that can't be read yet. */
  async missing(cards: readonly RaceCard[]): Promise<string[]> {
    const answers = await Promise.all(cards.map(({ id }) => fetch(`${this.base}/races/${id}`)));
    return cards.filter((_, index) => answers[index]?.status !== 200).map(({ id }) => id);
  }
}
