import { UsageError } from '../errors.ts';
import { findTool, pathWith } from '../tools/find.ts';
import { type ToolName, tools } from '../tools/tools.ts';

/** The path of a program that repoctl can fetch; `undefined` if there is none that can be used. */
export async function toolPath(name: ToolName): Promise<string | undefined> {
  const found = await findTool(name);
  return 'path' in found ? found.path : undefined;
}

/**
 * The path of kind.
 *
 * @throws UsageError if there is none that can be used
 */
export async function kindPath(): Promise<string> {
  const found = await findTool('kind');
  if ('path' in found) return found.path;
  throw new UsageError(found.lack, `repoctl up fetches it; or install it: ${tools.kind.install}`);
}

/** PATH with the programs that repoctl has fetched, for programs that start these by themselves. */
export async function toolsOnPath(names: readonly ToolName[]): Promise<string> {
  const found = await Promise.all(names.map((name) => findTool(name)));
  return pathWith(found.filter((tool) => 'path' in tool));
}
