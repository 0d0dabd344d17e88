import type { Condition, Meta } from '../rules/objects.ts';
import { count, fieldsOf, listOf, mapOf, text } from './shape.ts';

/** The fields of a type that are objects. */
export type Part<Type, Field extends keyof Type> = Extract<NonNullable<Type[Field]>, object>;
export type Entry<List> = List extends readonly (infer Each)[] ? Each & object : never;

/** The labels of an object. */
export const labels = mapOf(text);

const metaFields = {
  name: text,
  namespace: text,
  uid: text,
  labels,
  creationTimestamp: text,
  deletionTimestamp: text,
  generation: count,
  finalizers: listOf(text),
  ownerReferences: listOf(
    fieldsOf<Entry<Part<Meta, 'ownerReferences'>>>({ kind: text, name: text, uid: text }, 'kind', 'name'),
  ),
};

/** What is added to an object's metadata here is not in what is sent. */
type SentMeta = Omit<Meta, 'changedAt' | 'unreadable'>;

/** An object's metadata as the API server sends it. */
export const meta = fieldsOf<SentMeta>(metaFields, 'name');

const managedMetaFields = {
  ...metaFields,
  managedFields: listOf(fieldsOf<{ subresource: string; time: string }>({ subresource: text, time: text })),
};

/** With who changed it. */
export const managedMeta = fieldsOf<SentMeta & { readonly managedFields: unknown }>(managedMetaFields, 'name');

/** With who changed it, and one of its annotations. */
export const annotatedMeta = (annotation: string) =>
  fieldsOf<SentMeta & { readonly managedFields: unknown; readonly annotations: unknown }>(
    { ...managedMetaFields, annotations: fieldsOf<Record<string, string>>({ [annotation]: text }) },
    'name',
  );

export const conditions = listOf(
  fieldsOf<Condition>(
    { type: text, status: text, reason: text, message: text, lastTransitionTime: text },
    'type',
    'status',
  ),
);
