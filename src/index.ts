export type { Connection, SecretKey, SecretReference, Variable } from '../charts/common/connection.ts';
export { environment } from '../charts/common/connection.ts';
export { type ContainerProps, type PodProps, podTemplate } from '../charts/common/pod.ts';
export type {
  ExtensionContext,
  GlobalExtension,
  GlobalExtensionContext,
  ProjectExtension,
} from '../charts/extension.ts';
export type { Environment, Profile, Project } from '../charts/model.ts';
export type { Plan } from './synth/plan.ts';
