/**
 * A command line as the arguments that a shell makes of it, as far as advice goes: words between spaces, and texts in
 * single quotes.
 *
 * @example words(`kubectl get pod -o 'a b'`) // ['kubectl', 'get', 'pod', '-o', 'a b']
 */
export const words = (line: string): string[] =>
  (line.match(/(?:'[^']*'|[^\s'])+/g) ?? []).map((word) => word.replaceAll(/'([^']*)'/g, '$1'));
