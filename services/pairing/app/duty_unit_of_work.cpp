#include "services/pairing/app/duty_unit_of_work.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "libs/status/macros.h"
#include "services/pairing/events/publish.h"
#include "services/pairing/postgres/policy_store.h"

namespace tonghu::pairing {

std::vector<DutyChange> SettleContact(ChildFacts& facts, size_t contact, Versions versions) {
  const std::vector<Duty> before = facts.duties;
  std::vector<DutyChange> changes;
  for (const size_t i : Settle(facts, contact, versions))
    changes.push_back({DutyBefore(before[i]), facts.duties[i]});
  return changes;
}

namespace {

// The last state of each duty: a statement may update a row once only.
std::vector<Duty> AtLast(std::vector<Duty> changed) {
  std::vector<Duty> last;
  absl::flat_hash_set<std::string> seen;
  for (auto duty = changed.rbegin(); duty != changed.rend(); ++duty) {
    // From the back, so that the newest state of a duty is the one kept.
    if (seen.insert(duty->duty_id).second) last.push_back(std::move(*duty));
  }
  return last;
}

}  // namespace

void DutyUnitOfWork::Add(const ChildState& child, std::vector<DutyChange> changes, bool plain) {
  for (const auto& [before, after] : changes) {
    // All former contacts first: a contact that moves to another duty of the same change is set again below.
    if (!before.contact_id.empty()) closed_by_[{child.county, before.contact_id}] = "";
  }
  for (auto& [before, after] : changes) {
    if (!plain) {
      closed_by_[{child.county, after.contact_id}] = after.duty_id;
      PublishDutyClosed(transaction_, child.county, before, after, child.place);
    }
    closed_.push_back(std::move(after));
  }
}

absl::Status DutyUnitOfWork::Save(absl::Span<ContactRow> contacts) {
  if (closed_by_.empty()) {  // every change was plain: no duty changed twice, no contact moved
    RETURN_IF_ERROR(InsertContacts(transaction_.db(), contacts));
    return CloseDuties(transaction_.db(), closed_);
  }
  // New contacts are stored with the duty that they close; only contacts of earlier transactions are updated.
  for (ContactRow& contact : contacts) {
    const auto found = closed_by_.find({contact.county, contact.contact_id});
    if (found == closed_by_.end()) continue;
    contact.closed_duty_id = found->second;
    closed_by_.erase(found);
  }
  std::vector<MovedContact> moved;
  for (const auto& [key, duty_id] : closed_by_) moved.push_back({key.first, key.second, duty_id});
  RETURN_IF_ERROR(InsertContacts(transaction_.db(), contacts));
  RETURN_IF_ERROR(MoveContacts(transaction_.db(), moved));
  return CloseDuties(transaction_.db(), AtLast(std::move(closed_)));
}

absl::Status SettleBegun(journal::ShardTransaction& transaction, absl::Span<const postgres::Key> children,
                         absl::Time since) {
  if (children.empty()) return absl::OkStatus();
  std::vector<std::string> counties;
  for (const postgres::Key& child : children) counties.push_back(child.first);
  ASSIGN_OR_RETURN(auto policies, LoadPolicies(transaction.db(), counties));
  absl::Duration longest;
  for (const std::string& county : counties) {
    for (const DutyRule& rule : DutyRules())
      longest = std::max(longest, policies.LongestWindow(county, rule.kind));
  }
  ASSIGN_OR_RETURN(auto states,
                   LoadAllFacts(transaction.db(), children, since - ReachOfAll(longest), transaction.now()));
  DutyUnitOfWork duties(transaction);
  for (auto& [key, child] : states) {
    absl::flat_hash_set<std::string> closing;
    // A contact that closes a duty has its place already; only the others look for one among the duties just
    // made.
    for (const Duty& duty : child.facts.duties) closing.insert(duty.contact_id);
    for (size_t i = 0; i < child.facts.contacts.size(); ++i) {
      const LoggedContact& contact = child.facts.contacts[i];
      if (contact.happen_time < since || closing.contains(contact.contact_id)) continue;
      duties.Add(child, SettleContact(child.facts, i, policies.Of(child.county, contact.fulfils)), false);
    }
  }
  return duties.Save({});
}

}  // namespace tonghu::pairing
