// What Thunderbird is told of the add-on. Its texts come from the shared catalogues.
import { textsOf } from "../ui/texts.ts";

const languages = ["de", "en", "nl"] as const;
const beginning = "addin.manifest.";

export const addonId = "thunderbird@couvert.example";
export const pages = ["send", "settings", "message", "transfers", "filelink", "linked"] as const;

export function manifestOf(version: string): object {
  const icons = { "16": "icon.svg", "32": "icon.svg", "64": "icon.svg" };
  return {
    manifest_version: 3,
    name: "__MSG_name__",
    description: "__MSG_description__",
    version,
    default_locale: "en",
    icons,
    browser_specific_settings: {
      gecko: {
        id: addonId,
        strict_min_version: "140.0",
        data_collection_permissions: { required: ["none"] },
      },
    },
    permissions: [
      "accountsFolders",
      "accountsRead",
      "compose",
      "compose.save",
      "compose.send",
      "downloads",
      "messagesMove",
      "messagesRead",
      "storage",
      "unlimitedStorage", // QUICK's keys are not thrown away where a disk is nearly full
    ],
    // Only the one server that somebody names is asked for.
    optional_host_permissions: ["https://*/*", "http://localhost/*"],
    background: { scripts: ["background.js"], type: "module" },
    options_ui: { page: "settings.html", open_in_tab: true },
    action: { default_title: "__MSG_transfers__", default_icon: icons },
    compose_action: { default_title: "__MSG_send__", default_icon: icons },
    message_display_action: { default_title: "__MSG_message__", default_icon: icons },
    cloud_file: { name: "__MSG_name__", management_url: "filelink.html", reuse_uploads: false },
  };
}

/** `_locales/de/messages.json` and so on. */
export async function manifestTexts(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const language of languages) {
    const texts = await textsOf(language, [beginning]);
    const messages = Object.fromEntries(
      Object.entries(texts).map(([key, message]) => [key.slice(beginning.length), { message }]),
    );
    files.set(`_locales/${language}/messages.json`, JSON.stringify(messages, undefined, 2));
  }
  return files;
}
