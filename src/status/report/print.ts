import { type Paint, painter } from '../../platform/terminal/paint.ts';
import { printData, printJson, printLines, type Stream } from '../../platform/terminal/print.ts';
import { type Staleness, statusDocument } from './document.ts';
import { reportLines } from './lines.ts';
import { keyOf, type Report } from './report.ts';

/** How a report is printed. */
export const outputs = ['wide', 'json', 'yaml', 'name'] as const;
export type Output = (typeof outputs)[number];

/** Where it is printed; if it is a terminal, with its width. */
export interface ReportStream extends Stream {
  readonly columns?: number;
}

/** Prints a report. */
export async function printReport(
  report: Report,
  output: Output | undefined,
  stream: ReportStream,
  stale?: Staleness,
): Promise<void> {
  switch (output) {
    case 'json':
      return printJson(statusDocument(report, stale), stream);
    case 'yaml': {
      const { yamlText } = await import('./yaml-text.ts');
      return printData(yamlText(statusDocument(report, stale)), stream);
    }
    case 'name':
      return printLines(
        report.tiers.flatMap(({ services }) => services.map(keyOf)),
        stream,
      );
    default: {
      const paint = painter(stream);
      const columns = stream.isTTY ? stream.columns : undefined;
      const lines = reportLines(report, { paint, columns, wide: output === 'wide' });
      printLines([headline(report, paint), '', ...lines], stream);
    }
  }
}

/** Where it looked: the first thing that is wrong is often the context. */
const headline = ({ context, environment }: Report, paint: Paint): string =>
  paint(
    'grey',
    `context ${context}${environment === undefined ? ', without a configuration: as the labels tell' : ''}`,
  );
