// Every bound of the product in one table. A configuration may lower a bound, never lift it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace couvert::limits {

using namespace std::chrono_literals;

// Sealing (spec/sealing.md).
inline constexpr std::size_t chunk_bytes = 16 * 1024;
inline constexpr std::uint64_t part_bytes_max = 8 * 1024 * 1024;
inline constexpr std::size_t manifest_json_bytes_max = 4 * 1024 * 1024;
inline constexpr std::size_t password_bytes_max = 1024;
inline constexpr std::size_t password_characters_max = 128;  // what a person may choose anew

// A transfer.
inline constexpr std::size_t recipients_max = 500;
inline constexpr std::size_t files_max = 10'000;
inline constexpr std::uint64_t file_bytes_max = std::uint64_t{1} << 42;  // 4 TiB
inline constexpr std::size_t file_name_bytes_max = 1024;                 // with its folders
inline constexpr std::size_t media_type_bytes_max = 127;                 // RFC 6838 section 4.2
inline constexpr std::size_t name_bytes_max = 200;
inline constexpr std::size_t phone_bytes_max = 60;
inline constexpr std::size_t address_bytes_max = 254;  // RFC 5321 section 4.5.3.1.3 without <>
inline constexpr std::size_t pattern_bytes_max = 512;  // of a rule; more than any address
inline constexpr std::size_t rules_max = 10'000;
inline constexpr std::size_t rule_file_bytes_max = std::size_t{16} << 20;
inline constexpr std::size_t subject_bytes_max = 500;
inline constexpr std::size_t message_bytes_max = 256 * 1024;
inline constexpr std::size_t attached_files_max = 1'000;  // to a message that is saved
inline constexpr std::uint64_t attached_bytes_max = std::uint64_t{1} << 31;
inline constexpr std::size_t notification_bytes_max = 16 * 1024;
inline constexpr std::chrono::hours life_max = 24h * 400;  // day keys are made this far ahead
inline constexpr std::chrono::hours draft_life = 24h * 7;
inline constexpr std::size_t draft_form_bytes_max = 512 * 1024;  // message, recipients, options
inline constexpr std::size_t drafts_per_sender_max = 100;
inline constexpr std::size_t sent_page_max = 50;   // of a list of sent transfers
inline constexpr std::size_t sent_named_max = 3;   // recipients of each that such a list names
inline constexpr int mails_again_per_day_max = 5;  // to one recipient of a transfer
inline constexpr std::chrono::hours listed_life = 24h * 90;  // of a transfer, after its end
inline constexpr std::chrono::hours listed_life_max = 24h * 3650;
// What the files of all drafts of a sender may announce together: a setting, 16 TiB at most.
inline constexpr std::uint64_t unsent_bytes_max = std::uint64_t{1} << 44;
inline constexpr std::size_t stored_tokens_per_draft_max = 4;

// QUICK (spec/quick.md).
inline constexpr std::size_t contact_book_bytes_max = 700 * 1024;  // sealed, it fits into a body
inline constexpr std::size_t contacts_max = 5'000;
inline constexpr std::size_t invitations_max = 500;  // open at a time; past that the oldest goes

inline constexpr std::size_t quick_clients_max = 20;  // of a person
inline constexpr int quick_warnings_per_day = 3;      // of a person to all contacts
inline constexpr std::size_t quick_resets_per_round_max = 20;
inline constexpr std::size_t client_name_bytes_max = 100;
inline constexpr std::chrono::minutes quick_code_life = 10min;  // of a secret left for one more

// Verification.
inline constexpr std::size_t code_characters = 10;
inline constexpr int code_tries_max = 5;
inline constexpr std::chrono::minutes code_life = 30min;
inline constexpr std::chrono::hours verification_life = 24h * 30;
inline constexpr std::chrono::hours verification_idle = 24h * 14;
inline constexpr std::chrono::hours empty_session_life = 1h;  // without a proof or a live code
inline constexpr int codes_per_address_max = 5;               // in an hour
inline constexpr int codes_per_network_max = 60;              // in an hour
inline constexpr int codes_per_server_max = 2000;             // in an hour
inline constexpr int drafts_per_network_max = 600;            // in an hour
inline constexpr std::size_t verifications_per_session_max = 20;

// Programs that people let in (docs/decisions/0200).
inline constexpr std::size_t programs_per_address_max = 20;
inline constexpr std::size_t user_code_characters = 8;  // of 20 letters each: 34 bits
inline constexpr std::chrono::minutes user_code_life = 10min;
inline constexpr std::chrono::seconds poll_pause = 5s;        // between two questions of a program
inline constexpr std::chrono::seconds poll_pause_max = 60s;   // grows where one asks sooner
inline constexpr int program_wishes_per_network_max = 60;     // in an hour
inline constexpr int program_wishes_per_server_max = 2000;    // in an hour
inline constexpr int wrong_user_codes_per_session_max = 10;   // in an hour
inline constexpr int wrong_user_codes_per_network_max = 50;   // in an hour
inline constexpr int wrong_user_codes_per_server_max = 2000;  // in an hour

// Retrieval.
inline constexpr std::chrono::hours retrieval_life = 12h;
inline constexpr std::chrono::minutes retrieval_idle = 30min;

// Wrong passwords (docs/decisions/0050). Over one of the three counts the mailbox has to be proven.
inline constexpr int free_wrong_passwords = 3;                    // before the delay begins
inline constexpr std::chrono::seconds wrong_password_delay = 2s;  // doubles with each further one
inline constexpr std::chrono::minutes wrong_password_delay_max = 15min;
inline constexpr std::chrono::minutes proven_password_delay_max = 1min;  // for the mailbox's owner
inline constexpr int wrong_passwords_per_recipient_max = 20;             // in 24 hours
inline constexpr int wrong_passwords_per_network_max = 100;              // in an hour
inline constexpr int wrong_passwords_per_server_max = 5'000;             // in an hour
inline constexpr std::chrono::hours recipient_proof_life = 1h;  // by a code asked for to retrieve
inline constexpr int recipient_codes_per_network_max = 5;       // of one transfer ID, in an hour
inline constexpr int recipient_codes_max = 30;                  // of one transfer ID, in an hour
// Mails by which a recipient asks the sender for the password.
inline constexpr int asks_per_recipient_max = 1;  // in 24 hours, as the next one
inline constexpr int asks_per_transfer_max = 5;
inline constexpr int asks_per_network_max = 20;  // in an hour

// HTTP.
inline constexpr std::size_t header_bytes_max = 16 * 1024;
inline constexpr std::size_t json_bytes_max = 1024 * 1024;
inline constexpr std::size_t small_json_bytes_max = 16 * 1024;  // where no list can be long
inline constexpr std::size_t json_values_max = 50'000;  // files_max of three each, recipients_max
inline constexpr std::size_t large_bodies_max = 64;     // JSON over small_json_bytes_max, at once
inline constexpr std::size_t large_bodies_per_network_max = 8;
inline constexpr std::size_t json_depth_max = 8;
inline constexpr std::size_t upload_bytes_min = 256 * 1024;  // a PATCH that does not end the file
inline constexpr std::uint64_t torn_part_bytes_min = 1024 * 1024;  // kept of a PATCH that broke off
inline constexpr std::size_t upload_metadata_bytes_max = 4096;
// A PATCH with a checksum is kept whole or not at all: so many parts (80 bytes of memory each) wait
// for it, and so long, which is below orphan_suspected_min: their objects have no rows meanwhile.
inline constexpr std::size_t checked_parts_max = 1024;
inline constexpr std::uint64_t checked_bytes_max = checked_parts_max * part_bytes_max;  // 8 GiB
inline constexpr std::chrono::minutes checked_time_max = 50min;  // of running time
inline constexpr std::chrono::seconds header_time_max = 20s;
inline constexpr std::chrono::seconds idle_time_max = 75s;
inline constexpr std::chrono::seconds rate_time = 60s;    // in which a client must move
inline constexpr std::size_t rate_bytes_min = 60 * 1024;  // so much of a body or answer
inline constexpr std::chrono::seconds handshake_time_max = 20s;
inline constexpr std::chrono::seconds linger_time_max = 5s;  // reading on after an early answer
inline constexpr std::chrono::seconds stop_time_max = 20s;   // for requests, of the 30 for all
inline constexpr std::chrono::hours tls_ticket_life = 2h;
inline constexpr std::size_t connections_max = 10'000;
inline constexpr std::size_t connections_per_network_max = 1'000;
inline constexpr std::size_t admin_connections_max = 64;
inline constexpr std::size_t reserved_files = 256;  // descriptors that no connection gets
inline constexpr std::size_t header_fields_max = 100;
inline constexpr std::size_t path_bytes_max = 2048;
inline constexpr std::size_t pool_waiting_max = 2 * connections_max;  // pieces of files
inline constexpr std::size_t requests_waiting_max = 2'000;            // a quarter for one network
inline constexpr int disk_free_percent_min = 10;                      // below, the operator is told
inline constexpr std::chrono::hours certificate_left_min = 24h * 14;  // likewise
inline constexpr std::size_t portal_files_max = 1'000;
inline constexpr std::size_t portal_bytes_max = 64 * 1024 * 1024;
inline constexpr std::size_t logo_bytes_max = 256 * 1024;
inline constexpr std::size_t own_text_bytes_max = 256 * 1024;  // an imprint, in one language

// Mail.
inline constexpr std::size_t mails_per_round_max = 50;
inline constexpr std::size_t mail_bytes_max = 1024 * 1024;
inline constexpr std::chrono::seconds send_time_max = 60s;
inline constexpr std::chrono::seconds send_time_at_stop = 10s;  // for the mail under way
inline constexpr std::chrono::hours mail_life = 24h * 5;
inline constexpr std::chrono::minutes mail_lease = 5min;
inline constexpr std::chrono::hours mail_pause_max = 4h;  // more than the longest of mail/retry.h
inline constexpr std::chrono::hours mail_trouble_after = 2h;         // that a mail waits
inline constexpr std::size_t bounce_bytes_max = 4 * mail_bytes_max;  // a report with our mail in it
inline constexpr std::size_t bounce_fields_max = 1'000;              // of a report's status
inline constexpr std::size_t bounces_per_round_max = 200;

// Time (service/guarded_clock.h).
inline constexpr std::chrono::minutes clock_slack = 1min;  // that a clock may be put right by
inline constexpr std::chrono::seconds clock_settles_per_day = 12s;  // of a jump
inline constexpr std::chrono::minutes clock_settles_max = 10min;
inline constexpr std::chrono::hours clock_set_back_believed = 24h;
inline constexpr std::chrono::minutes clock_write_pause = 1min;

// Event streams (docs/decisions/0201).
inline constexpr std::size_t event_streams_max = 512;
inline constexpr std::size_t event_streams_per_network_max = 256;
inline constexpr std::size_t event_streams_per_session_max = 4;
inline constexpr std::chrono::minutes event_stream_life = 60min;
inline constexpr std::chrono::seconds event_look_pause = 2s;  // where something was written
inline constexpr std::chrono::seconds event_quiet_max =
    15s;                                     // then it looks, and says that it is there
inline constexpr int event_look_share = 20;  // of its time one stream looks a twentieth at most

// How long a request is known by its Idempotency-Key; sweep_counters() keeps more.
inline constexpr std::chrono::hours request_key_life = 24h;
inline constexpr std::size_t request_key_bytes_max = 64;
inline constexpr std::size_t origins_max = 20;       // that may read answers
inline constexpr std::size_t outlook_list_max = 20;  // frames, marks, labels
inline constexpr std::size_t outlook_mark_bytes_max = 100;

// Background rounds.
inline constexpr std::size_t erasures_per_round_max = 200;
inline constexpr std::size_t orphans_suspected_max = 10'000;
inline constexpr std::chrono::hours orphan_suspected_min = 1h;  // of running time
static_assert(checked_time_max < orphan_suspected_min);
inline constexpr std::size_t argon2_waiting_max = 64;  // a quarter of them for one network

}  // namespace couvert::limits
