import type { ManifestObject } from './common/manifest-object.ts';
import { type Fields, isMap } from './common/pod-security.ts';

const mapOf = (value: unknown): Fields => (isMap(value) ? value : {});

/** Whether every label of one selector stands in the other: whatever pods the other finds, it finds too. */
const covers = (one: ManifestObject, other: ManifestObject): boolean => {
  const labelsOf = ({ spec }: ManifestObject) => mapOf(mapOf(mapOf(spec).selector).matchLabels);
  const wanted = Object.entries(labelsOf(one));
  const found = labelsOf(other);
  return wanted.every(([key, value]) => found[key] === value);
};

const targetOf = ({ spec }: ManifestObject): string => {
  const { kind, name } = mapOf(mapOf(spec).scaleTargetRef);
  return `${kind}/${name}`;
};

/** Kinds of which there may be only one for the same pods, each with how to tell. */
const exclusive: Readonly<Record<string, (later: ManifestObject, earlier: ManifestObject) => boolean>> = {
  HorizontalPodAutoscaler: (later, earlier) => targetOf(later) === targetOf(earlier),
  NetworkPolicy: (later, earlier) => later.metadata?.name === earlier.metadata?.name,
  PodDisruptionBudget: covers,
};

/**
 * The objects without those of ours in whose place a project has added one of its own: two budgets for the same pods would
 * keep all of them on their nodes. What projects add comes later.
 */
export const withoutSuperseded = (objects: readonly ManifestObject[]): ManifestObject[] =>
  objects.filter((object, index) => {
    const isSame = exclusive[object.kind];
    return !isSame || !objects.slice(index + 1).some((later) => later.kind === object.kind && isSame(later, object));
  });
