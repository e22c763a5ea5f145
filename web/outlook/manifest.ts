// What Outlook is told of the add-in: one description, written as the XML manifest that every
// Outlook reads, and as the unified one in JSON. The server puts in its own address and the ID.

/** Both are replaced by the server (src/server/outlook.cpp). */
const base = "https://couvert.invalid";
const id = "00000000-0000-4000-8000-000000000000";
const schemas = "http://schemas.microsoft.com/office";
const jsonSchemas = "https://developer.microsoft.com/json-schemas/teams/v1.22";
/** Outlook fetches the manifest anew where it is higher. */
const version = "1.0.0";
/** The least that the panes need: attachments' bytes. */
const mailboxMin = "1.8";
const alertMailboxMin = "1.12";

export type Texts = Readonly<Record<string, string>>;
/** Of each language, English first: it is what others see. */
export type AllTexts = Readonly<Record<"en" | "de" | "nl", Texts>>;
const locales = { de: "de-DE", nl: "nl-NL" } as const;

interface Pane {
  readonly name: string;
  readonly where: "compose" | "read";
}
/** The panes and the button of each; texts `addin.outlook.NAME` and `addin.outlook.NAME_tip`. */
const panes: readonly Pane[] = [
  { name: "send", where: "compose" },
  { name: "settings", where: "compose" },
  { name: "message", where: "read" },
  { name: "transfers", where: "read" },
];
const url = (path: string) => `${base}/outlook/${path}`;
const pageOf = ({ name }: Pane) => url(`${name}.html`);
const iconSizes = [16, 32, 80] as const;
export const allIconSizes = [16, 32, 64, 80, 128, 192] as const;

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const xml = (text: string) => text.replace(/[&<>"]/g, (sign) => escapes[sign]!);

function localized(element: string, texts: AllTexts, [key, attributes]: [string, string]): string {
  const overrides = Object.entries(locales).map(
    ([language, locale]) =>
      `<Override Locale="${locale}" Value="${xml(texts[language as "de"][key]!)}"/>`,
  );
  const value = xml(texts.en[key]!);
  const inner = overrides
    .join("")
    .replaceAll("<Override", element.startsWith("bt:") ? "<bt:Override" : "<Override");
  return `<${element}${attributes} DefaultValue="${value}">${inner}</${element}>`;
}

const image = (size: number) => `<bt:Image size="${size}" resid="icon${size}"/>`;
const icons = `<Icon>${iconSizes.map(image).join("")}</Icon>`;

const control = (pane: Pane) => `
              <Control xsi:type="Button" id="couvert.${pane.name}">
                <Label resid="${pane.name}"/>
                <Supertip>
                  <Title resid="${pane.name}"/><Description resid="${pane.name}_tip"/>
                </Supertip>
                ${icons}
                <Action xsi:type="ShowTaskpane"><SourceLocation resid="${pane.name}_page"/></Action>
              </Control>`;

function surface(type: string, where: Pane["where"]): string {
  const controls = panes.filter((pane) => pane.where === where).map(control);
  return `
          <ExtensionPoint xsi:type="${type}">
            <OfficeTab id="TabDefault"><Group id="couvert.${where}">
              <Label resid="name"/>${controls.join("")}
            </Group></OfficeTab>
          </ExtensionPoint>`;
}

const launchEvent = `
          <ExtensionPoint xsi:type="LaunchEvent">
            <LaunchEvents>
              <LaunchEvent Type="OnMessageSend" FunctionName="onMessageSend" SendMode="SoftBlock"/>
            </LaunchEvents>
            <SourceLocation resid="launch_page"/>
          </ExtensionPoint>`;

function resources(texts: AllTexts): string {
  const images = iconSizes.map(
    (size) => `<bt:Image id="icon${size}" DefaultValue="${url(`icon-${size}.png`)}"/>`,
  );
  const urls = [
    ...panes.map((pane) => [`${pane.name}_page`, pageOf(pane)]),
    ["launch_page", url("launch.html")],
    ["launch_script", url("launch.js")],
  ].map(([name, target]) => `<bt:Url id="${name}" DefaultValue="${target}"/>`);
  const short = ["name", ...panes.map(({ name }) => name)];
  const text = (name: string) =>
    localized("bt:String", texts, [`addin.outlook.${name}`, ` id="${name}"`]);
  return `
      <Resources>
        <bt:Images>${images.join("")}</bt:Images>
        <bt:Urls>${urls.join("")}</bt:Urls>
        <bt:ShortStrings>${short.map(text).join("")}</bt:ShortStrings>
        <bt:LongStrings>${panes.map(({ name }) => text(`${name}_tip`)).join("")}</bt:LongStrings>
      </Resources>`;
}

function overrides(texts: AllTexts, kind: "1_0" | "1_1", inside = ""): string {
  const isNewer = kind === "1_1";
  const space = `${schemas}/mailappversionoverrides${isNewer ? "/1.1" : ""}`;
  const compose = surface("MessageComposeCommandSurface", "compose");
  const read = surface("MessageReadCommandSurface", "read");
  const runtimes = `
        <Runtimes><Runtime resid="launch_page">
          <Override type="javascript" resid="launch_script"/>
        </Runtime></Runtimes>`;
  return `
  <VersionOverrides xmlns="${space}" xsi:type="VersionOverridesV${kind}">
      <Requirements>
        <bt:Sets DefaultMinVersion="${mailboxMin}"><bt:Set Name="Mailbox"/></bt:Sets>
      </Requirements>
      <Hosts><Host xsi:type="MailHost">${isNewer ? runtimes : ""}
        <DesktopFormFactor>${compose}${read}${isNewer ? launchEvent : ""}
        </DesktopFormFactor>
      </Host></Hosts>${resources(texts)}${inside}
  </VersionOverrides>`;
}

export function xmlManifest(texts: AllTexts): string {
  const older = overrides(texts, "1_0", overrides(texts, "1_1"));
  return `<?xml version="1.0" encoding="UTF-8"?>
<OfficeApp xmlns="${schemas}/appforoffice/1.1"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:bt="${schemas}/officeappbasictypes/1.0" xsi:type="MailApp">
  <Id>${id}</Id>
  <Version>${version}.0</Version>
  <ProviderName>Couvert</ProviderName>
  <DefaultLocale>en-US</DefaultLocale>
  ${localized("DisplayName", texts, ["addin.outlook.name", ""])}
  ${localized("Description", texts, ["addin.outlook.description", ""])}
  <IconUrl DefaultValue="${url("icon-64.png")}"/>
  <HighResolutionIconUrl DefaultValue="${url("icon-128.png")}"/>
  <SupportUrl DefaultValue="${base}/help"/>
  <AppDomains><AppDomain>${base}</AppDomain></AppDomains>
  <Hosts><Host Name="Mailbox"/></Hosts>
  <Requirements><Sets><Set Name="Mailbox" MinVersion="${mailboxMin}"/></Sets></Requirements>
  <FormSettings>
    <Form xsi:type="ItemRead"><DesktopSettings>
      <SourceLocation DefaultValue="${url("message.html")}"/><RequestedHeight>250</RequestedHeight>
    </DesktopSettings></Form>
    <Form xsi:type="ItemEdit"><DesktopSettings>
      <SourceLocation DefaultValue="${url("send.html")}"/>
    </DesktopSettings></Form>
  </FormSettings>
  <Permissions>ReadWriteItem</Permissions>
  <Rule xsi:type="RuleCollection" Mode="Or">
    <Rule xsi:type="ItemIs" ItemType="Message" FormType="Read"/>
    <Rule xsi:type="ItemIs" ItemType="Message" FormType="Edit"/>
  </Rule>
  <DisableEntityHighlighting>true</DisableEntityHighlighting>${older}
</OfficeApp>
`;
}

const capability = (minVersion: string) => ({ capabilities: [{ name: "Mailbox", minVersion }] });
const jsonIcons = iconSizes.map((size) => ({ size, url: url(`icon-${size}.png`) }));

function ribbon(where: Pane["where"], { en }: AllTexts) {
  const controls = panes
    .filter((pane) => pane.where === where)
    .map(({ name }) => ({
      id: `couvert.${name}`,
      type: "button",
      label: en[`addin.outlook.${name}`],
      icons: jsonIcons,
      supertip: {
        title: en[`addin.outlook.${name}`],
        description: en[`addin.outlook.${name}_tip`],
      },
      actionId: name,
    }));
  const label = en["addin.outlook.name"];
  const group = { id: `couvert.${where}`, label, icons: jsonIcons, controls };
  return {
    contexts: [where === "compose" ? "mailCompose" : "mailRead"],
    tabs: [{ builtInTabId: "TabDefault", groups: [group] }],
  };
}

export function jsonManifest(texts: AllTexts): object {
  const { en } = texts;
  return {
    $schema: `${jsonSchemas}/MicrosoftTeams.schema.json`,
    manifestVersion: "1.22",
    version,
    id,
    localizationInfo: {
      defaultLanguageTag: "en",
      additionalLanguages: ["de", "nl"].map((tag) => ({ languageTag: tag, file: `${tag}.json` })),
    },
    developer: {
      name: "Couvert",
      websiteUrl: `${base}/`,
      privacyUrl: `${base}/privacy`,
      termsOfUseUrl: `${base}/terms`,
    },
    name: { short: en["addin.outlook.name"], full: en["addin.outlook.name"] },
    description: {
      short: en["addin.outlook.description"],
      full: en["addin.outlook.description"],
    },
    icons: { color: "icon-192.png", outline: "outline.png" },
    accentColor: "#0f5a6b",
    validDomains: [base.slice("https://".length)],
    authorization: {
      permissions: {
        resourceSpecific: [{ name: "MailboxItem.ReadWrite.User", type: "Delegated" }],
      },
    },
    extensions: [
      {
        requirements: { scopes: ["mail"], ...capability(mailboxMin) },
        runtimes: [
          ...panes.map((pane) => ({
            id: pane.name,
            type: "general",
            code: { page: pageOf(pane) },
            lifetime: "short",
            actions: [{ id: pane.name, type: "openPage", view: pane.name }],
          })),
          {
            requirements: capability(alertMailboxMin),
            id: "launch",
            type: "general",
            code: { page: url("launch.html"), script: url("launch.js") },
            lifetime: "short",
            actions: [{ id: "onMessageSend", type: "executeFunction" }],
          },
        ],
        ribbons: [ribbon("compose", texts), ribbon("read", texts)],
        autoRunEvents: [
          {
            requirements: { scopes: ["mail"], ...capability(alertMailboxMin) },
            events: [
              {
                type: "messageSending",
                actionId: "onMessageSend",
                options: { sendMode: "softBlock" },
              },
            ],
          },
        ],
      },
    ],
  };
}

/** `de.json`: the unified manifest's texts in another language, by their place. */
export function jsonTexts(texts: AllTexts, language: "de" | "nl"): object {
  const words = texts[language];
  const all: Record<string, string> = {
    "name.short": words["addin.outlook.name"]!,
    "name.full": words["addin.outlook.name"]!,
    "description.short": words["addin.outlook.description"]!,
    "description.full": words["addin.outlook.description"]!,
  };
  for (const [at, where] of (["compose", "read"] as const).entries()) {
    const group = `extensions[0].ribbons[${at}].tabs[0].groups[0]`;
    all[`${group}.label`] = words["addin.outlook.name"]!;
    for (const [no, { name }] of panes.filter((pane) => pane.where === where).entries()) {
      all[`${group}.controls[${no}].label`] = words[`addin.outlook.${name}`]!;
      all[`${group}.controls[${no}].supertip.title`] = words[`addin.outlook.${name}`]!;
      all[`${group}.controls[${no}].supertip.description`] = words[`addin.outlook.${name}_tip`]!;
    }
  }
  return {
    $schema: `${jsonSchemas}/MicrosoftTeams.Localization.schema.json`,
    ...all,
  };
}
