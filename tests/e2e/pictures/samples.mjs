// The mail of which the pictures from the mail programs are made, in each language.

/** @type {Record<string, { name: string, subject: string, text: string, file: string }>} */
export const samples = {
  de: {
    name: "Dr. Anna Beispiel",
    subject: "Röntgenbilder",
    text: "Guten Tag, anbei die Aufnahme vom Freitag.",
    file: "Aufnahme links.png",
  },
  nl: {
    name: "Dr. Anna Voorbeeld",
    subject: "Röntgenfoto’s",
    text: "Goedendag, hierbij de foto van vrijdag.",
    file: "Foto links.png",
  },
  en: {
    name: "Dr. Anna Example",
    subject: "X-rays",
    text: "Good morning, here is the picture of Friday.",
    file: "Left side.png",
  },
};
