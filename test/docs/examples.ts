/** A `project.yaml` of a page, and the `repoctl.yaml` that stands before it. */
export interface Example {
  /** The heading above it. */
  readonly title: string;
  readonly environment?: string;
  readonly project: string;
}

/** The examples of a page whose first lines say which file they are. */
export function examplesOf(page: string): Example[] {
  const examples: Example[] = [];
  let title = '';
  let environment: string | undefined;
  for (const [, heading, text = ''] of page.matchAll(/^#+ ([^\n]*)$|^```yaml\n(.*?)^```$/gms)) {
    if (heading !== undefined) [title, environment] = [heading.replaceAll("'", '’'), undefined];
    else if (text.startsWith('# repoctl.yaml')) environment = text;
    else if (text.startsWith('# infra/project.yaml')) examples.push({ title, environment, project: text });
  }
  return examples;
}
