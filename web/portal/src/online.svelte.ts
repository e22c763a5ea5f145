// Whether this device has a line, as the browser knows it.

let online = $state(navigator.onLine !== false);

export const isOnline = (): boolean => online;

export function noteOnline(): void {
  online = navigator.onLine !== false;
}
