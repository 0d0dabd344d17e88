import { type Health, type Status, severity, verdict } from '../rules/verdict.ts';

/** What a check of a protocol found. */
export interface DeepFinding {
  readonly namespace: string;
  /** The service or workload that it is about, as in the plan; `stream KEY` if no workload is known to read a stream. */
  readonly object: string;
  /** `ping`, `select-1`, … */
  readonly check: string;
  readonly status: Extract<Status, 'healthy' | 'progressing' | 'degraded' | 'unknown'>;
  /** One word that stays the same between releases: `WrongPassword`. */
  readonly reason: string;
  readonly cause?: string;
  /** A command. */
  readonly advice?: string;
  /** The pod that was asked, if it was one. */
  readonly pod?: string;
}

/** Something that was judged by what the cluster says of it. */
interface Judged {
  readonly namespace: string;
  readonly object: string;
  readonly health: Health;
}

/** A finding as the verdict on the object that it is about. */
export const asHealth = ({ status, reason, cause, advice, pod }: DeepFinding): Health =>
  verdict(status, reason, { cause, advice, pod });

/**
 * What was judged, with what the checks found: the worse of the two wins. A finding about something that was not judged
 * is a row of its own if it is not healthy.
 */
export function withFindings<Row extends Judged>(
  rows: readonly Row[],
  findings: readonly DeepFinding[],
): (Row | Judged)[] {
  const key = ({ namespace, object }: { namespace: string; object: string }) => `${namespace}/${object}`;
  const found = new Map<string, DeepFinding>();
  for (const finding of findings) {
    const other = found.get(key(finding));
    if (!other || severity(finding) > severity(other)) found.set(key(finding), finding);
  }
  const judged = new Set(rows.map(key));
  const merged = rows.map((row) => {
    const finding = found.get(key(row));
    return finding && severity(finding) > severity(row.health) ? { ...row, health: asHealth(finding) } : row;
  });
  const others = [...found.values()].filter((finding) => !judged.has(key(finding)) && finding.status !== 'healthy');
  return [
    ...merged,
    ...others.map((finding) => ({ namespace: finding.namespace, object: finding.object, health: asHealth(finding) })),
  ];
}
