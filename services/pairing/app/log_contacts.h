// The use case of recording contacts.
#pragma once

#include "libs/ids/ids.h"
#include "libs/journal/command_executor.h"
#include "services/pairing/app/contact_batch.h"
#include "tonghu/pairing/v1/contact_service.pb.h"

namespace tonghu::pairing {

using ContactCommand = journal::Command<v1::CreateContactRequest, v1::Contact>;
using ContactCommandHandler = journal::CommandHandler<v1::CreateContactRequest, v1::Contact>;

// What a request says of a contact, of whichever child; what else ReportedContact has is left empty. A
// missing time is InfinitePast, which CheckContact refuses. Errors: refusals.
absl::StatusOr<ReportedContact> Reported(const std::string& county, const v1::Contact& contact);

// Checks each contact, records it, closes the duty that it fulfils, and publishes contact_logged (and
// duty_done_late, duty_changed). Decides commands of many actors in one transaction (journal::Actors::kMany).
// Refusals: as CheckContact, CHILD_NOT_FOUND, and what journal::Command::check_child says.
class LogContacts {
 public:
  explicit LogContacts(ids::Source& ids) : ids_(ids) {}
  absl::Status operator()(journal::ShardTransaction& transaction,
                          ContactCommandHandler::Commands commands) const;

 private:
  ids::Source& ids_;
};

}  // namespace tonghu::pairing
