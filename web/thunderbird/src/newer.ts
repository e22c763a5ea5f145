// What Thunderbird 140 has under Manifest V3 and the published types do not.

interface Newer {
  readonly messengerUtilities: {
    parseMailboxString(text: string): Promise<{ name?: string; email?: string }[]>;
  };
  readonly messages: {
    listInlineTextParts(id: number): Promise<{ contentType: string; content: string }[]>;
    query(wanted: {
      fromDate?: Date;
      folderId?: string;
      subject?: string;
    }): Promise<{ messages: Header[] }>;
    move(ids: readonly number[], folderId: string): Promise<void>;
  };
  readonly folders: {
    query(wanted: { accountId?: string; specialUse: readonly string[] }): Promise<Folder[]>;
    getSubFolders(id: string): Promise<Folder[]>;
    create(parentId: string, name: string): Promise<Folder>;
  };
  readonly accounts: { get(id: string): Promise<{ rootFolder: Folder }> };
}

export interface Folder {
  readonly id: string;
  readonly name?: string;
}

export interface Header {
  readonly id: number;
  readonly date: Date;
  readonly subject: string;
  readonly recipients: readonly string[];
}

export const newer = messenger as unknown as Newer;
