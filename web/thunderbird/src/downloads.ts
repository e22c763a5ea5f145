/** Whether a download is on the disk, whole; resolves when it has ended. */
export async function hasEndedWell(id: number, size: number): Promise<boolean> {
  for (;;) {
    const [item] = await messenger.downloads.search({ id });
    if (item?.state === "complete") return item.fileSize === size || item.bytesReceived === size;
    if (item?.state !== "in_progress") return false;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
