'use client';

import { useEffect, useState } from 'react';

/** A list as it was last read, and why the last reading failed. */
export interface Live<Item> {
  readonly items?: readonly Item[];
  readonly problem?: string;
}

const pause = 1000;

/**
 * A list that is read again a second after each answer, while the page is to be seen.
 *
 * @param initial as the server read it; none if it could not
 * @param read must not change from one rendering to the next
 */
export function useLive<Item>(
  initial: readonly Item[] | undefined,
  baseUrl: string,
  read: (baseUrl: string) => Promise<readonly Item[]>,
): Live<Item> {
  const [live, setLive] = useState<Live<Item>>({ items: initial });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let ended = false;
    async function readAgain() {
      if (!document.hidden) {
        try {
          const items = await read(baseUrl);
          if (!ended) setLive({ items });
        } catch (error) {
          const problem = error instanceof Error ? error.message : String(error);
          if (!ended) setLive(({ items }) => ({ items, problem }));
        }
      }
      if (!ended) timer = setTimeout(readAgain, pause);
    }
    readAgain();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [baseUrl, read]);
  return live;
}
