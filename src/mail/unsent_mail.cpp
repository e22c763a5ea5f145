#include "mail/unsent_mail.h"

#include "base/secret.h"
#include "mail/mime.h"

namespace couvert {

Result<Buffer> build_unsent_mail(const UnsentMail& mail) {
  const MailHead head{mail.mail_id, mail.from, mail.to, mail.date};
  MailText text;
  text.language = mail.language;
  text.from_name = mail.from_name;
  text.subject = mail.subject;
  text.text = mail.text;
  text.html = mail.html;
  Result<Buffer> message = build_unsent_message(head, text);
  wipe(text.text);  // both hold the link
  wipe(text.html);
  return message;
}

}  // namespace couvert
