import { z } from 'zod';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Manifest } from '../../charts/model.ts';
import { givenText, type Problem } from './problem.ts';
import type { Reader } from './reader.ts';
import { schemaProblems } from './schema-problems.ts';
import { parseYamlDocuments, type YamlDocument } from './yaml-file.ts';

/** What every added object has to be for the rest to be looked at. */
const manifestObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z
    .looseObject({
      name: z.string().optional(),
      namespace: z.string().optional(),
      labels: z.record(z.string(), z.string()).nullish(),
    })
    .nullish(),
});

/** Reads the `infra/manifests` of a project, or of the global tier with '' for its folder; adds what is wrong with them to the problems. */
export function readManifests(reader: Reader, directory: string, problems: Problem[]): Manifest[] {
  const folder = directory === '' ? 'infra/manifests' : `${directory}/infra/manifests`;
  return (reader.names(folder) ?? [])
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => {
      const path = `${folder}/${name}`;
      const refuse = (message: string, { place }: Pick<YamlDocument, 'place'> = { place: { line: 1, column: 1 } }) =>
        problems.push({ file: path, place, message });
      const text = reader.text(path);
      if (text === undefined) {
        // Of anything else the reader tells why.
        if (reader.entry(path) === 'folder') refuse('is a folder; expected a file');
      } else {
        const parsed = parseYamlDocuments(path, text);
        if (parsed.problems) problems.push(...parsed.problems);
        else return { path, objects: parsed.data.flatMap((document) => readObject(path, document, refuse)) };
      }
      return { path, objects: [] };
    });
}

function readObject(
  file: string,
  document: YamlDocument,
  refuse: (message: string, at: YamlDocument) => void,
): ManifestObject[] {
  const { data } = document;
  const checked = manifestObject.safeParse(data);
  if (checked.success) return [data as ManifestObject];
  const { apiVersion, kind } = (data ?? {}) as Partial<ManifestObject>;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string')
    refuse(`not a Kubernetes object: expected apiVersion and kind, given ${givenText(data)}`, document);
  else for (const { message } of schemaProblems(file, manifestObject, data, checked.error)) refuse(message, document);
  return [];
}
