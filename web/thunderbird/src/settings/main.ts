import { begin } from "../begin.ts";
import SettingsPage from "./SettingsPage.svelte";

void begin(SettingsPage);
