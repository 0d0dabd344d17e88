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
  const { kind = 'Deployment', name } = mapOf(mapOf(spec).scaleTargetRef);
  return `${kind}/${name}`;
};

type Sameness = (later: ManifestObject, earlier: ManifestObject) => boolean;
const ofOneKind =
  (isSame: Sameness): Sameness =>
  (later, earlier) =>
    later.kind === earlier.kind && isSame(later, earlier);

const autoscalers = ['HorizontalPodAutoscaler', 'ScaledObject'];
const scalesSame: Sameness = (later, earlier) =>
  autoscalers.includes(later.kind) && targetOf(later) === targetOf(earlier);

/** Kinds of which there may be only one for the same pods, each with how to tell. */
const exclusive: Readonly<Record<string, Sameness>> = {
  HorizontalPodAutoscaler: scalesSame,
  ScaledObject: scalesSame,
  NetworkPolicy: ofOneKind((later, earlier) => later.metadata?.name === earlier.metadata?.name),
  PodDisruptionBudget: ofOneKind(covers),
};

/**
 * The objects of a chart without those in whose place a project has an object of its own, in the chart or beside it: two
 * budgets for the same pods would keep all of them on their nodes.
 *
 * @param made the objects of the chart; what a project's own code adds comes after what is generated
 * @param added what else the project adds
 */
export function withoutSuperseded(made: readonly ManifestObject[], added: readonly ManifestObject[]): ManifestObject[] {
  const all = [...made, ...added];
  return made.filter((object, index) => {
    const isSame = exclusive[object.kind];
    return !isSame || !all.slice(index + 1).some((later) => isSame(later, object));
  });
}
