// Contacts, and what is read to decide them. Errors of all functions: the connection's.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/directory/lookup.h"
#include "libs/journal/shard_transaction.h"
#include "libs/postgres/keys.h"
#include "services/pairing/domain/contact.h"
#include "services/pairing/domain/duty.h"
#include "services/pairing/domain/replay.h"
#include "services/pairing/domain/settlement.h"

namespace tonghu::pairing {

// What one command's contact is about.
struct ContactKey {
  std::string county;
  std::string child_id;
  absl::Time happen_time;
  ContactKind kind = ContactKind::kTalk;
};

// What is known of one child, for one decision.
struct ChildState {
  std::string county, child_id;
  Place place;
  ChildFacts facts;
};
std::string ChildKey(const std::string& county, const std::string& child_id);
using ChildStates = absl::flat_hash_map<std::string, ChildState>;  // by ChildKey

// A contact as stored. `closed_duty_ids`: in order, apart by blanks. `request_id`: of the call that recorded
// the contact; may be empty.
struct ContactRow {
  std::string county, contact_id, child_id, helper_id;
  ContactKind kind = ContactKind::kTalk;
  absl::Time happen_time, report_time;
  std::string note, closed_duty_ids, request_id;
  Mood mood = Mood::kNotSaid;
  int concerns = 0;  // BitsOf
  int version = 1;   // one more with each change
  bool withdrawn = false;
  std::string together_with = {};  // ids of other helpers who took part, in order, apart by blanks
  std::string group_id = {};       // of contacts that were recorded together; empty: recorded alone
};

// What one lookup for each contact finds: the duties of the window in which the contact happened, of the kind
// for which the contact counts by the built-in policies, that no contact of that window has closed; and that
// the helper who owes each duty is paired with the child from the duty's `paired_from` on.
struct Windows {
  std::vector<ChildState>
      children;  // by index of the contacts; empty: nothing found, or the child has several contacts
  Policies policies;
  std::vector<ContactRow> recorded;  // under the request ids
  directory::Places places;          // where the children asked for are now, of those that are known
};
// A request id (a UUID), and the child whom the request is about.
struct RequestKey {
  std::string child_id, request_id;
};
// Takes the shard's lock, if it is not taken yet, and looks in the same round trip for the contacts' windows,
// for contacts recorded earlier under the request ids, and for the places of `children`. The contacts have a
// happen_time; of one that counts for no kind of duty by the built-in policies nothing is looked for.
absl::StatusOr<Windows> EnterWithWindows(journal::ShardTransaction& transaction,
                                         absl::Span<const ContactKey> contacts,
                                         absl::Span<const RequestKey> requests,
                                         absl::Span<const postgres::Key> children);

// Loads enough for CheckContact and CloseDirectly: places, all spans, and of the duties that the contacts may
// be about those that no contact of their window has closed; no contacts. A child that is not known is
// absent. `policies` are those of the contacts' counties.
absl::StatusOr<ChildStates> LoadContactContext(postgres::Connection& db,
                                               absl::Span<const ContactKey> contacts,
                                               const Policies& policies, absl::Time now);

// Loads enough for Settle and Resettle: all spans with their pairings and roles, all duties of windows that
// ended after `since` and began by `now`, and all contacts since then that are not withdrawn, with the duties
// that they close.
absl::StatusOr<ChildStates> LoadAllFacts(postgres::Connection& db, absl::Span<const postgres::Key> children,
                                         absl::Time since, absl::Time now);

// A class, and a helper who is paired with children of the class.
struct OwnClass {
  std::string county, helper_id, school_id;
  int grade = 0, class_number = 0;
};
// The ids of the children of the class with whom the helper is paired now, in their order, at most `limit`.
absl::StatusOr<std::vector<std::string>> OwnChildrenOf(postgres::Connection& db, const OwnClass& asked,
                                                       int limit);

absl::Status InsertContacts(postgres::Connection& db, absl::Span<const ContactRow> rows);

// Stores how duties were closed, each at most once, at the places (ctid) where this transaction read them.
// When a row is not there any more, which the shard's lock makes impossible, the commit fails as ABORTED.
absl::Status CloseDuties(postgres::Connection& db, absl::Span<const Duty> closed);

// How far a replay at `now` goes: the shard's duties are judged up to its mark.
absl::StatusOr<Until> LoadUntil(postgres::Connection& db, int shard, absl::Time now);

// Stores what a changed contact makes of duties, each at most once, as CloseDuties does: closed by another
// contact, or by none; then the duty has the child's place as of now.
absl::Status ResettleDuties(postgres::Connection& db, absl::Span<const Duty> changed);

// Which duties of a change contacts close now, and which no more, by contact and duty.
class MovedContacts {
 public:
  // The duty was closed by the contact `former` and is now by `present`; either may be empty, or the same.
  void Add(const std::string& county, const std::string& duty_id, const std::string& former,
           const std::string& present);
  bool empty() const { return moved_.empty(); }
  // Says in a contact that is stored anew or again what it closes now; Save then leaves it alone.
  void TakeInto(ContactRow& contact);
  // Stores what contacts of earlier transactions close now. Errors: the connection's.
  absl::Status Save(postgres::Connection& db) const;

 private:
  std::map<postgres::Key, std::map<std::string, bool>> moved_;  // whether the contact closes the duty
};

}  // namespace tonghu::pairing
