// Bounds of a transfer that the page keeps to before the server has to refuse (src/base/limits.h).
// Texts are counted in bytes of UTF-8.

export const recipientsMax = 500;
export const filesMax = 10_000;
/** More files, or more bytes, no mail program opens. */
export const attachedFilesMax = 1000;
export const attachedBytesMax = 2 ** 31;
export const nameBytesMax = 200;
export const phoneBytesMax = 60;
/** Of the message's subject, and of the notification's. */
export const subjectBytesMax = 500;
export const notificationBytesMax = 16_384;
