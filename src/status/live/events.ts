import type { IncomingMessage } from 'node:http';

/** What happened to an object, as a watch tells it. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: { readonly metadata?: { readonly resourceVersion?: string } };
}

/**
 * The events of a watch, as they come; a last one that is cut off is left out.
 *
 * @param heard told of each piece, be it only a part of an event
 */
export async function* eventsIn(answer: IncomingMessage, heard: () => void): AsyncGenerator<WatchEvent> {
  answer.setEncoding('utf8');
  let rest: string[] = [];
  for await (const piece of answer as AsyncIterable<string>) {
    heard();
    const lines = piece.split('\n');
    if (lines.length > 1) {
      lines[0] = rest.join('') + lines[0];
      rest = [];
    }
    rest.push(lines.pop() ?? '');
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as WatchEvent;
  }
}
