// Contacts that are decided together: what is loaded for them, which duties they close, how they are stored.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/ids/ids.h"
#include "libs/journal/command_handler.h"
#include "services/pairing/app/duty_unit_of_work.h"
#include "services/pairing/postgres/contact_store.h"

namespace tonghu::pairing {

// A command in this service's terms. What the pointers show outlives the batch.
struct ReportedContact {
  std::string county;
  Contact contact;
  const std::string* actor;
  const std::string* request_id;
  const journal::ChildCheck* check_child;
  std::string child_field = "contact.child";  // of the request, where the child is at fault
  std::string group_id = {};                  // see ContactRow
};

// A batch under decision, of one transaction: Load, then of each contact in order Check, Recorded and Take,
// then SettleTheRest and Save. Nearly all contacts close a duty of their window or none; only children of
// whom a contact may move other contacts have all their duties and contacts loaded. Used by one thread.
// Errors, unless said otherwise: the connection's.
class ContactBatch {
 public:
  // Both outlive the batch.
  ContactBatch(journal::ShardTransaction& transaction, ids::Source& ids)
      : transaction_(transaction), ids_(ids) {}

  // Takes the shard's lock and loads what the contacts need. For most contacts one lookup of their window's
  // duties is enough; the children of the others are loaded with all that counts.
  absl::Status Load(std::vector<ReportedContact> contacts);
  // Whether the child of contact `i` may be named by who reports the contact. Error: NOT_PERMITTED.
  absl::Status Check(size_t i) const;
  // The contact of the same child that an earlier call with the request id of contact `i` recorded; null:
  // none did. Valid as long as the batch.
  const ContactRow* Recorded(size_t i) const;
  // What a contact that Recorded gives said when it was recorded. Valid as long as the batch.
  const ContactRow& AtFirst(const ContactRow& recorded) const;
  // The contact `i` as it was reported; until Take.
  const Contact& Reported(size_t i) const { return contacts_[i].contact; }
  // Decides contact `i`, of which Load knows enough. Errors: refusals.
  absl::Status Take(size_t i);
  // Settles the contacts of children of whom all facts must be asked, in the order of the batch.
  absl::Status SettleTheRest();
  // Publishes everything in order and stores it. Gives the contacts as decided.
  absl::StatusOr<std::vector<ContactRow>> Save();
  // Whether no contact was taken.
  bool empty() const { return taken_.empty(); }

 private:
  // A contact that is to be recorded, and what it changes.
  struct Decided {
    ContactRow row;
    const std::string* actor;
    ChildState* child;
    std::vector<DutyChange> changes;
  };
  // What Load found out about a contact.
  struct Known {
    ChildState* child = nullptr;  // nullptr: no such child
    std::optional<size_t>
        closes;  // the duty that the contact closes, where its window's duties are enough to tell
  };

  std::vector<RequestKey> Requests() const;
  std::vector<postgres::Key> Checked() const;
  absl::Status LoadFirstVersions();
  absl::Status LoadOthers(const std::vector<ContactKey>& keys, const std::vector<size_t>& places);
  void CloseDirect(Decided& one);
  void Close(Decided& one, size_t index, const LoggedContact& contact);
  std::optional<size_t> ClosesSurely(const ChildFacts& facts, const ReportedContact& one) const;

  journal::ShardTransaction& transaction_;
  ids::Source& ids_;
  std::vector<ReportedContact> contacts_;
  std::vector<Known> known_;  // of each contact
  Windows windows_;           // a child of which a window says enough has one such contact here
  ChildStates children_;      // of the other contacts
  absl::flat_hash_map<std::pair<std::string, std::string>, const ContactRow*>
      recorded_;                                           // windows_.recorded, by child and request id
  absl::flat_hash_map<std::string, ContactRow> at_first_;  // by id: recorded contacts that were changed since
  std::vector<Decided> taken_;
  absl::flat_hash_set<ChildState*> ask_all_;
};

}  // namespace tonghu::pairing
