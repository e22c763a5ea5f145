/** What keeps the mail from leaving. */
export type Lack =
  | "changed"
  | "refused"
  | "nobody"
  | "unread"
  | "unchosen"
  | "files"
  | "password"
  | "differ"
  | "weak"
  | "quick" // it is chosen, and not ready here
  | "other_ways"; // it opens for somebody in another way than was shown
