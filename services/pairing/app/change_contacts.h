// The use cases of correcting and withdrawing contacts.
#pragma once

#include "libs/journal/command_executor.h"
#include "libs/postgres/connection.h"
#include "tonghu/pairing/v1/contact_service.pb.h"

namespace tonghu::pairing {

using UpdateContactCommandHandler = journal::CommandHandler<v1::UpdateContactRequest, v1::Contact>;
using WithdrawContactCommandHandler = journal::CommandHandler<v1::WithdrawContactRequest, v1::Contact>;

// Each changes a contact, keeps what the contact said before, settles the child's duties as if the contact
// had been so from the beginning, and publishes contact_changed and what became of duties. Refusals: as
// CheckChange; as CheckContact for the contact as corrected; CONTACT_NOT_FOUND; for a correction
// UPDATE_MASK_EMPTY, UPDATE_MASK_UNKNOWN_PATH, NOTHING_CHANGED, HAPPEN_TIME_AFTER_REPORT.
absl::Status UpdateContacts(journal::ShardTransaction& transaction,
                            UpdateContactCommandHandler::Commands commands);
absl::Status WithdrawContacts(journal::ShardTransaction& transaction,
                              WithdrawContactCommandHandler::Commands commands);

// What a contact said before it was changed, the oldest first. Refusal: NOT_FOUND.
absl::StatusOr<v1::ListContactVersionsResponse> ListContactVersions(
    postgres::Connection& db, const v1::ListContactVersionsRequest& request);

}  // namespace tonghu::pairing
