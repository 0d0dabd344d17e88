/** What stands before and after `--`: the parser hands both on as one list. */
export function divided(
  given: readonly (string | undefined)[],
  argv: readonly string[] = process.argv,
): { readonly before: readonly string[]; readonly after: readonly string[] } {
  const all = given.filter((word) => word !== undefined);
  const at = argv.indexOf('--');
  const after = at < 0 ? [] : argv.slice(at + 1);
  return { before: all.slice(0, all.length - after.length), after };
}
