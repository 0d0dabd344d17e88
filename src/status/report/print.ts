import type { Paint } from '../../platform/terminal/paint.ts';
import { type Staleness, statusDocument } from './document.ts';
import { reportLines } from './lines.ts';
import { keyOf, type Report } from './report.ts';

/** How a report is printed. */
export const outputs = ['wide', 'json', 'yaml', 'name'] as const;
export type Output = (typeof outputs)[number];

/** Where it is printed: the width of a terminal, if it is one. */
export interface Surface {
  readonly paint: Paint;
  readonly columns?: number;
}

/** A report as text, with a line break at its end. */
export async function printed(
  report: Report,
  output: Output | undefined,
  surface: Surface,
  stale?: Staleness,
): Promise<string> {
  switch (output) {
    case 'json':
      return `${JSON.stringify(statusDocument(report, stale), null, 2)}\n`;
    case 'yaml': {
      const { yamlText } = await import('./yaml-text.ts');
      return yamlText(statusDocument(report, stale));
    }
    case 'name':
      return report.tiers.flatMap(({ services }) => services.map((each) => `${keyOf(each)}\n`)).join('');
    default: {
      const lines = [
        headline(report, surface.paint),
        '',
        ...reportLines(report, { ...surface, wide: output === 'wide' }),
      ];
      return lines.map((line) => `${line}\n`).join('');
    }
  }
}

/** Where it looked: the first thing that is wrong is often the context. */
const headline = ({ context, environment }: Report, paint: Paint): string =>
  paint(
    'grey',
    `context ${context}${environment === undefined ? ', without a configuration: as the labels tell' : ''}`,
  );
