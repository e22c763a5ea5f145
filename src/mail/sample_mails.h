// A mail of every kind, for tests.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "mail/mail_content.h"

namespace couvert {

Address sample_recipient();
CodeMail sample_code(Language language);
/// As the command line asks for it, and without what for.
CodeMail sample_program_code(Language language);
/// With a password and without a text of the sender's own.
NotificationMail sample_notification(Language language);
/// By link, with a text of the sender's own and file names.
NotificationMail sample_own_notification(Language language);
/// That opens by QUICK.
NotificationMail sample_connected_notification(Language language);
/// That invites to QUICK.
NotificationMail sample_invitation(Language language);
HandedOverMail sample_handed_over(Language language);
/// For recipients of whom some need no password.
HandedOverMail sample_mixed_handed_over(Language language);
DownloadedMail sample_downloaded(Language language);
UndeliverableMail sample_undeliverable(Language language);
WrongPasswordsMail sample_wrong_passwords(Language language);
PasswordAskedMail sample_password_asked(Language language);
/// By somebody whose device does not open it.
PasswordAskedMail sample_device_asked(Language language);
RevokedMail sample_revoked(Language language);
RevocationMail sample_revocation(Language language);
ExpiredMail sample_expired(Language language);
QuickMail sample_quick(Language language, QuickEvent event);
ProgramMail sample_program(Language language);
TroubleMail sample_trouble(Language language, TroubleKind trouble);

/// All of them with their names.
std::vector<std::pair<std::string_view, MailContent>> sample_mails(Language language);

}  // namespace couvert
