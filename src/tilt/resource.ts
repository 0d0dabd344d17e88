/** One of Tilt's resources, as `tilt get uiresources` has it. */
export interface UiResource {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly status: {
    readonly disableStatus?: { readonly state?: string };
    readonly updateStatus?: string;
    readonly triggerMode?: number;
    /** The latest first. */
    readonly buildHistory?: readonly { readonly startTime?: string; readonly finishTime?: string }[];
  };
}

/** Trigger mode of what runs only when its button is pressed. */
const buttonOnly = 2;

export const isButton = ({ status }: UiResource): boolean => status.triggerMode === buttonOnly;

export const isDisabled = ({ status }: UiResource): boolean => status.disableStatus?.state === 'Disabled';

export const hasFailed = ({ status }: UiResource): boolean => status.updateStatus === 'error';

/** Whether it waits for others, or is at work. */
export const isBusy = ({ status }: UiResource): boolean => /^(pending|in_progress)$/.test(status.updateStatus ?? '');

/** What tells a resource's last update from the one before; `undefined` if there was none. */
export const lastUpdate = ({ status }: UiResource): string | undefined => status.buildHistory?.[0]?.startTime;

export const listed = (resources: readonly UiResource[]): string =>
  resources.map(({ metadata }) => metadata.name).join(', ');
