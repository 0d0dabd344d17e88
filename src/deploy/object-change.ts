import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Step } from '../lifecycle/examine.ts';
import { type Action, type Consequence, consequences, type Subject } from './consequences.ts';
import { type FieldChange, fieldChanges, narrowed } from './field-changes.ts';

/** What an apply would do to an object. */
export interface ObjectChange {
  readonly action: Action;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** None of an object that is created or removed. */
  readonly fields: readonly FieldChange[];
  readonly consequences: readonly Consequence[];
}

/** What a step would do; `undefined` if it changes nothing. */
export function changeOf({ object, way, existing, would }: Step): ObjectChange | undefined {
  if (!existing) return change('create', { wanted: object, fields: [] });
  if (way === 'leave') return undefined;
  const fields = would ? fieldChanges(existing, would) : fieldChanges(asSpokenOf(existing, object), object);
  if (way === 'apply') return fields.length === 0 ? undefined : change('change', { existing, wanted: object, fields });
  return change('replace', { existing, wanted: object, fields, keepsOwned: way === 'orphan' });
}

/** What becomes of an object that has left the configuration. */
export const removal = (existing: ManifestObject): ObjectChange => change('remove', { existing, fields: [] });

/** What there is of an object, as far as another state of it says anything of the same. */
export const asSpokenOf = (existing: ManifestObject, wanted: ManifestObject): ManifestObject =>
  narrowed(existing, wanted) as ManifestObject;

function change(action: Action, subject: Omit<Subject, 'action'>): ObjectChange {
  const { apiVersion, kind, metadata } = (subject.wanted ?? subject.existing) as ManifestObject;
  return {
    action,
    apiVersion,
    kind,
    name: metadata?.name ?? '',
    fields: subject.fields,
    consequences: consequences({ action, ...subject }),
  };
}
