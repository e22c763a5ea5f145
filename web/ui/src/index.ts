export { default as Icon, type IconName } from "./Icon.svelte";
export { default as Mark } from "./Mark.svelte";
export { default as Notice } from "./Notice.svelte";
export { default as Switch } from "./Switch.svelte";
export { default as TextField } from "./TextField.svelte";
export * from "./texts.svelte.ts";
