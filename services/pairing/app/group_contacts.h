// The use case of recording one contact with several children.
#pragma once

#include "libs/ids/ids.h"
#include "libs/journal/command_executor.h"
#include "tonghu/pairing/v1/contact_service.pb.h"

namespace tonghu::pairing {

using GroupContactCommandHandler =
    journal::CommandHandler<v1::CreateGroupContactRequest, v1::CreateGroupContactResponse>;

using GroupContactCommand = journal::Command<v1::CreateGroupContactRequest, v1::CreateGroupContactResponse>;

// Records a contact for each child as LogContacts does, all or none. Refusals: GROUP_MISSING, GROUP_SIZE,
// CHILD_TWICE, MARKS_OF_GROUP, CLASS_WITHOUT_OWN; as CheckContact; CHILD_NOT_FOUND.
class LogGroupContacts {
 public:
  explicit LogGroupContacts(ids::Source& ids) : ids_(ids) {}
  absl::Status operator()(journal::ShardTransaction& transaction,
                          GroupContactCommandHandler::Commands commands) const;

 private:
  ids::Source& ids_;
};

}  // namespace tonghu::pairing
