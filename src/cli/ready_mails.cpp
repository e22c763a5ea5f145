#include "cli/ready_mails.h"

#include <algorithm>

#include "mail/unsent_mail.h"

namespace couvert {
namespace {

std::string file_name_of(const std::string& address) {
  std::string name = address;
  std::ranges::replace(name, '/', '_');
  return name + ".eml";
}

Outcome<Buffer> message_of(const api::Started::Recipient& recipient, const ReadyMailSender& sender,
                           Random& random) {
  const auto damaged = [&](const std::string& what) {
    return complain(Exit::damaged, "the server gives no mail for " + recipient.address + what,
                    "its link stands above; send it in a mail of your own");
  };
  if (!recipient.mail) return damaged("");
  const api::ReadyMail& mail = *recipient.mail;
  if (mail.text.text().find(recipient.link.text()) == std::string::npos) {
    return damaged(" that has its link");
  }
  const Result<Address> from = parse_address(sender.address);
  const Result<Address> to = parse_address(recipient.address);
  if (!from || !to) return damaged(": the address cannot stand in a mail");
  UnsentMail unsent{.from = *from,
                    .from_name = sender.name,
                    .to = *to,
                    .date = sender.date,
                    .mail_id = MailId::make(random),
                    .language = parse_language(mail.language).value_or(Language::en),
                    .subject = mail.subject,
                    .text = mail.text.text(),
                    .html = mail.html.text()};
  Result<Buffer> message = build_unsent_mail(unsent);
  wipe(unsent.text);
  wipe(unsent.html);
  if (!message) return damaged(" that can be written");
  return std::move(*message);
}

}  // namespace

Outcome<ReadyMails> ReadyMails::open(const std::string& folder,
                                     const std::vector<std::string>& addresses, Random& random) {
  Outcome<OutFolder> opened = OutFolder::open(folder, random);
  if (!opened) return pass(opened);
  NamePlan names(opened->was());
  ReadyMails mails(std::move(*opened), random);
  for (const std::string& address : addresses) {
    if (mails.places_.contains(address)) continue;
    mails.places_.emplace(address, names.place(file_name_of(address)));
  }
  const Outcome<> is_new = mails.folder_.check_new(names.top());
  if (!is_new) return pass(is_new);
  return mails;
}

Outcome<std::string> ReadyMails::write(const api::Started::Recipient& recipient,
                                       const ReadyMailSender& sender) {
  Outcome<Buffer> message = message_of(recipient, sender, random_);
  if (!message) return pass(message);
  const auto place = places_.find(recipient.address);
  if (place == places_.end()) {
    return complain(Exit::damaged, "the server names a recipient that was not asked for");
  }
  Answer<std::unique_ptr<OutFile>> file = folder_.begin(place->second);
  if (!file) return complain(file);
  Answer<> done = (*file)->append(*message);
  if (done) done = (*file)->finish();
  wipe(MutableBytes(*message));
  if (!done) return complain(done);
  return folder_.path() + "/" + place->second;
}

Outcome<> ReadyMails::finish() {
  const Answer<> finished = folder_.finish();
  if (!finished) return complain(finished);
  return Outcome<>();
}

}  // namespace couvert
